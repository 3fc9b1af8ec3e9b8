import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { NewEvent, Origin, StoredEvent } from '../../src/contract/events.ts';
import { applyActivity, newActivities } from '../../src/orchestrator/activity/activity-fold.ts';
import type { SettledBurst } from '../../src/orchestrator/activity/api.ts';
import { whyEvent } from '../../src/orchestrator/activity/why.ts';
import { createNodeEnv } from '../../src/orchestrator/host/node-env.ts';
import { createJournalReader } from '../../src/orchestrator/journal/reader.ts';
import { QUICK, createActivityRig, type ActivityRig, type EditorWindow } from '../support/activity-rig.ts';
import { eventually } from '../support/eventually.ts';
import { git, writeTree } from '../support/git-repository.ts';
import { createSimulatedClock, type SimulatedClock } from '../support/simulated-env.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { proves } from '../requirements.ts';

/** A file's time says so little of what went before or after it. */
const CLOCKS_MS = 50;
/** Time enough for writes of two windows to be one burst on a loaded machine. */
const PATIENT = { quietMinMs: 4000, quietMaxMs: 4000 };
const FILE_TYPES = ['file.created', 'file.modified', 'file.deleted'];

const told = (events: readonly StoredEvent[]): readonly string[] =>
  events.map(({ type, subject, origin }) => `${type.slice('file.'.length)} ${subject} ${origin}`);

/** What the triggers were handed: origins, and the net change. */
const words = ({ activities, files }: SettledBurst): string =>
  `${activities.map(({ origin }) => origin).join('+')}: ${files.map(({ path: file, change }) => `${change} ${file}`).join(', ')}`;

async function settled(window: EditorWindow, count = 1): Promise<readonly string[]> {
  await eventually(`${count} bursts`, () => window.triggers.bursts.length >= count);
  return window.triggers.bursts.map(words);
}

/** As `eventually`, where no time passes by itself: enough of it for a burst to end at each look. */
const inTime = (clock: SimulatedClock, what: string, holds: () => boolean): Promise<void> =>
  eventually(what, () => {
    clock.advance(QUICK.quietMaxMs);
    return holds();
  });

