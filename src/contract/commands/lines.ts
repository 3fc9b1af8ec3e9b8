import * as z from 'zod';
import { DECISIONS } from '../activities.ts';
import { eventSchema } from '../events.ts';
import { findingSchema, rangeSchema, testCaseSchema } from '../findings.ts';
import { STEP_ERROR_CODES } from '../failures.ts';
import { RUN_STATUSES, STEP_STATUSES } from '../runs.ts';

const runStatus = z.enum(RUN_STATUSES);

export const eventLine = z.object({ kind: z.literal('event'), ...eventSchema.shape });

const stepLine = z.object({
  id: z.string(),
  agent: z.string(),
  status: z.enum(STEP_STATUSES),
  attempts: z.int(),
  durationMs: z.number(),
  cached: z.string().nullable(),
  error: z.object({ code: z.enum(STEP_ERROR_CODES), message: z.string() }).nullable(),
  missedBecause: z.string().nullable(),
  timeMs: z.object({ queue: z.number(), start: z.number(), tool: z.number(), disk: z.number(), wait: z.number() }),
});

export const resultLine = z.object({
  kind: z.literal('result'),
  run: z.string(),
  number: z.int(),
  workflow: z.string(),
  status: runStatus,
  steps: z.array(stepLine),
  cannotUndo: z.array(z.string()),
  findings: z.array(findingSchema),
  older: z.int(),
  notChecked: z.array(z.object({ step: z.string(), what: z.string(), why: z.string() })),
  tests: z.object({
    passed: z.int(),
    failed: z.int(),
    skipped: z.int(),
    selected: z.int(),
    total: z.int().nullable(),
    cases: z.array(testCaseSchema),
  }),
  evidence: z.array(
    z.object({
      step: z.string(),
      tool: z.string(),
      version: z.string().nullable(),
      command: z.array(z.string()),
      cwd: z.string(),
      exitCode: z.int().nullable(),
      durationMs: z.number(),
    }),
  ),
});

export const runLine = z.object({
  kind: z.literal('run'),
  run: z.string(),
  number: z.int(),
  workflow: z.string(),
  status: runStatus,
  startedAt: z.string(),
  endedAt: z.string().nullable(),
});

export const decisionLine = z.object({
  kind: z.literal('decision'),
  workflow: z.string().nullable(),
  decision: z.enum(DECISIONS),
  why: z.string(),
  run: z.string().nullable(),
  number: z.int().nullable(),
  at: z.string(),
  activity: z.string().nullable(),
  files: z.array(z.string()),
  origin: z.string().nullable(),
});

export const sessionLine = z.object({
  kind: z.literal('session'),
  session: z.string(),
  epoch: z.int(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  events: z.int(),
  runs: z.array(z.string()),
});

export const problemLine = z.object({
  kind: z.literal('problem'),
  file: z.string(),
  range: rangeSchema,
  message: z.string(),
});

export const checkLine = z.object({
  kind: z.literal('check'),
  name: z.string(),
  status: z.enum(['ok', 'note', 'warning', 'error']),
  message: z.string(),
  repairs: z.array(z.json()),
});

export const commandLine = z.object({
  kind: z.literal('command'),
  agent: z.string(),
  command: z.array(z.string()),
  file: z.string(),
  approved: z.boolean(),
  /** Over the definition and every file of the workspace that the command names: what approval is given to. */
  hash: z.string(),
  /** Of one that is not approved: what of this agent was approved last, or null. */
  approvedBefore: z.array(z.string()).nullable(),
});

export const contextLine = z.object({
  kind: z.literal('context'),
  budget: z.int(),
  tokens: z.int(),
  files: z.array(z.object({ file: z.string(), why: z.string(), lines: z.json() })),
  text: z.string(),
});
