import { CATALOGUE } from '../../../contract/commands/catalogue.ts';
import { EXIT, type Failure } from '../../../contract/failures.ts';
import type { JsonObject } from '../../../contract/json.ts';
import type { CommandMessage, WorkerApi } from '../../../contract/worker.ts';
import type { Item } from '../../commands/handler.ts';
import { handlerOf } from '../../commands/handlers.ts';
import { jsonLine } from '../../commands/json-line.ts';
import type { Services } from '../../commands/services.ts';

/** Runs a command of the catalogue as the command line would, and tells what it gives while it works. Nobody can be asked. */
export async function runCommand(
  request: WorkerApi['command']['request'],
  context: {
    readonly services: Services;
    readonly signal: AbortSignal;
    readonly tell: (message: CommandMessage) => void;
  },
): Promise<WorkerApi['command']['reply']> {
  const { services, signal, tell } = context;
  const definition = CATALOGUE.find(({ id }) => id === request.command);
  if (definition === undefined) return refused({ code: 'usage', message: `There is no command ${request.command}.` });
  const input = definition.input.safeParse(request.input);
  if (!input.success) {
    const [issue] = input.error.issues;
    const what = `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim();
    return refused({ code: 'usage', message: `${definition.title}: ${what}` });
  }
  const handler = await handlerOf(definition.id);
  const items = handler(input.data, { services, signal, ask: null });
  let failure: Failure | null = null;
  for (;;) {
    const next = await items.next();
    if (next.done) return { exitCode: next.value, failure };
    if (next.value.kind === 'error') failure = next.value.failure;
    const message = messageOf(next.value);
    if (message !== null) tell(message);
  }
}

const refused = (failure: Failure): WorkerApi['command']['reply'] => ({ exitCode: EXIT.usage, failure });

function messageOf(item: Item): CommandMessage | null {
  if (item.kind === 'note') return { kind: 'note', text: item.text };
  if (item.kind === 'message') {
    const { step, message } = item;
    if (message.kind === 'test') return { kind: 'test', step, test: message.test };
    if (message.kind !== 'progress') return null;
    return { kind: 'progress', step, message: message.message, fraction: message.fraction ?? null };
  }
  const line = jsonLine(item);
  return line && { kind: 'line', line: line as JsonObject };
}
