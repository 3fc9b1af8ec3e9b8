import assert from 'node:assert/strict';
import type { Board, RunRow } from '../../../src/contract/board.ts';
import { menuItems } from '../../../src/extension/attention/menu-items.ts';
import { STATUS_KINDS, type Status } from '../../../src/extension/attention/status-item.ts';
import { statusOf } from '../../../src/extension/attention/status.ts';
import {
  NO_TESTS,
  SESSION,
  activityView,
  board,
  failing,
  folder,
  passing,
  runRow,
  scene,
  workflowRow,
} from '../../support/boards.ts';
import { peopleWords } from '../../support/engine-words.ts';
import { proves } from '../../requirements.ts';
import { stepView } from '../../support/views.ts';

const options = { ...scene, dismissed: new Set<string>(), commandsMuted: false };
const checks = workflowRow('on-save-checks', { automatic: true });
const of = (over: Partial<Board>): Status =>
  statusOf([folder({ board: board({ workflows: [checks, workflowRow('tsddr-2.0')], ...over }) })], options);
const ofRuns = (...runs: readonly RunRow[]): Status => of({ runs });
const short = ({ kind, text, icon, background }: Status): readonly (string | null)[] => [kind, text, icon, background];

const good = runRow({ number: 40, tests: passing(12), startedAt: '2026-11-18T14:18:00.000Z' });
const cached = { ...good, steps: [stepView('tests', { status: 'cached' })] };
const since = '2026-11-18T14:06:12.000Z';
const retrying = runRow({
  status: 'retrying',
  steps: [stepView('a', { status: 'retrying', nextTryAt: '2026-11-18T14:22:40.000Z' })],
});
const unfinished = runRow({ status: 'failed', steps: [stepView('hunt', { status: 'failed' })] });
/** It found something, which does not hide that a step has no result. */
const halfDone = runRow({
  steps: [stepView('tests', { status: 'failed' })],
  findings: { error: 1, warning: 0, info: 0 },
  tests: failing(1),
});

/** In the order in which the first that applies is shown. */
const SCENES: readonly (readonly [Status, ...(readonly (string | null)[])])[] = [
  [
    statusOf([folder({ state: { kind: 'untrusted' }, board: null })], options),
    'untrusted',
    'Off: folder not trusted',
    'shield',
    null,
  ],
  [
    statusOf([folder({ state: { kind: 'stopped', reason: 'It ended 5 times.', at: since, endings: 5 } })], options),
    'stopped',
    'Savepoint stopped',
    'warning',
    'error',
  ],
  [of({ readOnly: '0 bytes free' }), 'stopped', 'Savepoint stopped', 'warning', 'error'],
  [ofRuns(runRow({ status: 'waiting' })), 'needs-you', 'Savepoint needs you', 'account', 'warning'],
  [
    of({ unapproved: [{ agent: 'a', command: ['a'], file: 'a' }] }),
    'needs-you',
    'Savepoint needs you',
    'account',
    'warning',
  ],
  [
    statusOf([folder({ state: { kind: 'restarting', since } })], options),
    'restarting',
    'Starting again',
    'debug-disconnect',
    null,
  ],
  [ofRuns(runRow({ number: 19, status: 'compensating' })), 'undoing', 'Undoing run 19', 'discard', null],
  [ofRuns(runRow({ status: 'running' })), 'checking', 'Checking 12 files', 'sync~spin', null],
  [ofRuns(retrying), 'retrying', 'Tries again at 14:22', 'clockface', null],
  [ofRuns(unfinished), 'unfinished', 'Checks could not finish', 'error', null],
  [ofRuns(halfDone), 'unfinished', 'Checks could not finish', 'error', null],
  [ofRuns(runRow({ tests: failing(1) })), 'failing', '1 test fails', 'error', null],
  [ofRuns(runRow({ findings: { error: 2, warning: 1, info: 0 } })), 'failing', '2 errors found', 'error', null],
  [ofRuns(runRow({ findings: { error: 0, warning: 2, info: 0 } })), 'findings', '2 findings', 'warning', null],
  [ofRuns(runRow({ tests: NO_TESTS })), 'vacuous', 'No tests ran', 'circle-slash', null],
  [
    ofRuns(runRow({ steps: [stepView('tests', { nothingChecked: true })] })),
    'vacuous',
    'Nothing was checked',
    'circle-slash',
    null,
  ],
  [of({ runs: [good], unchecked: 2 }), 'stale', 'Checks out of date', 'history', null],
  [
    of({ runs: [good], role: 'follower', readOnly: 'no permission' }),
    'following',
    'Following another window',
    'link',
    null,
  ],
  [of({ runs: [good], paused: true }), 'paused', 'Savepoint paused', 'bell-slash', null],
  [of({}), 'unchecked', 'Not checked yet', 'circle', null],
  [ofRuns(good), 'good', '12 tests pass', 'pass', null],
  [ofRuns(cached), 'good', '12 tests pass', 'archive', null],
  [ofRuns(runRow()), 'good', 'Nothing found', 'pass', null],
];

