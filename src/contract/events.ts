import * as z from 'zod';
import { jsonObjectSchema, type JsonObject } from './json.ts';

export const PRIORITIES = ['low', 'normal', 'high', 'critical'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** `human`, `git`, `unknown`, `agent:<name>`, `run:<id>`, `tool:<name>`. */
export type Origin = 'human' | 'git' | 'unknown' | `agent:${string}` | `run:${string}` | `tool:${string}`;

/** CloudEvents 1.0 in JSON with Savepoint's extension attributes, as stored and as printed. */
export const eventSchema = z.object({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  source: z.string().min(1),
  type: z.string().regex(/^[a-z][a-z0-9.-]*$/),
  subject: z.string().optional(),
  /** RFC 3339, UTC, milliseconds. */
  time: z.string(),
  data: jsonObjectSchema,
  /** Gapless per session, from 1. */
  sequence: z.int().min(1),
  sessionid: z.string(),
  /** Number of the session in this workspace, from 1. Events of a run are ordered by (epoch, sequence). */
  epoch: z.int().min(1),
  correlationid: z.string().optional(),
  causationid: z.string().optional(),
  priority: z.enum(PRIORITIES),
  traceparent: z.string().optional(),
  origin: z.string(),
});

export interface StoredEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  readonly time: string;
  readonly data: JsonObject;
  readonly sequence: number;
  readonly sessionid: string;
  readonly epoch: number;
  readonly correlationid?: string;
  readonly causationid?: string;
  readonly priority: Priority;
  readonly traceparent?: string;
  readonly origin: Origin;
}

/** What a producer hands to the journal, which adds id (unless given), time, session, epoch and sequence. */
export interface NewEvent {
  /** Given where a producer may hand over the same event twice: stored once. */
  readonly id?: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  readonly data: JsonObject;
  readonly correlationid?: string;
  readonly causationid?: string;
  readonly priority?: Priority;
  readonly traceparent?: string;
  readonly origin?: Origin;
}

const RUN_ENDS: ReadonlySet<string> = new Set([
  'workflow.completed',
  'workflow.failed',
  'workflow.cancelled',
  'workflow.superseded',
]);

/** After an event of this type nothing of its run comes. */
export const isRunEnd = (type: string): boolean => RUN_ENDS.has(type);

/** Every event type that this version writes. A test holds each against a writer. */
export const EVENT_TYPES = [
  'workflow.started',
  'workflow.completed',
  'workflow.failed',
  'workflow.interrupted',
  'workflow.resumed',
  'workflow.waiting',
  'workflow.cancelled',
  'workflow.superseded',
  'workflow.step.started',
  'workflow.step.completed',
  'workflow.step.retrying',
  'workflow.step.failed',
  'workflow.step.skipped',
  'workflow.compensation.started',
  'workflow.compensation.completed',
  'workflow.compensation.failed',
  'agent.invoked',
  'agent.completed',
  'agent.failed',
  'agent.timeout',
  'test.execution.started',
  'test.case.completed',
  'test.execution.completed',
  'test.failure.detected',
  'security.scan.started',
  'security.vulnerability.found',
  'security.scan.completed',
  'performance.analysis.started',
  'performance.bottleneck.detected',
  'performance.analysis.completed',
  'file.created',
  'file.modified',
  'file.deleted',
  'git.commit',
  'git.switched',
  'activity.settled',
  'activity.decided',
  'file.modified.aggregated',
  'tool.used.aggregated',
  'performance.metric.aggregated',
  'feature-development',
  'bug-fix',
  'system.alert',
  'system.dead-letter',
  'system.dead-letter.redriven',
  'system.dead-letter.discarded',
  'system.maintenance',
] as const;
