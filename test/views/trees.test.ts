import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DECISIONS, type Decision, type DecisionKind } from '../../src/contract/activities.ts';
import { createTimeWords } from '../../src/contract/time-words.ts';
import { STATES } from '../../src/contract/words.ts';
import { createActivitiesTree } from '../../src/views/trees/activities.ts';
import { changedRows } from '../../src/views/trees/changes.ts';
import { healthTree } from '../../src/views/trees/health.ts';
import { healthWords } from '../../src/extension/attention/health-rows.ts';
import { cutOff } from '../../src/extension/worker/cut-off.ts';
import { cutName, treeNode, withFolders, type TreeNode } from '../../src/views/trees/node.ts';
import { workflowsTree } from '../../src/views/trees/workflows.ts';
import {
  NOW,
  activityView,
  board,
  failing,
  flat,
  folder,
  outline,
  runRow,
  scene,
  workflowRow,
} from '../support/boards.ts';
import { treeOfPeopleWords } from '../support/engine-words.ts';
import { proves } from '../requirements.ts';

const decision = (kind: DecisionKind): Decision => ({
  workflow: 'on-save-checks',
  decision: kind,
  why: 'only for src/**',
  run: null,
  number: null,
  at: '',
});

const activitiesTree = createActivitiesTree();

describe(proves('F3', 'the Activities view'), () => {
  const files = Array.from(
    { length: 12 },
    (_, index) => ({ path: `src/f${index}.ts`, change: index === 0 ? 'deleted' : 'modified' }) as const,
  );
  const activities = [
    activityView('a5', { settledAt: null, files: files.slice(0, 2), total: 2 }),
    activityView('a4', {
      origin: 'agent:claude-code',
      lastAt: '2026-11-18T14:01:00.000Z',
      files: files.slice(0, 2),
      total: 12,
    }),
    activityView('a3'),
    activityView('a2', {
      origin: 'git',
      label: 'Switched to feat/invoice-credit',
      lastAt: '2026-11-18T13:44:00.000Z',
      total: 3000,
    }),
    activityView('a1', { origin: 'run:run-41', lastAt: '2026-11-17T13:44:00.000Z' }),
    activityView('a0', { origin: 'unknown', lastAt: '2026-11-03T13:44:00.000Z' }),
  ];

  it('draws the files of an activity that did not change no second time', () => {
    const draw = createActivitiesTree();
    const [, before] = draw(folder({ board: board({ activities }) }), scene);
    const changed = activities.map((view, at) => (at === 0 ? { ...view, writes: view.writes + 1 } : view));
    const [, after] = draw(folder({ board: board({ activities: changed }) }), scene);
    assert.ok(before !== undefined && before.children.length > 0);
    assert.equal(before.children, after?.children);
  });

  it('says who wrote, how much and when; under it the files', () => {
    const tree = activitiesTree(folder({ board: board({ activities, runs: [runRow()] }) }), scene);
    assert.deepEqual(outline(tree), [
      '+ [edit] You (2 files · waits for quiet)',
      '    [file] f0.ts (src · deleted)',
      '    [file] f1.ts (src)',
      '+ [robot] Claude Code (12 files · 14:01)',
      '    [file] f0.ts (src · deleted)',
      '    [file] f1.ts (src)',
      '    10 more files',
      '  [edit] You (src/auth/session.ts · 13:52)',
      '+ [git-branch] Switched to feat/invoice-credit (13:44)',
      '    [file] session.ts (src/auth)',
      '    2,999 more files',
      '  [play-circle] Run 41 (src/auth/session.ts · yesterday 13:44)',
      '  [question] Not known (src/auth/session.ts · 3 Nov 13:44)',
    ]);
    treeOfPeopleWords(tree);
  });

  it('opens a file that is there, and none that was deleted', () => {
    const nodes = flat(activitiesTree(folder({ board: board({ activities: activities.slice(1, 2) }) }), scene));
    assert.deepEqual(
      nodes.map(({ command }) => command?.kind ?? null),
      [null, null, 'open', null],
    );
  });
});

