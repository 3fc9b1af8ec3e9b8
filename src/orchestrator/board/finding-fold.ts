import type { FileFindings } from '../../contract/board.ts';
import type { Finding } from '../../contract/findings.ts';
import { SEVERITIES } from '../../contract/words.ts';
import type { PinnedScope, StepResult, TimedRunEvent } from '../workflow/run-events.ts';
import type { RunState } from '../workflow/run-state.ts';
import type { EarlyFinding } from './early-findings.ts';

/** What the newest check of each file by each agent found. Changed in place. */
export interface FindingFold {
  /** File → agent → what it found. */
  readonly files: Map<string, Map<string, FileCheck>>;
  /** Content of files that were written lately, by their events; null for one that is gone. Oldest first. */
  readonly written: Map<string, string | null>;
}

interface FileCheck {
  readonly check: Check;
  readonly findings: StepResult['findings'];
  /** What was checked; null where that is not known. */
  readonly content: string | null;
}

/** One step of a run that looked at files. */
interface Check {
  readonly run: string;
  readonly number: number;
  readonly at: string;
  readonly kind: PinnedScope['kind'];
  /** Null: every file. */
  readonly scope: ReadonlySet<string> | null;
}

/** What the files with findings are now. */
export interface FileFacts {
  /** Content ids; a file that is gone is missing. */
  readonly contents: ReadonlyMap<string, string>;
  /** Files that differ from HEAD; null where that is not known, or there is no git. */
  readonly changed: ReadonlySet<string> | null;
}

const MAX_WRITTEN = 2000;
const MAX_FILES = 2000;

export const emptyFindings = (): FindingFold => ({ files: new Map(), written: new Map() });

type StepEnd = Extract<TimedRunEvent, { readonly type: 'workflow.step.completed' | 'workflow.step.failed' }>;

/** A step ended: what it found stands for what it looked at, in place of what its agent said of that before. */
export function applyStepEnd(fold: FindingFold, state: RunState, { type, data, time }: StepEnd): void {
  const plan = state.steps.get(data.step)?.plan;
  if (plan === undefined) return;
  const { start } = state;
  const asked = plan.with['scope'];
  const scope = (asked === 'changed' || asked === 'all' ? start.stepScopes[asked] : undefined) ?? start.scope;
  const check: Check = {
    run: start.run,
    number: start.number,
    at: time,
    kind: scope.kind,
    scope: scope.files === null ? null : new Set(scope.files),
  };
  const { findings, contents = {} } = data.result;
  // A step that failed says nothing of files in which it found nothing.
  if (type === 'workflow.step.completed') dropChecked(fold, plan.agent, check);
  for (const [file, found] of Map.groupBy(findings, (finding) => finding.file)) {
    const content = contents[file] ?? null;
    keepCheck(fold, { file, agent: plan.agent }, { check, findings: found, content });
  }
}

/**
 * A finding that the security auditor told of a run beside its steps, in one of several looks: it stands with what the others of
 * the run said of the file. `content`: what was checked; null where that is not known.
 */
export function applyReaction(
  fold: FindingFold,
  finding: Finding,
  { content, ...of }: Omit<Check, 'scope'> & Pick<FileCheck, 'content'>,
): void {
  const { file, agent, fingerprint } = finding;
  const before = fold.files.get(file)?.get(agent);
  const isSame = before?.check.run === of.run && before.content === content;
  const others = isSame ? before.findings.filter((one) => one.fingerprint !== fingerprint) : [];
  const check = { ...of, scope: new Set([file]) };
  keepCheck(fold, { file, agent }, { check, findings: [...others, finding], content });
}

function keepCheck(
  fold: FindingFold,
  { file, agent }: { readonly file: string; readonly agent: string },
  check: FileCheck,
): void {
  const agents = fold.files.get(file) ?? new Map<string, FileCheck>();
  agents.set(agent, check);
  fold.files.set(file, agents);
  const [oldest] = fold.files.keys();
  if (fold.files.size > MAX_FILES && oldest !== undefined) fold.files.delete(oldest);
}

/** Findings in files beside those that were looked at (what a change broke elsewhere) go with what they came from. */
function dropChecked(fold: FindingFold, agent: string, { scope }: Check): void {
  for (const [file, agents] of fold.files) {
    const before = agents.get(agent);
    if (before === undefined) continue;
    const isCovered = scope === null || scope.has(file);
    const isBeside = before.check.scope !== null && !before.check.scope.has(file);
    const isSource = isBeside && scope !== null && before.check.scope !== null && meet(before.check.scope, scope);
    if (isCovered || isSource) removeCheck(fold, file, agent);
  }
}

const meet = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => a.values().some((file) => b.has(file));