describe(proves('D1', 'activity engine: what is written becomes events'), () => {
  let rig: ActivityRig;
  afterEach(() => rig.dispose());

  it('takes a save and the watcher’s hint of it for one write of a person', async () => {
    rig = createActivityRig();
    const window = await rig.window();
    await window.save('src/a.ts', 'b\n');
    window.hint('src/a.ts');
    assert.deepEqual(await settled(window), ['human: modified src/a.ts']);
    assert.deepEqual(told(window.of(...FILE_TYPES)), ['modified src/a.ts human']);
    const [event] = window.of('file.modified');
    assert.equal(event?.data['via'], 'editor');
    assert.equal(event?.data['reason'], 'manual');
    assert.equal(event?.data['size'], 2);
    assert.equal(event?.data['content'], '61780798228d17af2d34fce4cfbdf35556832472');
    assert.deepEqual(window.triggers.saves, [{ path: 'src/a.ts', event: event?.id, origin: 'human' }]);
  });

  it('takes back what the watcher was faster with than the editor', async () => {
    const clock = createSimulatedClock();
    rig = createActivityRig({ 'src/a.ts': 'a\n' }, { clock });
    const window = await rig.window();
    rig.write({ 'src/a.ts': 'b\n' });
    window.hint('src/a.ts');
    clock.advance(100);
    await eventually('the hint is taken in', () => window.of('file.modified').length === 1);
    await window.save('src/a.ts', 'b\n');
    await inTime(clock, 'both ended', () => window.of('activity.settled').length === 2);
    assert.deepEqual(await settled(window), ['human: modified src/a.ts']);
    assert.deepEqual(told(window.of(...FILE_TYPES)), ['modified src/a.ts unknown', 'modified src/a.ts human']);
  });

  it('tells of a save that was on disk before it began to look, once', async () => {
    rig = createActivityRig();
    rig.write({ 'src/a.ts': 'b\n' });
    utimesSync(path.join(rig.root, 'src/a.ts'), 0, 0);
    const window = await rig.window();
    await window.save('src/a.ts', 'b\n');
    assert.deepEqual(await settled(window), ['human: modified src/a.ts']);
    await window.save('src/a.ts', 'b\n');
    assert.deepEqual(await settled(window, 2), ['human: modified src/a.ts', 'human: ']);
  });

  /** By a time that is surely not before the window's: the file system's own may be some milliseconds late. */
  function writtenNow(file: string, text: string): string {
    rig.write({ [file]: text });
    const at = path.join(rig.root, file);
    const later = new Date(Date.now() + 1000);
    utimesSync(at, later, later);
    return at;
  }

  for (const when of ['while it begins to look', 'just after it began to look'] as const)
    it(`tells of a save that the editor tells of ${when} once, as that person’s`, async () => {
      rig = createActivityRig();
      const window = await rig.window({ leads: false });
      const file = writtenNow('src/a.ts', 'b\n');
      const leading = window.engine.lead();
      if (when === 'just after it began to look') await leading;
      await window.engine.wrote([{ kind: 'saved', path: file, reason: 'manual' }]);
      await leading;
      assert.deepEqual(await settled(window), ['human: modified src/a.ts']);
      assert.deepEqual(told(window.of(...FILE_TYPES)), ['modified src/a.ts human']);
    });

  it('tells of what nobody tells of that was written just before it began to look', async () => {
    rig = createActivityRig();
    const window = await rig.window({ leads: false });
    writtenNow('src/new.ts', 'n\n');
    await window.engine.lead();
    assert.deepEqual(await settled(window), ['unknown: created src/new.ts']);
    assert.deepEqual(told(window.of(...FILE_TYPES)), ['created src/new.ts unknown']);
  });

  it('tells created, modified and deleted files of a shell apart, folders among them', async () => {
    rig = createActivityRig({ 'src/a.ts': 'a\n', 'src/deep/b.ts': 'b\n', 'src/deep/c.ts': 'c\n' });
    const window = await rig.window();
    rig.write({ 'src/a.ts': 'changed\n', 'new/x.ts': 'x\n', 'new/y.ts': 'y\n' });
    rig.remove('src/deep');
    window.hint('src/a.ts', 'new', 'src/deep');
    assert.deepEqual(await settled(window), [
      'unknown: created new/x.ts, created new/y.ts, modified src/a.ts, deleted src/deep/b.ts, deleted src/deep/c.ts',
    ]);
  });

  it('drops hints of what is as it was, ignored, in .git, or elsewhere', async () => {
    rig = createActivityRig({ 'src/a.ts': 'a\n', '.gitignore': 'dist/\n*.log\n' });
    const window = await rig.window();
    rig.write({ 'src/a.ts': 'a\n', 'dist/x.js': 'x', 'deep/y.log': 'y', 'node_modules/p/i.js': '' });
    window.hint('src/a.ts', 'dist/x.js', 'dist', 'deep/y.log', 'node_modules/p/i.js', '.git/index', '../elsewhere.ts');
    rig.write({ 'src/b.ts': 'b\n' });
    window.hint('src/b.ts');
    assert.deepEqual(await settled(window), ['unknown: created src/b.ts']);
    assert.deepEqual(told(window.of(...FILE_TYPES)), ['created src/b.ts unknown']);
  });

  it('stores a save of an ignored file with why nothing starts, in no activity', async () => {
    rig = createActivityRig({ 'src/a.ts': 'a\n', '.gitignore': 'dist/\n' });
    const window = await rig.window();
    await window.save('dist/x.js', 'x');
    const [event] = window.of('file.created');
    assert.equal(event?.data['ignored'], true);
    assert.equal(event?.data['activity'], null);
    const [decided] = window.of('activity.decided');
    assert.equal(decided?.data['event'], event?.id);
    assert.match(JSON.stringify(decided?.data['decisions']), /"filtered".*dist\/x\.js is ignored by \.gitignore/);
    assert.deepEqual(window.triggers.saves, []);
  });

  it('stores both halves of a rename in the editor, a folder’s files one by one', async () => {
    rig = createActivityRig({ 'old/a.ts': 'a\n', 'old/b.ts': 'b\n' });
    const window = await rig.window();
    rig.move('old', 'new');
    const stored = await window.engine.wrote([
      { kind: 'renamed', from: path.join(rig.root, 'old'), path: path.join(rig.root, 'new') },
    ]);
    assert(stored.ok);
    window.hint('old', 'new');
    assert.deepEqual(await settled(window), [
      'human: created new/a.ts, created new/b.ts, deleted old/a.ts, deleted old/b.ts',
    ]);
    assert.equal(window.of('file.created').find(({ subject }) => subject === 'new/b.ts')?.data['from'], 'old/b.ts');
    assert.deepEqual(new Set(window.of(...FILE_TYPES).map(({ origin }) => origin)), new Set(['human']));
  });

  it('follows no link out of the workspace, and gives a file one name', async () => {
    rig = createActivityRig();
    const outside = tempFolder('outside');
    writeTree(outside.path, { 'x.ts': 'x\n' });
    symlinkSync(outside.path, path.join(rig.root, 'out'));
    symlinkSync('src', path.join(rig.root, 'alias'));
    const window = await rig.window();
    const stored = await window.engine.wrote([
      { kind: 'saved', path: path.join(rig.root, 'out/x.ts'), reason: 'manual' },
      { kind: 'saved', path: path.join(outside.path, 'x.ts'), reason: 'manual' },
      { kind: 'saved', path: path.join(rig.root, '.git/config'), reason: 'manual' },
    ]);
    assert(stored.ok);
    window.hint('out/x.ts', 'out', 'alias/a.ts');
    await window.save('alias/a.ts', 'b\n');
    assert.deepEqual(await settled(window), ['human: modified src/a.ts']);
    assert.deepEqual(told(window.of(...FILE_TYPES)), ['modified src/a.ts human']);
    await outside.remove();
  });

  it('looks at everything after lost hints, and works without git', async () => {
    for (const withGit of [true, false]) {
      rig = createActivityRig({ 'src/a.ts': 'a\n', 'src/b.ts': 'b\n' }, { git: withGit });
      const window = await rig.window();
      rig.write({ 'src/a.ts': 'changed\n', 'src/c.ts': 'c\n' });
      rig.remove('src/b.ts');
      window.engine.touched({ paths: [], lost: 7 });
      const expected = ['unknown: modified src/a.ts, deleted src/b.ts, created src/c.ts'];
      assert.deepEqual(await settled(window), expected);
      if (withGit) await rig.dispose();
    }
  });
});

