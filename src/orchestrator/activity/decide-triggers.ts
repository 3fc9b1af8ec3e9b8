import type { ActivityFile, Decision, Lineage } from '../../contract/activities.ts';
import type { OriginKind, TriggerFilter, WorkflowDefinition } from '../../contract/definitions.ts';
import type { Origin } from '../../contract/events.ts';
import type { RunTrigger } from '../../contract/runs.ts';
import { countWords, durationWords } from '../../contract/words.ts';
import { pathFilter, typeFilter } from '../workflow/trigger-filter.ts';
import type { Budget } from './budget.ts';
import { NOTHING_OPEN, type LeftOpen } from './left-open.ts';

/** What starts for what happened, and why the rest does not. Pure: the shell (triggers.ts) looks, starts and stores. */

/** Something that workflows may ask to be started for. */
export interface Occasion {
  readonly kind: Exclude<RunTrigger['kind'], 'manual'>;
  readonly activities: readonly {
    readonly id: string;
    readonly origin: Origin;
    readonly files: readonly ActivityFile[];
  }[];
  /** The net change. */
  readonly files: readonly ActivityFile[];
  readonly lineage: Lineage | null;
  /** More than the files changed: all that differs from HEAD is looked at. */
  readonly everything?: boolean;
  /** Only for the clock: the workflows that are due. */
  readonly due?: readonly string[];
}

/** An automatic run at work in this process. */
export interface RunAtWork {
  readonly run: string;
  readonly number: number;
  readonly workflow: string;
  readonly kind: RunTrigger['kind'];
  readonly activities: readonly string[];
  /** The files that it was told to look at; null where it was told otherwise: of edits, all that differs from HEAD. */
  readonly within: readonly string[] | null;
}

export interface Situation {
  readonly workflows: readonly Pick<WorkflowDefinition, 'id' | 'on'>[];
  /** Ids of workflows of which the file is broken, and how. */
  readonly broken: readonly { readonly id: string; readonly problem: string }[];
  readonly atWork: readonly RunAtWork[];
  readonly paused: { readonly all: boolean; readonly workflows: ReadonlySet<string> };
  /** The setting: whether anything but a person starts runs. */
  readonly automaticRuns: boolean;
  readonly maxHops: number;
  /** What the newest result of a workflow left open, by its id. */
  readonly leftOpen: (workflow: string) => LeftOpen;
}

export type Verdict = Omit<Decision, 'at'>;

/** A workflow that asks for the occasion. */
export interface Asked {
  readonly workflow: string;
  /** What it is to look at: the files that it asks for, those of the runs that it replaces, and `again`. */
  readonly files: readonly string[];
  /** What its last result left open: looked at even where nothing differs from HEAD any more, to see it pass. */
  readonly again: readonly string[];
  /** All that differs from HEAD is to be looked at: so much changed, or a run that it replaces was told so. */
  readonly everything: boolean;
  /** Mostly one at most; one that was replaced before may not have ended yet. */
  readonly replaces: readonly RunAtWork[];
}

/** Which workflows ask for the occasion, and the verdicts on the others. */
export function whoAsks(
  occasion: Occasion,
  situation: Situation,
): { readonly asked: readonly Asked[]; readonly verdicts: readonly Verdict[] } {
  const asking = situation.workflows.filter(({ id, on }) => asksFor(occasion, id, on));
  const broken = situation.broken.map(({ id, problem }) => verdict(id, 'filtered', `its file is broken: ${problem}`));
  const stopped = stoppedForAll(occasion, situation);
  if (stopped && asking.length > 0) return { asked: [], verdicts: [stopped] };
  const each = asking.map(({ id, on }) => ask(occasion, situation, { id, filter: filterOf(occasion, on) }));
  const none = asking.length === 0 && broken.length === 0 ? [verdict(null, 'filtered', 'no workflow asks for it')] : [];
  return {
    asked: each.filter((one) => 'files' in one),
    verdicts: [...each.filter((one) => 'decision' in one), ...broken, ...none],
  };
}

