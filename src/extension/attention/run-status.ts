import type { RunRow } from '../../contract/board.ts';
import {
  allCached,
  checkedNothing,
  failedStepOf,
  failureWords,
  findingsOf,
  hasResult,
  resultWords,
} from '../../contract/run-words.ts';
import type { Target } from '../../contract/target.ts';
import { OUTCOMES, STATES, countWords, scopeWords } from '../../contract/words.ts';
import type { Scene } from '../scene.ts';
import { status, type Given, type Status } from './status-item.ts';

export interface About {
  readonly run: RunRow;
  readonly target: Target;
  readonly options: Scene;
}

export function ofRun(given: Given, { run, target, options }: About): Status {
  const time = options.times.long(run.startedAt, options.now);
  const own = { ...target, run: run.run, workflow: run.workflow };
  return status({
    about: `Run ${run.number}, ${run.workflow}, ${time}, on ${scopeWords(run.scope)}`,
    links: [
      { label: 'Open run', command: 'savepoint.openRun', target: own },
      ...(hasResult(run) ? [{ label: 'Run again', command: 'savepoint.runAgain', target: own }] : []),
    ],
    spoken: `Run ${run.number} at ${options.times.short(run.startedAt, options.now)}`,
    run,
    folder: target.folder,
    ...given,
  });
}

export function resultStatus(about: About): Status {
  const { run } = about;
  const { tests, findings } = run;
  const failed = failedStepOf(run);
  const found = findingsOf(run);
  const foundLines = findingLines(run);
  if (run.status !== 'completed' || failed !== undefined) {
    const why = failed === undefined ? [] : [{ icon: 'error', text: `${failed.id}: ${failureWords(failed)}` }];
    const failing = tests.failed === 0 ? [] : [failingLine(run)];
    const outcome = failed === undefined ? 'Checks could not finish' : `${failed.id} could not finish`;
    const lines = [...why, ...failing, ...foundLines].slice(0, 3);
    return ofRun({ kind: 'unfinished', text: 'Checks could not finish', icon: 'error', outcome, lines }, about);
  }
  const text = sentence(resultWords(run));
  if (tests.failed > 0) {
    const others = found === 0 ? '' : `, ${countWords(found, 'finding')}`;
    const names = run.failing
      .slice(0, 3 - foundLines.length)
      .map((name) => ({ icon: 'error', text: name.replaceAll(' > ', ' › ') }));
    return ofRun(
      { kind: 'failing', text, icon: 'error', outcome: `${text}${others}`, lines: [...names, ...foundLines] },
      about,
    );
  }
  if (findings.error > 0) {
    const rest = found - findings.error;
    const others = rest === 0 ? '' : `, ${countWords(rest, 'other finding')}`;
    return ofRun({ kind: 'failing', text, icon: 'error', outcome: `${text}${others}`, lines: foundLines }, about);
  }
  if (found > 0) return ofRun({ kind: 'findings', text, icon: 'warning', lines: foundLines }, about);
  const unseen = run.notChecked.slice(0, 3).map((what) => ({ icon: 'circle-slash', text: `Not checked: ${what}` }));
  if (tests.verdict === 'vacuous' || checkedNothing(run)) {
    return ofRun({ kind: 'vacuous', text, icon: OUTCOMES.vacuous.icon, lines: unseen }, about);
  }
  const cached = allCached(run);
  const outcome = cached ? `${text}, ${STATES.cached.word}` : text;
  return ofRun({ kind: 'good', text, icon: cached ? STATES.cached.icon : 'pass', outcome, lines: unseen }, about);
}

const failingLine = ({ tests }: RunRow): Status['lines'][number] => ({
  icon: 'error',
  text: countWords(tests.failed, 'test fails', 'tests fail'),
});

const sentence = (words: string): string => `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;

/** Errors and the rest apart: no finding is counted twice. */
function findingLines(run: RunRow): Status['lines'] {
  const { error } = run.findings;
  const rest = findingsOf(run) - error;
  const where = run.scope.kind === 'changed' ? ' on changed lines' : '';
  return [
    ...(error > 0 ? [{ icon: 'error', text: `${countWords(error, 'error')}${where}` }] : []),
    ...(rest > 0
      ? [{ icon: 'warning', text: `${countWords(rest, error > 0 ? 'other finding' : 'finding')}${where}` }]
      : []),
  ];
}
