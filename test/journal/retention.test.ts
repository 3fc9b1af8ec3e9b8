import assert from 'node:assert/strict';
import type { JsonObject } from '../../src/contract/json.ts';
import { readHistory, CARRIED_CHECKPOINT } from '../../src/orchestrator/journal/history.ts';
import { openJournal } from '../../src/orchestrator/journal/open-journal.ts';
import { layoutOf } from '../../src/orchestrator/journal/layout.ts';
import { createJournalReader } from '../../src/orchestrator/journal/reader.ts';
import { clearExpiredInPieces } from '../../src/orchestrator/journal/retention.ts';
import { createSimulatedMachine, type SimulatedMachine } from '../support/simulated-env.ts';
import { slowMonotonic, turnsDuring } from '../support/turns.ts';

const STATE_DIR = '/state';
const DAY_MS = 24 * 60 * 60 * 1000;

/** A session with one run of one step that ran one test. */
async function runOnce(
  machine: SimulatedMachine,
  of: { readonly run: string; readonly number: number },
): Promise<void> {
  const opened = openJournal({ env: machine.start().env, stateDir: STATE_DIR });
  assert(opened.ok);
  const store = async (type: string, data: JsonObject): Promise<void> => {
    assert((await opened.value.append([{ source: 'workflow', type, data: { run: of.run, ...data } }])).ok);
  };
  await store('workflow.started', { number: of.number, workflow: 'w' });
  const cases = [{ name: 'adds', file: 'test/a.test.ts', status: 'passed', durationMs: of.number }];
  const timeMs = { queue: 5, start: 10, tool: of.number, disk: 1, wait: 0 };
  await store('workflow.step.completed', {
    step: 's',
    cached: null,
    inputHash: `hash-${of.number}`,
    timeMs,
    result: { cases },
  });
  await store('workflow.step.completed', { step: 'again', cached: 'r0', inputHash: 'x', timeMs, result: { cases } });
  await store('workflow.completed', { status: 'completed' });
  await opened.value.close();
}

/** A session with these events. */
async function session(
  machine: SimulatedMachine,
  events: readonly (readonly [type: string, data: JsonObject])[],
): Promise<void> {
  const opened = openJournal({ env: machine.start().env, stateDir: STATE_DIR });
  assert(opened.ok);
  for (const [type, data] of events) assert((await opened.value.append([{ source: 'workflow', type, data }])).ok);
  await opened.value.close();
}

const history = (machine: SimulatedMachine): ReturnType<typeof readHistory> =>
  readHistory({ env: machine.start().env, stateDir: STATE_DIR });

function sessionFiles(machine: SimulatedMachine): number {
  return machine.disk.files.readDir('/state/sessions').filter((name) => name.endsWith('.jsonl')).length;
}

async function threeOldRuns(): Promise<SimulatedMachine> {
  const machine = createSimulatedMachine({ seed: 9 });
  for (const number of [1, 2, 3]) await runOnce(machine, { run: `r${number}`, number });
  return machine;
}

