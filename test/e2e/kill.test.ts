import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { StepStatus } from '../../src/contract/runs.ts';
import { proves } from '../requirements.ts';

import { readLedger, writeCounting, type CountingWorkflow, type LedgerEntry } from '../support/counting.ts';
import { eventually } from '../support/eventually.ts';
import { createRig, type EventLine, type ResultLine, type Rig, type RunningCli, said } from '../support/rig.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** "≥ 100 random points of a run": this many forward, and this many while it undoes. */
const KILLS = { forward: 110, undo: 30 } as const;
/** A run is killed at most so often, so that each ends some time. */
const KILLS_A_RUN = 5;
/** Runs under way at a time: most of their time is waiting. */
const AT_A_TIME = 3;

const forward: CountingWorkflow = {
  id: 'storm',
  steps: [
    { id: 'first', with: { ms: 20 } },
    { id: 'left', needs: ['first'], with: { ms: 50 } },
    { id: 'shaky', needs: ['first'], with: { ms: 30, failTimes: 1 }, retry: { max: 3, multiplier: 1 } },
    { id: 'alone', needs: ['left'], with: { ms: 30 }, sequential: true },
    { id: 'lonely', needs: ['left'], with: { ms: 40 }, sequential: true },
    { id: 'right', needs: ['left'], with: { ms: 60 } },
    { id: 'last', needs: ['shaky', 'alone', 'lonely', 'right'], with: { ms: 20 } },
  ],
};

const backward: CountingWorkflow = {
  id: 'storm',
  onError: 'rollback',
  steps: [
    { id: 'first', with: { ms: 20 }, undo: true },
    { id: 'left', needs: ['first'], with: { ms: 30 }, undo: true },
    { id: 'right', needs: ['first'], with: { ms: 40 }, undo: true },
    { id: 'join', needs: ['left', 'right'], with: { ms: 20 }, undo: true },
    { id: 'breaks', needs: ['join'], with: { ms: 20, failTimes: 99 } },
    { id: 'never', needs: ['breaks'] },
  ],
};

interface Storm {
  readonly result: ResultLine;
  readonly kills: number;
  readonly exitCode: number | null;
  /** Every event line that any of its processes printed, by process. */
  readonly printed: readonly (readonly EventLine[])[];
  readonly stored: readonly EventLine[];
  readonly ledger: readonly LedgerEntry[];
}

describe(proves('A9', 'a run killed with SIGKILL at random points'), function () {
  this.timeout(400_000);

  it('goes on with every completed step run once, no printed event lost, and the end of an undisturbed run', async () => {
    const reference = await weather(forward, { random: seededRandom(0), kills: 0 });
    assert.equal(reference.result.status, 'completed');
    const storms = await storm(forward, KILLS.forward);
    for (const one of storms) {
      assert.equal(one.exitCode, 0);
      assert.deepEqual(endOf(one.result), endOf(reference.result));
      completedOnce(one);
      nothingLost(one);
    }
  });

  it(proves('B6', 'undoes each completed step once, last one first'), async () => {
    const reference = await weather(backward, { random: seededRandom(0), kills: 0 });
    assert.equal(reference.result.status, 'compensated');
    const storms = await storm(backward, KILLS.undo);
    for (const one of storms) {
      assert.equal(one.exitCode, 3);
      assert.deepEqual(endOf(one.result), endOf(reference.result));
      completedOnce(one);
      undoneOnce(one);
      nothingLost(one);
    }
  });
});

/** Runs until so many kills have hit, some runs at a time. */
async function storm(workflow: CountingWorkflow, wanted: number): Promise<readonly Storm[]> {
  const storms: Storm[] = [];
  let left = wanted;
  let seed = 1;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      const one = await weather(workflow, { random: seededRandom(seed++), kills: Math.min(KILLS_A_RUN, left) });
      left -= one.kills;
      storms.push(one);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  const hits = storms.reduce((sum, { kills }) => sum + kills, 0);
  assert.ok(hits >= wanted, `${hits} kills hit a living process`);
  return storms;
}

/** One run from start to end, killed up to `kills` times on its way. */
async function weather(
  workflow: CountingWorkflow,
  { random, kills }: { readonly random: () => number; readonly kills: number },
): Promise<Storm> {
  const rig = createRig({ git: false, files: { 'src/a.ts': 'export const a = 1;\n' } });
  try {
    writeCounting(rig, workflow);
    const printed: (readonly EventLine[])[] = [];
    let hits = 0;
    for (;;) {
      const number = await numberOfRun(rig);
      const cli = rig.start(number === null ? ['run', workflow.id, '--trust'] : ['resume', String(number), '--trust']);
      if (hits < kills) await killSomewhere(cli, random);
      const { code, signal, of } = await cli.done;
      printed.push(of('event'));
      if (signal === 'SIGKILL') {
        hits++;
        continue;
      }
      const [result] = of('result');
      assert.ok(result, said(cli.soFar()));
      const stored = (await rig.run(['events'])).of('event');
      return { result, kills: hits, exitCode: code, printed, stored, ledger: readLedger(rig) };
    }
  } finally {
    await rig.dispose();
  }
}