describe(proves('F3', 'the status bar item'), () => {
  it('has at most five words for every state, each for people, with no colour but the two backgrounds', () => {
    for (const [status, ...expected] of SCENES) {
      assert.deepEqual(short(status), expected);
      assert.ok(status.text.split(' ').length <= 5, status.text);
      assert.ok(status.lines.length <= 3);
      peopleWords([status.text, status.outcome, status.about, status.aria, ...status.lines.map(({ text }) => text)]);
    }
    assert.deepEqual([...new Set(SCENES.map(([{ kind }]) => kind))], STATUS_KINDS, 'every kind, in order');
  });

  it('shows the first that applies, of runs in one folder and of several folders', () => {
    const boards = [
      runRow({ number: 49, status: 'waiting' }),
      runRow({ number: 48, status: 'compensating' }),
      runRow({ number: 47, status: 'running' }),
      { ...retrying, number: 46 },
      { ...unfinished, number: 45 },
    ];
    const kinds = boards.map((_, from) => ofRuns(...boards.slice(from)).kind);
    assert.deepEqual(kinds, ['needs-you', 'undoing', 'checking', 'retrying', 'unfinished']);
    const bad = folder({ uri: 'file:///b', name: 'b', board: board({ runs: [unfinished] }) });
    const both = statusOf([folder({ board: board({ runs: [good] }) }), bad], options);
    assert.equal(both.kind, 'unfinished');
    assert.equal(both.folder, 'file:///b');
    assert.match(both.about, /, in b$/);
    assert.match(both.aria, /, in b\. Press Enter for actions\.$/);
    const untouched = folder({ uri: 'file:///c', name: 'c' });
    assert.equal(statusOf([untouched, folder({ board: board({ runs: [good] }) })], options).text, '12 tests pass');
    assert.equal(statusOf([untouched, untouched], options).kind, 'unchecked');
  });

  it('tells of a failure that it is out of date, and that nothing starts by itself', () => {
    const { kind, text, lines, aria, links } = of({
      runs: [runRow({ tests: failing(1) })],
      unchecked: 2,
      paused: true,
    });
    assert.deepEqual([kind, text], ['failing', '1 test fails, paused']);
    assert.deepEqual(lines.slice(-2), [
      { icon: 'history', text: '2 files changed since, and not checked' },
      {
        icon: 'bell-slash',
        text: 'Automatic runs are paused until you resume; what was edited meanwhile will be checked then',
      },
    ]);
    assert.match(aria, /^Savepoint: 1 test fails, paused\./);
    assert.equal(links.at(-1)?.label, 'Resume automatic runs');
  });

  it('counts errors once: what else was found stands beside them', () => {
    const { outcome, lines } = ofRuns(runRow({ findings: { error: 3, warning: 1, info: 0 } }));
    assert.equal(outcome, '3 errors found, 1 other finding');
    assert.deepEqual(lines, [
      { icon: 'error', text: '3 errors on changed lines' },
      { icon: 'warning', text: '1 other finding on changed lines' },
    ]);
    assert.equal(ofRuns(runRow({ findings: { error: 1, warning: 0, info: 0 } })).outcome, '1 error found');
  });

  it('keeps what failed before a pass on files that a person named, and tells of that failure', () => {
    const named = {
      trigger: { ...runRow().trigger, kind: 'manual' as const },
      scope: { ...runRow().scope, kind: 'files' as const },
    };
    const part = runRow({ number: 43, ...named });
    const failed = runRow({ number: 42, tests: failing(1) });
    assert.equal(of({ runs: [part, failed] }).kind, 'failing');
    assert.equal(of({ runs: [part] }).kind, 'good');
    assert.equal(of({ runs: [part, runRow({ number: 42 }), runRow({ number: 41, tests: failing(1) })] }).kind, 'good');
  });

  it('says what failed, in which run and when, and what can be done', () => {
    const run = runRow({
      number: 42,
      startedAt: '2026-11-18T14:18:00.000Z',
      tests: failing(1),
      failing: ['settle > rounds half-cent totals to even'],
      findings: { error: 0, warning: 2, info: 0 },
    });
    const { outcome, about, lines, links, aria } = ofRuns(run);
    assert.equal(outcome, '1 test fails, 2 findings');
    assert.equal(about, 'Run 42, on-save-checks, today 14:18, on 12 files');
    assert.deepEqual(lines, [
      { icon: 'error', text: 'settle › rounds half-cent totals to even' },
      { icon: 'warning', text: '2 findings on changed lines' },
    ]);
    assert.deepEqual(
      links.map(({ label, command }) => [label, command]),
      [
        ['Open run', 'savepoint.openRun'],
        ['Run again', 'savepoint.runAgain'],
        ['Pause automatic runs', 'savepoint.pauseAutomaticRuns'],
      ],
    );
    assert.equal(aria, 'Savepoint: 1 test fails, 2 findings. Run 42 at 14:18. Press Enter for actions.');
  });

  it('keeps what the checks said through a run by hand of something else, and forgets its older failures', () => {
    const byHand = runRow({ number: 43, workflow: 'tsddr-2.0' });
    assert.equal(ofRuns(byHand, runRow({ number: 42, tests: failing(1) })).text, '1 test fails');
    assert.equal(ofRuns(good, { ...unfinished, number: 30, workflow: 'tsddr-2.0' }).text, '12 tests pass');
    assert.equal(ofRuns({ ...unfinished, number: 45, workflow: 'tsddr-2.0' }, good).text, 'Checks could not finish');
  });

  it('forgets what a person dismissed, and commands that nobody wants to hear of', () => {
    const runs = [unfinished, good];
    const dismissed = { ...options, dismissed: new Set([unfinished.run]) };
    assert.equal(
      statusOf([folder({ board: board({ runs, workflows: [checks] }) })], dismissed).text,
      'Not checked yet',
    );
    const asking = board({ runs: [good], unapproved: [{ agent: 'a', command: ['a'], file: 'a' }] });
    assert.equal(statusOf([folder({ board: asking })], { ...options, commandsMuted: true }).text, '12 tests pass');
  });

  it('never says that something is green where nothing was seen green', () => {
    for (const [status] of SCENES.filter(([{ kind }]) => kind !== 'good'))
      assert.ok(!['pass', 'archive'].includes(status.icon));
  });
});

