import ts from 'typescript';
import type { CallFacts } from '../flow/machine.ts';
import { HOLE, taintOf, textOf, UNKNOWN_VALUE, type Group, type Kind, type Value } from '../flow/value.ts';

/** A call that does harm when a certain value of it comes from outside. */
export interface Sink {
  readonly rule: string;
  readonly kind: Kind;
  readonly groups: readonly Group[];
  /** The value that matters; undefined when this call is no such sink. */
  readonly value: (facts: CallFacts) => Value | undefined;
}

const SERVER: readonly Group[] = ['request', 'ipc'];
const SERVER_AND_ARGV: readonly Group[] = ['request', 'ipc', 'argv'];
const ANY_TEXT: readonly Group[] = ['request', 'dom', 'ipc'];

const at =
  (index: number) =>
  ({ args }: CallFacts): Value | undefined =>
    args[index];
export const option = (value: Value | undefined, name: string): Value | undefined => value?.members?.get(name);
const isTrue = (value: Value | undefined): boolean => value?.literal === true;

/** A sink told by the full name of the call. */
const named =
  (pattern: RegExp, pick: (facts: CallFacts) => Value | undefined = at(0)) =>
  (facts: CallFacts): Value | undefined =>
    pattern.test(facts.api) ? pick(facts) : undefined;

