import { createActivityEngine } from '../../activity/activity-engine.ts';
import { createAggregators } from '../../activity/aggregators.ts';
import type { ActivityEngine } from '../../activity/api.ts';
import type { LeftOpen } from '../../activity/left-open.ts';
import type { Pauses } from '../../activity/pauses.ts';
import type { PeopleWrites } from '../../activity/people-writes.ts';
import { createTriggers } from '../../activity/triggers.ts';
import { createEventLines, EVENT_LINE_TYPES } from '../../../contract/event-lines.ts';
import { EVENT_TYPES } from '../../../contract/events.ts';
import type { Failure } from '../../../contract/failures.ts';
import type { WorkerSettings } from '../../../contract/worker.ts';
import { createMasker } from '../../agents/security-auditor/secrets/masker.ts';
import type { Bus } from '../../bus/api.ts';
import { createBus } from '../../bus/create-bus.ts';
import { createMachineLoad } from '../../bus/machine-load.ts';
import { createSecurityReaction } from '../../bus/security-reaction.ts';
import type { Services } from '../../commands/services.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Runner } from '../../workflow/api.ts';
import type { WorkTree } from '../../workspace/work-tree.ts';

/** What happens in a folder without anybody asking for it: activities, what they start, and what events add up to. */
export interface Automatic {
  readonly engine: ActivityEngine;
  readonly bus: Bus;
  /** Pauses, approvals or settings may have changed. */
  again(): Promise<void>;
  /** This process is the one of the folder that starts runs. */
  lead(): Promise<void>;
  close(): Promise<void>;
}

const OWN_TYPES: ReadonlySet<string> = new Set(EVENT_TYPES);

export function createAutomatic(deps: {
  readonly services: Services;
  readonly journal: Journal;
  readonly runner: Runner;
  readonly pauses: Pauses;
  /** Shared with the runner. */
  readonly people: PeopleWrites;
  readonly settings: () => WorkerSettings;
  readonly leftOpen: (workflow: string) => LeftOpen;
  readonly tree: WorkTree;
  readonly onFailure: (failure: Failure) => void;
  readonly warn: (text: string) => void;
  /** For who looks closely: each event that coordinates, as a line, and what is only kept to be read. */
  readonly log: (line: string) => void;
}): Automatic {
  const { services, journal, runner, pauses, settings, onFailure, warn } = deps;
  const { env, stateDir, workspace, library, registry, invoker } = services;
  const { clock } = env;
  const reader = services.reader();
  const machineLoad = createMachineLoad({ clock });
  const mask = createMasker();
  const bus = createBus({ journal, reader, clock, machineLoad, mask, warn, onUnhandled });
  const lines = createEventLines();
  bus.subscribe({
    name: 'event-lines',
    types: EVENT_LINE_TYPES,
    mode: 'immediate',
    handle(event) {
      const line = lines(event);
      if (line !== null) deps.log(line);
    },
  });
  const aggregators = createAggregators({ bus, journal, reader, clock, warn });
  const auditor = createSecurityReaction({ bus, journal, reader, invoker, workspace, clock, stateDir, mask, warn });
  const triggers = createTriggers({
    ...{ env, journal, reader, runner, library, workspace, pauses, settings, onFailure },
    agents: registry,
    leftOpen: deps.leftOpen,
    prepare: (calls, files) => invoker.prepare(calls, files),
  });
  const engine = createActivityEngine({
    ...{ env, stateDir, journal, reader, triggers, pauses, onFailure },
    ...{ people: deps.people, tree: deps.tree },
    settings: settings(),
  });

  /** What Savepoint itself stores for people to read is handled by being stored; of anything else somebody expects something. */
  function onUnhandled(type: string): void {
    const text = `Nothing handles events of the type ${type}: they are stored, and no more.`;
    if (OWN_TYPES.has(type)) deps.log(text);
    else warn(text);
  }

  return {
    engine,
    bus,
    async again() {
      const decided = await triggers.again();
      if (!decided.ok) onFailure(decided.failure);
    },
    async lead() {
      for (const begin of [() => triggers.start(), () => engine.lead()]) {
        const begun = await begin();
        if (!begun.ok) onFailure(begun.failure);
      }
      await aggregators.lead();
    },
    async close() {
      triggers.close();
      await engine.close();
      await aggregators.close();
      await auditor.close();
      await bus.close();
    },
  };
}
