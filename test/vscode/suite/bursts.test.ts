import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { proves } from '../../requirements.ts';
import { eventually } from '../../support/eventually.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { BURST_FILES, HOSTED_FILES } from '../host/hosted.ts';
import {
  atRest,
  events,
  folder,
  ready,
  runs,
  savepoint,
  startedSince,
  staysQuiet,
  typeAndSave,
  uriOf,
  show,
  type EventLine,
  whileSlow,
} from './support.ts';

const WRITES = 60;
/** Longer ones than `most` come near the quiet period of this rhythm, 1.6 s: another burst would begin. */
const GAP_MS = { min: 400, max: 850, most: 1_500 };
/** What an edit and its save take about. */
const EDIT_MS = 60;
/** CONTRACT: a run starts at most this long after the quiet period. */
const AFTER_QUIET_MS = 500;
/** More than the quiet period of a single write and what comes after it. */
const NOTHING_MORE_MS = 3_500;

/** Runs that may follow from each other's writes. */
const MAX_HOPS = 3;

const text = (number: number): string => `export const value = ${number};\n`;

const write = (file: string, content: object | string): void => {
  mkdirSync(path.dirname(uriOf(file).fsPath), { recursive: true });
  writeFileSync(uriOf(file).fsPath, typeof content === 'string' ? content : JSON.stringify(content));
};

interface Burst {
  /** ISO time before the first write. */
  readonly began: string;
  /** The longest between two writes, milliseconds. */
  readonly longestGap: number;
  /** How long after the end of the quiet period its run started, milliseconds. */
  readonly late: number;
}

/** 60 writes, every fourth one by the editor, 0.4 to 0.9 s apart, and the run after them. */
async function burst(seed: number): Promise<Burst> {
  const random = seededRandom(seed);
  const began = new Date().toISOString();
  const gaps: number[] = [];
  let last = 0;
  for (let number = 0; number < WRITES; number++) {
    const file = BURST_FILES[number % BURST_FILES.length] ?? '';
    const byEditor = number % 4 === 0;
    const due = last + GAP_MS.min + random() * (GAP_MS.max - GAP_MS.min);
    await pause(Math.max(0, due - Date.now() - (byEditor ? EDIT_MS : 0)));
    const content = text(number + seed * WRITES);
    if (byEditor) await typeAndSave(file, content);
    else writeFileSync(uriOf(file).fsPath, content);
    const now = Date.now();
    if (last > 0) gaps.push(now - last);
    last = now;
  }
  await eventually('a run', async () => (await startedSince(began)).length > 0);
  const latest = gaps.slice(-20).sort((a, b) => a - b);
  const quiet = Math.min(5_000, Math.max(1_200, 2.5 * (((latest[9] ?? 0) + (latest[10] ?? 0)) / 2)));
  const [started] = await startedSince(began);
  await atRest();
  return { began, longestGap: Math.max(...gaps), late: Date.parse(started?.time ?? '') - last - quiet };
}

/** One that the machine was not too busy for, neither for its rhythm nor for its run. */
async function undisturbedBurst(): Promise<Burst> {
  const seen: Burst[] = [];
  for (let tries = 5; tries > 0; tries--) {
    const one = await burst(tries);
    if (one.longestGap <= GAP_MS.most && one.late <= AFTER_QUIET_MS) return one;
    seen.push(one);
  }
  throw new Error(`No run within ${AFTER_QUIET_MS} ms after quiet: ${JSON.stringify(seen)}`);
}