async function numberOfRun(rig: Rig): Promise<number | null> {
  const { code, of } = await rig.run(['runs']);
  assert.equal(code, 0);
  return of('run')[0]?.number ?? null;
}

/** Mostly somewhere in the work; one in eight before the first event is out. */
async function killSomewhere(cli: RunningCli, random: () => number): Promise<void> {
  const whole = random() < 0.125;
  const ms = whole ? random() * 250 : random() ** 2 * 1700;
  if (!whole) await eventually('it says something', () => cli.soFar().stdout.includes('\n'), 30_000);
  await pause(ms);
  cli.signal('SIGKILL');
}

/** What of a result is the same however often it was cut off. */
function endOf({ status, workflow, steps, cannotUndo, findings, notChecked, tests }: ResultLine): object {
  const outcome = steps.map(({ id, agent, status: step, cached, error }) => ({
    ...{ id, agent, step, cached },
    error: error?.code ?? null,
  }));
  return { status, workflow, steps: outcome, cannotUndo, findings, notChecked, tests };
}

const ENDED: readonly StepStatus[] = ['completed', 'compensated'];

function completedOnce({ result, stored, ledger }: Storm): void {
  assert.deepEqual(
    ledger.filter(({ kind }) => kind === 'overlap'),
    [],
    'no attempt starts while an earlier one lives',
  );
  for (const { id, status, attempts } of result.steps) {
    const own = ledger.filter((entry) => entry.step === id && !entry.undo);
    const starts = own.filter(({ kind }) => kind === 'start').map(({ attempt }) => attempt);
    const announced = stored.filter((event) => event.type === 'workflow.step.started' && event.data['step'] === id);
    assert.deepEqual(
      starts,
      [...new Set(starts)].sort((a, b) => a - b),
      `${id}: each attempt starts once, in order`,
    );
    assert.ok(new Set(own.map(({ idempotencyKey }) => idempotencyKey)).size <= 1, `${id}: one key for every attempt`);
    assert.equal(attempts, announced.length, `${id}: every start was stored before it happened`);
    if (!ENDED.includes(status)) continue;
    assert.equal(starts.at(-1), attempts, `${id}: nothing starts after it completed`);
    assert.equal(
      own.filter(({ kind, attempt }) => kind === 'end' && attempt === attempts).length,
      1,
      `${id}: ran once`,
    );
    const completions = stored.filter((event) => event.type === 'workflow.step.completed' && event.data['step'] === id);
    assert.equal(completions.length, 1, `${id}: completed once`);
  }
}

function undoneOnce({ result, stored, ledger }: Storm): void {
  const of = (type: string): readonly (string | undefined)[] =>
    stored
      .filter((event) => event.type === type)
      .map(({ data }) => (typeof data['step'] === 'string' ? data['step'] : undefined));
  const undone = of('workflow.compensation.completed');
  assert.deepEqual(undone, of('workflow.step.completed').toReversed(), 'last one first, each once');
  assert.deepEqual(
    result.steps
      .filter(({ status }) => status === 'compensated')
      .map(({ id }) => id)
      .sort(),
    undone.toSorted(),
  );
  const undos = ledger.filter(({ undo }) => undo);
  const firstStarts = [...new Set(undos.filter(({ kind }) => kind === 'start').map(({ step }) => step))];
  assert.deepEqual(firstStarts, undone);
  for (const step of firstStarts) {
    const keys = new Set(undos.filter((entry) => entry.step === step).map(({ idempotencyKey }) => idempotencyKey));
    const forwardKey = ledger.find((entry) => entry.step === step && !entry.undo)?.idempotencyKey;
    assert.equal(keys.size, 1, `${step}: one key for every try of its undo`);
    assert.ok(forwardKey !== undefined && !keys.has(forwardKey), `${step}: its undo has a key of its own`);
    const starts = undos.filter((entry) => entry.step === step && entry.kind === 'start').length;
    const announced = of('workflow.compensation.started').filter((name) => name === step).length;
    assert.ok(starts <= announced, `${step}: ${starts} undo starts, ${announced} stored`);
    assert.equal(undos.filter((entry) => entry.step === step).at(-1)?.kind, 'end', `${step}: its undo ran to the end`);
  }
}

function nothingLost({ printed, stored }: Storm): void {
  const place = new Map(stored.map((event, index) => [event.id, index]));
  assert.equal(place.size, stored.length, 'every event is stored once');
  for (const lines of printed) {
    const places = lines.map(({ id }) => place.get(id) ?? -1);
    assert.ok(!places.includes(-1), 'a printed event is stored');
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
      'in the order in which they were printed',
    );
    for (const [index, line] of lines.entries()) assert.deepEqual(stored[places[index] ?? -1], line);
  }
  for (const session of new Set(stored.map(({ sessionid }) => sessionid))) {
    const numbers = stored.filter(({ sessionid }) => sessionid === session).map(({ sequence }) => sequence);
    assert.deepEqual(
      numbers,
      Array.from(numbers, (_, index) => index + 1),
      'gapless from 1',
    );
  }
}