describe(proves('D1', 'activity engine: git cannot be asked for a while'), () => {
  let rig: ActivityRig;
  afterEach(() => rig.dispose());

  async function whileBroken(window: EditorWindow, happens: () => void): Promise<void> {
    const config = path.join(rig.root, '.git', 'config');
    const sound = readFileSync(config, 'utf8');
    writeFileSync(config, '[broken');
    happens();
    window.engine.touched({ paths: [], lost: 1 });
    await eventually('the look failed', () => window.failures.splice(0).length > 0);
    writeFileSync(config, sound);
  }

  it('looks at everything once it can', async () => {
    rig = createActivityRig({ 'src/a.ts': 'a\n', 'src/b.ts': 'b\n' });
    const window = await rig.window();
    await whileBroken(window, () => rig.write({ 'src/b.ts': 'theirs\n' }));
    rig.write({ 'src/c.ts': 'c\n' });
    window.hint('src/c.ts');
    assert.deepEqual(await settled(window), ['unknown: modified src/b.ts, created src/c.ts']);
  });

  it('knows then what git did meanwhile', async () => {
    rig = createActivityRig({ 'src/a.ts': 'a\n', 'src/b.ts': 'b\n' });
    git(rig.root, 'switch', '-q', '-c', 'other');
    rig.write({ 'src/b.ts': 'other\n' });
    git(rig.root, 'commit', '-q', '-a', '-m', 'Other');
    git(rig.root, 'switch', '-q', 'main');
    const [from, to] = ['main', 'other'].map((name) => git(rig.root, 'rev-parse', name).trim());
    const window = await rig.window();
    await whileBroken(window, () => {
      const by = `${from} ${to} A <a@b> 0 +0000`;
      appendFileSync(path.join(rig.root, '.git', 'logs', 'HEAD'), `${by}\tcheckout: moving from main to other\n`);
      writeFileSync(path.join(rig.root, '.git', 'HEAD'), 'ref: refs/heads/other\n');
      rig.write({ 'src/b.ts': 'other\n' });
    });
    git(rig.root, 'read-tree', 'HEAD');
    rig.write({ 'src/c.ts': 'c\n' });
    window.hint('src/c.ts');
    assert.deepEqual(await settled(window), ['unknown: created src/c.ts']);
    assert.equal(window.of('git.switched')[0]?.data['label'], 'Switched to other');
  });
});

