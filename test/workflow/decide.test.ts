import assert from 'node:assert/strict';
import type { StepError } from '../../src/contract/failures.ts';
import type { RunCommand } from '../../src/orchestrator/workflow/command.ts';
import { decide, settle } from '../../src/orchestrator/workflow/decide.ts';
import { backoffMs } from '../../src/orchestrator/workflow/retry-policy.ts';
import { EMPTY_RESULT, NO_TIME, type RunEvent } from '../../src/orchestrator/workflow/run-events.ts';
import { questionOf, readySteps, readyUndo } from '../../src/orchestrator/workflow/run-rules.ts';
import { evolve, type RunState } from '../../src/orchestrator/workflow/run-state.ts';
import { planOf, startOf, type StepSketch } from '../support/plans.ts';
import { proves } from '../requirements.ts';

const TIME = '2026-01-01T00:00:00.000Z';
const EXIT: StepError = { code: 'exit', message: 'exit code 1' };
const chance = { now: Date.parse(TIME), jitter: 0.5 };

interface Given {
  readonly onError?: 'fail' | 'rollback' | 'continue';
  readonly steps: readonly StepSketch[];
}

const begin = (step: string): RunCommand => ({
  kind: 'begin',
  step,
  inputHash: null,
  missedBecause: null,
  timeMs: NO_TIME,
});
const succeed = (step: string): RunCommand => ({
  kind: 'succeed',
  step,
  stale: false,
  result: EMPTY_RESULT,
  timeMs: NO_TIME,
});
const fails = (step: string, error = EXIT): RunCommand => ({
  ...{ kind: 'fail', step, error, result: EMPTY_RESULT, timeMs: NO_TIME, changedSince: null, chance },
});
const undone = (step: string): RunCommand => ({ kind: 'undo-succeeded', step, durationMs: 1 });
const undoFails = (step: string): RunCommand => ({ kind: 'undo-failed', step, error: EXIT, durationMs: 1, chance });
const resume = (answer: 'again' | 'done' | 'fail' | null = null): RunCommand => ({
  kind: 'resume',
  host: 'terminal',
  session: 's2',
  answer,
});
const interrupted: RunCommand = { kind: 'interrupt', neverBegan: [] };

/** The state after these commands, and the types of the events that the last one led to. */
function given(
  sketch: Given,
  ...commands: readonly RunCommand[]
): { readonly state: RunState; readonly events: readonly string[] } {
  const start: RunCommand = { kind: 'start', start: startOf(planOf(sketch)) };
  let decision = decide(null, start, TIME);
  for (const command of commands) decision = decide(decision.state, command, TIME);
  return { state: decision.state, events: decision.groups.flat().map(({ type }) => type) };
}

const own = (events: readonly string[]): readonly string[] => events.filter((type) => type.startsWith('workflow.'));
const ready = (state: RunState, parallel = 10): readonly string[] =>
  readySteps(state, { parallel, due: new Set(state.steps.keys()) }).map(({ plan }) => plan.id);
const phases = (state: RunState): Readonly<Record<string, string>> =>
  Object.fromEntries([...state.steps].map(([id, { phase }]) => [id, phase]));

const DIAMOND: Given = {
  steps: [{ id: 'a' }, { id: 'b', needs: ['a'] }, { id: 'c', needs: ['a'] }, { id: 'd', needs: ['b', 'c'] }],
};

