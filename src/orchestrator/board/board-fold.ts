import type { Board } from '../../contract/board.ts';
import type { StoredEvent } from '../../contract/events.ts';
import { findingSchema } from '../../contract/findings.ts';
import { asRunEvent, type RunStart } from '../workflow/run-events.ts';
import { BY_HAND } from '../workflow/run-rules.ts';
import { applyActivity, newActivities, viewActivities, type Activities } from '../activity/activity-fold.ts';
import { fileWritten, followSteps, type EarlyFindings } from './early-findings.ts';
import {
  applyReaction,
  applyStepEnd,
  applyWrite,
  emptyFindings,
  fileFindings,
  type FindingFold,
} from './finding-fold.ts';
import {
  applyToRuns,
  emptyRuns,
  lastRuns,
  lookOf,
  runRows,
  stateOf,
  type Applied,
  type RunFacts,
  type RunFold,
} from './run-fold.ts';
import { applyDecided, type Unchecked } from './unchecked.ts';

/** Everything of the board that events tell. Changed in place. */
export interface BoardFold {
  readonly runs: RunFold;
  readonly findings: FindingFold;
  /** Told by the steps themselves, beside the events. */
  readonly early: EarlyFindings;
  readonly activities: Activities;
  readonly unchecked: Unchecked;
  /** Times (ms since 1970) at which automatic runs began, of the last hour or so; ascending. */
  readonly automatic: number[];
}

/** Everything of the board that events do not tell. */
export interface BoardFacts
  extends RunFacts, Pick<Board, 'role' | 'session' | 'paused' | 'definitions' | 'health' | 'unapproved' | 'readOnly'> {
  readonly workflows: readonly Omit<Board['workflows'][number], 'last'>[];
  readonly maxProblems: number;
}

export const emptyBoard = (): BoardFold => ({
  runs: emptyRuns(),
  findings: emptyFindings(),
  early: new Map(),
  activities: newActivities(),
  unchecked: new Set(),
  automatic: [],
});

/** How things are when an event comes. */
export interface Moment {
  /** Nothing starts by itself. */
  readonly paused: boolean;
  /** Whether something else than a person may start the workflow. */
  readonly isAutomatic: (workflow: string) => boolean;
}

/** Events of a run come in order, others in any. */
export function applyEvent(fold: BoardFold, event: StoredEvent, moment: Moment): Applied {
  const own = asRunEvent(event);
  if (own === null) return applyOther(fold, event, moment.paused);
  const before = stateOf(fold.runs, own.data.run);
  const applied = applyToRuns(fold.runs, event);
  if (own.type === 'workflow.started') runBegan(fold, own, moment);
  if (before !== null && (own.type === 'workflow.step.completed' || own.type === 'workflow.step.failed'))
    applyStepEnd(fold.findings, before, own);
  followSteps(fold.early, own);
  return applied;
}

/** What was left out before it counts no more: a result is news then, and by hand one of everything that there is to look at. */
function runBegan(
  { automatic, unchecked }: BoardFold,
  { data, time }: { readonly data: RunStart; readonly time: string },
  { isAutomatic }: Moment,
): void {
  const { workflow, trigger = BY_HAND, scopeRequest } = data;
  const at = Date.parse(time);
  // An older run that is read only now tells nothing of the present.
  if (at < (automatic.at(-1) ?? 0)) return;
  if (trigger.kind !== 'manual') {
    automatic.push(at);
    unchecked.clear();
  } else if (isAutomatic(workflow) && scopeRequest.files === undefined) unchecked.clear();
}

function applyOther(fold: BoardFold, event: StoredEvent, paused: boolean): Applied {
  const isFile = event.type.startsWith('file.');
  const path = event.subject ?? event.data['path'];
  if (isFile && typeof path === 'string') {
    applyWrite(fold.findings, path, contentOf(event));
    fileWritten(fold.early, path);
  }
  if (event.type === 'security.vulnerability.found') return applyFound(fold, event);
  const changed = applyActivity(fold.activities, event);
  if (event.type === 'activity.decided') {
    const ids = event.data['activity'];
    const decided = Array.isArray(ids)
      ? [...fold.activities.settled.values()].filter(({ id }) => ids.includes(id))
      : [];
    applyDecided(fold.unchecked, decided, paused);
  }
  return changed || isFile ? 'done' : 'other';
}

/** What a step finds comes with its end, too; only what the auditor finds beside the steps is told by this event alone. */
function applyFound({ runs, findings }: BoardFold, { data, time }: StoredEvent): Applied {
  const { run, reaction, content } = data;
  if (typeof run !== 'string' || typeof reaction !== 'string') return 'other';
  const look = lookOf(runs, run);
  const finding = findingSchema.safeParse(data['finding']);
  if (look === undefined || !finding.success) return 'other';
  const { number, kind } = look;
  // Beside a run on everything, such as all tests by hand, it tells of lines that nobody changed: the events keep that.
  if (kind === 'all') return 'other';
  applyReaction(findings, finding.data, {
    ...{ run, number, kind, at: time },
    content: typeof content === 'string' ? content : null,
  });
  return 'done';
}

/** Undefined where the event does not say. */
function contentOf({ type, data }: StoredEvent): string | null | undefined {
  if (type === 'file.deleted') return null;
  const { content } = data;
  return typeof content === 'string' ? content : undefined;
}

/** Automatic runs that began in the last hour. */
export function runsInHour(fold: BoardFold, now: number): number {
  while (fold.automatic[0] !== undefined && fold.automatic[0] < now - 3_600_000) fold.automatic.shift();
  return fold.automatic.length;
}

export function boardOf(fold: BoardFold, facts: BoardFacts): Board {
  const runs = runRows(fold.runs, facts);
  const last = lastRuns(runs);
  const { role, session, paused, definitions, health, unapproved, readOnly } = facts;
  return {
    ...{ role, session, paused, runs },
    olderRuns: Math.max(0, fold.runs.total - runs.length),
    activities: viewActivities(fold.activities),
    workflows: facts.workflows.map((workflow) => ({ ...workflow, last: last.get(workflow.id) ?? null })),
    files: filesOf(fold, facts),
    ...{ definitions, health, unapproved },
    unchecked: fold.unchecked.size,
    readOnly,
  };
}

/** Cheaper than the whole board. */
export function filesOf(
  { findings, early }: BoardFold,
  { maxProblems }: Pick<BoardFacts, 'maxProblems'>,
): Board['files'] {
  return fileFindings(findings, { limit: maxProblems, early: [...early.values()].flatMap((step) => step.findings) });
}