describe(proves('F7', 'activity engine: a burst settles once'), () => {
  let rig: ActivityRig;
  afterEach(() => rig.dispose());

  it('hands 60 writes over 12 files over as one burst', async () => {
    const files = Array.from({ length: 12 }, (_, at) => `src/f${at}.ts`);
    const clock = createSimulatedClock();
    rig = createActivityRig(Object.fromEntries(files.map((file) => [file, 'base\n'])), { clock });
    const window = await rig.window();
    for (let write = 0; write < 60; write++) {
      const file = files[write % files.length] ?? '';
      if (write % 3 === 0) await window.save(file, `${write}\n`);
      else rig.write({ [file]: `${write}\n` });
      window.hint(file);
      clock.advance(20);
    }
    await inTime(clock, 'all activities ended', () => window.of('activity.settled').length >= 2);
    await settled(window);
    const [burst] = window.triggers.bursts;
    assert.deepEqual(burst?.files.map(({ path: file }) => file).sort(), [...files].sort());
    assert.equal(window.triggers.bursts.length, 1);
    const activities = new Set(window.of(...FILE_TYPES).map(({ data }) => data['activity']));
    assert.deepEqual(activities, new Set(burst?.activities.map(({ id }) => id)));
  });

  it('takes what a shell moves for one burst, however old the file is', async () => {
    rig = createActivityRig();
    const window = await rig.window();
    rig.write({ 'src/a.ts': 'b\n' });
    window.hint('src/a.ts');
    await settled(window);
    rig.move('src', 'lib');
    window.hint('src', 'lib');
    assert.equal((await settled(window, 2))[1], 'unknown: created lib/a.ts, deleted src/a.ts');
  });

  it('leaves out a file that is back at its old content', async () => {
    const clock = createSimulatedClock();
    rig = createActivityRig({ 'src/a.ts': 'a\n', 'src/b.ts': 'b\n' }, { clock });
    const window = await rig.window();
    await window.save('src/a.ts', 'other\n');
    await window.save('src/b.ts', 'other\n');
    await window.save('src/a.ts', 'a\n');
    await inTime(clock, 'it settles', () => window.triggers.bursts.length > 0);
    assert.deepEqual(await settled(window), ['human: modified src/b.ts']);
  });

  it('tells of a commit once, and starts nothing for a branch switch of 3,000 files', async function () {
    this.timeout(180_000);
    const names = Array.from({ length: 3000 }, (_, at) => `src/d${at % 30}/f${at}.ts`);
    rig = createActivityRig(Object.fromEntries(names.map((file) => [file, 'main\n'])));
    git(rig.root, 'checkout', '-q', '-b', 'feat/invoice');
    rig.write(Object.fromEntries(names.map((file) => [file, 'feature\n'])));
    git(rig.root, 'commit', '-q', '-a', '-m', 'Feature');
    const window = await rig.window();
    git(rig.root, 'checkout', '-q', 'main');
    window.hint(...names);
    await eventually('the switch is told', () => window.of('git.switched').length > 0, 20_000);
    const [switched] = window.of('git.switched');
    assert.equal(switched?.data['label'], 'Switched to main');
    assert.equal(switched?.data['files'], 3000);
    const [activity] = window.of('activity.settled');
    assert.equal(activity?.origin, 'git');
    assert.equal(activity?.data['total'], 3000);

    rig.write({ 'src/d0/f0.ts': 'mine\n' });
    window.hint('src/d0/f0.ts');
    assert.deepEqual(await settled(window), ['unknown: modified src/d0/f0.ts']);
    git(rig.root, 'commit', '-q', '-a', '-m', 'Mine');
    await eventually('the commit is told', () => window.triggers.commits.length > 0);
    assert.deepEqual(
      window.triggers.commits.map(({ files }) => files),
      [['src/d0/f0.ts']],
    );
    assert.equal(window.of('git.commit')[0]?.data['message'], 'Mine');
    assert.deepEqual(told(window.of(...FILE_TYPES)), ['modified src/d0/f0.ts unknown']);
    assert.equal(window.triggers.bursts.length, 1);
  });
});