describe(proves('F7', 'bursts of writes'), function () {
  this.timeout(150_000);
  staysQuiet();
  before(ready);
  beforeEach(() => atRest());

  it(
    proves('D1', '60 over 12 files, by the editor and by others, start one run as soon as it is quiet'),
    async function () {
      // Five tries on a machine that cannot keep the rhythm.
      this.timeout(600_000);
      for (const file of BURST_FILES) await show(file);
      const { began } = await undisturbedBurst();
      await pause(NOTHING_MORE_MS);
      const [first, ...more] = await startedSince(began);
      const later = (await events('file.modified')).filter(({ time }) => time > (first?.time ?? ''));
      const writes = later.map(({ time, subject, origin, data }) => [time, subject, origin, data['via']]);
      assert.deepEqual(more, [], `written after the first at ${first?.time}: ${JSON.stringify(writes)}`);
    },
  );

  it('new edits replace the run that checks the old ones', async () => {
    const before = new Date().toISOString();
    await whileSlow(async () => {
      await typeAndSave(HOSTED_FILES.slow, 'export const slow: boolean = !false;\n');
      await eventually('the first run', async () => (await startedSince(before)).length === 1);
      await typeAndSave(HOSTED_FILES.slow, 'export const slow: boolean = !!true;\n');
      await eventually('the second run', async () => (await startedSince(before)).length === 2);
    });
    await atRest();
    const [second, first] = await runs();
    assert.equal(first?.status, 'superseded');
    assert.equal(second?.status, 'completed');
    const [superseded] = (await events('workflow.superseded')).filter(({ time }) => time >= before);
    assert.equal(superseded?.data['by'], second?.number);
  });

  it("a run's own writes start nothing", async () => {
    write('.savepoint/agents/stamp.yaml', { id: 'stamp', protocol: 'command', command: ['node', 'tools/stamp.mjs'] });
    write('.savepoint/workflows/stamp.yaml', {
      id: 'stamp',
      on: { activity: { paths: ['src/lib/**'] } },
      steps: [{ id: 'stamp', agent: 'stamp' }],
    });
    write(
      'tools/stamp.mjs',
      "import { writeFileSync } from 'node:fs';\nwriteFileSync('src/lib/stamp.ts', `// ${Date.now()}\\n`);\n",
    );
    await savepoint('trust', '--yes');
    await pause(NOTHING_MORE_MS);
    await atRest();
    const before = new Date().toISOString();
    await typeAndSave(HOSTED_FILES.stamped, text(1));
    await eventually('a run', async () => (await startedSince(before, 'stamp')).length > 0);
    await pause(2 * NOTHING_MORE_MS);
    await atRest();
    assert.equal((await startedSince(before, 'stamp')).length, 1);
    assert.equal((await startedSince(before)).length, 1);
    const writers = (await events('file.modified', 'file.created'))
      .filter(({ time, subject, data }) => time >= before && (subject ?? data['path']) === 'src/lib/stamp.ts')
      .map(({ origin }) => origin ?? '');
    assert.ok(writers.length > 0);
    assert.deepEqual(
      writers.filter((origin) => !origin.startsWith('run:')),
      [],
    );
    unlinkSync(uriOf('.savepoint/workflows/stamp.yaml').fsPath);
  });

  it('tests that write into the folder do not check themselves for ever', async () => {
    const before = new Date().toISOString();
    // As a log or a snapshot would be.
    appendFileSync(
      uriOf('test/slow.test.ts').fsPath,
      "\nimport { writeFileSync } from 'node:fs';\nwriteFileSync('src/lib/written.ts', `export const at = ${Date.now()};\\n`);\n",
    );
    await eventually('a run', async () => (await startedSince(before)).length > 0);
    let count = 0;
    for (;;) {
      await atRest();
      await pause(NOTHING_MORE_MS);
      const { length } = await startedSince(before);
      if (length === count) break;
      count = length;
      assert.ok(count <= 1 + MAX_HOPS, `${count} runs`);
    }
  });

  it('a branch switch of 3,000 files starts nothing', async () => {
    const root = folder().uri.fsPath;
    const git = (...args: readonly string[]): void => void execFileSync('git', args, { cwd: root, stdio: 'ignore' });
    git('add', '--all');
    git('commit', '--quiet', '--no-verify', '--message', 'before');
    await pause(NOTHING_MORE_MS);
    await atRest();
    git('checkout', '--quiet', '-b', 'many');
    mkdirSync(`${root}/src/many`);
    for (let file = 0; file < 3_000; file++) writeFileSync(`${root}/src/many/file-${file}.ts`, text(file));
    git('add', '--all');
    git('commit', '--quiet', '--no-verify', '--message', 'many');
    await eventually('the commit is told', async () =>
      (await events('git.commit')).some(({ data }) => data['message'] === 'many'),
    );
    await pause(NOTHING_MORE_MS);
    await atRest();
    const before = new Date().toISOString();
    const switches = async (): Promise<readonly EventLine[]> =>
      (await events('git.switched')).filter(({ time }) => time >= before);
    for (const [index, branch] of ['main', 'many'].entries()) {
      git('checkout', '--quiet', branch);
      await eventually('the switch is told', async () => (await switches()).length > index);
      await pause(2 * NOTHING_MORE_MS);
    }
    assert.deepEqual(await startedSince(before), []);
    const since = (await events('file.created', 'file.modified', 'file.deleted')).filter(({ time }) => time >= before);
    assert.deepEqual(since, [], 'a switch is one event, not one for each file');
    assert.equal((await switches()).length, 2);
  });
});
