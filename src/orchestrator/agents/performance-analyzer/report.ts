import { fingerprinted, type FindingDraft } from '../../workspace/fingerprint.ts';
import { applyScopePolicy } from '../../workspace/scope-policy.ts';
import type { AgentContext } from '../agent.ts';
import type { Range } from '../../../contract/findings.ts';
import type { Slower } from './durations.ts';
import type { Culprit } from './naming.ts';
import type { Verdict } from './statistics.ts';

const AGENT = 'performance-analyzer';
const HELP = 'docs/agents/performance-analyzer.md';

export const TOO_NOISY = 'too noisy to tell';

/** The verdict in words that stay the same from run to run: they are part of later steps' inputs. */
export function verdictWords({ kind }: Verdict): string {
  return { slower: 'slower', faster: 'faster', same: 'no slower', open: TOO_NOISY }[kind];
}

/** The verdict with its figures, for the log. */
export function verdictLine(benchmark: string, verdict: Verdict): string {
  const { ratio, low, high, noise, pairs } = verdict;
  return `${benchmark}: ${verdictWords(verdict)} (${times(ratio)}, ${times(low)} to ${times(high)} times as long, noise ${times(noise)}, ${String(pairs)} pairs)`;
}

/** `benchmark`: its file and, where it has one, its name. */
export function slowerFinding(benchmark: string, verdict: Verdict, place: SlowPlace): FindingDraft {
  const { low, high, pairs } = verdict;
  const what = place.name === '' ? 'This code' : place.name;
  return {
    agent: AGENT,
    rule: 'performance.slower',
    severity: 'warning',
    confidence: 'certain',
    message: `${what} is slower than before: ${benchmark} takes ${times(low)} to ${times(high)} times as long (${String(pairs)} pairs of runs). Look at what it does now that it did not do, or dismiss this if the price is meant.`,
    file: place.file,
    range: place.range,
    help: HELP,
    ...(place.hottest.length === 0
      ? {}
      : { evidence: `Where the time goes now: ${place.hottest.map(hotLine).join(', ')}` }),
  };
}

export interface SlowPlace {
  readonly file: string;
  readonly name: string;
  readonly range: Range;
  readonly hottest: Culprit['hottest'];
}

export function slowTestFinding(slower: Slower, file: string, range: Range): FindingDraft {
  return {
    agent: AGENT,
    rule: 'performance.test-slower',
    severity: 'info',
    confidence: 'possible',
    message: `This test took ${duration(slower.durationMs)}; its last ${String(slower.samples)} passes took ${duration(slower.usualMs)} in the middle. Run it alone to see whether it or the machine was slow.`,
    file,
    range,
    help: HELP,
  };
}

export function slowStepLine(slower: Slower): string {
  return `Step ${slower.key} took ${duration(slower.durationMs)}; its last ${String(slower.samples)} runs took ${duration(slower.usualMs)} in the middle.`;
}

function hotLine({ file, line, share }: Culprit['hottest'][number]): string {
  return `${file}:${String(line)} ${String(Math.round(share * 100))} %`;
}

/** 1.08, 3.4, 14: as many digits as a measurement is worth. */
function times(ratio: number): string {
  return ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(ratio < 3 ? 2 : 1);
}

function duration(ms: number): string {
  return ms < 1000 ? `${String(Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** What was measured counts wherever it stands; comments with a reason and dismissals keep it quiet. */
export function emitFinding(
  draft: FindingDraft,
  text: string,
  context: Pick<AgentContext, 'workspace' | 'emit'>,
): void {
  const { reported } = applyScopePolicy({
    scope: { kind: 'all' },
    text,
    findings: fingerprinted([draft], text),
    base: [],
    changed: [],
    dismissed: context.workspace.dismissed(),
  });
  for (const finding of reported) context.emit({ kind: 'finding', finding });
}
