import type { AgentMessage } from '../../contract/agents.ts';
import type { NewEvent, Priority } from '../../contract/events.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { DecidedEvent } from './command.ts';
import type { PinnedCall } from './plan.ts';

const SOURCE = 'savepoint/workflow';

const PRIORITIES: Readonly<Partial<Record<NewEvent['type'], Priority>>> = {
  'workflow.failed': 'high',
  'workflow.waiting': 'high',
  'agent.failed': 'high',
  'agent.timeout': 'high',
  'test.failure.detected': 'high',
  'security.vulnerability.found': 'high',
};

/** A run's event as the journal takes it. */
export function toNewEvent(run: string, event: DecidedEvent): NewEvent {
  return newEvent(run, event.type, event.data);
}

/** Events of their own for what an agent streams; at most two, stored as one group. */
export function messageEvents(
  of: { readonly run: string; readonly step: string; readonly call: PinnedCall },
  message: AgentMessage,
): readonly NewEvent[] {
  const { run, step } = of;
  if (message.kind === 'finding') {
    const data = { run, step, finding: message.finding };
    if (of.call.agent === 'security-auditor') return [newEvent(run, 'security.vulnerability.found', data)];
    return of.call.agent === 'performance-analyzer' ? [newEvent(run, 'performance.bottleneck.detected', data)] : [];
  }
  if (message.kind !== 'test') return [];
  const data = { run, step, test: message.test };
  const completed = newEvent(run, 'test.case.completed', data);
  return message.test.status === 'failed' ? [completed, newEvent(run, 'test.failure.detected', data)] : [completed];
}

/** A file that changed while a step of the run was at work. */
export function writtenEvent(
  of: { readonly run: string; readonly step: string },
  { file, content }: { readonly file: string; readonly content: string | null },
): NewEvent {
  const { run, step } = of;
  return { ...newEvent(run, 'file.modified', { run, step, path: file, content }), subject: file, origin: `run:${run}` };
}

/** Data is plain JSON by its type, which an index signature cannot say of an interface. */
function newEvent(run: string, type: NewEvent['type'], data: object): NewEvent {
  const priority = PRIORITIES[type];
  return {
    source: SOURCE,
    type,
    subject: run,
    data: data as JsonObject,
    correlationid: run,
    origin: `run:${run}`,
    ...(priority ? { priority } : {}),
  };
}
