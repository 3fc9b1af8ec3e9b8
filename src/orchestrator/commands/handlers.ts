import type { CATALOGUE } from '../../contract/commands/catalogue.ts';
import type { ExitCode } from '../../contract/failures.ts';
import type { CommandContext, Handler, Item } from './handler.ts';

type Catalogue = (typeof CATALOGUE)[number];
export type CommandId = Catalogue['id'];

/** Handles a command. `input` must fit the input schema of its definition. */
export type CheckedHandler = (input: unknown, context: CommandContext) => AsyncGenerator<Item, ExitCode>;

const running = () => import('./run-commands.ts');
const looking = () => import('./look-commands.ts');
const checking = () => import('./check-commands.ts');

/** Every command of the catalogue, its code loaded when it is called. */
const HANDLERS: {
  readonly [Id in CommandId]: () => Promise<Handler<Extract<Catalogue, { readonly id: Id }>>>;
} = {
  run: async () => (await running()).run,
  resume: async () => (await running()).resume,
  retry: async () => (await running()).retry,
  runs: async () => (await looking()).runs,
  show: async () => (await looking()).show,
  cancel: async () => (await looking()).cancel,
  sessions: async () => (await looking()).sessions,
  events: async () => (await looking()).events,
  why: async () => (await import('./why-command.ts')).why,
  validate: async () => (await checking()).validate,
  trust: async () => (await checking()).trust,
  doctor: async () => (await import('./doctor.ts')).doctor,
  context: async () => (await checking()).context,
};

/** The handler of a command in the catalogue. */
export async function handlerOf(command: CommandId): Promise<CheckedHandler> {
  // Which of the handlers it is, and so which input it takes, is only known where the input was checked.
  return (await HANDLERS[command]()) as CheckedHandler;
}
