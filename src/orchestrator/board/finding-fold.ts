import type { FileFindings } from '../../contract/board.ts';
import type { Finding } from '../../contract/findings.ts';
import { SEVERITIES } from '../../contract/severities.ts';
import type { PinnedScope, TimedRunEvent } from '../workflow/run-events.ts';
import type { RunState } from '../workflow/run-state.ts';
import type { EarlyFinding } from './early-findings.ts';

/** What the newest checks found, file by file. Changed in place. */
export interface FindingFold {
  readonly files: Map<string, readonly Told[]>;
  /** Content of files that were written lately, by their events; null for one that is gone. Oldest first. */
  readonly written: Map<string, string | null>;
}

/** One finding, and what it rests on. */
interface Told {
  readonly check: Check;
  readonly finding: Finding;
  /** What was checked; null where that is not known. */
  readonly content: string | null;
  /**
   * Files of the change that it comes from, where its own file was not looked at: those that it names as missing, else all that were
   * looked at. None of them known: something that was removed.
   */
  readonly from: ReadonlySet<string> | null;
  /** It comes from removed files: every look at a change tells that anew. */
  readonly isOfRemoval: boolean;
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
  /** Files that differ from HEAD, those that are gone included; null where that is not known, or there is no git. */
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
    const fresh = found.map((finding) => toldOf(finding, { check, content }));
    const kept = others(fold, file).filter((one) => !isRenewed(one, plan.agent, fresh));
    keep(fold, file, [...kept, ...fresh]);
  }
}

function toldOf(finding: Finding, { check, content }: Pick<Told, 'check' | 'content'>): Told {
  const { scope } = check;
  const { file, missing } = finding;
  const isBeside = scope !== null && !scope.has(file);
  const from = missing ? new Set(missing) : isBeside ? scope : null;
  return { check, finding, content, from, isOfRemoval: missing !== undefined || from?.size === 0 };
}

/** What was said of the file itself is said anew as a whole; of what came from elsewhere, the same line. */
function isRenewed({ finding, from }: Told, agent: string, fresh: readonly Told[]): boolean {
  if (finding.agent !== agent) return false;
  if (from === null) return fresh.some((one) => one.from === null);
  return fresh.some((one) => one.finding.range.start.line === finding.range.start.line);
}

/**
 * A finding that the security auditor told of a run beside its steps, in one of several looks: it stands with what the others of
 * the run said of the file. `content`: what was checked; null where that is not known.
 */
export function applyReaction(
  fold: FindingFold,
  finding: Finding,
  { content, ...of }: Omit<Check, 'scope'> & Pick<Told, 'content'>,
): void {
  const { file, agent, fingerprint } = finding;
  const check = { ...of, scope: new Set([file]) };
  const kept = others(fold, file).filter((one) => {
    const isSame = one.check.run === of.run && one.content === content;
    return one.finding.agent !== agent || (isSame && one.finding.fingerprint !== fingerprint);
  });
  keep(fold, file, [...kept, toldOf(finding, { check, content })]);
}

const others = ({ files }: FindingFold, file: string): readonly Told[] => files.get(file) ?? [];

function keep({ files }: FindingFold, file: string, told: readonly Told[]): void {
  if (told.length === 0) files.delete(file);
  else files.set(file, told);
  const [oldest] = files.keys();
  if (files.size > MAX_FILES && oldest !== undefined) files.delete(oldest);
}

/** Returns whether one went. */
function drop(fold: FindingFold, file: string, isOver: (told: Told) => boolean): boolean {
  const before = others(fold, file);
  const left = before.filter((one) => !isOver(one));
  if (left.length === before.length) return false;
  keep(fold, file, left);
  return true;
}

/** Findings in files beside those that were looked at (what a change broke elsewhere) go with what they came from. */
function dropChecked(fold: FindingFold, agent: string, { kind, scope }: Check): void {
  for (const file of fold.files.keys()) {
    drop(fold, file, ({ finding, from, isOfRemoval }) => {
      if (finding.agent !== agent) return false;
      if (isOfRemoval) return kind === 'changed';
      return scope === null || scope.has(file) || (from !== null && meet(from, scope));
    });
  }
}

const meet = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => a.values().some((file) => b.has(file));

/** What was found in a content that the file has not now is kept quiet: an edit may be taken back, and no run tells it again. */
function isHidden({ written }: FindingFold, file: string, { content }: Told): boolean {
  return content !== null && written.has(file) && written.get(file) !== content;
}

/** A file was written; `content` is undefined where the event does not say what it is now. */
export function applyWrite(fold: FindingFold, path: string, content: string | null | undefined): void {
  fold.written.delete(path);
  if (content !== undefined) fold.written.set(path, content);
  for (const oldest of fold.written.keys()) {
    if (fold.written.size <= MAX_WRITTEN) break;
    drop(fold, oldest, (told) => isHidden(fold, oldest, told));
    fold.written.delete(oldest);
  }
  drop(fold, path, (told) => content === undefined || told.content === null);
}

/** Drops or hides what is not true any more, and tells again what is. Returns whether something differs. */
export function applyFacts(fold: FindingFold, { contents, changed }: FileFacts): boolean {
  let differs = false;
  for (const [file, all] of fold.files) {
    const now = contents.get(file) ?? null;
    for (const { content } of all) {
      const was = content === null ? now : fold.written.has(file) ? fold.written.get(file) : content;
      if (was === now) continue;
      fold.written.set(file, now);
      differs = true;
    }
    const isGone = ({ content }: Told): boolean => content === null && now === null;
    // Only changed lines are told: where nothing differs any more, none is left.
    const isOver = (told: Told): boolean =>
      told.check.kind === 'changed' && changed !== null && isUnchanged(told, file, changed);
    differs = drop(fold, file, (told) => isGone(told) || (isOver(told) && (told.content ?? now) === now)) || differs;
  }
  return differs;
}

function isUnchanged({ from }: Told, file: string, changed: ReadonlySet<string>): boolean {
  if (from === null) return !changed.has(file);
  return from.size === 0 ? changed.size === 0 : !meet(from, changed);
}

export function dismissFinding(fold: FindingFold, fingerprint: string): void {
  for (const file of fold.files.keys()) drop(fold, file, ({ finding }) => finding.fingerprint === fingerprint);
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
  const checked = [...fold.files].flatMap(([file, all]): readonly Shown[] =>
    all
      .filter((told) => !isHidden(fold, file, told))
      .map(({ check: { run, number, at }, finding, content }) => ({
        file,
        finding: { ...finding, run, number, at, content },
      })),
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

const rank = ({ severity }: Finding): number => SEVERITIES.indexOf(severity);
