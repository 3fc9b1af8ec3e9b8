import * as z from 'zod';
import { durationMs, MAX_DURATION_MS } from './durations.ts';
import { jsonObjectSchema } from './json.ts';

/** Ids of workflows, steps and agents. */
export const idSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'must be lower-case letters, digits, dots, dashes (at most 64), starting with a letter or digit',
  );
/** 500ms, 30s, 5m, 2h: at most 7 days. */
export const durationSchema = z
  .string()
  .regex(/^\d{1,6}(?:ms|s|m|h)$/, { error: 'must be a duration such as 500ms, 30s, 5m or 2h', abort: true })
  .refine(isSensible, 'must be longer than 0 and at most 7 days');

function isSensible(text: string): boolean {
  const ms = durationMs(text);
  return ms > 0 && ms <= MAX_DURATION_MS;
}

export const retrySchema = z.strictObject({
  /** Retries after the first try. */
  max: z.int().min(0).max(20),
  multiplier: z.number().min(1).max(10).default(2),
});

/** Who wrote, as far as a filter tells them apart: the part of an origin before its colon. */
export const ORIGIN_KINDS = ['human', 'agent', 'git', 'unknown', 'run', 'tool'] as const;
export type OriginKind = (typeof ORIGIN_KINDS)[number];

const triggerFilterSchema = z.strictObject({
  /** Globs relative to the workspace; `!glob` takes out again. Default: every file. */
  paths: z.array(z.string()).optional(),
  /** Event types: file.created, file.modified, file.deleted or file.* (`commit`: git.commit). Default: all. */
  types: z.array(z.string()).optional(),
  /** Default: all but git. */
  origins: z.array(z.enum(ORIGIN_KINDS)).min(1).optional(),
});
export type TriggerFilter = z.infer<typeof triggerFilterSchema>;
export const triggersSchema = z.strictObject({
  save: triggerFilterSchema.optional(),
  activity: triggerFilterSchema.optional(),
  commit: triggerFilterSchema.optional(),
  'agent-turn': triggerFilterSchema.optional(),
  schedule: z.strictObject({ cron: z.string() }).optional(),
  manual: z.strictObject({}).optional(),
});

export const ON_ERROR = ['rollback', 'continue', 'fail'] as const;

export const stepSchema = z.strictObject({
  id: idSchema,
  agent: idSchema,
  operation: idSchema.optional(),
  needs: z.array(idSchema).optional(),
  with: jsonObjectSchema.optional(),
  timeout: durationSchema.optional(),
  retry: retrySchema.optional(),
  sequential: z.boolean().optional(),
  compensate: z
    .strictObject({ agent: idSchema, operation: idSchema.optional(), with: jsonObjectSchema.optional() })
    .optional(),
});

export const workflowSchema = z.strictObject({
  id: idSchema,
  name: z.string().min(1).max(80).optional(),
  description: z.string().optional(),
  on: triggersSchema.optional(),
  onError: z.enum(ON_ERROR).default('fail'),
  retry: retrySchema.optional(),
  steps: z.array(stepSchema).min(1).max(500),
});
export type WorkflowDefinition = z.infer<typeof workflowSchema>;

/** A user's agent, or an override of a built-in one (then every field but id is optional). */
export const agentFileSchema = z.strictObject({
  id: idSchema,
  protocol: z.enum(['command']).optional(),
  command: z.array(z.string().min(1)).min(1).optional(),
  idempotent: z.boolean().optional(),
  inputs: z.array(z.string().min(1)).optional(),
  timeout: durationSchema.optional(),
  retries: z.int().min(0).max(20).optional(),
  multiplier: z.number().min(1).max(10).optional(),
  report: z.enum(['changed', 'all']).optional(),
});
export type AgentFile = z.infer<typeof agentFileSchema>;
