/**
 * What a command is about. Rows, links and code actions name it; what is missing is asked for. Plain data, so that a link can
 * carry it as JSON.
 */
export interface CommandTarget {
  /** URI of the root, as a string. */
  readonly folder?: string;
  /** Id or number of a run. */
  readonly run?: string;
  /** Id of a workflow. */
  readonly workflow?: string;
  /** Id of a step of the run. */
  readonly step?: string;
  /** Id of an activity. */
  readonly activity?: string;
  /** Of a finding. */
  readonly fingerprint?: string;
}

const KEYS = [
  'folder',
  'run',
  'workflow',
  'step',
  'activity',
  'fingerprint',
] as const satisfies readonly (keyof CommandTarget)[];

/** The target that a command was called with: itself, or the `target` of a tree's row. Whatever else comes counts as none. */
export function targetOf(argument: unknown): CommandTarget {
  if (!isRecord(argument)) return {};
  const named = isRecord(argument['target']) ? argument['target'] : argument;
  return Object.fromEntries(KEYS.flatMap((key) => (typeof named[key] === 'string' ? [[key, named[key]]] : [])));
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** `command:` link of a hover or a welcome text. */
export function commandLink(command: string, target: CommandTarget): string {
  return `command:${command}?${encodeURIComponent(JSON.stringify([target]))}`;
}
