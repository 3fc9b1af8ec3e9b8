import type { TestTotals } from '../../../contract/agents.ts';
import type { StepError } from '../../../contract/failures.ts';
import type { TestCase } from '../../../contract/findings.ts';
import { isNoTest, type RunnerRun } from './runner-process.ts';

/** What one call of a runner proves. */
export type Judgement =
  | {
      readonly kind: 'looked';
      /** A failure that no test tells of: the runner ended badly after its tests. */ readonly extra: TestCase | null;
    }
  | { readonly kind: 'no-tests' }
  | { readonly kind: 'failed'; readonly error: StepError };

const NO_TESTS = /no tests? (?:files? |suites? )?(?:were )?found|did not match any files/i;

/** Pure: whether this call looked at tests, and what its end adds to them. A bad exit code is never overlooked. */
export function judge(run: RunnerRun, name: string): Judgement {
  const { end, cases, ended, leftOpen } = run;
  const error = (code: StepError['code'], message: string): Judgement => ({
    kind: 'failed',
    error: { code, message, command: run.command.argv, exitCode: end.exitCode, lastLines: end.lastLines },
  });
  if (end.how === 'spawn') return error('spawn', `${name} could not be started: ${end.message ?? 'unknown reason'}`);
  if (leftOpen) return { kind: 'looked', extra: null };
  if (end.how === 'aborted' || end.how === 'timeout')
    return error('cancelled', `${name} was stopped before it was through`);
  const bad = end.exitCode !== 0;
  if (cases.length === 0) {
    const none = run.foundNone || end.lastLines.some((line) => NO_TESTS.test(line));
    if (!bad || none) return { kind: 'no-tests' };
    const where = ended ? 'without running a test' : 'before it got to its tests';
    const said = end.lastLines.some((line) => line.trim() !== '');
    const why = said ? '; its last lines say why' : ' and printed nothing. Run its command by hand';
    return error('exit', `${name} ended with ${ending(run)} ${where}${why}`);
  }
  if (!bad || (ended && cases.some((test) => test.status === 'failed'))) return { kind: 'looked', extra: null };
  return { kind: 'looked', extra: { name: `(the run of ${name})`, file: '', status: 'failed', message: badEnd(run) } };
}

function badEnd(run: RunnerRun): string {
  const when = run.ended ? 'after its tests' : 'before all tests had run';
  return [`ended with ${ending(run)} ${when}`, ...run.end.lastLines.slice(-5)].join('\n').slice(0, 1500);
}

function ending({ end }: RunnerRun): string {
  return end.signal === null ? `exit code ${String(end.exitCode)}` : `signal ${end.signal}`;
}

export function countTests(cases: readonly TestCase[]): Pick<TestTotals, 'passed' | 'failed' | 'skipped'> {
  const count = (status: TestCase['status']): number => cases.filter((test) => test.status === status).length;
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}

/** How many of the cases stand for a failure that is no test's. */
export function countBroken(cases: readonly TestCase[]): number {
  return cases.filter(isNoTest).length;
}

export interface Whole {
  readonly counts: Pick<TestTotals, 'passed' | 'failed' | 'skipped'>;
  /** Of the failed: files that failed as a whole, and what failed outside any test. */
  readonly broken: number;
  /** Test files that were selected and that are known, over all suites. */
  readonly files: { readonly selected: number; readonly total: number };
  readonly everything: boolean;
  readonly total: number | null;
  readonly flaky: number;
  readonly leftOpen: boolean;
}

export function verdictOf({ passed, failed }: Whole['counts']): TestTotals['verdict'] {
  if (failed > 0) return 'failed';
  return passed > 0 ? 'passed' : 'vacuous';
}

/** At most eight words. */
export function summaryOf({ counts, broken, files, everything, total, flaky, leftOpen }: Whole): string {
  const { passed, failed, skipped } = counts;
  const ran = passed + failed;
  if (failed > 0) return failures(failed - broken, ran - broken, broken);
  if (passed === 0) return skipped > 0 ? `no test ran, ${String(skipped)} skipped` : 'no tests ran';
  const pass = `${tests(passed)} ${passed === 1 ? 'passes' : 'pass'}`;
  if (flaky > 0) return `${pass}, ${String(flaky)} flaky`;
  if (!everything) {
    return total === null
      ? `${pass}, selected ${String(files.selected)} of ${String(files.total)} files`
      : `${pass}, selected ${String(ran + skipped)} of ${String(total)}`;
  }
  return leftOpen ? `${pass}, left open handles` : pass;
}

/** What failed as a whole is told beside the tests: no test of it is known. */
function failures(failed: number, ran: number, broken: number): string {
  const files = broken === 0 ? [] : [`${String(broken)} ${broken === 1 ? 'file' : 'files'} broken`];
  const passing = ran === 0 ? [] : [`${tests(ran)} ${ran === 1 ? 'passes' : 'pass'}`];
  const own = failed === 0 ? passing : [`${String(failed)} of ${tests(ran)} ${failed === 1 ? 'fails' : 'fail'}`];
  return [...own, ...files].join(', ');
}

function tests(count: number): string {
  return `${String(count)} ${count === 1 ? 'test' : 'tests'}`;
}
