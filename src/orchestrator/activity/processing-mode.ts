import type { StoredEvent } from '../../contract/events.ts';

/** `immediate`: at once. `batched`: together with others, soon. `asynchronous`: in turns of its own, nobody waits for it. */
export type ProcessingMode = 'immediate' | 'batched' | 'asynchronous';

/** How busy things are. */
export interface SystemLoad {
  /** Of all processors, 0 to 1. */
  readonly cpu: number;
  /** 0 to 1. */
  readonly memory: number;
  /** Events waiting. */
  readonly queue: number;
  /** Milliseconds from an event's storing until it is handled, recently. */
  readonly latencyMs: number;
}

/** Somebody waits for what comes of these. */
const USER_BLOCKING: ReadonlySet<string> = new Set(['git.commit', 'agent.completed', 'workflow.failed']);
const HIGH_VOLUME: ReadonlySet<string> = new Set(['file.modified', 'tool.used', 'performance.metric']);

/** Which way an event goes (SYSTEMS D8; the figures are the mission's). Asynchronous is what a subscriber asks for itself. */
export function processingModeOf(
  event: Pick<StoredEvent, 'type' | 'priority' | 'origin'>,
  load: SystemLoad,
): Exclude<ProcessingMode, 'asynchronous'> {
  if (event.priority === 'critical') return 'immediate';
  if (isBusy(load)) return 'batched';
  if (isUserBlocking(event)) return 'immediate';
  if (HIGH_VOLUME.has(event.type)) return 'batched';
  return event.priority === 'high' ? 'immediate' : 'batched';
}

/** Two signs at once: one alone says little. */
function isBusy({ cpu, memory, queue, latencyMs }: SystemLoad): boolean {
  return [cpu > 0.8, memory > 0.85, queue > 1000, latencyMs > 200].filter(Boolean).length >= 2;
}

/** The end of a run's own step is an `agent.completed` too, and nobody waits for that one (CONTRACT, Events). */
function isUserBlocking({ type, origin }: Pick<StoredEvent, 'type' | 'origin'>): boolean {
  return USER_BLOCKING.has(type) && (type !== 'agent.completed' || origin.startsWith('agent:'));
}