describe('RELIABILITY: facts that outlive 30 days of history', () => {
  it('keeps durations and outcomes of what ran, newest first', async () => {
    const machine = await threeOldRuns();
    const { tests, steps } = await history(machine);
    assert.deepEqual(steps, { 'w/s': [3, 2, 1].map((number) => ({ run: `r${number}`, durationMs: 10 + number })) });
    assert.deepEqual(
      tests['test/a.test.ts > adds'],
      [3, 2, 1].map((number) => ({
        run: `r${number}`,
        contentId: `hash-${number}`,
        status: 'passed',
        durationMs: number,
      })),
    );
  });

  it('carries them when the sessions go, whether or not the checkpoint is there', async () => {
    const machine = await threeOldRuns();
    const before = await history(machine);
    machine.clock.advance(31 * DAY_MS);
    await runOnce(machine, { run: 'r4', number: 4 });
    assert.equal(sessionFiles(machine), 2);
    const expected = await history(machine);
    assert.deepEqual(expected.steps['w/s']?.slice(1), before.steps['w/s']);
    machine.disk.files.unlink(`${STATE_DIR}/${CARRIED_CHECKPOINT}`);
    assert.deepEqual(await history(machine), expected);

    // And again, when the snapshot itself has grown old.
    machine.clock.advance(31 * DAY_MS);
    await runOnce(machine, { run: 'r5', number: 5 });
    machine.disk.files.unlink(`${STATE_DIR}/${CARRIED_CHECKPOINT}`);
    assert.deepEqual(
      (await history(machine)).steps['w/s']?.map(({ run }) => run),
      ['r5', 'r4', 'r3', 'r2', 'r1'],
    );
    const reader = createJournalReader({ env: machine.start().env, stateDir: STATE_DIR });
    assert.deepEqual(reader.repairs(), []);
    assert.equal(reader.highestRun(), 5);
  });

  it('keeps what is younger, and looks once a day', async () => {
    const machine = await threeOldRuns();
    machine.clock.advance(29 * DAY_MS);
    await runOnce(machine, { run: 'r4', number: 4 });
    assert.equal(sessionFiles(machine), 4);
    machine.clock.advance(DAY_MS / 2);
    await runOnce(machine, { run: 'r5', number: 5 });
    machine.clock.advance(2 * DAY_MS);
    await runOnce(machine, { run: 'r6', number: 6 });
    assert.equal(sessionFiles(machine), 4);
  });

  it('keeps a run that waits for a person, however long, and what is left of it when it has been answered goes', async () => {
    const machine = createSimulatedMachine({ seed: 9 });
    await session(machine, [['workflow.started', { run: 'asks', number: 1, workflow: 'w' }]]);
    await runOnce(machine, { run: 'r2', number: 2 });
    await session(machine, [['workflow.waiting', { run: 'asks', question: 'Is it done?' }]]);
    await runOnce(machine, { run: 'r4', number: 4 });
    machine.clock.advance(31 * DAY_MS);
    await runOnce(machine, { run: 'r5', number: 5 });
    const types = (): readonly string[] =>
      [...createJournalReader({ env: machine.start().env, stateDir: STATE_DIR }).events({ run: 'asks' })].map(
        ({ type }) => type,
      );
    assert.deepEqual(types(), ['workflow.started', 'workflow.waiting']);
    // Two of the waiting run, the youngest that went as the snapshot, and the new one.
    assert.equal(sessionFiles(machine), 4);
    assert.deepEqual(
      (await history(machine)).steps['w/s']?.map(({ run }) => run),
      ['r5', 'r4', 'r2'],
    );
    await session(machine, [
      ['workflow.resumed', { run: 'asks' }],
      ['workflow.superseded', { run: 'asks', by: null }],
    ]);
    machine.clock.advance(31 * DAY_MS);
    await runOnce(machine, { run: 'r6', number: 6 });
    assert.deepEqual(types(), []);
    assert.equal(sessionFiles(machine), 2);
  });

  it('clears in pieces on a thread that others wait for, and changes nothing when it is aborted', async () => {
    const machine = createSimulatedMachine({ seed: 9 });
    for (let number = 1; number <= 50; number++) await runOnce(machine, { run: `r${number}`, number });
    const before = await history(machine);
    machine.clock.advance(31 * DAY_MS);
    const process = machine.start();
    const env = { ...process.env, clock: { ...process.env.clock, monotonic: slowMonotonic() } };
    const what = { env, layout: layoutOf(STATE_DIR), keptDays: 30 };
    await clearExpiredInPieces(what, AbortSignal.abort());
    assert.equal(sessionFiles(machine), 50);
    const stop = new AbortController();
    assert((await turnsDuring(clearExpiredInPieces(what, stop.signal))) > 10);
    assert.equal(sessionFiles(machine), 1);
    assert.deepEqual(await history(machine), before);
  });

  it('loses nothing where a power loss comes in between', async () => {
    const machine = await threeOldRuns();
    const expected = (await history(machine)).steps['w/s']?.map(({ run }) => run);
    machine.clock.advance(31 * DAY_MS);
    const states: SimulatedMachine[] = [];
    let turn = 0;
    machine.disk.onChange = () => {
      for (const share of [0, 2, 3, 1]) {
        const disk = machine.disk.crash(() => share > 0 && turn++ % share === 0);
        states.push(createSimulatedMachine({ seed: 100 + states.length, disk, clock: machine.clock }));
      }
    };
    const opened = openJournal({ env: machine.start().env, stateDir: STATE_DIR });
    assert(opened.ok && states.length > 50);
    for (const state of states) {
      const facts = state.disk.files.stat(`${STATE_DIR}/${CARRIED_CHECKPOINT}`);
      if (facts !== null) state.disk.files.unlink(`${STATE_DIR}/${CARRIED_CHECKPOINT}`);
      assert.deepEqual(
        (await history(state)).steps['w/s']?.map(({ run }) => run),
        expected,
      );
    }
  });
});