const SQL_WORDS =
  /^\s*(?:\(?\s*)?(?:select|insert\s+into|insert|update|delete\s+from|replace\s+into|alter|drop|create|truncate|with|exec|call|merge|set|use|grant|explain|pragma|begin)\b/i;
const SQL_METHODS =
  /^(?:query|execute|exec|run|all|get|each|prepare|raw|queryRaw|any|one|many|none|oneOrNone|manyOrNone|unsafe|rawQuery|executeSql|simple|queryArray|queryObject|batch|stream|\$queryRawUnsafe|\$executeRawUnsafe)$/;
const SQL_RAW =
  /(?:^|\.)(?:\$queryRawUnsafe|\$executeRawUnsafe|whereRaw|andWhereRaw|orWhereRaw|orderByRaw|havingRaw|joinRaw|groupByRaw|selectRaw|fromRaw|literal|rawQuery)$|(?:^|[.?])(?:knex|sequelize|prisma|Prisma|db|sql|trx|\w*[kK]nex|drizzle-orm\.sql)\.(?:raw|unsafe|literal)$/;
const SQL_OWNERS =
  /(?:^|[.?_])(?:db|database|pool|conn|connection|client|pg|mysql2?|sqlite3?|better-sqlite3|sequelize|knex|prisma|tx|trx|transaction|sql|mssql|typeorm|em|entityManager|manager|dataSource|queryRunner|repository|orm)(?:\(\))?(?:\.\w+(?:\(\))?)*$/i;
const SQL_CLAUSES =
  /^(?:where|andWhere|orWhere|having|orderBy|addOrderBy|select|addSelect|join|leftJoin|on|groupBy|from)$/;

function sqlText(facts: CallFacts): Value | undefined {
  const { name, api, args } = facts;
  const [first] = args;
  if (!first || api.startsWith('xpath')) return undefined;
  const value = option(first, 'sql') ?? option(first, 'text') ?? first;
  if (first.members && value === first) return undefined;
  if (SQL_RAW.test(api)) return value;
  const text = textOf(value);
  if (SQL_CLAUSES.test(name))
    return /\0/.test(text) && /(?:=|<|>|\blike\b|\bin\b)\s*\(?['"%]?\0/i.test(text) ? value : undefined;
  if (SQL_METHODS.test(name) && SQL_WORDS.test(text)) return value;
  const owner = api.slice(0, Math.max(0, api.lastIndexOf('.')));
  return /^(?:query|execute|raw|unsafe)$/.test(name) && SQL_OWNERS.test(owner) && text.startsWith(HOLE)
    ? value
    : undefined;
}

const NOSQL_METHODS =
  /^(?:find|findOne|findOneAndUpdate|findOneAndDelete|findOneAndReplace|findOneAndRemove|updateOne|updateMany|update|deleteOne|deleteMany|remove|count|countDocuments|exists|replaceOne|distinct|where)$/;
const COLLECTIONS =
  /(?:^|[?.])(?:[A-Z]\w*|\w*[cC]ollection\w*|\w*Model)(?:\(\))?$|collection\(\)$|^mongoose\.|^mongodb\.|models?\.\w+$/;

function queryObject({ name, api, args }: CallFacts): Value | undefined {
  const [first] = args;
  const owner = api.slice(0, Math.max(0, api.lastIndexOf('.')));
  if (
    !first ||
    !NOSQL_METHODS.test(name) ||
    !(COLLECTIONS.test(owner) || first.members) ||
    option(first, 'where') ||
    /^(?:Array|Object|React)$/.test(owner)
  )
    return undefined;
  const where = option(first, '$where');
  if (where && taintOf(where)) return undefined;
  const objects = [...(first.members ?? [])].filter(([, member]) => member.taint && !member.taint.isString);
  if (objects.length > 0) return { members: new Map(objects) };
  return first.taint && !first.taint.isString ? first : undefined;
}

/** JavaScript inside a query. */
function whereCode({ args }: CallFacts): Value | undefined {
  const where = option(args[0], '$where');
  return where && taintOf(where) ? where : undefined;
}

const SHELLS = /^(?:\/bin\/|\/usr\/bin\/)?(?:sh|bash|zsh|dash|cmd|cmd\.exe|powershell|pwsh)$/;

function shellText({ api, args }: CallFacts): Value | undefined {
  const [first, second] = args;
  if (
    /^(?:child_process|shelljs)\.(?:exec|execSync)$|^(?:execa|zx)\.(?:execaCommand|command|execaCommandSync)$|^execa\.command(?:Sync)?$|^(?:\?ssh|\?sshClient|ssh2\.Client\(\)|\?conn)\.exec(?:Command)?$/.test(
      api,
    )
  )
    return first;
  if (
    !/^(?:child_process|cross-spawn|execa)(?:\.(?:spawn|spawnSync|execFile|execFileSync|execa|execaSync|sync))?$/.test(
      api,
    )
  )
    return undefined;
  if (first && taintOf(first)) return first;
  const options = args[2] ?? (second?.members && !second.members.has('0') ? second : undefined);
  const isShell = isTrue(option(options, 'shell')) || typeof option(options, 'shell')?.literal === 'string';
  if (isShell) return second;
  return typeof first?.literal === 'string' && SHELLS.test(first.literal) ? second : undefined;
}

function codeText({ api, args }: CallFacts): Value | undefined {
  if (
    /^(?:eval|vm\.(?:runInNewContext|runInThisContext|runInContext|compileFunction|Script)|vm2\.\w+\(\)\.run|safe-eval|mathjs\.eval|Function\.apply|require|import|\?page\.evaluate)$/.test(
      api,
    )
  )
    return args[0];
  if (api === 'Function') return args.find((arg) => taintOf(arg));
  return /^(?:setTimeout|setInterval)$/.test(api) && args[0]?.taint?.isString === true && args[0].text !== undefined
    ? args[0]
    : undefined;
}

const FS_CALLS =
  /^fs(?:\.promises)?\.(?:readFile|readFileSync|writeFile|writeFileSync|appendFile|appendFileSync|createReadStream|createWriteStream|unlink|unlinkSync|rm|rmSync|rmdir|rmdirSync|readdir|readdirSync|open|openSync|copyFile|copyFileSync|rename|renameSync|mkdir|mkdirSync|cp|cpSync|symlink|link|remove|removeSync|outputFile|outputFileSync|readJson|readJsonSync|readJSON|writeJson|move|ensureDir|emptyDir)$|^(?:Bun\.(?:file|write)|Deno\.(?:readFile|readTextFile|writeFile|writeTextFile|remove|open))$|^(?:@hono\/node-server\/serve-static)\.serveStatic$/;

function filePath({ api, name, callee, args }: CallFacts): Value | undefined {
  if (FS_CALLS.test(api))
    return /(?:rename|copyFile|cp|move|link|symlink)/.test(name) && !taintOf(args[0] ?? UNKNOWN_VALUE)
      ? args[1]
      : args[0];
  if (callee.role !== 'response' || !/^(?:sendFile|sendfile|download)$/.test(name)) return undefined;
  return args.slice(1).some((arg) => arg.members?.has('root')) ? undefined : args[0];
}

const startsOutside = (value: Value | undefined): boolean =>
  value !== undefined && /^(?:https?:\/\/|wss?:\/\/|\/\/)?\0/.test(textOf(value));
const HTTP_CALLS =
  /^(?:fetch|axios(?:\.(?:get|post|put|patch|delete|head|request))?|got(?:\.\w+)?|ky(?:\.\w+)?|node-fetch|cross-fetch|undici\.(?:fetch|request|stream)|https?\.(?:get|request)|request(?:\.(?:get|post))?|needle(?:\.\w+)?|superagent(?:\.\w+)?|phin|bent|request-promise(?:-native)?(?:\.\w+)?|urllib\.request|puppeteer\.launch\(\)\.newPage\(\)\.goto|\?page\.goto|wreck\.\w+|ofetch(?:\.\w+)?|\$fetch|\?axios\.\w+|\?http\.get|\?https\.get|axios\.create\(\)\.\w+)$/;

function requestAddress({ api, args }: CallFacts): Value | undefined {
  if (!HTTP_CALLS.test(api) || api === 'request.get') return undefined;
  const candidates = args
    .slice(0, 2)
    .flatMap((arg) => [
      arg,
      ...['url', 'uri', 'host', 'hostname', 'baseURL'].flatMap((name) => option(arg, name) ?? []),
    ]);
  return candidates.find((value) => !value.members && startsOutside(value));
}

/** Calls after which the answer is no page. */
const NOT_HTML =
  /text\/plain|application\/(?:json|javascript|octet|xml|pdf)|text\/(?:csv|event-stream|xml)|image\/|\.type\(\s*['"](?:txt|text|json|text\/plain)|\.json\(\s*\)/;

const PAGE_MAKERS = /^(?:(?:hono\/html|hono)\.raw|Response|next\/server\.NextResponse)$/;
const isAnswer = ({ api, callee, receiver }: CallFacts): boolean =>
  callee.role === 'response' || receiver.role === 'context' || PAGE_MAKERS.test(api);

function htmlAnswer(facts: CallFacts): Value | undefined {
  const { node, api, name, callee, receiver, args } = facts;
  const [first] = args;
  if (!first || !isAnswer(facts) || isPlainAnswer(node)) return undefined;
  const text = textOf(first);
  const isHtml = /<[a-z!/][^]*\0/i.test(text) || /\0[^]*<\/?[a-z]/i.test(text);
  if (/^(?:hono\/html|hono)\.raw$/.test(api)) return first;
  if (api === 'Response' || api === 'next/server.NextResponse')
    return isHtml && /text\/html/.test(node.getText()) ? first : undefined;
  if (callee.role !== 'response' && !(receiver.role === 'context' && name === 'html')) return undefined;
  if (name === 'html') return first;
  if (name === 'write' || name === 'end') return isHtml ? first : undefined;
  if (name !== 'send') return undefined;
  return isHtml || isExpressText(first, callee.api ?? '') ? first : undefined;
}

/** Express sends any string as text/html. A whole object goes out as JSON. */
function isExpressText(value: Value, api: string): boolean {
  return (
    !/reply|status\(\)\.type/.test(api) &&
    value.taint !== undefined &&
    (value.taint.isString || !value.taint.isContainer) &&
    value.text !== undefined
  );
}

function isPlainAnswer(node: ts.Node): boolean {
  for (let at: ts.Node | undefined = node; at; at = at.parent) {
    if (ts.isFunctionLike(at) && 'body' in at) return NOT_HTML.test(at.getText());
  }
  return false;
}

const DOM_CALLS =
  /(?:^|\.)(?:insertAdjacentHTML|createContextualFragment|setHTMLUnsafe)$|^document\.(?:write|writeln)$|(?:^|[.?])(?:bypassSecurityTrust(?:Html|Script|Url|ResourceUrl))$/;

function domHtml({ api, name, args }: CallFacts): Value | undefined {
  if (DOM_CALLS.test(api)) return name === 'insertAdjacentHTML' ? args[1] : args[0];
  return /^(?:\$|jQuery|jquery)\(\)(?:\.\w+\(\))*\.(?:html|append|prepend|after|before|replaceWith)$/.test(api)
    ? args[0]
    : undefined;
}

const NO_REDIRECT_SOURCES = /^(?:headers\..*|originalUrl|path|url|hostname|host)$/;

function redirectTarget({ node, api, name, callee, receiver, args }: CallFacts): Value | undefined {
  const isAnswer =
    name === 'redirect' && (callee.role === 'response' || receiver.role === 'context' || receiver.role === 'response');
  if (
    isAnswer ||
    /^(?:next\/(?:navigation|server)\.(?:redirect|permanentRedirect|NextResponse\.redirect)|@remix-run\/\w+\.redirect|react-router\.redirect|Response\.redirect|@sveltejs\/kit\.redirect)$/.test(
      api,
    )
  ) {
    return outsideAddress(args.find((arg) => typeof arg.literal !== 'number'));
  }
  if (callee.role === 'response' && /^(?:setHeader|set|header)$/.test(name) && /^location$/i.test(args[0]?.text ?? ''))
    return outsideAddress(args[1]);
  if (callee.role === 'response' && name === 'writeHead')
    return outsideAddress(option(args[args.length - 1], 'Location') ?? option(args[args.length - 1], 'location'));
  return /^(?:location|document\.location)\.(?:assign|replace)$|^(?:window\.)?open$/.test(api) &&
    ts.isCallExpression(node)
    ? outsideAddress(args[0])
    : undefined;
}

export function outsideAddress(value: Value | undefined): Value | undefined {
  if (!value || !startsOutside(value)) return undefined;
  const origins = [...(taintOf(value)?.origins ?? [])];
  return origins.every((origin) => NO_REDIRECT_SOURCES.test(origin)) ? undefined : value;
}

const UNSAFE_LOADERS =
  /^(?:node-serialize|serialize-to-js|funcster|cryo|serialijse|jsonpickle)\.(?:unserialize|deserialize|deepDeserialize|parse)$|^v8\.deserialize$|^js-yaml\.unsafeLoad(?:All)?$/;

function serialised({ api, args }: CallFacts): Value | undefined {
  if (UNSAFE_LOADERS.test(api)) return args[0];
  const schema = option(args[1], 'schema');
  return api === 'js-yaml.load' && /DEFAULT_FULL_SCHEMA|js-yaml-js-types/.test(schema?.api ?? '') ? args[0] : undefined;
}

const MERGES =
  /^(?:lodash|_|lodash-es)\.(?:merge|mergeWith|defaultsDeep)$|^(?:lodash|_)\.(?:merge|defaultsDeep)\b|^lodash\.(?:merge|defaultsdeep)$|^(?:\$|jQuery|jquery)\.extend$|^(?:deep-extend|merge-deep|defaults-deep|node\.extend|extend)$|^hoek\.merge$/;

function mergedObject({ api, args }: CallFacts): Value | undefined {
  if (/^(?:lodash|_|lodash-es)\.(?:set|setWith)$|^(?:dot-prop|object-path|set-value)\.?(?:set|setProperty)?$/.test(api))
    return args[1];
  if (!MERGES.test(api) || (/extend$/.test(api) && !isTrue(args[0]))) return undefined;
  return args.slice(1).find((arg) => arg.taint && !arg.taint.isString);
}

const TEMPLATE_COMPILERS =
  /^(?:handlebars|Handlebars|ejs|pug|jade|nunjucks|lodash|_|mustache|dot|doT|eta|liquidjs|swig|hogan\.js|art-template|squirrelly|velocityjs|underscore)(?:\.\w+\(\))?\.(?:compile|render|renderString|template|precompile|parseAndRender)$/;

export const SINKS: readonly Sink[] = [
  { rule: 'injection.sql', kind: 'sql', groups: SERVER_AND_ARGV, value: sqlText },
  { rule: 'injection.nosql', kind: 'nosql', groups: SERVER, value: queryObject },
  { rule: 'injection.nosql', kind: 'code', groups: SERVER, value: whereCode },
  { rule: 'injection.command', kind: 'command', groups: SERVER_AND_ARGV, value: shellText },
  { rule: 'injection.code', kind: 'code', groups: ANY_TEXT, value: codeText },
  {
    rule: 'injection.template',
    kind: 'template',
    groups: SERVER,
    value: named(TEMPLATE_COMPILERS, ({ api, args }) => (/^mustache/.test(api) ? undefined : args[0])),
  },
  {
    rule: 'injection.ldap',
    kind: 'ldap',
    groups: SERVER,
    value: ({ api, name, args }) =>
      /ldap/i.test(api) && /^search/.test(name) ? (option(args[1], 'filter') ?? args[1]) : undefined,
  },
  {
    rule: 'injection.xpath',
    kind: 'xpath',
    groups: SERVER,
    value: named(/^xpath\.(?:select|select1|evaluate|parse)$|^document\.evaluate$/),
  },
  { rule: 'injection.regexp', kind: 'regexp', groups: SERVER, value: named(/^RegExp$/) },
  { rule: 'path.traversal', kind: 'path', groups: SERVER, value: filePath },
  { rule: 'path.zip', kind: 'path', groups: ['archive'], value: filePath },
  { rule: 'ssrf.request', kind: 'ssrf', groups: ['request'], value: requestAddress },
  { rule: 'xss.reflected', kind: 'xss', groups: ['request'], value: htmlAnswer },
  { rule: 'xss.dom', kind: 'xss', groups: ['dom', 'fetched', 'request'], value: domHtml },
  { rule: 'redirect.open', kind: 'redirect', groups: ['request', 'dom'], value: redirectTarget },
  { rule: 'deserialisation.unsafe', kind: 'deserialise', groups: SERVER, value: serialised },
  { rule: 'prototype.pollution', kind: 'prototype', groups: SERVER, value: mergedObject },
  {
    rule: 'electron.open-external',
    kind: 'open-external',
    groups: ANY_TEXT,
    value: named(/^(?:electron\.)?shell\.openExternal$/),
  },
];