describe(proves('A9', 'the decider: what begins when'), () => {
  it('begins what has its needs met, as many as there is room for', () => {
    assert.deepEqual(ready(given(DIAMOND).state), ['a']);
    const { state } = given(DIAMOND, begin('a'), succeed('a'));
    assert.deepEqual(ready(state), ['b', 'c']);
    assert.deepEqual(ready(state, 1), ['b']);
    assert.deepEqual(ready(given(DIAMOND, begin('a'), succeed('a'), begin('b')).state, 1), []);
  });

  it('lets a sequential step run alone in its level', () => {
    const steps = [
      { id: 'a', sequential: true },
      { id: 'b' },
      { id: 'c', sequential: true },
      { id: 'd', needs: ['b'] },
    ];
    assert.deepEqual(ready(given({ steps }).state), ['a']);
    assert.deepEqual(ready(given({ steps }, begin('a')).state), []);
    assert.deepEqual(ready(given({ steps }, begin('a'), succeed('a')).state), ['b']);
    const { state } = given({ steps }, begin('a'), succeed('a'), begin('b'), succeed('b'));
    assert.deepEqual(ready(state), ['c', 'd'], 'another level does not disturb it');
  });

  it('ends completed when every step is', () => {
    const { events, state } = given({ steps: [{ id: 'a' }] }, begin('a'), succeed('a'));
    assert.deepEqual(own(events), ['workflow.step.completed', 'workflow.completed']);
    assert.equal(state.status, 'completed');
  });

  it('stores no more than three events a group', () => {
    const steps = Array.from({ length: 9 }, (_, at) => ({
      id: `s${at}`,
      agent: 'security-auditor',
      needs: at > 0 ? ['s0'] : [],
    }));
    const start = decide(null, { kind: 'start', start: startOf(planOf({ steps })) }, TIME);
    const begun = decide(start.state, begin('s0'), TIME);
    const failed = decide(begun.state, fails('s0'), TIME);
    const sizes = [...start.groups, ...begun.groups, ...failed.groups].map(({ length }) => length);
    assert.ok(
      sizes.every((size) => size >= 1 && size <= 3),
      String(sizes),
    );
  });
});

describe(proves('A9', 'the decider: failures and retries'), () => {
  const RETRIED: Given = { steps: [{ id: 'a', retry: { max: 2, multiplier: 3 } }] };

  it('tries again by the policy, then fails', () => {
    const first = given(RETRIED, begin('a'), fails('a'));
    assert.deepEqual(own(first.events), ['workflow.step.retrying']);
    assert.equal(first.state.steps.get('a')?.nextTryAt, '2026-01-01T00:00:01.000Z');
    const second = given(RETRIED, begin('a'), fails('a'), begin('a'), fails('a'));
    assert.equal(second.state.steps.get('a')?.nextTryAt, '2026-01-01T00:00:03.000Z');
    const third = given(RETRIED, begin('a'), fails('a'), begin('a'), fails('a'), begin('a'), fails('a'));
    assert.deepEqual(own(third.events), ['workflow.step.failed', 'workflow.failed']);
    assert.equal(third.state.steps.get('a')?.attempts, 3);
  });

  it('waits 1 s × multiplier^n, give or take a fifth, at most 60 s', () => {
    assert.equal(backoffMs(0, 2, 0), 800);
    assert.equal(backoffMs(0, 2, 1), 1200);
    assert.equal(backoffMs(3, 2, 0.5), 8000);
    assert.equal(backoffMs(19, 10, 1), 60_000);
  });

  it('does not count restarts after a crash as retries', () => {
    const { state } = given(
      RETRIED,
      begin('a'),
      interrupted,
      resume(),
      begin('a'),
      interrupted,
      resume(),
      begin('a'),
      fails('a'),
    );
    assert.equal(state.steps.get('a')?.phase, 'retrying');
    assert.equal(state.steps.get('a')?.attempts, 3);
    assert.equal(state.steps.get('a')?.retries, 1);
  });

  it('tries a step that must not run twice again only after a reported failure', () => {
    const steps = [{ id: 'a', idempotent: false, retry: { max: 5, multiplier: 1 } }];
    for (const [code, phase] of [
      ['exit', 'retrying'],
      ['timeout', 'failed'],
      ['crashed', 'failed'],
      ['protocol', 'failed'],
    ] as const)
      assert.equal(
        given({ steps }, begin('a'), fails('a', { code, message: '' })).state.steps.get('a')?.phase,
        phase,
        code,
      );
  });

  it('never tries a missing tool again', () => {
    const { state } = given(RETRIED, begin('a'), fails('a', { code: 'missing-tool', message: '' }));
    assert.equal(state.status, 'failed');
  });

  it('fail: lets running steps end, skips the rest, tries nothing again', () => {
    const sketch: Given = {
      steps: [{ id: 'a' }, { id: 'b', retry: { max: 3, multiplier: 1 } }, { id: 'c', needs: ['b'] }, { id: 'd' }],
    };
    const failing = given(sketch, begin('a'), begin('b'), fails('a'));
    assert.deepEqual(own(failing.events), ['workflow.step.failed', 'workflow.step.skipped', 'workflow.step.skipped']);
    assert.deepEqual(ready(failing.state), []);
    const ended = given(sketch, begin('a'), begin('b'), fails('a'), fails('b'));
    assert.deepEqual(phases(ended.state), { a: 'failed', b: 'failed', c: 'skipped', d: 'skipped' });
    assert.equal(ended.state.status, 'failed');
  });

  it('fail: a step between two tries ends with what it failed with', () => {
    const sketch: Given = { steps: [{ id: 'a' }, { id: 'b', retry: { max: 3, multiplier: 1 } }] };
    const { state } = given(sketch, begin('a'), begin('b'), fails('b'), fails('a'));
    assert.deepEqual(phases(state), { a: 'failed', b: 'failed' });
    assert.deepEqual(state.steps.get('b')?.error, EXIT);
  });

  it('continue: dependents run, and the run completes', () => {
    const sketch: Given = { onError: 'continue', steps: [{ id: 'a' }, { id: 'b', needs: ['a'] }] };
    assert.deepEqual(ready(given(sketch, begin('a'), fails('a')).state), ['b']);
    const { state } = given(sketch, begin('a'), fails('a'), begin('b'), succeed('b'));
    assert.equal(state.status, 'completed');
  });
});

