import * as catalogue from '../../contract/commands/catalogue.ts';
import type { CommandDefinition } from '../../contract/commands/command.ts';
import type { ExitCode } from '../../contract/failures.ts';
import type { CommandContext, Handler, Item } from './handler.ts';

/** Handles a command whose input was checked against its definition. */
export type CheckedHandler = (input: unknown, context: CommandContext) => AsyncGenerator<Item, ExitCode>;

/** Pairs a definition with what it does; the input is read by the definition's own schema, so the two cannot drift. */
function pair<Definition extends CommandDefinition>(definition: Definition, load: () => Promise<Handler<Definition>>) {
  return {
    id: definition.id,
    load: async (): Promise<CheckedHandler> => {
      const handler = await load();
      return (input, context) => handler(definition.input.parse(input) as Parameters<Handler<Definition>>[0], context);
    },
  };
}

const running = () => import('./run-commands.ts');
const looking = () => import('./look-commands.ts');
const checking = () => import('./check-commands.ts');

/** Every command of the catalogue, its code loaded when it is called. */
const HANDLERS = [
  pair(catalogue.runCommand, async () => (await running()).run),
  pair(catalogue.resumeCommand, async () => (await running()).resume),
  pair(catalogue.retryCommand, async () => (await running()).retry),
  pair(catalogue.runsCommand, async () => (await looking()).runs),
  pair(catalogue.showCommand, async () => (await looking()).show),
  pair(catalogue.cancelCommand, async () => (await looking()).cancel),
  pair(catalogue.sessionsCommand, async () => (await looking()).sessions),
  pair(catalogue.eventsCommand, async () => (await looking()).events),
  pair(catalogue.validateCommand, async () => (await checking()).validate),
  pair(catalogue.trustCommand, async () => (await checking()).trust),
  pair(catalogue.doctorCommand, async () => (await import('./doctor.ts')).doctor),
  pair(catalogue.contextCommand, async () => (await checking()).context),
];

/** The handler of a command in the catalogue. */
export async function handlerOf(command: Pick<CommandDefinition, 'id'>): Promise<CheckedHandler> {
  const found = HANDLERS.find(({ id }) => id === command.id);
  if (!found) throw new Error(`no handler for the command ${command.id}`);
  return found.load();
}
