import assert from 'node:assert/strict';
import * as z from 'zod';
import { proves } from '../requirements.ts';
import { ledgerWords, writeCounting } from '../support/counting.ts';
import { eventually } from '../support/eventually.ts';
import { createRig, type EventLine, type Rig, said } from '../support/rig.ts';

const byPlace = (a: EventLine, b: EventLine): number => a.epoch - b.epoch || a.sequence - b.sequence;

describe(proves('D6', 'runs, show, events and sessions'), () => {
  let rig: Rig;
  beforeEach(() => {
    rig = createRig({ files: { 'src/a.ts': 'export const a = 1;\n' } });
    writeCounting(
      rig,
      { id: 'good', steps: [{ id: 'one' }, { id: 'two', needs: ['one'] }] },
      { id: 'bad', steps: [{ id: 'breaks', with: { failTimes: 9 } }] },
      { id: 'long', steps: [{ id: 'waits', with: { ms: 600_000 } }] },
    );
  });
  afterEach(() => rig.dispose());
  const run = (workflow: string) => rig.run(['run', workflow, '--trust']);

  it('say nothing of a workspace where nothing ran, and create nothing', async () => {
    for (const command of ['runs', 'events', 'sessions']) {
      const { code, stdout } = await rig.run([command]);
      assert.deepEqual([code, stdout], [0, ''], command);
    }
    const missing = await rig.run(['show', '3']);
    assert.equal(missing.code, 2);
    assert.equal(missing.only('error').code, 'not-found');
  });

  it('list runs newest first, and show one by number or id with the same result as the run gave', async () => {
    const first = (await run('good')).only('result');
    await run('bad');
    const listed = (await rig.run(['runs'])).of('run');
    assert.deepEqual(
      listed.map(({ number, workflow, status }) => [number, workflow, status]),
      [
        [2, 'bad', 'failed'],
        [1, 'good', 'completed'],
      ],
    );
    assert.ok(listed.every(({ startedAt, endedAt }) => endedAt !== null && startedAt <= endedAt));
    assert.equal((await rig.run(['runs', '--limit', '1'])).only('run').number, 2);
    for (const ref of ['1', first.run]) {
      const shown = await rig.run(['show', ref]);
      assert.equal(shown.code, 0);
      assert.equal(shown.only('run').run, first.run);
      assert.deepEqual(shown.only('result'), first);
    }
  });

  it('select events by run, session, type, time and number, in order', async () => {
    const printed = (await run('good')).of('event');
    const failed = await run('bad');
    const all = (await rig.run(['events'])).of('event');
    assert.deepEqual(all, all.toSorted(byPlace));
    for (const event of printed) assert.ok(all.some(({ id }) => id === event.id));
    const ids = async (...flags: readonly string[]): Promise<readonly string[]> => {
      const found = await rig.run(['events', ...flags]);
      assert.equal(found.code, 0, found.stdout);
      return found.of('event').map(({ id }) => id);
    };
    const expect = (fits: (event: EventLine) => boolean): readonly string[] => all.filter(fits).map(({ id }) => id);
    const { run: badRun } = failed.only('result');
    const session = printed[0]?.sessionid ?? '';
    const middle = all[Math.floor(all.length / 2)]?.time ?? '';
    assert.deepEqual(
      await ids('--run', '2'),
      expect(({ data }) => data['run'] === badRun),
    );
    assert.deepEqual(await ids('--run', badRun), await ids('--run', '2'));
    assert.deepEqual(
      await ids('--session', session),
      expect(({ sessionid }) => sessionid === session),
    );
    assert.deepEqual(
      await ids('--type', 'workflow.started,workflow.failed'),
      expect(({ type }) => type === 'workflow.started' || type === 'workflow.failed'),
    );
    assert.deepEqual(
      await ids('--since', middle),
      expect(({ time }) => time >= middle),
    );
    assert.deepEqual(
      await ids('--until', middle),
      expect(({ time }) => time < middle),
    );
    assert.deepEqual(
      await ids('--limit', '3'),
      all.slice(-3).map(({ id }) => id),
    );
    assert.equal((await rig.run(['events', '--since', 'yesterdayish'])).code, 2);
  });

  it('show people the id of a run once, why a step failed, and that a type is not known', async () => {
    const id = (await run('bad')).only('result').run;
    const shown = await rig.run(['events', '--type', 'workflow.*,workflow.step.faild'], { json: false });
    assert.equal(shown.code, 0);
    const lines = shown.stdout.trimEnd().split('\n');
    assert.ok(lines.length >= 3);
    for (const line of lines) assert.equal(line.split(id.slice(0, 13)).length - 1, 1, line);
    const { error } = (await rig.run(['events', '--type', 'workflow.step.failed'])).only('event').data;
    const { message } = z.object({ message: z.string().min(1) }).parse(error);
    assert.ok(
      lines.some((line) => line.includes('workflow.step.failed') && line.includes(message)),
      shown.stdout,
    );
    assert.equal(
      shown.stderr.trim(),
      'No event type "workflow.step.faild" is known. Did you mean "workflow.step.failed"?',
    );
  });

  it('carry the run, and the step where there is one, in every workflow event', async () => {
    await run('bad');
    const events = (await rig.run(['events', '--type', 'workflow.*'])).of('event');
    assert.ok(events.length >= 3);
    for (const { type, data } of events) {
      assert.equal(typeof data['run'], 'string', type);
      if (type.startsWith('workflow.step.')) assert.equal(data['step'], 'breaks', type);
    }
  });

  it('follow what is stored and what comes, until stopped', async () => {
    await run('good');
    const follower = rig.start(['events', '--follow', '--type', 'workflow.*']);
    await follower.line('event', ({ type }) => type === 'workflow.completed');
    await run('bad');
    await follower.line('event', ({ type }) => type === 'workflow.failed');
    follower.signal('SIGINT');
    const { of } = await follower.done;
    const stored = (await rig.run(['events', '--type', 'workflow.*'])).of('event');
    assert.deepEqual(of('event'), stored);
  });

  it('list sessions with their runs, and give a killed one an end', async () => {
    const { run: first } = (await run('good')).only('result');
    const owner = rig.start(['run', 'long', '--trust']);
    await eventually('the step starts', () => ledgerWords(rig).includes('start waits'));
    const live = (await rig.run(['sessions'])).of('session');
    assert.equal(live.length, 2);
    assert.deepEqual(live[0]?.runs, [first]);
    assert.notEqual(live[0].endedAt, null);
    assert.equal(live[1]?.endedAt, null, 'its lock is held');
    assert.ok(live[0].epoch < live[1].epoch);
    assert.equal((await rig.run(['runs', '--limit', '1'])).only('run').status, 'running');
    owner.signal('SIGKILL');
    await owner.done;
    assert.equal((await rig.run(['runs', '--limit', '1'])).only('run').status, 'interrupted');
    const dead = (await rig.run(['sessions'])).of('session');
    assert.notEqual(dead[1]?.endedAt, null);
    const counted = (await rig.run(['events', '--session', dead[1]?.session ?? ''])).of('event');
    assert.equal(dead[1]?.events, counted.length);
    // The next writer stores that it was cut off.
    await run('good');
    const stored = (await rig.run(['events', '--run', '2', '--type', 'workflow.interrupted'])).of('event');
    assert.equal(stored.length, 1);
  });
});

