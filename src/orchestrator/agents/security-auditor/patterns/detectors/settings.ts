import ts from 'typescript';
import type { AssignFacts, CallFacts } from '../flow/machine.ts';
import { taintOf, textOf, type Value } from '../flow/value.ts';
import type { Report } from './report.ts';
import { option } from './sinks.ts';

const isOff = (value: Value | undefined): boolean => value?.literal === false;
const isOn = (value: Value | undefined): boolean => value?.literal === true;

/** Settings in the options of any call. */
export function detectSettings(facts: CallFacts, report: Report): void {
  const { node, api, name, args, callee } = facts;
  for (const arg of args) {
    if (!arg.members) continue;
    if (isElectronWindow(api)) electronPreferences(node, option(arg, 'webPreferences'), report);
    if (/^(?:cors|@fastify\/cors|@koa\/cors|hono\/cors\.cors)$/.test(api) || name === 'enableCors')
      corsOptions(node, arg, report);
    if (
      /^helmet$/.test(api) &&
      ['frameguard', 'hsts', 'noSniff', 'xFrameOptions', 'strictTransportSecurity', 'xContentTypeOptions'].some((key) =>
        isOff(option(arg, key)),
      )
    )
      report('headers.protection-off', node);
    if (
      /^libxmljs2?\.(?:parseXml|parseXmlString|parseXmlAsync|Document\.fromXml|parse)$|^libxml\w*\.\w*parse\w*$/i.test(
        api,
      ) &&
      ['noent', 'dtdload', 'replaceEntities'].some((key) => isOn(option(arg, key)))
    )
      report('xml.external-entities', node);
    if (/^(?:express-session|cookie-session|koa-session|@fastify\/session|iron-session\.\w+)$/.test(api))
      sessionOptions(node, arg, report);
  }
  if (name === 'cookie' || name === 'setCookie' || (name === 'set' && /cookies?\.set$/i.test(api)))
    cookieSet(node, { args, isResponse: callee.role === 'response' || /cookie/i.test(api) }, report);
  if (/^express\.static$|^serve-static$/.test(api)) servedFolder(node, args[0], report);
  if (callee.role === 'response' && /^(?:send|json|end|write|render)$/.test(name)) stackTrace(node, args, report);
  if (/commandLine\.appendSwitch$/.test(api) && args[0]?.literal === 'ignore-certificate-errors')
    report('tls.verification-off', node);
  if (callee.role === 'response' && /^(?:setHeader|set|header|append)$/.test(name)) corsHeader(facts, report);
}

const isElectronWindow = (api: string): boolean => /(?:^|\.)(?:BrowserWindow|BrowserView|WebContentsView)$/.test(api);

function electronPreferences(node: ts.Node, preferences: Value | undefined, report: Report): void {
  const unsafe =
    [
      'nodeIntegration',
      'nodeIntegrationInWorker',
      'nodeIntegrationInSubFrames',
      'allowRunningInsecureContent',
      'enableRemoteModule',
      'experimentalFeatures',
    ].some((key) => isOn(option(preferences, key))) ||
    ['contextIsolation', 'webSecurity'].some((key) => isOff(option(preferences, key)));
  if (unsafe) report('electron.unsafe-preferences', node);
}

function corsOptions(node: ts.Node, options: Value, report: Report): void {
  const origin = option(options, 'origin');
  const isAny = isOn(origin) || origin?.literal === '*' || allowsAll(origin);
  if (isAny && isOn(option(options, 'credentials'))) report('cors.any-origin', node);
}

/** `origin: (origin, callback) => callback(null, true)`. */
function allowsAll(origin: Value | undefined): boolean {
  const body = origin?.closure?.node.body?.getText() ?? '';
  return /^\{?\s*(?:return\s+)?\w+\(\s*null\s*,\s*true\s*\)\s*;?\s*\}?$/.test(body);
}

