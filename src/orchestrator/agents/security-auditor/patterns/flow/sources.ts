import ts from 'typescript';
import { HOLE, type Group, type Role, type Taint, type Value } from './value.ts';

const NOTHING_CLEARED = new Set<never>();

export interface SourceFacts {
  readonly origin: string;
  readonly label: string;
  readonly group: Group;
  readonly isString?: boolean;
  readonly isContainer?: boolean;
}

/** A value that somebody outside controls. */
export function tainted({ origin, label, group, isString = false, isContainer = false }: SourceFacts): Value {
  const taint: Taint = { origins: new Set([origin]), group, label, cleared: NOTHING_CLEARED, isString, isContainer };
  return { taint, ...(isContainer ? {} : { text: HOLE }) };
}

/** Members of a request that its sender controls. Strings cannot carry query operators; objects can. */
const REQUEST_OBJECTS = new Set([
  'body',
  'query',
  'queryStringParameters',
  'multiValueQueryStringParameters',
  'rawBody',
  'files',
  'file',
  'payload',
]);
const REQUEST_STRINGS = new Set([
  'params',
  'pathParameters',
  'headers',
  'header',
  'cookies',
  'url',
  'originalUrl',
  'path',
  'hostname',
  'host',
  'search',
  'querystring',
  'searchParams',
  'nextUrl',
  'rawQueryString',
  'rawHeaders',
  'rawPath',
  'subdomains',
]);
const REQUEST_METHODS = new Set([
  'param',
  'query',
  'queries',
  'header',
  'get',
  'json',
  'text',
  'formData',
  'parseBody',
  'body',
  'arrayBuffer',
  'multipart',
  'parts',
]);
const CONTEXT_STRINGS = new Set([
  'query',
  'params',
  'querystring',
  'search',
  'url',
  'originalUrl',
  'path',
  'headers',
  'header',
  'host',
  'hostname',
  'cookies',
]);

/** `req.query`, `ctx.params`, `event.body`: null where the member is nothing special. */
export function requestMember(role: Role, name: string, label: string): Value | null {
  if (role === 'response') return { role, api: `response.${name}` };
  if (name === 'req' || name === 'request' || name === 'raw') return { role: 'request', api: 'request' };
  if (role === 'context') {
    if (name === 'res' || name === 'response') return { role: 'response', api: 'response' };
    if (!CONTEXT_STRINGS.has(name)) return null;
    return tainted({ origin: name, label, group: 'request', isString: name !== 'query', isContainer: true });
  }
  if (REQUEST_OBJECTS.has(name))
    return { ...tainted({ origin: name, label, group: 'request', isContainer: true }), api: `request.${name}` };
  if (REQUEST_STRINGS.has(name)) {
    const isText = name === 'url' || name === 'originalUrl' || name === 'path' || name === 'search';
    return {
      ...tainted({ origin: name, label, group: 'request', isString: true, isContainer: !isText }),
      api: `request.${name}`,
    };
  }
  return REQUEST_METHODS.has(name) ? { api: `request.${name}` } : null;
}

/** `req.get('x')`, `c.req.query('x')`, `await request.json()`. */
export function requestCall(api: string, first: Value | undefined, label: string): Value | null {
  const name = /^request\.(\w+)$/.exec(api)?.[1];
  if (!name || !REQUEST_METHODS.has(name)) return null;
  const key = first?.text ?? '';
  const isHeader = name === 'header' || name === 'get';
  const origin = isHeader ? `headers.${key.toLowerCase()}` : `${name === 'param' ? 'params' : name}.${key}`;
  return tainted({
    origin,
    label,
    group: 'request',
    isString: name !== 'json' && name !== 'body' && name !== 'parseBody',
    isContainer: name === 'json' || name === 'formData' || name === 'parseBody',
  });
}

/** Names that mean the same whatever the file imports. */
const GLOBAL_SOURCES: readonly (readonly [RegExp, Group])[] = [
  [/^(?:document\.)?location\.(?:search|hash|href|pathname)$/, 'dom'],
  [/^document\.(?:URL|documentURI|referrer|baseURI)$/, 'dom'],
  [/^window\.name$/, 'dom'],
  [/^process\.argv$/, 'argv'],
];

export function globalSource(api: string, label: string): Value | null {
  const source = GLOBAL_SOURCES.find(([pattern]) => pattern.test(api));
  if (!source) return null;
  return {
    ...tainted({ origin: api, label, group: source[1], isString: true, isContainer: source[1] === 'argv' }),
    api,
  };
}

/** Calls whose result comes from outside. */
export function sourceCall(api: string, label: string): Value | null {
  if (/^(?:next\/navigation|react-router(?:-dom)?|@remix-run\/react)\.(?:useSearchParams|useParams)$/.test(api)) {
    return tainted({ origin: api, label, group: 'dom', isString: true, isContainer: true });
  }
  if (/^fetch\(\)\.json$/.test(api) || /^axios\.get\(\)\.data$/.test(api))
    return tainted({ origin: 'fetched', label, group: 'fetched', isContainer: true });
  if (/^(?:yargs|commander|minimist)(?:\.\w+)*\(\)(?:\.(?:argv|opts|parse|args)(?:\(\))?)?$/.test(`${api}()`))
    return tainted({ origin: 'argv', label, group: 'argv', isString: true, isContainer: true });
  return null;
}

