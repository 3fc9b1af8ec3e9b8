import assert from 'node:assert/strict';
import { decisionLine } from '../../src/contract/commands/lines.ts';
import { handlerOf } from '../../src/orchestrator/commands/handlers.ts';
import type { Item } from '../../src/orchestrator/commands/handler.ts';
import { jsonLine } from '../../src/orchestrator/commands/json-line.ts';
import { becomes } from '../support/eventually.ts';
import { createTriggersRig, value, type TriggersRig } from '../support/triggers-rig.ts';
import { proves } from '../requirements.ts';

describe(proves('F7', 'why something ran, or did not'), function () {
  this.timeout(180_000);
  let rig: TriggersRig;
  before(async () => {
    rig = await createTriggersRig();
    await rig.approve();
    rig.write({ 'src/a.ts': 'A\n' });
    await rig.burst(['src/a.ts', 'docs/c.md']);
    await rig.idle();
    await rig.burst(['docs/c.md']);
    await value(await rig.runner.startRun({ workflow: 'checks' })).done;
  });
  after(() => rig.close());

  async function ask(what: string) {
    const items: Item[] = [];
    const handler = await handlerOf('why');
    const answers = handler({ what }, { services: rig.services, signal: new AbortController().signal, ask: null });
    for (;;) {
      const next = await answers.next();
      if (next.done) {
        const lines = items.flatMap((item) => (item.kind === 'decision' ? [decisionLine.parse(jsonLine(item))] : []));
        const story = items.flatMap((item) => (item.kind === 'note' ? [item.text] : [])).join(' ');
        const failure = items.find((item) => item.kind === 'error')?.failure ?? null;
        return { lines, story, failure, code: next.value };
      }
      items.push(next.value);
    }
  }

  it('tells of a run what started it: the activity, who wrote which files, how long it waited', async () => {
    const { lines, story, code } = await ask('1');
    assert.equal(code, 0);
    assert.match(story, /Run 1 of checks was started by itself, after edits that had stopped\./);
    assert.match(story, /you changed 2 files \(src\/a\.ts, docs\/c\.md\)\. It waited 0 s until/);
    assert.equal(lines.length, 1);
    const { at, run, ...line } = lines[0] ?? assert.fail();
    assert.ok(at <= new Date().toISOString() && run);
    assert.deepEqual(line, {
      kind: 'decision',
      ...{ workflow: 'checks', decision: 'started', why: 'started run 1', number: 1 },
      ...{ activity: 'activity-1', files: ['src/a.ts', 'docs/c.md'], origin: 'human' },
    });
  });

  it('tells of a run by hand that a person started it', async () => {
    const { lines, story } = await ask('2');
    assert.match(story, /Run 2 of checks was started by hand at \d\d:/);
    assert.deepEqual(
      lines.map(({ decision, number, activity, origin }) => [decision, number, activity, origin]),
      [['started', 2, null, 'human']],
    );
  });

  it('tells of a workflow when it starts, and its newest decisions first', async () => {
    const { lines, story } = await ask('checks');
    assert.match(story, /checks starts after edits in src\/\*\*\./);
    assert.deepEqual(
      lines.map(({ decision, why }) => [decision, why]),
      [
        ['filtered', 'only for src/**'],
        ['started', 'started run 1'],
      ],
    );
    value(rig.pauses.set('checks', true));
    assert.match((await ask('checks')).story, /off, you paused it/);
    value(rig.pauses.set('checks', false));
    const never = await ask('kiro-workflow');
    assert.deepEqual([never.code, never.lines], [0, []]);
    assert.match(never.story, /by hand/);
  });

  it('tells of an activity, and of an event of one, what came of it', async () => {
    assert.deepEqual(
      (await ask('activity-2')).lines.map(({ why }) => why),
      ['only for src/**'],
    );
    const { journal } = value(await rig.services.openRunner());
    const write = (id: string, data: Record<string, string | boolean>) =>
      journal.append([
        {
          id,
          source: 'savepoint/activity',
          type: 'file.modified',
          subject: 'src/a.ts',
          data: { path: 'src/a.ts', via: 'editor', ...data },
          origin: 'human',
        },
      ]);
    await write('e1', { activity: 'activity-1' });
    await write('e2', { activity: 'activity-7' });
    await write('e3', { ignored: true });
    const joined = await ask('e1');
    assert.match(joined.story, /src\/a\.ts was written by you\./);
    assert.deepEqual(
      joined.lines.map(({ why, number }) => [why, number]),
      [['started run 1', 1]],
    );
    assert.deepEqual(
      (await ask('e2')).lines.map(({ decision }) => decision),
      ['waiting'],
    );
    assert.deepEqual(
      (await ask('e3')).lines.map(({ decision, why }) => [decision, why]),
      [['filtered', 'ignored by .gitignore']],
    );
    assert.deepEqual((await ask('./src/a.ts')).lines, (await ask('e3')).lines, 'of a file, its newest write');
    const [ofRun] = rig.services.reader().events({ types: ['workflow.completed'] });
    assert.equal((await ask(ofRun?.id ?? '')).lines[0]?.number, 1);
  });

  it('tells of a run that was replaced by which', async () => {
    rig.hold(true);
    rig.write({ 'src/b.ts': 'B\n' });
    await rig.burst(['src/b.ts']);
    rig.write({ 'src/b.ts': 'BB\n' });
    await rig.burst(['src/b.ts']);
    rig.hold(false);
    await rig.idle();
    // That it was replaced is stored once its processes are gone.
    await becomes(new Set(['started', 'superseded']), async () => {
      const { lines } = await ask('3');
      return new Set(lines.map(({ decision }) => decision));
    });
    assert.match((await ask('3')).story, /Run 4 replaced it\./);
  });

  it('says of anything else what there is', async () => {
    const { failure, code } = await ask('nonsense');
    assert.equal(code, 2);
    assert.equal(failure?.code, 'not-found');
    assert.match(
      failure?.message ?? '',
      /nonsense is no run, workflow, edited file, activity or event.*checks.*savepoint runs/,
    );
  });
});