describe(proves('F7', 'activity engine: while git is at work'), () => {
  let rig: ActivityRig;
  afterEach(() => rig.dispose());

  it('waits while the index is locked, and then knows what git wrote from what it did not', async () => {
    const clock = createSimulatedClock();
    rig = createActivityRig({ 'src/a.ts': 'main\n', 'src/b.ts': 'main\n' }, { clock });
    git(rig.root, 'checkout', '-q', '-b', 'feat');
    rig.write({ 'src/a.ts': 'feature\n' });
    git(rig.root, 'commit', '-q', '-a', '-m', 'Feature');
    git(rig.root, 'checkout', '-q', 'main');
    const window = await rig.window();
    const lock = path.join(rig.root, '.git/index.lock');
    await window.save('src/b.ts', 'mine\n');
    writeFileSync(lock, '');
    rig.write({ 'src/a.ts': 'feature\n' });
    window.hint('src/a.ts');
    for (let passed = 0; passed < 3 * QUICK.quietMinMs; passed += 100) {
      clock.advance(100);
      await window.engine.wrote([]);
    }
    // Joins the burst that would be over by now.
    await window.save('src/c.ts', 'mine\n');
    rmSync(lock);
    rig.write({ 'src/a.ts': 'main\n' });
    git(rig.root, 'checkout', '-q', 'feat');
    await inTime(clock, 'it settles, and the switch is told', () => window.of('activity.settled').length === 2);
    assert.deepEqual(await settled(window), ['human: modified src/b.ts, created src/c.ts']);
    assert.equal(window.of('git.switched')[0]?.data['label'], 'Switched to feat');
    assert.deepEqual(told(window.of(...FILE_TYPES)), ['modified src/b.ts human', 'created src/c.ts human']);
  });

  it('takes back from nobody what it saw before HEAD moved', async () => {
    const clock = createSimulatedClock();
    rig = createActivityRig({ 'src/a.ts': 'main\n' }, { clock });
    git(rig.root, 'checkout', '-q', '-b', 'feat');
    rig.write({ 'src/a.ts': 'feature\n' });
    git(rig.root, 'commit', '-q', '-a', '-m', 'Feature');
    git(rig.root, 'checkout', '-q', 'main');
    const window = await rig.window();
    rig.write({ 'src/a.ts': 'feature\n' });
    window.hint('src/a.ts');
    clock.advance(100);
    await eventually('it is taken in', () => window.of('file.modified').length === 1);
    git(rig.root, 'symbolic-ref', '-m', 'checkout: moving from main to feat', 'HEAD', 'refs/heads/feat');
    const ended = (): readonly StoredEvent[] => window.of('activity.settled');
    await inTime(clock, 'both activities ended', () => ended().length === 2);
    assert.deepEqual(
      ended().map(({ origin, data }) => `${origin} ${JSON.stringify(data['total'])}`),
      ['git 1', 'unknown 0'],
    );
    assert.equal(window.triggers.bursts.length, 0);
  });
});

