import ts from 'typescript';
import type { CallFacts } from './machine.ts';
import { tainted } from './sources.ts';
import { taintOf, UNKNOWN_VALUE, type Group, type Value } from './value.ts';

/** What a function gets that is handed to a call. */
export interface CallbackSeed {
  /** Arguments it is called with; absent when nothing is known. */
  readonly args?: readonly Value[];
  /** Its parameters are a request and an answer. */
  readonly asHandler?: boolean;
  /** The call's result is what the function returns; as a list of them. */
  readonly givesResult?: boolean;
  readonly isList?: boolean;
  /** The call's result is made of the receiver's items. */
  readonly keepsReceiver?: boolean;
}

const NOTHING: CallbackSeed = {};
const ROUTE_METHODS =
  /^(?:get|post|put|patch|delete|del|all|use|options|head|route|opts|ws|register|addHook|onRequest|handler)$/;
const ROUTERS =
  /(?:^|[?.])(?:\w*[aA]pp|\w*[rR]outer|\w*[sS]erver|fastify|api|\w*[rR]outes?|express|koa|hono|polka|restify|this)(?:\(\))?(?:\.\w+(?:\(\))?)*$|^(?:express|fastify|koa|hono|@koa\/router|koa-router|polka|restify|@hapi\/hapi|find-my-way)\b/;
const SERVER_MAKERS =
  /^(?:https?|http2)\.(?:createServer|createSecureServer)$|^(?:Bun|Deno)\.serve$|(?:asyncHandler|wrapAsync|catchAsync|wrap|withAuth|withSession|nextConnect|defineEventHandler|eventHandler|onRequest|onCall|middy|handle)$/;
const MESSAGE_RECEIVERS =
  /(?:^|[?.])(?:\w*ws\w*|\w*[sS]ocket\w*|conn|connection|client|wss|peer|io|subscriber|sub|redis\w*|mqtt\w*|nc|consumer)(?:\(\))?$/;
const SOCKET_OWN_EVENTS =
  /^(?:connect|connection|error|close|end|disconnect|disconnecting|timeout|drain|lookup|ready|open|pong|ping|listening|finish|upgrade|headers|secureConnect|session|reconnect)$/;
const ITEM_FIRST = /^(?:forEach|filter|find|some|every|findLast|findIndex|sort|toSorted)$/;
const ITEM_RESULT = /^(?:map|flatMap|then|finally|from)$/;

export function seedCallback(facts: CallFacts): CallbackSeed {
  return messageSeed(facts) ?? requestSeed(facts) ?? itemSeed(facts) ?? NOTHING;
}

function requestSeed({ node, api, name, args }: CallFacts): CallbackSeed | null {
  if (SERVER_MAKERS.test(api)) return { asHandler: true };
  if (!ROUTE_METHODS.test(name) || !ts.isPropertyAccessExpression(node.expression)) return null;
  const owner = api.slice(0, Math.max(0, api.lastIndexOf('.')));
  const [first] = args;
  const hasPath = typeof first?.text === 'string' && /^[/*:]/.test(first.text);
  return hasPath || ROUTERS.test(owner) ? { asHandler: true } : null;
}

function messageSeed({ api, name, args }: CallFacts): CallbackSeed | null {
  const event = typeof args[0]?.literal === 'string' ? args[0].literal : '';
  const owner = api.slice(0, Math.max(0, api.lastIndexOf('.')));
  if (name === 'addEventListener' && event === 'message') return { args: [messageEvent(owner)] };
  if (/^ipcMain\.(?:on|handle|once|handleOnce)$|^electron\.ipcMain\.(?:on|handle|once|handleOnce)$/.test(api)) {
    return {
      args: [
        UNKNOWN_VALUE,
        outside('ipc argument', 'ipc'),
        outside('ipc argument', 'ipc'),
        outside('ipc argument', 'ipc'),
      ],
    };
  }
  if (name === 'consume' || name === 'eachMessage') return { args: [outside('message', 'request')] };
  if (name !== 'on' && name !== 'once' && name !== 'addListener') return null;
  if (event === 'entry') return { args: [archiveEntry(), UNKNOWN_VALUE] };
  if (event === 'data' && /^request$/.test(owner)) return { args: [outside('request body', 'request')] };
  if (event === '' || SOCKET_OWN_EVENTS.test(event) || !MESSAGE_RECEIVERS.test(owner)) return null;
  const isMessage = event === 'message' || event === 'data' || /socket|io$/i.test(owner);
  if (!isMessage || /^(?:process|parentPort|worker)$/.test(owner)) return null;
  return { args: [outside('message', 'request'), outside('message', 'request')] };
}

const outside = (label: string, group: Group): Value => tainted({ origin: label, label, group, isContainer: true });
const archiveEntry = (): Value =>
  tainted({ origin: 'entry', label: 'the archive entry’s name', group: 'archive', isString: true, isContainer: true });

/** A posted message: checking its origin is checking all of it. */
function messageEvent(owner: string): Value {
  const isSocket = /ws|socket|channel|worker|port/i.test(owner);
  const whole = tainted({ origin: 'message', label: 'event.data', group: 'dom', isContainer: true });
  const data = tainted({ origin: 'message.data', label: 'event.data', group: 'dom', isContainer: true });
  return isSocket
    ? { members: new Map([['data', data]]) }
    : {
        members: new Map([
          ['data', data],
          ['origin', whole],
        ]),
      };
}

function itemSeed({ name, receiver, args, api }: CallFacts): CallbackSeed | null {
  const taint = taintOf(receiver);
  const item: Value =
    name === 'then'
      ? receiver
      : {
          taint: taint ?? (args[0] && api === 'Array.from' ? taintOf(args[0]) : undefined),
          ...(taint ? {} : { api: `${receiver.api ?? '?'}[]` }),
        };
  if (ITEM_RESULT.test(name)) return { args: [item], givesResult: true, isList: name !== 'then' };
  if (!taint) return null;
  if (ITEM_FIRST.test(name)) return { args: [item, UNKNOWN_VALUE], keepsReceiver: name !== 'forEach' };
  if (name === 'reduce') return { args: [args[1] ?? UNKNOWN_VALUE, item], givesResult: true };
  return null;
}
