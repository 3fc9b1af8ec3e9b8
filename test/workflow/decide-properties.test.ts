import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RunCommand } from '../../src/orchestrator/workflow/command.ts';
import { decide, settle, type Decision } from '../../src/orchestrator/workflow/decide.ts';
import { EMPTY_RESULT, NO_TIME, type RunEvent } from '../../src/orchestrator/workflow/run-events.ts';
import { inFlight, readySteps, readyUndo } from '../../src/orchestrator/workflow/run-rules.ts';
import { evolve, type RunState } from '../../src/orchestrator/workflow/run-state.ts';
import { planOf, startOf, type StepSketch } from '../support/plans.ts';
import { proves } from '../requirements.ts';

const TIME = '2026-01-01T00:00:00.000Z';

interface Sketch {
  readonly onError: 'fail' | 'rollback' | 'continue';
  readonly steps: readonly (StepSketch & { readonly failures: number })[];
  readonly parallel: number;
}

/** Random workflows: needs only point backwards; each step fails so often before it succeeds. */
const sketches: fc.Arbitrary<Sketch> = fc.record({
  onError: fc.constantFrom('fail', 'rollback', 'continue'),
  parallel: fc.integer({ min: 1, max: 4 }),
  steps: fc
    .array(
      fc.record({
        needs: fc.array(fc.nat({ max: 9 }), { maxLength: 3 }),
        sequential: fc.boolean(),
        compensate: fc.boolean(),
        retries: fc.nat({ max: 2 }),
        failures: fc.constantFrom(0, 0, 0, 0, 1, 2, 9),
      }),
      { minLength: 1, maxLength: 9 },
    )
    .map((steps) =>
      steps.map(({ needs, sequential, compensate, retries, failures }, at) => ({
        id: `s${at}`,
        needs: [...new Set(needs.filter((need) => need < at))].map((need) => `s${need}`),
        ...{ sequential, compensate, failures },
        retry: { max: retries, multiplier: 2 },
      })),
    ),
});

interface World {
  state: RunState;
  readonly stored: RunEvent[];
}

/**
 * Plays a run to its end with agents that answer in a fixed order. `crashAt` names stored groups after which the process dies:
 * what it would have stored next is lost, and another one goes on.
 */
function play(sketch: Sketch, crashAt: ReadonlySet<number>): World {
  const failures = new Map(sketch.steps.map((step) => [step.id, step.failures]));
  const start = startOf(planOf(sketch));
  const first = decide(null, { kind: 'start', start }, TIME);
  const world: World = { state: first.state, stored: [] };
  let groups = 0;

  /** False when it died in the middle. */
  function store(decision: Decision): boolean {
    for (const group of decision.groups) {
      for (const event of group) {
        if (!isRunEvent(event)) continue;
        world.stored.push(event);
        world.state = evolve(groups === 0 ? null : world.state, { ...event, time: TIME }) ?? world.state;
      }
      groups++;
      if (crashAt.has(groups)) {
        goOn();
        return false;
      }
    }
    return true;
  }
  function goOn(): void {
    if (world.state.phase !== 'running') return;
    store(decide(world.state, { kind: 'interrupt', neverBegan: [] }, TIME));
    if (isInterrupted(world.state))
      store(decide(world.state, { kind: 'resume', session: 's2', host: 'terminal', answer: null }, TIME));
  }
  const act = (command: RunCommand): boolean => store(decide(world.state, command, TIME));

  store(first);
  for (let turn = 0; world.state.phase === 'running'; turn++) {
    assert.ok(turn < 2000, 'the run comes to an end');
    const due = new Set(world.state.steps.keys());
    const undo = readyUndo(world.state, due)?.plan.id;
    if (undo !== undefined) act({ kind: 'begin-undo', step: undo });
    for (const { plan } of readySteps(world.state, { parallel: sketch.parallel, due })) {
      checkMayBegin(world.state, plan.id);
      if (!act({ kind: 'begin', step: plan.id, inputHash: null, missedBecause: null, timeMs: NO_TIME })) break;
    }
    assert.ok(inFlight(world.state) <= Math.max(1, sketch.parallel));
    const running = [...world.state.steps.values()].find(
      ({ phase, undo: { phase: undoing } }) => phase === 'running' || undoing === 'running',
    );
    if (running)
      act(
        answerOf(
          running.plan.id,
          running.phase === 'running',
          failedBefore(world, running.plan.id) < (failures.get(running.plan.id) ?? 0),
        ),
      );
    else store(settle(world.state, TIME));
  }
  return world;
}

