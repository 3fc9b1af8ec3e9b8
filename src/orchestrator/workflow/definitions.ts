import { Cron } from 'croner';
import type { WithRules } from '../../contract/agents.ts';
import { workflowSchema, type WorkflowDefinition } from '../../contract/definitions.ts';
import type { Range } from '../../contract/findings.ts';
import type { JsonObject } from '../../contract/json.ts';
import { didYouMean } from '../definitions/did-you-mean.ts';
import { parseYaml, type ParsedYaml } from '../definitions/parse-yaml.ts';
import type { Problem } from '../definitions/problem.ts';
import { withProblems } from '../definitions/with-problems.ts';
import { globProblem, typeProblem } from './trigger-filter.ts';

/** Agents that a workflow may name, with the operations they accept (none: any name is passed on). */
export type AgentNames = ReadonlyMap<string, readonly { readonly name: string; readonly with?: WithRules }[]>;

export type ParsedWorkflow =
  | { readonly ok: true; readonly definition: WorkflowDefinition; /** Of the `id`. */ readonly idRange: Range }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads a workflow file: its shape, then what only the whole can tell (steps that are not there, cycles). Pure. */
export function parseWorkflow(
  source: { readonly file: string; readonly content: string | Uint8Array },
  agents: AgentNames,
): ParsedWorkflow {
  const parsed = parseYaml(source, workflowSchema);
  if (!parsed.ok) return parsed;
  const { value } = parsed;
  const problems = [
    ...triggerProblems(value),
    ...stepProblems(value),
    ...agentProblems(value, agents),
    ...cycleProblems(value),
  ];
  if (problems.length === 0) return { ok: true, definition: value, idRange: parsed.rangeOf(['id']) };
  return { ok: false, problems: problems.map((problem) => placed(source.file, parsed, problem)) };
}

interface Unplaced {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

function placed(
  file: string,
  parsed: Extract<ParsedYaml<unknown>, { ok: true }>,
  { path, message }: Unplaced,
): Problem {
  return { file, range: parsed.rangeOf(path), message };
}

function triggerProblems({ on }: WorkflowDefinition): readonly Unplaced[] {
  const filters = (['save', 'activity', 'commit', 'agent-turn'] as const).flatMap((trigger) => [
    ...told(on?.[trigger]?.paths, ['on', trigger, 'paths'], globProblem),
    ...told(on?.[trigger]?.types, ['on', trigger, 'types'], (type) => typeProblem(trigger, type)),
  ]);
  const problem = on?.schedule && cronProblem(on.schedule.cron);
  return [...filters, ...(problem ? [{ path: ['on', 'schedule', 'cron'], message: problem }] : [])];
}

function told(
  values: readonly string[] | undefined,
  path: Unplaced['path'],
  problemOf: (value: string) => string | null,
): readonly Unplaced[] {
  return (values ?? []).flatMap((value, at) => {
    const message = problemOf(value);
    return message === null ? [] : [{ path: [...path, at], message }];
  });
}

function cronProblem(cron: string): string | null {
  try {
    new Cron(cron, { paused: true });
    return null;
  } catch (error) {
    if (!(error instanceof TypeError) && !(error instanceof RangeError)) throw error;
    const why = error.message.replace(/^CronPattern: /, '').replace(/\.$/, '');
    return `This is no schedule: ${why}. Write minute, hour, day, month and weekday, such as 0 9 * * 1-5.`;
  }
}

function stepProblems({ steps }: WorkflowDefinition): readonly Unplaced[] {
  const ids = steps.map(({ id }) => id);
  return steps.flatMap(({ id, needs = [] }, at) => [
    ...(ids.indexOf(id) < at
      ? [{ path: ['steps', at, 'id'], message: `A step before this one is named ${id} too. Rename one.` }]
      : []),
    ...needs.flatMap((need, nth) => {
      const path = ['steps', at, 'needs', nth];
      if (need === id) return [{ path, message: `The step ${id} cannot need itself. Remove it.` }];
      if (!ids.includes(need)) return [{ path, message: `There is no step ${need}.${didYouMean(need, ids)}` }];
      return needs.indexOf(need) < nth ? [{ path, message: `${need} is named twice. Keep one.` }] : [];
    }),
  ]);
}

function agentProblems({ steps }: WorkflowDefinition, agents: AgentNames): readonly Unplaced[] {
  return steps.flatMap((step, at) => [
    ...callProblems(step, ['steps', at], agents),
    ...(step.compensate ? callProblems(step.compensate, ['steps', at, 'compensate'], agents) : []),
  ]);
}

function callProblems(
  call: { readonly agent: string; readonly operation?: string | undefined; readonly with?: JsonObject | undefined },
  path: Unplaced['path'],
  agents: AgentNames,
): readonly Unplaced[] {
  const operations = agents.get(call.agent);
  if (!operations) {
    const names = [...agents.keys()];
    const message = `There is no agent ${call.agent}.${didYouMean(call.agent, names)} Agents: ${names.join(', ')}.`;
    return [{ path: [...path, 'agent'], message }];
  }
  if (operations.length === 0) return [];
  const { operation = operations[0]?.name ?? '' } = call;
  const known = operations.find(({ name }) => name === operation);
  if (known)
    return withProblems(known.with ?? {}, call.with ?? {}).map(({ key, message }) => ({
      path: [...path, 'with', key],
      message,
    }));
  const names = operations.map(({ name }) => name);
  const hint = didYouMean(operation, names);
  const message = `${call.agent} has no operation ${operation}.${hint} Operations: ${names.join(', ')}.`;
  return [{ path: [...path, 'operation'], message }];
}

/** One problem a cycle, at the need that closes it, with the way round. */
function cycleProblems({ steps }: WorkflowDefinition): readonly Unplaced[] {
  const indexOf = new Map(steps.map(({ id }, at) => [id, at]));
  const done = new Set<string>();
  const problems: Unplaced[] = [];
  const visit = (id: string, way: readonly string[]): void => {
    const at = indexOf.get(id);
    if (at === undefined || done.has(id)) return;
    (steps[at]?.needs ?? []).forEach((need, nth) => {
      const from = [...way, id].indexOf(need);
      // A step that needs itself is told on its own.
      if (from < 0) visit(need, [...way, id]);
      else if (need !== id)
        problems.push({ path: ['steps', at, 'needs', nth], message: cycleMessage([...way, id].slice(from)) });
    });
    done.add(id);
  };
  for (const { id } of steps) visit(id, []);
  return problems;
}

function cycleMessage(way: readonly string[]): string {
  const round = [...way, way[0]].join(' → ');
  return `These steps wait for each other: ${round}. Remove one of these needs.`;
}