describe(proves('D6', 'several processes on one workspace'), function () {
  this.timeout(120_000);
  it('ten runs at the same time all complete, with numbers of their own and whole histories', async () => {
    const rig = createRig({ files: { 'src/a.ts': 'export const a = 1;\n' } });
    try {
      writeCounting(rig, {
        id: 'good',
        steps: [
          { id: 'one', with: { ms: 50 } },
          { id: 'two', needs: ['one'] },
        ],
      });
      const runs = await Promise.all(Array.from({ length: 10 }, () => rig.run(['run', 'good', '--trust'])));
      for (const { code, stdout, stderr } of runs) assert.equal(code, 0, said({ stdout, stderr }));
      const results = runs.map((done) => done.only('result'));
      assert.deepEqual(
        results.map(({ number }) => number).toSorted((a, b) => a - b),
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      );
      assert.equal((await rig.run(['runs'])).of('run').length, 10);
      const stored = (await rig.run(['events'])).of('event');
      assert.equal(new Set(stored.map(({ epoch }) => epoch)).size, 10, 'a session each');
      for (const [index, done] of runs.entries()) {
        const own = stored.filter(({ data }) => data['run'] === results[index]?.run).map(({ id }) => id);
        assert.deepEqual(
          done
            .of('event')
            .filter(({ data }) => data['run'] !== undefined)
            .map(({ id }) => id),
          own,
        );
      }
    } finally {
      await rig.dispose();
    }
  });
});