/** Told by what is stored, not by the state, which is what is proved. */
function failedBefore({ stored }: World, step: string): number {
  return stored.filter((event) => event.type === 'workflow.step.retrying' && event.data.step === step).length;
}

function isInterrupted({ phase }: RunState): boolean {
  return phase === 'interrupted';
}

function answerOf(step: string, forward: boolean, fails: boolean): RunCommand {
  if (!forward) return { kind: 'undo-succeeded', step, durationMs: 1 };
  if (!fails) return { kind: 'succeed', step, stale: false, result: EMPTY_RESULT, timeMs: NO_TIME };
  const error = { code: 'exit', message: 'exit code 1' } as const;
  const chance = { now: 0, jitter: 0.5 };
  return { kind: 'fail', step, error, result: EMPTY_RESULT, timeMs: NO_TIME, changedSince: null, chance };
}

function checkMayBegin(state: RunState, id: string): void {
  const step = state.steps.get(id);
  assert.ok(step);
  for (const need of step.plan.needs) {
    const phase = state.steps.get(need)?.phase;
    const goesOn = state.start.plan.onError === 'continue' && phase === 'failed';
    assert.ok(phase === 'completed' || goesOn, `${id} begins although ${need} is ${phase}`);
  }
  const failed = [...state.steps.values()].some(({ phase }) => phase === 'failed');
  assert.ok(
    state.start.plan.onError === 'continue' || !failed || step.phase === 'cut-off',
    'nothing new starts after a failure',
  );
}

function isRunEvent(event: { readonly type: string }): event is RunEvent {
  return event.type.startsWith('workflow.');
}

/** What remains when how often something was started is left out. */
function outcome({ state }: World): unknown {
  const steps = [...state.steps.values()].map(({ plan, phase, retries, undo }) => [
    plan.id,
    phase,
    retries,
    undo.phase,
  ]);
  return { status: state.status, cannotUndo: state.cannotUndo, steps };
}

const crashes = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }).map((points) => new Set(points));

describe(proves('B6', 'the decider over random workflows, outcomes and crashes'), function () {
  this.timeout(180_000);

  it('runs no completed step again, and undoes each completed one once, last one first', () => {
    fc.assert(
      fc.property(sketches, crashes, (sketch, crashAt) => {
        const { state, stored } = play(sketch, crashAt);
        const keys = new Map<string, string>();
        const completed: string[] = [];
        const undone: string[] = [];
        for (const event of stored) {
          if (event.type === 'workflow.step.started') {
            const { step, idempotencyKey } = event.data;
            assert.ok(!completed.includes(step), 'completed steps stay so');
            assert.equal(keys.get(step) ?? idempotencyKey, idempotencyKey);
            keys.set(step, idempotencyKey);
          }
          if (event.type === 'workflow.step.completed') completed.push(event.data.step);
          if (event.type === 'workflow.compensation.completed') undone.push(event.data.step);
        }
        assert.equal(new Set(completed).size, completed.length);
        const failed = [...state.steps.values()].some(({ phase }) => phase === 'failed');
        const expected =
          state.start.plan.onError === 'rollback' && failed
            ? completed.filter((id) => state.steps.get(id)?.plan.compensate).reverse()
            : [];
        assert.deepEqual(undone, expected);
        assert.equal(state.status === 'compensated', undone.length > 0);
      }),
      { numRuns: 400 },
    );
  });

  it('comes to the end of an undisturbed run, wherever it was cut off', () => {
    fc.assert(
      fc.property(sketches, crashes, (sketch, crashAt) => {
        // One at a time: which steps still run beside a failing one depends on the order of answers, not on crashes.
        const alone = { ...sketch, parallel: 1 };
        assert.deepEqual(outcome(play(alone, crashAt)), outcome(play(alone, new Set())));
      }),
      { numRuns: 400 },
    );
  });

  it('can be cut off after every single group', () => {
    fc.assert(
      fc.property(sketches, (sketch) => {
        const alone = { ...sketch, parallel: 1 };
        const whole = play(alone, new Set());
        for (let point = 1; point <= Math.min(whole.stored.length, 25); point++) {
          const world = play(alone, new Set([point]));
          assert.deepEqual(outcome(world), outcome(whole), `cut off after group ${point}`);
        }
      }),
      { numRuns: 60 },
    );
  });
});