/** What was found in a content that the file has not now is kept quiet: an edit may be taken back, and no run tells it again. */
function isHidden({ written }: FindingFold, file: string, { content }: FileCheck): boolean {
  return content !== null && written.has(file) && written.get(file) !== content;
}

/** A file was written; `content` is undefined where the event does not say what it is now. */
export function applyWrite(fold: FindingFold, path: string, content: string | null | undefined): void {
  fold.written.delete(path);
  if (content !== undefined) fold.written.set(path, content);
  for (const oldest of fold.written.keys()) {
    if (fold.written.size <= MAX_WRITTEN) break;
    for (const [agent, check] of fold.files.get(oldest) ?? [])
      if (isHidden(fold, oldest, check)) removeCheck(fold, oldest, agent);
    fold.written.delete(oldest);
  }
  for (const [agent, check] of fold.files.get(path) ?? [])
    if (content === undefined || check.content === null) removeCheck(fold, path, agent);
}

/** Drops or hides what is not true any more, and tells again what is. Returns whether something differs. */
export function applyFacts(fold: FindingFold, { contents, changed }: FileFacts): boolean {
  let differs = false;
  for (const [file, agents] of fold.files) {
    for (const [agent, { check, content }] of agents) {
      const now = contents.get(file) ?? null;
      const was = content === null ? now : fold.written.has(file) ? fold.written.get(file) : content;
      if (was !== now) {
        fold.written.set(file, now);
        differs = true;
      }
      const isGone = content === null && now === null;
      // Only changed lines are told: where nothing differs any more, none is left.
      const isOver = check.kind === 'changed' && changed !== null && isUnchanged(check, file, changed);
      if (isGone || (isOver && (content ?? now) === now)) {
        removeCheck(fold, file, agent);
        differs = true;
      }
    }
  }
  return differs;
}

function isUnchanged({ scope }: Check, file: string, changed: ReadonlySet<string>): boolean {
  const isBeside = scope !== null && !scope.has(file);
  return isBeside ? !meet(scope, changed) : !changed.has(file);
}

function removeCheck(fold: FindingFold, file: string, agent: string): void {
  const agents = fold.files.get(file);
  agents?.delete(agent);
  if (agents?.size === 0) fold.files.delete(file);
}

export function dismissFinding(fold: FindingFold, fingerprint: string): void {
  for (const [file, agents] of fold.files) {
    for (const [agent, check] of agents) {
      const findings = check.findings.filter((finding) => finding.fingerprint !== fingerprint);
      if (findings.length === 0) removeCheck(fold, file, agent);
      else agents.set(agent, { ...check, findings });
    }
  }
}

interface Shown {
  readonly file: string;
  readonly finding: FileFindings['findings'][number];
}

/**
 * By file, what steps at work have found among it. Of one run at most `limit` findings are shown, the gravest ones; of each file the
 * rest is counted.
 */
export function fileFindings(
  fold: FindingFold,
  { limit, early }: { readonly limit: number; readonly early: readonly EarlyFinding[] },
): readonly FileFindings[] {
  const checked = [...fold.files].flatMap(([file, agents]): readonly Shown[] =>
    [...agents.values()]
      .filter((check) => !isHidden(fold, file, check))
      .flatMap(({ check: { run, number, at }, findings, content }) =>
        findings.map((finding) => ({ file, finding: { ...finding, run, number, at, content } })),
      ),
  );
  const all = [...checked, ...notYet(fold, checked, early)];
  const gravestFirst = all.toSorted((a, b) => rank(a.finding) - rank(b.finding));
  const shown = new Set(
    [...Map.groupBy(gravestFirst, ({ finding }) => finding.run).values()].flatMap((ofRun) => ofRun.slice(0, limit)),
  );
  return [...Map.groupBy(all, ({ file }) => file)]
    .map(([file, found]) => {
      const kept = found.filter((one) => shown.has(one)).map(({ finding }) => finding);
      return { file, findings: kept, left: found.length - kept.length };
    })
    .toSorted((a, b) => (a.file < b.file ? -1 : 1));
}

/** A finding that stands already goes on standing as it was until the step's end renews it. */
function notYet(fold: FindingFold, checked: readonly Shown[], early: readonly EarlyFinding[]): readonly Shown[] {
  const keyOf = ({ agent, file, fingerprint }: Finding): string => `${agent} ${file} ${fingerprint}`;
  const standing = new Set(early.length === 0 ? [] : checked.map(({ finding }) => keyOf(finding)));
  return early
    .filter(({ finding }) => !standing.has(keyOf(finding)))
    .map(({ finding, run, number, at }) => {
      const content = fold.written.get(finding.file) ?? null;
      return { file: finding.file, finding: { ...finding, run, number, at, content } };
    });
}

const rank = ({ severity }: StepResult['findings'][number]): number => SEVERITIES.indexOf(severity);
