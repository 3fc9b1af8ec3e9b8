import assert from 'node:assert/strict';
import type { Origin, StoredEvent } from '../../src/contract/events.ts';
import type { LiveRun } from '../../src/orchestrator/activity/api.ts';
import { createHints } from '../../src/orchestrator/activity/hints.ts';
import { meaningOf } from '../../src/orchestrator/activity/git-moves.ts';
import { createRunWrites, type RunWrites } from '../../src/orchestrator/activity/run-writes.ts';
import { parseHeadLog } from '../../src/orchestrator/workspace/head-log.ts';
import { createSimulatedClock } from '../support/simulated-env.ts';
import { scriptedSession } from '../support/stored-events.ts';
import { proves } from '../requirements.ts';

interface Story {
  readonly runs: RunWrites;
  readonly live: LiveRun[];
  /** The time of the last event. */
  now(): string;
  start(
    run: string,
    options?: { readonly agent?: string; readonly mayWrite?: boolean; readonly lineage?: object },
  ): void;
  end(run: string): void;
  wrote(path: string, origin: Origin, runs?: readonly string[]): void;
  writer(path: string): string;
}

function story(): Story {
  const own = scriptedSession('s1');
  const live: LiveRun[] = [];
  const runs = createRunWrites({ live: () => live });
  let last: StoredEvent = own.store('test.first', {});
  const store = (type: string, data: object, origin: Origin = 'unknown'): void => {
    last = own.store(type, data, { origin });
    runs.note(last);
  };
  return {
    runs,
    live,
    now: () => last.time,
    start(run, { agent = 'test-executor', mayWrite = false, lineage } = {}) {
      const trigger = { kind: 'activity', activities: [], lineage: lineage ?? null, beside: [] };
      store('workflow.started', { run, workflow: 'w', plan: { steps: [{ id: 's', agent, mayWrite }] }, trigger });
      store('workflow.step.started', { run, step: 's' });
      live.push({ run, number: 1, workflow: 'w', automatic: true, lineage: null, steps: [{ id: 's', mayWrite }] });
    },
    end(run) {
      store('workflow.step.completed', { run, step: 's' });
      store('workflow.completed', { run });
      store('test.later', {});
      live.length = 0;
    },
    wrote: (path, origin, by = []) => store('file.modified', { path, via: 'watcher', runs: [...by] }, origin),
    writer(path) {
      const found = runs.writerOf(path, last.time);
      return found.kind === 'held' ? `held for ${found.runs.join()}` : `${found.origin} (${found.runs.join()})`;
    },
  };
}

describe(proves('F7', 'whose a write is that nobody told of'), () => {
  it('is nobody’s that is known while no run is at work', () => {
    const told = story();
    assert.equal(told.writer('a'), 'unknown ()');
    told.start('r1');
    told.end('r1');
    assert.equal(told.writer('a'), 'unknown ()');
  });

  it('may be a run’s while code of the workspace runs in a step, and not while agents only read', () => {
    const tests = story();
    tests.start('r1');
    assert.equal(tests.writer('log'), 'unknown (r1)');
    const reads = story();
    reads.start('r1', { agent: 'security-auditor' });
    assert.equal(reads.writer('log'), 'unknown ()');
  });

  it('is held while a step is at work that may write', () => {
    const told = story();
    told.start('r1', { agent: 'mine', mayWrite: true });
    assert.equal(told.writer('a'), 'held for r1');
    assert(!told.runs.isQuiet());
    told.end('r1');
    assert(told.runs.isQuiet());
  });

  it('is the run’s at once where the file changed during three runs of its workflow, and never without one', () => {
    const told = story();
    for (const run of ['r1', 'r2']) {
      told.start(run);
      assert.equal(told.writer('log'), `unknown (${run})`);
      told.wrote('log', 'unknown', [run]);
      told.end(run);
    }
    told.start('r3');
    assert.equal(told.writer('log'), 'run:r3 ()');
    told.wrote('log', 'human');
    assert.equal(told.writer('log'), 'unknown ()');
  });

  it('counts the runs that follow from each other', () => {
    const told = story();
    told.start('r1');
    told.start('r2', { lineage: { run: 'r1', ancestors: ['w'], hops: 1 } });
    assert.deepEqual(told.runs.lineageOf(new Set(['r1']), true), { run: 'r1', ancestors: ['w'], hops: 1 });
    assert.deepEqual(told.runs.lineageOf(new Set(['r1', 'r2']), true), { run: 'r2', ancestors: ['w'], hops: 2 });
    assert.equal(told.runs.lineageOf(new Set(), true), null);
  });

  it('keeps nothing from starting for what only may be a run’s, and counts it all the same', () => {
    const told = story();
    told.start('r1', { lineage: { run: 'r0', ancestors: ['v'], hops: 1 } });
    assert.deepEqual(told.runs.lineageOf(new Set(['r1']), false), { run: 'r1', ancestors: [], hops: 2 });
  });
});

