import assert from 'node:assert/strict';
import { RUN_STATUSES, STEP_STATUSES } from '../../src/contract/runs.ts';
import { runsTree, type RunsOptions } from '../../src/views/trees/runs.ts';
import { cutOff } from '../../src/extension/worker/cut-off.ts';
import { messageOf, runsWords, standingOf } from '../../src/views/trees/standing.ts';
import { NO_TESTS, board, failing, flat, folder, outline, passing, runRow, scene } from '../support/boards.ts';
import { treeOfPeopleWords } from '../support/engine-words.ts';
import { proves } from '../requirements.ts';
import { stepView } from '../support/views.ts';

const options: RunsOptions = { ...scene, dismissed: new Set(), older: null };
const at = (time: string): string => `2026-11-18T${time}:00.000Z`;

const tsddr = runRow({
  number: 42,
  workflow: 'tsddr-2.0',
  status: 'running',
  startedAt: at('14:20'),
  endedAt: null,
  steps: [
    stepView('security-pre-check', { status: 'cached', cached: 'r', cachedNumber: 40 }),
    stepView('test-design', { needs: ['security-pre-check'], durationMs: 38_000, summary: '41 tests pass' }),
    stepView('bug-hunting', { needs: ['test-design'], status: 'running', startedAt: '2026-11-18T14:29:29.000Z' }),
    stepView('security-post-check', { needs: ['context-optimization'], status: 'pending' }),
    stepView('performance-analysis', {
      needs: ['test-design'],
      status: 'retrying',
      nextTryAt: '2026-11-18T14:22:40.000Z',
    }),
    stepView('context-optimization', { needs: ['bug-hunting', 'performance-analysis'], status: 'pending' }),
  ],
  progress: { 'bug-hunting': '118 of 190 files' },
});
const failedRun = runRow({
  number: 41,
  workflow: 'tsddr-2.0',
  status: 'failed',
  startedAt: at('14:03'),
  steps: [
    stepView('security-pre-check', { status: 'cached', cached: 'r', cachedNumber: 40 }),
    stepView('bug-hunting', {
      status: 'failed',
      attempts: 3,
      error: { code: 'exit', exitCode: 2, message: 'eslint ended with exit code 2' },
      changedSince: { run: 'r38', number: 38, at: at('13:41'), inputs: ['eslint.config.js', 'package.json'], total: 2 },
    }),
    stepView('context-optimization', { needs: ['bug-hunting'], status: 'skipped' }),
    stepView('security-post-check', { needs: ['context-optimization'], status: 'skipped' }),
  ],
  failedCommand: 'npx eslint --format json',
});
const steps = [stepView('tests', { durationMs: 400, summary: '12 tests pass' })];
const quiet = [
  runRow({ number: 40, startedAt: at('14:11'), tests: passing(12), steps }),
  runRow({
    number: 39,
    startedAt: at('14:09'),
    tests: passing(12),
    steps: [stepView('tests', { status: 'cached', cachedNumber: 38 })],
  }),
  runRow({ number: 38, startedAt: at('13:58'), tests: NO_TESTS }),
  runRow({ number: 37, startedAt: at('13:57'), status: 'superseded', replacedBy: 38 }),
  runRow({ number: 36, startedAt: at('13:41'), workflow: 'kiro-workflow' }),
];