describe('the menu of the status bar item', () => {
  const items = (over: Partial<Board>) => {
    const facts = [folder({ board: board({ workflows: [checks, workflowRow('tsddr-2.0')], ...over }) })];
    return menuItems(statusOf(facts, options), facts, scene);
  };

  it('leads to the run, runs again, and says why', () => {
    const run = runRow({ number: 42, startedAt: '2026-11-18T14:18:00.000Z', tests: failing(1) });
    const shown = items({
      runs: [run],
      activities: [activityView('a'), activityView('b')],
      health: [{ id: 'journal', status: 'ok', message: '', details: [] }],
    });
    assert.deepEqual(
      shown.map(({ icon, label, description, command }) => [icon, label, description, command]),
      [
        ['open-preview', 'Open run 42', 'on-save-checks, 14:18', 'savepoint.openRun'],
        ['debug-restart', 'Run again', 'on 12 changed files', 'savepoint.runAgain'],
        ['play', 'Run a workflow…', 'on-save-checks, tsddr-2.0', 'savepoint.run'],
        ['question', 'Why did this run, or not?', 'the last 2 activities', 'savepoint.why'],
        ['bell-slash', 'Pause automatic runs', 'until you resume', 'savepoint.pauseAutomaticRuns'],
        ['pulse', 'Health', 'all well', 'savepoint.health.focus'],
      ],
    );
    assert.deepEqual(shown[0]?.target, {
      folder: 'file:///work/harbor-api',
      run: 'run-42',
      workflow: 'on-save-checks',
    });
  });

  it('offers what fits where nothing can run', () => {
    const untrusted = [folder({ state: { kind: 'untrusted' as const }, board: null })];
    assert.deepEqual(
      menuItems(statusOf(untrusted, options), untrusted, scene).map(({ label }) => label),
      ['Manage workspace trust'],
    );
    assert.deepEqual(
      items({ readOnly: '0 bytes free', session: SESSION }).map(({ label }) => label),
      ['Start again', 'Show what happened', 'Report an issue…', 'Health'],
    );
    assert.deepEqual(menuItems(statusOf([], options), [], scene), []);
  });
});