describe(proves('F7', 'activity engine: who wrote'), () => {
  let rig: ActivityRig;
  afterEach(() => rig.dispose());

  const runEvent = (type: string, data: NewEvent['data'], origin: Origin = 'run:r1'): NewEvent => ({
    ...{ source: 'test', type, origin },
    data: { run: 'r1', ...data },
    ...(typeof data['path'] === 'string' ? { subject: data['path'] } : {}),
  });

  async function startRun(window: EditorWindow, mayWrite: boolean): Promise<void> {
    const plan = { steps: [{ id: 's', agent: mayWrite ? 'mine' : 'test-executor', mayWrite }] };
    const trigger = { kind: 'activity', activities: ['x'], lineage: null, beside: ['other'] };
    assert(
      (await window.journal.append([runEvent('workflow.started', { workflow: 'w', number: 1, plan, trigger })])).ok,
    );
    assert((await window.journal.append([runEvent('workflow.step.started', { step: 's' })])).ok);
    const steps = [{ id: 's', mayWrite }];
    window.triggers.atWork.push({ run: 'r1', number: 1, workflow: 'w', automatic: true, lineage: null, steps });
  }

  async function endRun(window: EditorWindow, ...written: NewEvent[]): Promise<void> {
    for (const event of written) assert((await window.journal.append([event])).ok);
    window.triggers.atWork.length = 0;
    assert((await window.journal.append([runEvent('workflow.step.completed', { step: 's' })])).ok);
    assert((await window.journal.append([runEvent('workflow.completed', {})])).ok);
  }

  it('holds what changes during a step that may write, and believes the run what it wrote', async () => {
    rig = createActivityRig({ 'src/a.ts': 'a\n', 'src/b.ts': 'b\n', 'src/c.ts': 'c\n' });
    const window = await rig.window();
    await startRun(window, true);
    rig.write({ 'src/a.ts': 'formatted\n', 'src/c.ts': 'from elsewhere\n' });
    await window.save('src/b.ts', 'mine\n');
    window.hint('src/a.ts', 'src/b.ts', 'src/c.ts');
    await settled(window);
    const content = git(rig.root, 'hash-object', 'src/a.ts').trim();
    await endRun(window, runEvent('file.modified', { step: 's', path: 'src/a.ts', content }));
    const [first, second] = await settled(window, 2);
    assert.equal(first, 'human: modified src/b.ts');
    assert.equal(second, 'run:r1+unknown: modified src/a.ts, modified src/c.ts');
    // Whoever wrote the last one, it is looked at.
    assert.deepEqual(window.triggers.bursts[1]?.lineage, { run: 'r1', ancestors: [], hops: 1 });
  });

  it('lets nothing start that led to what a run surely wrote', async () => {
    rig = createActivityRig();
    const window = await rig.window();
    await startRun(window, true);
    rig.write({ 'src/a.ts': 'formatted\n' });
    window.hint('src/a.ts');
    const content = git(rig.root, 'hash-object', 'src/a.ts').trim();
    await endRun(window, runEvent('file.modified', { step: 's', path: 'src/a.ts', content }));
    assert.deepEqual(await settled(window), ['run:r1: modified src/a.ts']);
    assert.deepEqual(window.triggers.bursts[0]?.lineage, { run: 'r1', ancestors: ['w', 'other'], hops: 1 });
  });

  it('knows which content a person saved, for the run to leave it out', async () => {
    rig = createActivityRig();
    const window = await rig.window();
    await startRun(window, true);
    await window.save('src/a.ts', 'mine\n');
    const content = git(rig.root, 'hash-object', 'src/a.ts').trim();
    assert(window.people.wrote('src/a.ts', content));
    assert(!window.people.wrote('src/b.ts', content));
    // A run that says so all the same is not believed.
    await endRun(window, runEvent('file.modified', { step: 's', path: 'src/a.ts', content }));
    assert.deepEqual(await settled(window), ['human: modified src/a.ts']);
  });

  it('says what may have led to a write during a step that should not write, and lets it start', async () => {
    rig = createActivityRig();
    const window = await rig.window();
    await startRun(window, false);
    rig.write({ 'test.log': '1\n' });
    window.hint('test.log');
    assert.deepEqual(await settled(window), ['unknown: created test.log']);
    assert.deepEqual(window.triggers.bursts[0]?.lineage, { run: 'r1', ancestors: [], hops: 1 });
    await endRun(window);
    const end = Date.now();
    await eventually('a time of a file that no step can have written', () => {
      rig.write({ 'src/a.ts': 'later\n' });
      return statSync(path.join(rig.root, 'src/a.ts')).mtimeMs > end + CLOCKS_MS;
    });
    window.hint('src/a.ts');
    await settled(window, 2);
    assert.equal(window.triggers.bursts[1]?.lineage, null);
  });
});