const REQUEST_TYPES =
  /\b(?:Request|IncomingMessage|FastifyRequest|NextRequest|NextApiRequest|HonoRequest|Http2ServerRequest)\b/;
const RESPONSE_TYPES = /\b(?:Response|ServerResponse|FastifyReply|NextApiResponse|Http2ServerResponse)\b/;
const CONTEXT_TYPES = /\b(?:Context|ParameterizedContext|RouterContext)\b/;
const EVENT_TYPES = /\bAPIGateway(?:Proxy)?EventV?2?\b|\bALBEvent\b|\bLambdaFunctionURLEvent\b/;
const HANDLER_NAMES =
  /^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|handler|loader|action|load|middleware|onRequest(?:Get|Post|Put|Delete)?|handle[A-Z]?\w*)$/;
const RESPONSE_NAMES = /^_?(?:res|response|reply|resp|rep)$/;
const EXPRESS_SECOND = /^_?(?:res|response|reply|resp|rep|h|next|done)$/;

/** What a parameter is by its name, type, decorator and neighbours: for functions nobody calls in this file. */
export function parameterSeed(fn: ts.FunctionLikeDeclaration, index: number, asHandler: boolean): Value | null {
  const parameter = fn.parameters[index];
  if (!parameter) return null;
  const type = parameter.type?.getText() ?? '';
  const decorated = decoratorSeed(parameter);
  if (decorated) return decorated;
  const byType = typeSeed(type);
  if (byType && fn.parameters.length <= 4) return byType;
  const name = ts.isIdentifier(parameter.name) ? parameter.name.text : '';
  const next = parameterName(fn, index + 1);
  const isHandler = asHandler || HANDLER_NAMES.test(functionName(fn));
  return nameSeed({
    name,
    next,
    index,
    isHandler,
    count: fn.parameters.length,
    previous: parameterName(fn, index - 1),
    typed: type !== '' && !/any|unknown/.test(type),
  });
}

interface NameFacts {
  readonly name: string;
  readonly next: string;
  readonly previous: string;
  readonly index: number;
  readonly count: number;
  readonly isHandler: boolean;
  readonly typed: boolean;
}

function nameSeed({ name, next, previous, index, count, isHandler, typed }: NameFacts): Value | null {
  if (typed && !isHandler) return null;
  if (/^_?req$/.test(name)) return request();
  if (/^_?request$/.test(name) && (isHandler || EXPRESS_SECOND.test(next))) return request();
  if (RESPONSE_NAMES.test(name) && /^_?(?:req|request)$/.test(previous)) return { role: 'response', api: 'response' };
  if (name === 'ctx' && (isHandler || index === 0)) return context();
  if (isHandler && index === 0 && /^(?:c|context)$/.test(name)) return context();
  if (isHandler && index === 0 && name === 'event') return { role: 'event', api: 'event' };
  if (isHandler && index === 0 && name === '') return request();
  if (isHandler && index === 0 && count >= 2 && RESPONSE_NAMES.test(next)) return request();
  return null;
}

const request = (): Value => ({ role: 'request', api: 'request' });
const context = (): Value => ({ role: 'context', api: 'context' });

function typeSeed(type: string): Value | null {
  if (type === '') return null;
  if (EVENT_TYPES.test(type)) return { role: 'event', api: 'event' };
  if (REQUEST_TYPES.test(type)) return request();
  if (RESPONSE_TYPES.test(type)) return { role: 'response', api: 'response' };
  if (CONTEXT_TYPES.test(type) && /koa|hono|^Context\b|RouterContext|Parameterized/i.test(type)) return context();
  return null;
}

/** NestJS and its kin: `@Query() q`, `@Body('id') id`. */
function decoratorSeed(parameter: ts.ParameterDeclaration): Value | null {
  for (const decorator of ts.getDecorators(parameter) ?? []) {
    const name = /^(Query|Body|Param|Headers|Cookies|Req|Request|Res|Response|UploadedFile)\b/.exec(
      decorator.expression.getText(),
    )?.[1];
    if (!name) continue;
    if (name === 'Req' || name === 'Request') return request();
    if (name === 'Res' || name === 'Response') return { role: 'response', api: 'response' };
    const label = parameter.name.getText();
    return tainted({
      origin: `${name}.${label}`,
      label,
      group: 'request',
      isString: name !== 'Body' && name !== 'Query',
      isContainer: true,
    });
  }
  return null;
}

function parameterName(fn: ts.FunctionLikeDeclaration, index: number): string {
  const name = fn.parameters[index]?.name;
  return name && ts.isIdentifier(name) ? name.text : '';
}

/** The name a function is known by: its own, its variable's, its property's. */
export function functionName(fn: ts.Node): string {
  if ((ts.isFunctionDeclaration(fn) || ts.isFunctionExpression(fn) || ts.isMethodDeclaration(fn)) && fn.name)
    return fn.name.getText();
  const { parent } = fn;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent))
    return parent.name.getText();
  if (ts.isBinaryExpression(parent) && ts.isPropertyAccessExpression(parent.left)) return parent.left.name.text;
  if (ts.isCallExpression(parent) && parent.parent)
    return ts.isVariableDeclaration(parent.parent) ? parent.parent.name.getText() : '';
  return '';
}