describe(proves('F3', 'the Runs view in its nine states'), () => {
  it('fresh folder: no rows, so that the welcome text stands', () => {
    const fresh = folder();
    assert.deepEqual(runsTree(fresh, options), []);
    assert.equal(standingOf([fresh]), 'fresh');
  });

  it('running: a live run with its steps in order, those side by side next to each other', () => {
    const tree = runsTree(folder({ board: board({ runs: [tsddr, ...quiet] }) }), options);
    assert.deepEqual(outline(tree), [
      '- Now (1)',
      '  - [loading~spin running] tsddr-2.0 (2 of 6 steps done)',
      '      [archive passed] security-pre-check (from cache, run 40)',
      '      [pass passed] test-design (41 tests pass · 38 s)',
      '      [loading~spin running] bug-hunting (118 of 190 files · 31 s)',
      '      [clockface attention] performance-analysis (tries again 14:22:40)',
      '      [circle muted] context-optimization (waits for 2 steps)',
      '      [circle muted] security-post-check (waits for 1 step)',
      ...outline(runsTree(folder({ board: board({ runs: quiet }) }), options)).map((line) =>
        line.replace('- History', '+ History'),
      ),
    ]);
  });

  it('failed: what the failed step ran, and what changed since it last passed', () => {
    const tree = runsTree(folder({ board: board({ runs: [failedRun] }) }), options);
    assert.deepEqual(outline(tree), [
      '- Failed (1)',
      '  - [error failed] tsddr-2.0 (at bug-hunting · 14:03)',
      '      [archive passed] security-pre-check (from cache, run 40)',
      '    - [error failed] bug-hunting (exit code 2, 3 tries)',
      '        [terminal] npx eslint --format json',
      '        [diff] eslint.config.js (changed since 13:41)',
      '      [debug-step-over muted] 2 later steps (did not run)',
    ]);
    const [run, , step] = flat(tree).slice(1);
    assert.equal(run?.aria, 'tsddr-2.0, failed at bug-hunting, 14:03');
    assert.equal(step?.aria, 'bug-hunting, failed, exit code 2, 3 tries');
  });

  it('all quiet: only history, unfolded, and one row for what is older', () => {
    const tree = runsTree(folder({ board: board({ runs: quiet, olderRuns: 38 }) }), options);
    assert.deepEqual(outline(tree), [
      '- History (43)',
      '  + [pass passed] on-save-checks (12 tests pass · 14:11)',
      '      [pass passed] tests (12 tests pass · 0.4 s)',
      '  + [archive passed] on-save-checks (12 tests pass · from cache · 14:09)',
      '      [archive passed] tests (from cache, run 38)',
      '    [circle-slash attention] on-save-checks (no tests ran · 13:58)',
      '    [arrow-swap muted] on-save-checks (newer edits, run 38 · 13:57)',
      '    [pass passed] kiro-workflow (nothing found · 13:41)',
      '    Show 38 older runs',
    ]);
  });

  it('older runs: those that left the board since they were asked for are among them, and none stands twice', () => {
    const older = [5, 4, 3].map((number) => ({
      ...{ run: `run-${number}`, number, workflow: 'on-save-checks' },
      ...({ status: 'completed', startedAt: '2026-11-17T10:00:00.000Z' } as const),
    }));
    const rows = (onBoard: readonly number[], olderRuns: number) => {
      const runs = onBoard.map((number) => runRow({ run: `run-${number}`, number }));
      const [history] = runsTree(folder({ board: board({ runs, olderRuns }) }), { ...options, older });
      return history?.children.map(({ target }) => target.run);
    };
    assert.deepEqual(rows([5, 4], 1), ['run-5', 'run-4', 'run-3']);
    assert.deepEqual(rows([6, 5], 2), ['run-6', 'run-5', 'run-4', 'run-3']);
  });

  it('not trusted, virtual and starting: no rows', () => {
    for (const kind of ['untrusted', 'virtual', 'starting'] as const) {
      const away = folder({ state: { kind }, board: null });
      assert.deepEqual(runsTree(away, options), []);
    }
    assert.equal(standingOf([folder({ state: { kind: 'virtual' }, board: null })]), 'virtual');
    assert.equal(standingOf([folder({ state: { kind: 'starting' }, board: null })]), 'starting');
  });

  it('safe mode: no rows, and beside the name since when', () => {
    const stopped = folder({
      state: { kind: 'stopped', reason: 'Its worker ended 5 times in 10 minutes.', at: at('14:06'), endings: 5 },
      board: board({ runs: quiet }),
    });
    assert.deepEqual(runsTree(stopped, options), []);
    assert.equal(standingOf([stopped]), 'stopped');
    assert.equal(runsWords([stopped], scene), 'stopped 14:06');
  });

  it('disk full: no rows, and beside the name how full', () => {
    const full = folder({ board: board({ runs: quiet, readOnly: '0 bytes free' }) });
    assert.deepEqual(runsTree(full, options), []);
    assert.equal(standingOf([full]), 'full');
    assert.equal(runsWords([full], scene), '0 bytes free');
    // A window whose state folder is nowhere has no session: it follows nobody.
    const nowhere = folder({
      board: board({ role: 'follower', session: '', readOnly: 'The folder /state is not writable.' }),
    });
    assert.equal(standingOf([nowhere]), 'full');
    assert.equal(runsWords([nowhere], scene), 'cannot write to disk');
  });

  it('several folders: one that stopped is told of before one in which nothing has run', () => {
    const fresh = folder({ uri: 'file:///a' });
    const stopped = folder({ uri: 'file:///b', state: { kind: 'stopped', reason: 'x', at: at('14:06'), endings: 5 } });
    assert.equal(standingOf([fresh, stopped]), 'stopped');
    assert.equal(standingOf([stopped, folder({ board: board({ runs: quiet }) })]), 'working');
  });

  it('needs you: under Now, whatever else is known', () => {
    const run = runRow({
      number: 20,
      workflow: 'release-notes',
      status: 'waiting',
      endedAt: null,
      steps: [
        stepView('collect', { summary: '31 commits' }),
        stepView('draft', { status: 'waiting' }),
        stepView('publish', { needs: ['draft'], status: 'pending' }),
      ],
    });
    assert.deepEqual(outline(runsTree(folder({ board: board({ runs: [run] }) }), options)), [
      '- Now (1)',
      '  - [account attention] release-notes (needs you)',
      '      [pass passed] collect (31 commits)',
      '      [account attention] draft (needs you)',
      '      [circle muted] publish (waits for 1 step)',
    ]);
  });

  it('worker gone: the last known rows, none of which says that it is at work', () => {
    const others = runRow({ number: 43, session: 'of a terminal', status: 'running', endedAt: null });
    const gone = folder({
      state: { kind: 'restarting', since: '2026-11-18T14:06:12.000Z' },
      board: cutOff(board({ runs: [others, { ...tsddr, steps: tsddr.steps.slice(1, 3) }] })),
    });
    const tree = runsTree(gone, options);
    assert.deepEqual(outline(tree), [
      '- Now (2)',
      '    [debug-disconnect attention] on-save-checks (was at work 14:06:12)',
      '  - [debug-disconnect attention] tsddr-2.0 (cut off, goes on by itself)',
      '      [pass passed] test-design (41 tests pass · 38 s)',
      '      [debug-disconnect attention] bug-hunting (was at 118 of 190 files)',
    ]);
    assert.equal(messageOf([gone], scene), 'Starting again. This is how it stood at 14:06:12.');
    assert.deepEqual(
      flat(tree).filter(({ context }) => /^run:(?!none)/.test(context)),
      [],
      'nothing to press while nobody answers',
    );
  });

  it('second window: as the first; it says something only when it cannot work itself', () => {
    const runs = [tsddr, ...quiet];
    const second = folder({ board: board({ role: 'follower', runs }) });
    assert.deepEqual(runsTree(second, options), runsTree(folder({ board: board({ runs }) }), options));
    assert.equal(messageOf([second], scene), '');
    const looking = folder({ board: board({ role: 'follower', runs, readOnly: 'no permission' }) });
    assert.deepEqual(outline(runsTree(looking, options)), outline(runsTree(second, options)));
    assert.equal(messageOf([looking], scene), 'Another window of this folder does the work. This one follows it.');
  });
});