describe(proves('D1', 'hints of the watcher'), () => {
  const rig = (): {
    readonly clock: ReturnType<typeof createSimulatedClock>;
    readonly hints: ReturnType<typeof createHints>;
    readonly taken: string[];
  } => {
    const clock = createSimulatedClock();
    const taken: string[] = [];
    const hints = createHints({
      clock,
      due: () => {
        const batch = hints.take();
        taken.push(batch?.all === true ? 'all' : `${batch?.paths.size}`);
      },
    });
    return { clock, hints, taken };
  };

  it('gathers what comes together within a tenth of a second, and runs no timer while idle', () => {
    const { clock, hints, taken } = rig();
    hints.add(['a', 'b'], false);
    clock.advance(30);
    hints.add(['b', 'c'], false);
    clock.advance(70);
    assert.deepEqual(taken, ['3']);
    assert.equal(clock.waiting(), 0);
  });

  it('waits for the calm after a storm, at most two seconds', () => {
    const { clock, hints, taken } = rig();
    const storm = (forMs: number): void => {
      for (let at = 0; at < forMs; at++) {
        hints.add([`f${at * 5}`, `f${at * 5 + 1}`, `f${at * 5 + 2}`, `f${at * 5 + 3}`, `f${at * 5 + 4}`], false);
        clock.advance(1);
      }
    };
    storm(1000);
    assert.deepEqual(taken, []);
    clock.advance(200);
    assert.deepEqual(taken, ['5000']);
    storm(1999);
    assert.deepEqual(taken, ['5000']);
    storm(2);
    assert.deepEqual(taken, ['5000', '9995'], 'a storm without end is looked at all the same');
  });

  it('asks for everything where hints were lost or are too many, and keeps a pause after a long look', () => {
    const { clock, hints, taken } = rig();
    hints.add([], true);
    clock.advance(300);
    hints.add(
      Array.from({ length: 10_001 }, (_, at) => `f${at}`),
      false,
    );
    clock.advance(300);
    assert.deepEqual(taken, ['all', 'all']);
    hints.looked(500);
    hints.add(['a'], false);
    clock.advance(1900);
    assert.equal(taken.length, 2);
    clock.advance(200);
    assert.equal(taken.length, 3);
  });
});

describe(proves('D1', 'what git did'), () => {
  const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(40));
  const line = (before = '', head = '', message = ''): string => `${before} ${head} A <a@b> 1 +0000\t${message}`;

  it('tells commits from switches by the log of HEAD', () => {
    const moves = parseHeadLog(
      [
        line('0'.repeat(40), a, 'commit (initial): First'),
        line(a, b, 'commit: Add invoices'),
        line(b, c, 'checkout: moving from main to feat/invoice'),
      ].join('\n'),
    );
    const { commits, switched } = meaningOf(moves);
    assert.deepEqual(commits, [
      { head: a, before: null, message: 'First' },
      { head: b, before: a, message: 'Add invoices' },
    ]);
    assert.deepEqual(switched, { head: c, before: b, label: 'Switched to feat/invoice' });
  });

  it('names what moved HEAD', () => {
    const labels = [
      ['checkout: moving from main to ' + c, 'Switched to ccccccc'],
      ['pull: Fast-forward', 'Pulled'],
      ['merge feat/x: Fast-forward', 'Merged feat/x'],
      ['reset: moving to HEAD~1', 'Reset to HEAD~1'],
      ['rebase (finish): returning to refs/heads/main', 'Rebased'],
      ['something new', 'Moved to bbbbbbb'],
    ].map(([message, label]) => [meaningOf(parseHeadLog(line(a, b, message))).switched?.label, label]);
    for (const [found, label] of labels) assert.equal(found, label);
  });
});