describe(proves('B6', 'the decider: undoing'), () => {
  const SAGA: Given = {
    onError: 'rollback',
    steps: [
      { id: 'a', compensate: true },
      { id: 'b', needs: ['a'] },
      { id: 'c', needs: ['b'], compensate: true },
      { id: 'd', needs: ['c'] },
    ],
  };
  const failedAtD = [
    begin('a'),
    succeed('a'),
    begin('b'),
    succeed('b'),
    begin('c'),
    succeed('c'),
    begin('d'),
    fails('d'),
  ];
  const due = new Set(['a', 'b', 'c', 'd']);
  const undo = (state: RunState): string | undefined => readyUndo(state, due)?.plan.id;
  const beginUndo = (step: string): RunCommand => ({ kind: 'begin-undo', step });

  it('takes back what completed and has an undo, last one first, and says what cannot be', () => {
    const failed = given(SAGA, ...failedAtD);
    assert.deepEqual(own(failed.events), ['workflow.step.failed']);
    assert.equal(undo(failed.state), 'c');
    const first = given(SAGA, ...failedAtD, beginUndo('c'));
    assert.equal(undo(first.state), undefined);
    const second = given(SAGA, ...failedAtD, beginUndo('c'), undone('c'));
    assert.equal(undo(second.state), 'a');
    const ended = given(SAGA, ...failedAtD, beginUndo('c'), undone('c'), beginUndo('a'), undone('a'));
    assert.equal(ended.state.status, 'compensated');
    assert.deepEqual(ended.state.cannotUndo, ['b', 'd']);
  });

  it('fails without an undo to run', () => {
    const { state } = given({ onError: 'rollback', steps: [{ id: 'a' }] }, begin('a'), fails('a'));
    assert.equal(state.status, 'failed');
  });

  it('waits for a person after five tries, and goes on as they say', () => {
    const tries = Array.from({ length: 5 }, () => [beginUndo('c'), undoFails('c')]).flat();
    const four = given(SAGA, ...failedAtD, ...tries.slice(0, 8));
    assert.equal(four.state.phase, 'running');
    const five = given(SAGA, ...failedAtD, ...tries);
    assert.deepEqual(own(five.events), ['workflow.compensation.failed', 'workflow.waiting']);
    assert.equal(questionOf(five.state)?.step, 'c');
    assert.equal(undo(given(SAGA, ...failedAtD, ...tries, resume('again')).state), 'c');
    assert.equal(undo(given(SAGA, ...failedAtD, ...tries, resume('done')).state), 'a');
    const left = given(SAGA, ...failedAtD, ...tries, resume('fail'), beginUndo('a'), undone('a'));
    assert.equal(left.state.status, 'compensated');
    assert.deepEqual(left.state.cannotUndo, ['b', 'c', 'd']);
  });

  it('goes on undoing after a crash, and asks where the undo must not run twice', () => {
    const crashed = given(SAGA, ...failedAtD, beginUndo('c'), interrupted, resume());
    assert.equal(undo(crashed.state), 'c');
    const once: Given = { ...SAGA, steps: SAGA.steps.map((step) => ({ ...step, undoIdempotent: false })) };
    const asked = given(once, ...failedAtD, beginUndo('c'), interrupted);
    assert.equal(questionOf(asked.state)?.step, 'c');
    assert.equal(undo(given(once, ...failedAtD, beginUndo('c'), interrupted, resume('again')).state), 'c');
  });
});