describe(proves('F3', 'the Workflows view'), () => {
  const workflows = [
    workflowRow('on-save-checks', {
      when: 'after edits in src/**',
      automatic: true,
      last: { run: 'run-41', number: 41 },
    }),
    workflowRow('licence-check', { when: 'off, you paused it', automatic: true, paused: true }),
    workflowRow('release-notes'),
    workflowRow('by-hand-while-paused', { paused: true }),
    workflowRow('nightly', {
      problem: { message: 'unknown step', range: { start: { line: 6, character: 0 }, end: { line: 6, character: 4 } } },
    }),
  ];
  const runs = [
    runRow({ number: 42, workflow: 'release-notes', status: 'waiting', endedAt: null }),
    runRow({ tests: failing(1) }),
  ];

  it('says what each came to and when it runs; a broken file where', () => {
    const tree = workflowsTree(folder({ board: board({ workflows, runs }) }), [], scene);
    assert.deepEqual(outline(tree), [
      '  [error failed] on-save-checks (after edits in src/**)',
      '  [bell-slash muted] licence-check (off, you paused it)',
      '  [account attention] release-notes (by hand)',
      '  [circle muted] by-hand-while-paused (by hand)',
      '  [warning attention] nightly.yaml (line 7: unknown step)',
    ]);
    assert.deepEqual(
      tree.map(({ context }) => context),
      ['workflow:on', 'workflow:off', 'workflow:hand', 'workflow:hand', 'broken'],
    );
    const lastOf = (olderRuns: number): string | undefined =>
      workflowsTree(folder({ board: board({ workflows, runs, olderRuns }) }), [], scene)[3]?.tooltip[1];
    assert.equal(lastOf(0), 'Has not run yet');
    assert.equal(lastOf(7), 'None of the newest runs is of it', 'it may be one of the older ones');
    assert.deepEqual(tree[4]?.command, {
      kind: 'open',
      file: '/work/harbor-api/.savepoint/workflows/nightly.yaml',
      line: 6,
    });
    treeOfPeopleWords(tree);
  });

  it('lists the files alone where the folder is not trusted', () => {
    const away = folder({ state: { kind: 'untrusted' }, board: null });
    assert.deepEqual(outline(workflowsTree(away, ['/x/on-save-checks.yaml', '/x/release-notes.yml'], scene)), [
      '  [circle-slash muted] on-save-checks (off until trusted)',
      '  [circle-slash muted] release-notes (off until trusted)',
    ]);
  });

  it('says nothing is at work while the worker is away', () => {
    const running = board({
      workflows: [workflowRow('tsddr-2.0')],
      runs: [runRow({ workflow: 'tsddr-2.0', status: 'running' })],
    });
    const gone = folder({ state: { kind: 'restarting', since: '2026-11-18T14:06:12.000Z' }, board: cutOff(running) });
    assert.deepEqual(outline(workflowsTree(gone, [], scene)), [
      `  [${STATES.interrupted.icon} attention] tsddr-2.0 (by hand)`,
    ]);
  });
});

describe(proves('F3', 'the Health view'), () => {
  const health = board({
    health: [
      { id: 'journal', status: 'ok', message: 'all 4,182 events on disk', details: [] },
      {
        id: 'agents',
        status: 'warning',
        message: '1 of 5 not answering',
        details: ['licence-check tries again at 14:22:40'],
      },
      { id: 'worker', status: 'ok', message: '84 MB, 0.4 % CPU', details: ['not shown while all is well'] },
    ],
  });

  it('has one sentence each, and more only where something is wrong', () => {
    assert.deepEqual(outline(healthTree(folder({ board: health }), scene)), [
      '+ [warning attention] Agents (1 of 5 not answering)',
      '    licence-check tries again at 14:22:40',
      '  [pass passed] Journal (all 4,182 events on disk)',
      '  [pass passed] Worker (84 MB, 0.4 % CPU)',
    ]);
    assert.equal(healthWords([folder({ board: health })], scene), 'agents: 1 of 5 not answering');
  });

  it('tells about the worker itself when it is gone or stopped', () => {
    const all = board({ health: health.health.filter(({ id }) => id !== 'agents') });
    const since = '2026-11-18T14:06:12.000Z';
    const gone = folder({ state: { kind: 'restarting', since }, board: all });
    assert.equal(healthWords([gone], scene), 'worker is starting');
    const stopped = folder({
      state: { kind: 'stopped', reason: 'It ran out of memory.', at: since, endings: 5 },
      board: all,
    });
    assert.deepEqual(outline(healthTree(stopped, scene)), [
      '  [pass passed] Journal (all 4,182 events on disk)',
      '+ [debug-disconnect attention] Worker (stopped 14:06)',
      '    It ran out of memory.',
      '    It ended 5 times.',
    ]);
    assert.equal(healthWords([folder({ board: all })], scene), 'all well');
    assert.equal(healthWords([folder({ state: { kind: 'untrusted' }, board: null })], scene), '');
  });
});