describe(proves('F1', 'activity engine: several windows, and one after another'), () => {
  let rig: ActivityRig;
  afterEach(() => rig.dispose());

  it('knows when a run ends that another process had at work before this one led', async () => {
    rig = createActivityRig();
    const other = await rig.window({ leads: false });
    const tell = async (type: string, data: NewEvent['data']): Promise<void> => {
      assert((await other.journal.append([{ source: 'test', type, data: { run: 'r1', ...data } }])).ok);
    };
    const plan = { steps: [{ id: 's', agent: 'test-executor', mayWrite: false }] };
    await tell('workflow.started', { workflow: 'w', number: 1, plan });
    await tell('workflow.step.started', { step: 's' });
    const leader = await rig.window();
    rig.write({ 'test.log': '1\n' });
    leader.hint('test.log');
    await settled(leader);
    assert.equal(leader.triggers.bursts[0]?.lineage?.run, 'r1');
    await tell('workflow.step.completed', { step: 's' });
    await tell('workflow.completed', {});
    let count = 1;
    await eventually('a write that no step can have made', async () => {
      rig.write({ 'src/a.ts': `${count}\n` });
      leader.hint('src/a.ts');
      await settled(leader, ++count);
      return leader.triggers.bursts.at(-1)?.lineage === null;
    });
  });

  it('hands over what was saved in a window that does not lead', async () => {
    rig = createActivityRig({ 'src/a.ts': 'a\n', 'src/b.ts': 'b\n' });
    const leader = await rig.window({ settings: PATIENT });
    const other = await rig.window({ leads: false });
    await other.save('src/a.ts', 'other window\n');
    other.hint('src/a.ts');
    await leader.save('src/b.ts', 'this window\n');
    assert.deepEqual(await settled(leader), ['human: modified src/a.ts, modified src/b.ts']);
    assert.deepEqual(leader.triggers.saves.map((save) => save.path).sort(), ['src/a.ts', 'src/b.ts']);
    assert.equal(other.triggers.bursts.length, 0);
    assert.deepEqual(told(other.of(...FILE_TYPES)), ['modified src/a.ts human']);
  });

  it('keeps a save of another window for the next leader, where it died between two ends of one burst', async () => {
    rig = createActivityRig({ 'src/a.ts': 'a\n', 'src/b.ts': 'b\n' });
    const leader = await rig.window({ settings: PATIENT });
    const other = await rig.window({ leads: false });
    rig.write({ 'src/b.ts': 'by another program\n' });
    leader.hint('src/b.ts');
    await eventually('it is taken in', () => leader.of('file.modified').length === 1);
    await other.save('src/a.ts', 'other window\n');
    assert.deepEqual(await settled(leader), ['unknown+human: modified src/a.ts, modified src/b.ts']);
    const left = newActivities();
    for (const event of [...other.events, ...leader.events.filter(({ origin }) => origin !== 'human')])
      applyActivity(left, event);
    assert.deepEqual(
      [...left.open.values()].map(({ paths }) => [...paths.keys()]),
      [['src/a.ts']],
    );
    const [save] = other.events;
    const why = whyEvent(
      createJournalReader({ env: createNodeEnv({ version: '0' }), stateDir: rig.stateDir }),
      save?.id ?? '',
    );
    assert.match(JSON.stringify(why), /you changed 1 file/);
  });

  it('goes on with an open burst after a restart, once, with what was written in between', async () => {
    rig = createActivityRig({ 'src/a.ts': 'a\n', 'src/b.ts': 'b\n' });
    const before = await rig.window({ settings: { quietMinMs: 5000, quietMaxMs: 5000 } });
    await before.save('src/a.ts', 'one\n');
    const activity = before.of('file.modified')[0]?.data['activity'];
    await before.close();
    rig.write({ 'src/a.ts': 'two\n' });
    const after = await rig.window();
    const handed = await settled(after);
    assert.equal(handed[0]?.split(': ')[1], 'modified src/a.ts');
    assert(after.triggers.bursts[0]?.activities.some(({ id }) => id === activity));
    await after.close();
    const third = await rig.window();
    await third.save('src/b.ts', 'later\n');
    assert.deepEqual(await settled(third), ['human: modified src/b.ts']);
  });

  it('takes over what the other window saved after the leader’s end', async () => {
    rig = createActivityRig();
    const leader = await rig.window();
    const other = await rig.window({ leads: false });
    await other.save('src/a.ts', 'one\n');
    await settled(leader);
    await leader.close();
    await other.save('src/a.ts', 'two\n');
    assert((await other.engine.lead()).ok);
    assert.deepEqual(await settled(other), ['human: modified src/a.ts']);
    await other.save('src/a.ts', 'three\n');
    assert.deepEqual((await settled(other, 2))[1], 'human: modified src/a.ts');
    assert.equal(other.of('activity.settled').length, 2);
  });
});