describe(proves('A9', 'the decider: stopping and going on'), () => {
  it('cancels what runs and skips the rest', () => {
    const { state } = given(DIAMOND, begin('a'), succeed('a'), begin('b'), { kind: 'cancel' });
    assert.deepEqual(phases(state), { a: 'completed', b: 'cancelled', c: 'skipped', d: 'skipped' });
    assert.equal(state.status, 'cancelled');
  });

  it('restarts an idempotent step that was cut off, and asks about another', () => {
    assert.deepEqual(ready(given(DIAMOND, begin('a'), interrupted, resume()).state), ['a']);
    const once: Given = { steps: [{ id: 'a', idempotent: false }] };
    const { state } = given(once, begin('a'), interrupted);
    assert.equal(questionOf(state)?.step, 'a');
    assert.deepEqual(ready(given(once, begin('a'), interrupted, resume('again')).state), ['a']);
    assert.equal(given(once, begin('a'), interrupted, resume('done')).state.status, 'completed');
    assert.equal(given(once, begin('a'), interrupted, resume('fail')).state.status, 'failed');
  });

  it('believes no obituary of a session that had lost the run', () => {
    const { state } = given(DIAMOND, begin('a'), interrupted, resume(), begin('a'));
    const late: RunEvent = {
      type: 'workflow.interrupted',
      data: { run: state.start.run, session: 's1', reason: 'died' },
    };
    assert.equal(evolve(state, { ...late, time: TIME })?.phase, 'running');
  });

  it('goes on from every prefix of a decision', () => {
    const steps = Array.from({ length: 9 }, (_, at) => ({ id: `s${at}`, needs: at > 0 ? ['s0'] : [] }));
    const begun = given({ steps }, begin('s0')).state;
    const whole = decide(begun, fails('s0'), TIME);
    assert.ok(whole.groups.length > 3);
    for (let length = 1; length <= whole.groups.length; length++) {
      const prefix = whole.groups.slice(0, length).flat();
      const state = prefix.reduce<RunState | null>(
        (before, event) =>
          event.type.startsWith('workflow.') ? evolve(before, { ...(event as RunEvent), time: TIME }) : before,
        begun,
      );
      assert.ok(state);
      assert.deepEqual(settle(state, TIME).state, whole.state, `after ${length} groups`);
    }
  });
});
