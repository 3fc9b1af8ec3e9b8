import assert from 'node:assert/strict';
import { createClaims, type Claims, type OnlyRetry } from '../../src/orchestrator/journal/claims.ts';
import { openJournal } from '../../src/orchestrator/journal/open-journal.ts';
import { createJournalReader } from '../../src/orchestrator/journal/reader.ts';
import { createSimulatedMachine, type SimulatedMachine } from '../support/simulated-env.ts';

const STATE_DIR = '/state';

interface Owner {
  readonly claims: Claims;
  readonly session: string;
  store(run: string, number: number): Promise<void>;
  die(): void;
}

function owner(machine: SimulatedMachine): Owner {
  const running = machine.start();
  const opened = openJournal({ env: running.env, stateDir: STATE_DIR });
  assert(opened.ok);
  const { session } = opened.value;
  const reader = createJournalReader({ env: running.env, stateDir: STATE_DIR });
  return {
    session,
    claims: createClaims({ env: running.env, stateDir: STATE_DIR, session, highestRun: () => reader.highestRun() }),
    die: () => running.kill(),
    async store(run, number) {
      assert(
        (
          await opened.value.append([
            { source: 'test', type: 'workflow.started', data: { run, number, workflow: 'w' } },
          ])
        ).ok,
      );
    },
  };
}

const codeOf = (result: ReturnType<Claims['claim' | 'claimNew']>): string | null =>
  result.ok ? null : result.failure.code;
const numberOf = (result: ReturnType<Claims['claimNew']>): number | null => (result.ok ? result.value.number : null);

describe('CONTRACT state: who runs which run', () => {
  it('numbers runs over all processes', () => {
    const machine = createSimulatedMachine({ seed: 5 });
    const [a, b] = [owner(machine), owner(machine)];
    assert.deepEqual(
      [a.claims.claimNew('r1'), b.claims.claimNew('r2'), b.claims.claimNew('r3'), a.claims.claimNew('r4')].map(
        numberOf,
      ),
      [1, 2, 3, 4],
    );
    assert.deepEqual(
      a.claims.list().map(({ run }) => run),
      ['r4', 'r3', 'r2', 'r1'],
    );
  });

  it('lets a run go to one other session, and only when its own is dead', () => {
    const machine = createSimulatedMachine({ seed: 5 });
    const [a, b, c] = [owner(machine), owner(machine), owner(machine)];
    a.claims.claimNew('r1');
    assert.equal(codeOf(b.claims.claim('r1')), 'run-live');
    assert.equal(codeOf(b.claims.claim('r9')), 'not-found');
    a.die();
    assert.deepEqual(b.claims.find('1'), { run: 'r1', number: 1, session: a.session, live: false, retryOf: null });
    assert.equal(codeOf(b.claims.claim('r1')), null);
    assert.equal(codeOf(b.claims.claim('1')), null);
    assert.equal(codeOf(c.claims.claim('r1')), 'run-live');
    assert.deepEqual(c.claims.find('r1'), { run: 'r1', number: 1, session: b.session, live: true, retryOf: null });
  });

  it('lets one retry of a run be at work, whoever goes on with it', () => {
    const machine = createSimulatedMachine({ seed: 5 });
    const [a, b, c] = [owner(machine), owner(machine), owner(machine)];
    const only = (of: string): OnlyRetry => ({ of, isAtWork: ({ live }) => live });
    for (const run of ['r1', 'r2']) a.claims.claimNew(run);
    assert.equal(numberOf(a.claims.claimNew('again', only('r1'))), 3);
    assert.equal(codeOf(b.claims.claimNew('at once', only('r1'))), 'run-live');
    assert.equal(numberOf(b.claims.claimNew('of another', only('r2'))), 4);
    a.claims.release('again');
    assert.equal(numberOf(b.claims.claimNew('later', only('r1'))), 5);
    assert.equal(codeOf(c.claims.claim('again', only('r1'))), 'run-live');
    b.die();
    assert.equal(codeOf(c.claims.claim('again', only('r1'))), null, 'no retry is in the way of itself');
    assert.equal(
      codeOf(a.claims.claimNew('once more', only('r1'))),
      'run-live',
      'still known as one when it has changed hands',
    );
  });

  it('never gives the number of a stored run again, though a power loss took the claims', async () => {
    const machine = createSimulatedMachine({ seed: 5 });
    const a = owner(machine);
    a.claims.claimNew('r1');
    await a.store('r1', 1);
    const after = createSimulatedMachine({ seed: 6, disk: machine.disk.crash(() => false) });
    assert.deepEqual(after.disk.files.stat('/state/runs/1.0'), null);
    assert.equal(numberOf(owner(after).claims.claimNew('r2')), 2);
  });

  it('takes a claim that a power loss emptied for a dead owner’s', () => {
    const machine = createSimulatedMachine({ seed: 5 });
    const [a, b] = [owner(machine), owner(machine)];
    a.claims.claimNew('r1');
    a.die();
    machine.disk.files.open('/state/runs/1.1', 'append-new').close();
    assert.equal(codeOf(b.claims.claim('r1')), null);
    assert.equal(b.claims.find('r1')?.session, b.session);
  });
});