/** What was looked up of those that ask. */
export interface Looked {
  /** Files of all that ask that still differ from HEAD; null where that does not matter (a commit, the clock). */
  readonly differing: ReadonlySet<string> | null;
  /** Files of these that .gitignore names. */
  readonly ignored: ReadonlySet<string>;
  /** Why commands of a workflow may not start, by its id. */
  readonly unapproved: ReadonlyMap<string, string>;
  readonly budget: Budget;
}

/** Who starts, as far as the budget goes, and the verdicts on the rest. `over`: runs at work that nothing needs any more. */
export function whoStarts(
  asked: readonly Asked[],
  looked: Looked,
): { readonly starts: readonly Asked[]; readonly verdicts: readonly Verdict[]; readonly over: readonly RunAtWork[] } {
  const starts: Asked[] = [];
  const verdicts: Verdict[] = [];
  const over: RunAtWork[] = [];
  for (const one of asked) {
    const { workflow, files, again, replaces } = one;
    const refusal = looked.unapproved.get(workflow);
    if (looked.differing !== null && again.length === 0 && !files.some((file) => looked.differing?.has(file))) {
      const ignored = files.length > 0 && files.every((file) => looked.ignored.has(file));
      verdicts.push(
        ignored
          ? verdict(workflow, 'filtered', 'ignored by .gitignore')
          : { ...verdict(workflow, 'filtered', 'nothing differs from HEAD any more'), leftOut: true },
      );
      if (!one.everything) over.push(...replaces);
    } else if (refusal !== undefined) verdicts.push(holding(workflow, 'untrusted', refusal));
    else if (starts.length >= looked.budget.left)
      verdicts.push(holding(workflow, 'over-budget', budgetWords(looked.budget)));
    else starts.push(one);
  }
  return { starts, verdicts, over };
}

export function verdict(workflow: string | null, decision: Decision['decision'], why: string): Verdict {
  return { workflow, decision, why, run: null, number: null };
}

/** What stopped it may pass. */
export function holding(workflow: string | null, decision: Decision['decision'], why: string): Verdict {
  return { ...verdict(workflow, decision, why), held: true };
}

/** The verdict, naming the run that it tells of. */
export function onRun(of: Verdict, { run, number }: { readonly run: string; readonly number: number }): Verdict {
  return { ...of, run, number };
}

function asksFor({ kind, due }: Occasion, id: string, on: WorkflowDefinition['on']): boolean {
  if (kind === 'schedule') return due?.includes(id) ?? false;
  return on?.[kind] !== undefined;
}

function filterOf({ kind }: Occasion, on: WorkflowDefinition['on']): TriggerFilter {
  return (kind === 'schedule' ? null : on?.[kind]) ?? {};
}

function stoppedForAll({ lineage }: Occasion, situation: Situation): Verdict | null {
  const { automaticRuns, paused, maxHops } = situation;
  if (!automaticRuns) return holding(null, 'filtered', 'automatic runs are off in the settings');
  if (paused.all) return holding(null, 'filtered', 'you paused automatic runs');
  if (lineage && lineage.hops > maxHops)
    return verdict(null, 'loop-stopped', `${countWords(maxHops, 'run')} followed from each other's writes already`);
  return null;
}