/** The caller's own origin sent back as the allowed one, with credentials. */
function corsHeader({ node, args }: CallFacts, report: Report): void {
  const [header, value] = args;
  if (!/^access-control-allow-origin$/i.test(header?.text ?? '') || !value) return;
  const isReflected = [...(taintOf(value)?.origins ?? [])].some((origin) => /^headers\.origin$/i.test(origin));
  if (!isReflected && value.literal !== '*') return;
  for (let at: ts.Node | undefined = node; at; at = at.parent) {
    if (!ts.isFunctionLike(at)) continue;
    const text = at.getText();
    if (
      /Access-Control-Allow-Credentials['"]\s*,\s*['"]?true/i.test(text) &&
      !/includes|\.has\(|indexOf|allowed/i.test(text)
    )
      report('cors.any-origin', node);
    return;
  }
}

const SESSION_COOKIE =
  /^(?:\w*[._-])?(?:sess(?:ion)?(?:_?id)?|sid|token|auth(?:_?token)?|jwt|access_?token|refresh_?token|remember(?:_?me)?|connect\.sid|id_?token)$/i;

interface CookieCall {
  readonly args: readonly Value[];
  readonly isResponse: boolean;
}

function cookieSet(node: ts.Node, { args, isResponse }: CookieCall, report: Report): void {
  if (!isResponse) return;
  const at = args.findIndex((arg) => typeof arg.literal === 'string' && SESSION_COOKIE.test(arg.literal));
  const options = args[at + 2];
  if (at < 0 || at > 1 || (args.length > at + 2 && !options?.members)) return;
  if (options?.taint) return;
  // A number or a switch ("remember: 1") names no session.
  if (['number', 'boolean'].includes(typeof args[at + 1]?.literal)) return;
  const httpOnly = option(options, 'httpOnly');
  if (httpOnly === undefined || isOff(httpOnly) || isOff(option(options, 'secure'))) report('cookie.exposed', node);
}

function sessionOptions(node: ts.Node, options: Value, report: Report): void {
  const cookie = option(options, 'cookie');
  if (isOff(option(cookie, 'httpOnly')) || isOff(option(cookie, 'secure')) || isOff(option(options, 'httpOnly')))
    report('cookie.exposed', node);
  const secret = option(options, 'secret');
  if (typeof secret?.literal === 'string') report('credential.hard-coded', node);
}

function servedFolder(node: ts.Node, folder: Value | undefined, report: Report): void {
  if (!folder) return;
  if (/^(?:\.|\.\/|\/|~)$/.test(textOf(folder)) || folder.api === '__dirname' || folder.api === 'process.cwd()')
    report('server.serves-everything', node);
}

const STACK = /(?:^|[^\w.])(?:err|error|e|ex|exception)\.stack\b/;

function stackTrace(node: ts.CallExpression | ts.NewExpression, args: readonly Value[], report: Report): void {
  const text = (node.arguments ?? []).map((argument) => argument.getText()).join(',');
  if (args.length === 0 || !STACK.test(text)) return;
  for (let at: ts.Node | undefined = node; at; at = at.parent) {
    if (
      (ts.isIfStatement(at) || ts.isConditionalExpression(at)) &&
      /NODE_ENV|debug|isDev|development|isProd|production|env/i.test(
        (ts.isIfStatement(at) ? at.expression : at.condition).getText(),
      )
    )
      return;
    if (ts.isFunctionLike(at)) break;
  }
  if (!/NODE_ENV|isDev|development/.test(text)) report('server.stack-trace', node);
}

/** Settings told by the member's name alone, wherever the object goes. */
export function detectProperty(node: ts.PropertyAssignment, report: Report): void {
  const name = ts.isIdentifier(node.name) || ts.isStringLiteral(node.name) ? node.name.text : '';
  const { initializer } = node;
  const isFalse = initializer.kind === ts.SyntaxKind.FalseKeyword;
  if ((name === 'rejectUnauthorized' || name === 'strictSSL') && isFalse) report('tls.verification-off', node);
  else if (
    name === 'checkServerIdentity' &&
    /^\(?[^)]*\)?\s*=>\s*(?:undefined|null|true|\{\s*\}|\(\s*\{\s*\}\s*\))$/.test(initializer.getText())
  )
    report('tls.verification-off', node);
  else if (name === 'minVersion' && /^['"]TLSv1(?:\.1)?['"]$/.test(initializer.getText()))
    report('tls.old-version', node);
  else if (
    name === 'secureProtocol' &&
    /^['"](?:SSLv[23]|TLSv1|TLSv1_1)_(?:client_|server_)?method['"]$/.test(initializer.getText())
  )
    report('tls.old-version', node);
}

export function detectAssignedSettings({ node, api, value }: AssignFacts, report: Report): void {
  if (/process\.env\.NODE_TLS_REJECT_UNAUTHORIZED$/.test(api) && textOf(value) === '0')
    report('tls.verification-off', node);
  if (/\.rejectUnauthorized$/.test(api) && isOff(value)) report('tls.verification-off', node);
  if (/^document\.cookie$/.test(api) && /^(?:session|sid|token|jwt|auth)\w*=/i.test(textOf(value)))
    report('cookie.exposed', node);
}
