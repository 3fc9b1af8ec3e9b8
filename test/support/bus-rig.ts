import { setImmediate as endOfTurn } from 'node:timers/promises';
import type { NewEvent, StoredEvent } from '../../src/contract/events.ts';
import type { Bus } from '../../src/orchestrator/bus/api.ts';
import { createBus, type BusDeps } from '../../src/orchestrator/bus/create-bus.ts';
import type { MachineLoad } from '../../src/orchestrator/bus/machine-load.ts';
import { joinJournal } from '../../src/orchestrator/journal/joined-journal.ts';
import { openJournal, type OpenedJournal } from '../../src/orchestrator/journal/open-journal.ts';
import { createJournalReader, type HistoryReader } from '../../src/orchestrator/journal/reader.ts';
import type { Env } from '../../src/orchestrator/env.ts';
import { createSimulatedMachine, type SimulatedClock, type SimulatedMachine } from './simulated-env.ts';

const STATE_DIR = '/state';
/** Time stands still within a step: what a timer sets off, and what that sets off, comes in turns of its own. */
const STEP_MS = 100;

/** A process with a journal and a bus on a simulated machine. */
export interface BusRig {
  readonly machine: SimulatedMachine;
  readonly env: Env;
  readonly clock: SimulatedClock;
  readonly journal: OpenedJournal;
  readonly reader: HistoryReader;
  readonly bus: Bus;
  readonly warnings: string[];
  /** Types that the bus says nobody handles. */
  readonly unhandled: string[];
  /** One more session of the process. */
  another(): OpenedJournal;
  load: MachineLoad;
  /** Stores events, one group each, in one turn. */
  store(...events: readonly NewEvent[]): Promise<readonly StoredEvent[]>;
  /** Lets time pass, and what that sets off happen. */
  pass(ms: number): Promise<void>;
  /** Everything that any process stored. */
  stored(...types: readonly string[]): readonly StoredEvent[];
  /** It dies: locks are freed, and nothing of it goes on. */
  kill(): void;
}

export function createBusRig(
  options: { readonly machine?: SimulatedMachine; readonly limits?: BusDeps['limits'] } = {},
): BusRig {
  const machine = options.machine ?? createSimulatedMachine({ seed: 3 });
  const simulated = machine.start();
  let dead = false;
  const { clock } = machine;
  const env: Env = {
    ...simulated.env,
    clock: { ...clock, timer: (ms, callback) => clock.timer(ms, () => void (dead || callback())) },
  };
  const open = (): OpenedJournal => {
    const opened = openJournal({ env, stateDir: STATE_DIR });
    if (!opened.ok) throw new Error(opened.failure.message);
    return opened.value;
  };
  const joined = joinJournal(open());
  const { journal } = joined;
  const reader = createJournalReader({ env, stateDir: STATE_DIR });
  const warnings: string[] = [];
  const unhandled: string[] = [];
  const rig = { load: { cpu: 0, memory: 0 } };
  const bus = createBus({
    ...{ journal, reader, clock: env.clock },
    machineLoad: () => rig.load,
    mask: (text) => text.replaceAll('hunter2', '••••'),
    warn: (text) => warnings.push(text),
    onUnhandled: (type) => unhandled.push(type),
    ...(options.limits ? { limits: options.limits } : {}),
  });
  return Object.assign(rig, {
    ...{ machine, env, clock, journal, reader, bus, warnings, unhandled },
    another() {
      const journal = open();
      joined.add(journal);
      return journal;
    },
    async store(...events: readonly NewEvent[]) {
      const results = await Promise.all(events.map((event) => journal.append([event])));
      await settled();
      return results.flatMap((result) => {
        if (!result.ok) throw new Error(result.failure.message);
        return result.value;
      });
    },
    async pass(ms: number) {
      for (let left = ms; left > 0; left -= STEP_MS) {
        clock.advance(Math.min(left, STEP_MS));
        await settled();
      }
      clock.advance(0);
      await settled();
    },
    stored: (...types: readonly string[]) => [
      ...createJournalReader({ env: machine.start().env, stateDir: STATE_DIR }).events(
        types.length > 0 ? { types } : {},
      ),
    ],
    kill() {
      dead = true;
      simulated.kill();
    },
  });
}

/** What one turn sets off takes a few more: a delivery, what it appends, and that one's delivery. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await endOfTurn();
}