function ask(
  occasion: Occasion,
  situation: Situation,
  { id, filter }: { readonly id: string; readonly filter: TriggerFilter },
): Asked | Verdict {
  if (situation.paused.workflows.has(id)) return holding(id, 'filtered', 'off, you paused it');
  if (occasion.lineage?.ancestors.includes(id))
    return verdict(id, 'loop-stopped', 'its own run, or one that it led to, wrote this');
  const filtered = filterFiles(occasion, filter);
  if ('why' in filtered) return verdict(id, 'filtered', filtered.why);
  const atWork = situation.atWork.filter(({ workflow }) => workflow === id);
  const last = occasion.kind === 'schedule' ? atWork.find(({ kind }) => kind === 'schedule') : undefined;
  if (last) return onRun(verdict(id, 'joined', `run ${last.number} is still at work`), last);
  const replaces = atWork.filter((run) => isReplaceable(run, occasion));
  const open = isForEdits(occasion.kind) ? situation.leftOpen(id) : NOTHING_OPEN;
  const replaced = replaces.flatMap(({ within }) => within ?? []);
  const files = [...new Set([...filtered.files, ...replaced, ...open.files])].sort();
  const everything = occasion.everything === true || open.everything || replaces.some(({ within }) => within === null);
  return { workflow: id, files, again: open.files, everything, replaces };
}

/** Only where the new run also looks at what the old one had not come to. */
function isReplaceable(run: RunAtWork, { kind }: Occasion): boolean {
  return isForEdits(kind) ? run.within !== null || isForEdits(run.kind) : kind === 'commit' && run.kind === 'commit';
}

function isForEdits(kind: RunTrigger['kind']): boolean {
  return kind === 'activity' || kind === 'save';
}

type Filtered = { readonly files: readonly string[] } | { readonly why: string };

function filterFiles(occasion: Occasion, filter: TriggerFilter): Filtered {
  const { kind, files } = occasion;
  if (kind === 'schedule') return { files: [] };
  if (kind === 'commit') return byPath(files, filter);
  const written = byWriter(occasion, filter.origins);
  if ('why' in written) return written;
  const isType = typeFilter(filter.types);
  const typed = written.files.filter(({ change }) => isType(`file.${change}`));
  return typed.length === 0 && written.files.length > 0
    ? { why: `only for ${(filter.types ?? []).join(', ')}` }
    : byPath(typed, filter);
}

function byPath(files: readonly ActivityFile[], { paths }: TriggerFilter): Filtered {
  const isPath = pathFilter(paths);
  const found = files.filter(({ path }) => isPath(path));
  if (found.length === 0) return { why: paths ? `only for ${paths.join(', ')}` : 'nothing changed in sum' };
  return { files: found.map(({ path }) => path) };
}

const WRITERS: Readonly<Record<OriginKind, string>> = {
  human: 'you',
  agent: 'an agent',
  git: 'git',
  unknown: 'an unknown program',
  run: 'a run',
  tool: 'a tool',
};
const DEFAULT_ORIGINS: readonly OriginKind[] = ['human', 'agent', 'unknown', 'run', 'tool'];

/** Without what only writers that are not asked for wrote. */
function byWriter(
  { activities, files }: Occasion,
  origins: readonly OriginKind[] = DEFAULT_ORIGINS,
): { readonly files: readonly ActivityFile[] } | { readonly why: string } {
  const isAsked = ({ origin }: { readonly origin: Origin }): boolean => origins.includes(kindOf(origin));
  const others = activities.filter((activity) => !isAsked(activity));
  if (others.length === 0) return { files };
  if (others.length === activities.length) {
    const writers = [...new Set(others.map(({ origin }) => WRITERS[kindOf(origin)]))];
    return { why: `not for what ${writers.join(' or ')} wrote` };
  }
  const asked = new Set(activities.filter(isAsked).flatMap((activity) => activity.files.map(({ path }) => path)));
  const only = new Set(others.flatMap((activity) => activity.files.map(({ path }) => path)));
  return { files: files.filter(({ path }) => asked.has(path) || !only.has(path)) };
}

function kindOf(origin: Origin): OriginKind {
  return origin.replace(/:.*$/s, '') as OriginKind;
}

function budgetWords({ limit, freesInMs }: Budget): string {
  return `${countWords(limit, 'automatic run')} in the last hour, the next may start in ${durationWords(freesInMs)}`;
}