describe('the command of a failed step', () => {
  it('names files of the folder as they are in it, and whole to whoever looks', () => {
    const failedCommand = "/usr/bin/node '/work/Müller shop/test/part7.test.ts'";
    const runs = [{ ...failedRun, failedCommand }];
    const there = folder({ uri: 'file:///work/M%C3%BCller%20shop', board: board({ runs }) });
    const row = flat(runsTree(there, options)).find(({ context }) => context === 'command');
    assert.equal(row?.label, "/usr/bin/node 'test/part7.test.ts'");
    assert.deepEqual(row.tooltip, [failedCommand]);
  });
});

describe('what stands under Failed', () => {
  const bad = runRow({ number: 45, tests: failing(1, 11), startedAt: at('14:18') });

  it('is the newest result of each workflow, where it is bad; stopped and replaced runs say nothing', () => {
    const runs = [
      runRow({ number: 46, status: 'cancelled' }),
      bad,
      runRow({ number: 44, status: 'failed' }),
      failedRun,
    ];
    assert.deepEqual(
      outline(runsTree(folder({ board: board({ runs }) }), options)).filter((line) =>
        /^([+-] | {2}[+-] | {4}\[)/.test(line),
      ),
      [
        '- Failed (2)',
        '    [error failed] on-save-checks (1 test fails · 14:18)',
        '  + [error failed] tsddr-2.0 (at bug-hunting · 14:03)',
        '+ History (2)',
        '    [stop-circle muted] on-save-checks (stopped by you · 14:00)',
        '    [error failed] on-save-checks (failed · 14:00)',
      ],
    );
  });

  it('goes with a later pass, and when a person dismisses it', () => {
    const passed = runsTree(
      folder({ board: board({ runs: [runRow({ number: 46, tests: passing(12) }), bad] }) }),
      options,
    );
    assert.deepEqual(
      passed.map(({ label }) => label),
      ['History'],
    );
    const dismissed = runsTree(folder({ board: board({ runs: [bad] }) }), {
      ...options,
      dismissed: new Set([bad.run]),
    });
    assert.deepEqual(
      dismissed.map(({ label }) => label),
      ['History'],
    );
  });

  it('is not a run that was cut off, which stands under Now until a later one has a result', () => {
    const cut = runRow({ number: 44, status: 'interrupted', endedAt: null });
    const before = runsTree(folder({ board: board({ runs: [cut] }) }), options);
    assert.deepEqual(
      before.map(({ label }) => label),
      ['Now'],
    );
    const after = runsTree(folder({ board: board({ runs: [runRow({ number: 45 }), cut] }) }), options);
    assert.deepEqual(
      after.map(({ label }) => label),
      ['History'],
    );
  });
});

describe('rows of Runs', () => {
  it('draw no step green that found nothing to look at', () => {
    const nothing = { nothingChecked: true, summary: 'no tests could run' };
    const steps = [
      stepView('secrets', { summary: 'nothing found' }),
      stepView('tests', nothing),
      stepView('again', { ...nothing, status: 'cached' }),
      stepView('broken', { ...nothing, status: 'failed' }),
    ];
    const drawn = runsTree(folder({ board: board({ runs: [runRow({ steps })] }) }), options);
    const icons = flat(drawn).flatMap(({ context, icon }) => (context === 'step' && icon !== null ? [icon] : []));
    assert.deepEqual(
      icons.map((icon) => (icon === 'file' ? icon : `${icon.name} ${icon.tone}`)),
      ['pass passed', 'circle-slash attention', 'circle-slash attention', 'error failed'],
    );
  });

  it('say when a step was stopped or undone, and that one which was cut off can go on', () => {
    const endedAt = '2026-11-18T14:29:40.000Z';
    const own = (['cancelled', 'compensated', 'interrupted'] as const).map((status) =>
      stepView(status, { status, endedAt }),
    );
    const drawn = runsTree(
      folder({ board: board({ runs: [runRow({ status: 'interrupted', steps: own })] }) }),
      options,
    );
    assert.deepEqual(
      flat(drawn).flatMap(({ context, description }) => (context === 'step' ? [description] : [])),
      ['stopped by you 14:29', 'undone 14:29:40', 'cut off, can resume'],
    );
  });

  it('say every state of runs and steps in words for people', () => {
    const runs = RUN_STATUSES.map((status, index) =>
      runRow({
        number: index + 1,
        workflow: `w${index}`,
        status,
        steps: STEP_STATUSES.map((own, at) => stepView(`step-${at}`, { status: own })),
      }),
    );
    for (const kind of ['ready', 'restarting'] as const) {
      const state = kind === 'ready' ? { kind } : { kind, since: at('14:06') };
      treeOfPeopleWords(runsTree(folder({ state, board: board({ runs }) }), options));
    }
  });

  it('carry what their commands need, and one action that fits', () => {
    const nodes = flat(runsTree(folder({ board: board({ runs: [tsddr, failedRun, ...quiet] }) }), options));
    const contexts = new Map(nodes.map(({ id, context }) => [id, context]));
    assert.equal(contexts.get('file:///work/harbor-api/now/run-42'), 'run:stop');
    assert.equal(contexts.get('file:///work/harbor-api/failed/run-41'), 'run:retry:standing');
    assert.equal(contexts.get('file:///work/harbor-api/failed/run-41/bug-hunting'), 'step:retry');
    assert.equal(contexts.get('file:///work/harbor-api/history/run-40'), 'run:again');
    const step = nodes.find(({ id }) => id.endsWith('run-41/bug-hunting'));
    assert.deepEqual(step?.target, {
      folder: 'file:///work/harbor-api',
      run: 'run-41',
      workflow: 'tsddr-2.0',
      step: 'bug-hunting',
    });
    assert.equal(new Set(nodes.map(({ id }) => id)).size, nodes.length, 'ids are unique');
  });

  it('show older runs once somebody asked for them', () => {
    const older = [
      { run: 'old', number: 3, workflow: 'on-save-checks', status: 'failed', startedAt: '2026-11-16T09:00:00.000Z' },
    ] as const;
    const tree = runsTree(folder({ board: board({ runs: quiet, olderRuns: 1 }) }), { ...options, older });
    assert.equal(outline(tree).at(-1), '    [error muted] on-save-checks (failed · 16 Nov 09:00)');
  });

  it('keep tooltips within twelve lines', () => {
    const run = runRow({ tests: failing(9), failing: ['a', 'b', 'c', 'd', 'e'], notChecked: ['a: b', 'c: d', 'e: f'] });
    for (const { tooltip } of flat(runsTree(folder({ board: board({ runs: [run, failedRun] }) }), options)))
      assert.ok(tooltip.length <= 12);
  });
});