describe('several folders', () => {
  const two = [
    folder({ uri: 'file:///a', name: 'a' }),
    folder({ uri: 'file:///b', name: 'b', state: { kind: 'virtual' }, board: null }),
  ];

  it('have a row each above their rows, and none where nobody has any', () => {
    const rows = withFolders(two, ({ uri, board: own }) =>
      own ? [treeNode({ id: `${uri}/x`, label: 'x', target: { folder: uri } })] : [],
    );
    assert.deepEqual(outline(rows), ['- [root-folder] a', '    x', '  [root-folder] b (not on a disk)']);
    assert.deepEqual(
      withFolders(two, () => []),
      [],
    );
  });

  it('open by themselves when they get their first rows', () => {
    const row = (uri: string): readonly TreeNode[] => [
      treeNode({ id: `${uri}/x`, label: 'x', target: { folder: uri } }),
    ];
    const [, before] = withFolders(two, ({ uri }) => (uri === 'file:///a' ? row(uri) : []));
    const [, after] = withFolders(two, ({ uri }) => row(uri));
    assert.equal(after?.collapsible, 'expanded');
    assert.notEqual(after.id, before?.id, 'VS Code keeps a row of the same id closed');
  });
});

describe('drawing again', () => {
  const leaf = (id: string, label = id): TreeNode => treeNode({ id, label, target: { folder: 'f' } });
  const parent = (id: string, children: readonly TreeNode[]): TreeNode =>
    treeNode({ id, label: id, children, target: { folder: 'f' } });
  const tree = [parent('p', [leaf('a'), leaf('b')]), parent('q', [leaf('c')])];

  it('touches only rows that changed', () => {
    assert.deepEqual(changedRows(tree, structuredClone(tree)), []);
    assert.deepEqual(changedRows(tree, [parent('p', [leaf('a'), leaf('b', 'B')]), parent('q', [leaf('c')])]), ['b']);
    assert.deepEqual(changedRows(tree, [parent('p', [leaf('b'), leaf('a')]), parent('q', [leaf('c')])]), ['p']);
    assert.deepEqual(changedRows(tree, [tree[1] ?? leaf('q')]), 'all');
  });
});

describe('words', () => {
  const times = createTimeWords({ locale: 'en', timeZone: 'Europe/London' });

  it('of times are short today and name the day before', () => {
    assert.equal(times.short('2026-11-18T00:00:00.000Z', NOW), '00:00');
    assert.equal(times.short('2026-11-17T23:59:59.000Z', NOW), 'yesterday 23:59');
    assert.equal(times.short('2026-11-16T12:00:00.000Z', NOW), '16 Nov 12:00');
    assert.equal(times.exact('2026-11-18T14:22:40.000Z'), '14:22:40');
    assert.equal(times.long('2026-11-18T00:00:00.000Z', NOW), 'today 00:00');
    assert.equal(times.long('2026-11-17T23:59:59.000Z', NOW), 'yesterday 23:59');
    assert.equal(
      createTimeWords({ locale: 'de', timeZone: 'Europe/Berlin' }).short('2026-11-17T12:00:00.000Z', NOW),
      'gestern 13:00',
    );
    assert.match(
      createTimeWords({ locale: 'de', timeZone: 'Europe/Berlin' }).short('2026-11-16T12:00:00.000Z', NOW),
      /^16\. Nov\.? 13:00$/,
    );
  });

  it('of paths are cut between folders, with the file name whole', () => {
    const command = "/usr/bin/node '/home/someone/Documents/work in progress/Müller shop/api/test/part7.test.ts'";
    assert.equal(cutName(command), "/usr/bin/node '/home/someone/Documents/…/Müller shop/api/test/part7.test.ts'");
    const long = `src/${'deep/'.repeat(20)}${'name-'.repeat(10)}.test.ts`;
    assert.match(cutName(long), /^src\/(deep\/)+…\/(name-){10}\.test\.ts$/);
  });

  it('of names are cut in the middle, never longer than said', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (name) => {
        const cut = cutName(name);
        assert.ok(cut.length <= 80);
        if (name.length <= 80) assert.equal(cut, name);
        else assert.equal(cut[0], name[0]);
      }),
    );
  });

  it('of every decision are those for people', () => {
    const activities = DECISIONS.map((kind, index) => activityView(`a${index}`, { decisions: [decision(kind)] }));
    treeOfPeopleWords(activitiesTree(folder({ board: board({ activities }) }), scene));
  });
});
