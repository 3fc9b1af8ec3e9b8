import type { StoredEvent } from './events.ts';
import type { Json, JsonObject } from './json.ts';

/** A coordination event as one line of text (SYSTEMS E7): `TYPE:workflow:phase:{json}`. */
export interface EventLine {
  /** `WORKFLOW_STARTED`, `PHASE_COMPLETED`. */
  readonly type: string;
  /** Id of the workflow; of an event without one, empty. */
  readonly workflow: string;
  /** The step, where the event concerns one; else empty. */
  readonly phase: string;
  /** `id`, `time`, `event` (its type) and `data`; `left` names what of the data is too long for a line. */
  readonly json: JsonObject;
}

/** A run's steps are its phases, and whatever goes wrong is an error, in the words of the mission's lines. */
const NAMES: Readonly<Record<string, string>> = {
  'workflow.step.started': 'PHASE_STARTED',
  'workflow.step.completed': 'PHASE_COMPLETED',
  'workflow.step.retrying': 'PHASE_RETRYING',
  'workflow.step.skipped': 'PHASE_SKIPPED',
  'workflow.step.failed': 'ERROR_ENCOUNTERED',
  'workflow.compensation.failed': 'ERROR_ENCOUNTERED',
  'agent.failed': 'ERROR_ENCOUNTERED',
  'agent.timeout': 'ERROR_ENCOUNTERED',
  'system.alert': 'ERROR_ENCOUNTERED',
};
/** Types of events that print, as a subscription names them: `prefix.*` or exact. */
export const EVENT_LINE_TYPES: readonly string[] = [
  ...['workflow.*', 'agent.*', 'activity.*', 'git.*', 'system.*'],
  ...['file.modified.aggregated', 'tool.used.aggregated', 'performance.metric.aggregated'],
  ...['feature-development', 'bug-fix'],
];

/** Of one value of the data, as JSON: a line is for reading, and the event keeps the whole. */
const MAX_VALUE = 500;
/** Runs remembered by name; of an older one the lines say its id. */
const MAX_RUNS = 1000;

/**
 * Prints events as lines, in the order they come: a run's first event says which workflow the later ones belong to. Null for an
 * event that coordinates nothing (a single test, a single file, a finding).
 */
export function createEventLines(): (event: StoredEvent) => string | null {
  const workflows = new Map<string, string>();
  return (event) => {
    if (!prints(event.type)) return null;
    const { data } = event;
    const run = text(data['run']);
    if (event.type === 'workflow.started') remember(workflows, run, text(data['workflow']));
    const workflow = text(data['workflow']) || workflows.get(run) || run;
    return printEventLine({ type: lineType(event.type), workflow, phase: text(data['step']), json: jsonOf(event) });
  };
}

/** One line, whatever the names hold. */
export function printEventLine({ type, workflow, phase, json }: EventLine): string {
  return `${type}:${escaped(workflow)}:${escaped(phase)}:${oneLine(JSON.stringify(json))}`;
}

/** Null where the text is no such line. */
export function parseEventLine(line: string): EventLine | null {
  const parts = /^([A-Z][A-Z0-9_]*):([^:\s]*):([^:\s]*):(\{.*\})$/.exec(line);
  if (!parts) return null;
  const [, type = '', workflow = '', phase = '', json = ''] = parts;
  try {
    // In braces, so it is an object where it is JSON at all.
    const parsed = JSON.parse(json) as JsonObject;
    return { type, workflow: decodeURIComponent(workflow), phase: decodeURIComponent(phase), json: parsed };
  } catch (error) {
    // Neither JSON nor an escape that means something: somebody else's line.
    if (error instanceof SyntaxError || error instanceof URIError) return null;
    throw error;
  }
}

function prints(type: string): boolean {
  return EVENT_LINE_TYPES.some((one) => (one.endsWith('.*') ? type.startsWith(one.slice(0, -1)) : type === one));
}

function lineType(type: string): string {
  return NAMES[type] ?? type.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
}

function jsonOf({ id, time, type, data }: StoredEvent): JsonObject {
  const short: [string, Json][] = [];
  const left: string[] = [];
  for (const [key, value] of Object.entries(data)) {
    if (JSON.stringify(value).length <= MAX_VALUE) short.push([key, value]);
    else left.push(key);
  }
  return { id, time, event: type, data: Object.fromEntries(short), ...(left.length > 0 ? { left } : {}) };
}

function remember(workflows: Map<string, string>, run: string, workflow: string): void {
  workflows.set(run, workflow);
  const [oldest] = workflows.keys();
  if (workflows.size > MAX_RUNS && oldest !== undefined) workflows.delete(oldest);
}

/** Ids stay as they are; what would end a part or a line does not. Half a surrogate pair has no escape: it becomes �. */
function escaped(name: string): string {
  return encodeURIComponent(name.toWellFormed());
}

/** JSON escapes line feeds, but not the two line ends that only Unicode knows. */
function oneLine(json: string): string {
  return json.replace(/[\u2028\u2029\u0085]/g, (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
