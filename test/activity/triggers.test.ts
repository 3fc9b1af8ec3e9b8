import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ActivityView, Decision } from '../../src/contract/activities.ts';
import { settledData } from '../../src/orchestrator/activity/activity-fold.ts';
import { lineageOf } from '../../src/orchestrator/activity/lineage.ts';
import { recoverTriggers } from '../../src/orchestrator/activity/recover-triggers.ts';
import { eventually } from '../support/eventually.ts';
import { git } from '../support/git-repository.ts';
import { isAlive } from '../support/is-alive.ts';
import { createTriggersRig, value, type TriggersRig } from '../support/triggers-rig.ts';
import { proves } from '../requirements.ts';

const said = (decisions: readonly Decision[]): readonly unknown[] =>
  decisions.map(({ workflow, decision, number }) => [workflow, decision, number]);

describe(proves('F7', 'triggers on a real repository'), function () {
  this.timeout(60_000);
  let rig: TriggersRig;
  beforeEach(async () => {
    rig = await createTriggersRig();
    await rig.approve();
  });
  afterEach(async () => {
    rig.hold(false);
    await rig.close();
  });
  const stored = async (): Promise<readonly unknown[]> =>
    (await rig.decided()).flatMap(({ data }) => said(data['decisions'] as unknown as readonly Decision[]));

  it('start what asks, on exactly the changed files of the burst, and store who decided what for which activity', async () => {
    rig.write({ 'src/a.ts': 'A\n', 'src/b.ts': 'B\n' });
    const decisions = await rig.burst(['src/a.ts', 'docs/c.md']);
    assert.deepEqual(said(decisions), [['checks', 'started', 1]]);
    assert.equal(decisions[0]?.why, 'started run 1');
    const started = [...rig.services.reader().events({ types: ['workflow.started'] })];
    assert.equal(started.length, 1, 'stored when the decision is told');
    assert.deepEqual(started[0]?.data['trigger'], {
      kind: 'activity',
      activities: ['activity-1'],
      lineage: null,
      beside: [],
    });
    await rig.idle();
    assert.deepEqual(
      rig.calls().map(({ files }) => files),
      [['src/a.ts']],
    );
    const [event] = await rig.decided();
    assert.deepEqual([event?.data['activity'], event?.data['decisions']], [['activity-1'], decisions]);
  });

  it('replace the run at work: its processes are gone, and the new one looks at the files of both', async () => {
    rig.hold(true);
    rig.write({ 'src/a.ts': 'A\n' });
    await rig.burst(['src/a.ts']);
    await eventually('the first looks', () => rig.calls().length === 1);
    const pids = rig.calls()[0]?.pids ?? [];
    assert.ok(pids.length === 2 && pids.every(isAlive));
    rig.write({ 'src/b.ts': 'B\n' });
    assert.deepEqual(said(await rig.burst(['src/b.ts'])), [['checks', 'started', 2]]);
    await eventually('the second looks', () => rig.calls().length === 2);
    assert.deepEqual(pids.filter(isAlive), [], 'before the new one’s steps');
    assert.deepEqual(rig.calls()[1]?.files, ['src/a.ts', 'src/b.ts']);
    const old = value(rig.services.runs.find('1'));
    assert.deepEqual([old.status, old.replacedBy], ['superseded', 2]);
    rig.hold(false);
    await rig.idle();
    await eventually('that it was replaced is stored', async () =>
      (await stored()).some((one) => JSON.stringify(one) === JSON.stringify(['checks', 'superseded', 1])),
    );
    assert.equal(value(rig.services.runs.find('2')).status, 'completed');
  });

  it('never have two runs of a workflow at work, however many bursts come at once', async () => {
    rig.hold(true);
    for (const name of ['a', 'b', 'x', 'y']) rig.write({ [`src/${name}.ts`]: `${name} changed\n` });
    await Promise.all(['a', 'b', 'x', 'y'].map((name) => rig.burst([`src/${name}.ts`])));
    await eventually('one is left', () => rig.runner.live().length === 1 && rig.calls().length > 0);
    const views = [...rig.services.runs.newest(10)];
    assert.deepEqual(
      views.map(({ status }) => status),
      ['running', 'superseded', 'superseded', 'superseded'],
    );
    await eventually('the last looks', () => rig.calls().at(-1)?.files.length === 4);
  });

  it('tell that nothing differs any more, and end the run that looked at it; a deleted file does differ', async () => {
    rig.hold(true);
    rig.write({ 'src/a.ts': 'A\n' });
    await rig.burst(['src/a.ts']);
    await eventually('it looks', () => rig.calls().length === 1);
    rig.write({ 'src/a.ts': 'a\n' });
    const [decision] = await rig.burst(['src/a.ts']);
    assert.deepEqual(
      [decision?.decision, decision?.why, decision?.leftOut],
      ['filtered', 'nothing differs from HEAD any more', true],
    );
    await rig.idle();
    const old = value(rig.services.runs.find('1'));
    assert.deepEqual([old.status, old.replacedBy], ['superseded', null]);
    rig.hold(false);
    rmSync(join(rig.root, 'src/b.ts'));
    assert.deepEqual(said(await rig.burst(['src/b.ts'])), [['checks', 'started', 2]]);
    await rig.idle();
  });

  it('look again at what the last result left open, until it passes: a run on another file does not hide it', async () => {
    const files = (): unknown => rig.calls().at(-1)?.files;
    rig.write({ 'src/a.ts': 'WRONG\n' });
    await rig.burst(['src/a.ts']);
    await rig.idle();
    rig.write({ 'src/b.ts': 'B\n' });
    assert.deepEqual(said(await rig.burst(['src/b.ts'])), [['checks', 'started', 2]]);
    await rig.idle();
    assert.deepEqual(files(), ['src/a.ts', 'src/b.ts']);
    assert.equal(value(rig.services.runs.find('2')).findings.length, 1);

    rig.write({ 'src/a.ts': 'a\n' });
    assert.deepEqual(said(await rig.burst(['src/a.ts'])), [['checks', 'started', 3]], 'to see it pass, as at HEAD');
    await rig.idle();
    assert.deepEqual(files(), ['src/a.ts']);
    assert.deepEqual(value(rig.services.runs.find('3')).findings, []);

    rig.write({ 'src/b.ts': 'b\n' });
    assert.deepEqual(said(await rig.burst(['src/b.ts'])), [['checks', 'filtered', null]], 'nothing is open any more');
  });

  it('tell afterwards that a run came wholly from cache', async () => {
    rig.write({ 'src/a.ts': 'A\n' });
    await rig.burst(['src/a.ts']);
    await rig.idle();
    await rig.burst(['src/a.ts']);
    await rig.idle();
    await eventually('it is told', async () => JSON.stringify((await stored()).at(-1)) === '["checks","cached",2]');
    assert.equal(rig.calls().length, 1);
  });

  it('start nothing that nobody approved, is paused, over budget, or led to what it would look at', async () => {
    rig.write({ 'src/a.ts': 'A\n' });
    value(rig.pauses.set('checks', true));
    assert.deepEqual(said(await rig.burst(['src/a.ts'])), [['checks', 'filtered', null]]);
    value(rig.pauses.set('checks', false));
    value(rig.pauses.set(null, true));
    assert.deepEqual(said(await rig.burst(['src/a.ts'])), [[null, 'filtered', null]]);
    value(rig.pauses.set(null, false));
    const lineage = lineageOf({ run: 'r', workflow: 'checks' });
    assert.deepEqual(said(await rig.burst(['src/a.ts'], { origin: 'run:r', lineage })), [
      ['checks', 'loop-stopped', null],
    ]);
    rig.write({ 'look.mjs': 'process.exit(0)\n' });
    const [untrusted] = await rig.burst(['src/a.ts']);
    assert.equal(untrusted?.decision, 'untrusted');
    assert.match(untrusted.why, /savepoint trust/);
    await rig.approve();
    rig.settings.maxRunsPerHour = 1;
    assert.deepEqual(said(await rig.burst(['src/a.ts'])), [['checks', 'started', 1]]);
    await rig.idle();
    assert.deepEqual(said(await rig.burst(['src/a.ts'])), [['checks', 'over-budget', null]]);
    assert.equal([...rig.services.runs.newest(10)].length, 1);
  });

  it('ready the agents of what will start while the burst is open, and of nothing that would not', async () => {
    rig.write({ 'src/a.ts': 'A\n', 'docs/c.md': 'C\n', '.gitignore': 'src/made.ts\n', 'src/made.ts': 'made\n' });
    const lineage = lineageOf({ run: 'r', workflow: 'checks' });
    const nothing = {
      'off its paths': () => rig.foresee(['docs/c.md']),
      'as it is in HEAD': () => rig.foresee(['src/b.ts']),
      ignored: () => rig.foresee(['src/made.ts']),
      'of its own run': () => rig.foresee(['src/a.ts'], { origin: 'run:r', lineage }),
      'of git': () => rig.foresee(['src/a.ts'], { origin: 'git' }),
    };
    for (const [why, foresee] of Object.entries(nothing)) assert.equal(await foresee(), false, why);
    value(rig.pauses.set(null, true));
    assert.equal(await rig.foresee(['src/a.ts']), false, 'paused');
    value(rig.pauses.set(null, false));
    rig.settings.automaticRuns = false;
    assert.equal(await rig.foresee(['src/a.ts']), false, 'off in the settings');
    rig.settings.automaticRuns = true;
    rig.settings.maxRunsPerHour = 0;
    assert.equal(await rig.foresee(['src/a.ts']), false, 'over budget');
    rig.settings.maxRunsPerHour = 120;
    assert.deepEqual(rig.prepared, []);
    assert.equal(await rig.foresee(['src/a.ts', 'docs/c.md']), true);
    assert.deepEqual(rig.prepared, [{ agents: ['look'], files: ['src/a.ts'] }]);
    rig.write({ 'look.mjs': 'process.exit(0)\n' });
    assert.equal(await rig.foresee(['src/a.ts']), false, 'not approved');
    assert.equal(rig.prepared.length, 1);
    assert.deepEqual([await rig.decided(), [...rig.services.runs.newest(1)]], [[], []], 'nothing is stored or started');
  });

  it('check what was edited in a pause when it ends, in sum and once', async () => {
    value(rig.pauses.set(null, true));
    rig.write({ 'src/a.ts': 'A\n' });
    assert.deepEqual(said(await rig.burst(['src/a.ts'])), [[null, 'filtered', null]]);
    rig.write({ 'src/b.ts': 'B\n', 'docs/c.md': 'C\n' });
    await rig.burst(['src/b.ts', 'docs/c.md']);
    const before = await stored();
    value(await rig.triggers.again());
    assert.deepEqual(await stored(), before, 'still paused: nothing new is said');
    value(rig.pauses.set(null, false));
    value(await rig.triggers.again());
    await rig.idle();
    assert.deepEqual((await stored()).slice(before.length), [['checks', 'started', 1]]);
    assert.deepEqual(rig.calls()[0]?.files, ['src/a.ts', 'src/b.ts']);
    const [run] = rig.services.runs.newest(10);
    assert.deepEqual(run?.trigger.activities, ['activity-1', 'activity-2']);
    value(await rig.triggers.again());
    assert.equal([...rig.services.runs.newest(10)].length, 1);
  });

  it('check what a paused workflow alone did not see, and not the others again', async () => {
    rig.write({
      'src/a.ts': 'A\n',
      '.savepoint/workflows/other.yaml': 'id: other\non: { activity: {} }\nsteps: [{ id: look, agent: look }]\n',
    });
    value(rig.pauses.set('other', true));
    assert.deepEqual(said(await rig.burst(['src/a.ts'])).toSorted(), [
      ['checks', 'started', 1],
      ['other', 'filtered', null],
    ]);
    await rig.idle();
    value(rig.pauses.set('other', false));
    value(await rig.triggers.again());
    await rig.idle();
    const runs = [...rig.services.runs.newest(10)].map(({ workflow }) => workflow);
    assert.deepEqual(runs, ['other', 'checks']);
  });

  it('check what memory was too short for when a run has ended, and what waited for an approval when there is one', async () => {
    rig.write({ 'src/a.ts': 'A\n' });
    rig.memory.share = 0.9;
    assert.deepEqual(said(await rig.burst(['src/a.ts'])), [['checks', 'over-budget', null]]);
    rig.memory.share = 0;
    const byHand = value(await rig.runner.startRun({ workflow: 'on-save-checks' }));
    value(await byHand.done);
    await eventually('it is checked', () => [...rig.services.runs.newest(10)][0]?.workflow === 'checks');
    await rig.idle();
    rig.write({ 'src/b.ts': 'B\n', 'look.mjs': `${readFileSync(join(rig.root, 'look.mjs'), 'utf8')}// changed\n` });
    assert.deepEqual(said(await rig.burst(['src/b.ts'])), [['checks', 'untrusted', null]]);
    await rig.approve();
    value(await rig.triggers.again());
    await rig.idle();
    assert.deepEqual((await stored()).at(-1), ['checks', 'started', 3]);
  });

  it('leave to the next leader what a pause holds', async () => {
    value(rig.pauses.set(null, true));
    rig.write({ 'src/a.ts': 'A\n' });
    await rig.burst(['src/a.ts']);
    rig.write({ 'src/b.ts': 'B\n' });
    await rig.burst(['src/b.ts']);
    rig.triggers.close();
    const next = rig.another();
    try {
      value(await next.start());
      value(rig.pauses.set(null, false));
      value(await next.again());
      await rig.idle();
      assert.deepEqual(rig.calls()[0]?.files, ['src/a.ts', 'src/b.ts']);
      const { held } = await recoverTriggers({
        clock: rig.services.env.clock,
        reader: rig.services.reader(),
        paused: true,
      });
      assert.deepEqual(held, [], 'what was checked since is held no more');
    } finally {
      next.close();
    }
  });

  it('tell what memory is too short for, beside what came of the others', async () => {
    rig.write({
      'src/a.ts': 'A\n',
      '.savepoint/workflows/off.yaml':
        'id: off\non: { activity: { paths: [docs/**] } }\nsteps: [{ id: look, agent: look }]\n',
    });
    rig.memory.share = 0.9;
    const decisions = await rig.burst(['src/a.ts']);
    assert.deepEqual(said(decisions), [
      ['off', 'filtered', null],
      ['checks', 'over-budget', null],
    ]);
    assert.match(decisions[1]?.why ?? '', /90 % of its memory/);
    assert.deepEqual(await stored(), said(decisions));
  });

  it('name a broken workflow file and go on with the others', async () => {
    rig.write({ 'src/a.ts': 'A\n', '.savepoint/workflows/mine.yaml': 'id: mine\non: { activity: {} }\nsteps: 3\n' });
    const decisions = await rig.burst(['src/a.ts']);
    assert.deepEqual(said(decisions), [
      ['mine', 'filtered', null],
      ['checks', 'started', 1],
    ]);
    assert.match(decisions[0]?.why ?? '', /mine\.yaml:3/);
    await rig.idle();
  });

  it('start for saves and commits what asks for those; saves that come together are looked at together', async () => {
    rig.write({
      '.savepoint/workflows/saves.yaml':
        'id: saves\non: { save: { paths: ["src/**"] } }\nsteps:\n  - { id: look, agent: look }\n',
      '.savepoint/workflows/commits.yaml': 'id: commits\non: { commit: {} }\nsteps:\n  - { id: look, agent: look }\n',
      'src/a.ts': 'A\n',
      'src/b.ts': 'B\n',
    });
    await rig.approve();
    const saves = ['src/a.ts', 'src/b.ts'].map((path, at) =>
      rig.triggers.saved({ path, event: `e${at}`, origin: 'human' }),
    );
    await Promise.all(saves);
    await rig.idle();
    assert.deepEqual(
      rig.calls().map(({ files }) => files),
      [['src/a.ts', 'src/b.ts']],
    );
    const decided = await rig.decided();
    assert.deepEqual(
      decided.map(({ data }) => [data['event'], ...said(data['decisions'] as unknown as readonly Decision[])]),
      [
        ['e0', ['saves', 'started', 1]],
        ['e1', ['saves', 'joined', 1]],
      ],
    );
    git(rig.root, 'add', 'src');
    git(rig.root, 'commit', '-q', '-m', 'both');
    const head = git(rig.root, 'rev-parse', 'HEAD').trim();
    const commit = await rig.triggers.committed({ head, files: ['src/a.ts', 'src/b.ts'], event: 'c1' });
    assert.deepEqual(said(value(commit)), [['commits', 'started', 2]]);
    await rig.idle();
    assert.deepEqual(
      rig
        .calls()
        .at(-1)
        ?.files.filter((file) => file.startsWith('src/')),
      ['src/a.ts', 'src/b.ts'],
    );
  });

  it('look at everything that differs for an activity that a leader before left undecided, where not all its files are listed', async () => {
    rig.write({ 'src/a.ts': 'A\n', 'src/b.ts': 'B\n' });
    const at = new Date().toISOString();
    const files = [{ path: 'src/a.ts', change: 'modified' as const }];
    const times = { startedAt: at, lastAt: at, settledAt: at };
    const view: ActivityView = {
      ...{ id: 'activity-9', origin: 'human', ...times, files, total: 2, writes: 2, label: '', decisions: [] },
    };
    const { journal } = value(await rig.services.openRunner());
    const data = settledData(view, new Map());
    value(await journal.append([{ source: 'test', type: 'activity.settled', data }]));
    const next = rig.another();
    value(await next.start());
    await eventually('it looks', () => rig.calls().length === 1);
    assert.deepEqual(rig.calls()[0]?.files, ['src/a.ts', 'src/b.ts']);
    next.close();
    await rig.idle();
  });

  it('show who is at work, and are recovered by the next leader with their budget and what was left undecided', async () => {
    rig.hold(true);
    rig.write({ 'src/a.ts': 'A\n' });
    await rig.burst(['src/a.ts']);
    await eventually('it looks', () => rig.calls().length === 1);
    const [live] = rig.triggers.live();
    assert.deepEqual(
      { ...live, run: '' },
      {
        run: '',
        number: 1,
        workflow: 'checks',
        automatic: true,
        lineage: null,
        steps: [{ id: 'look', mayWrite: true }],
      },
    );
    const { journal } = value(await rig.services.openRunner());
    const [settled] = rig.services.reader().events({ types: ['activity.settled'] });
    assert.ok(settled);
    const left = { ...settled.data, id: 'activity-9' };
    value(await journal.append([{ source: 'test', type: 'activity.settled', data: left }]));
    const { startedAt, undecided } = await recoverTriggers({
      clock: rig.services.env.clock,
      reader: rig.services.reader(),
      paused: false,
    });
    assert.equal(startedAt.length, 1);
    assert.deepEqual(
      undecided.map(({ activities }) => activities.map(({ id }) => id)),
      [['activity-9']],
    );
    rig.hold(false);
    await rig.idle();
  });
});
