import * as z from 'zod';
import { SEVERITIES } from './severities.ts';

/** 0-based, UTF-16 code units, end exclusive, as in LSP. */
export const positionSchema = z.object({ line: z.int().min(0), character: z.int().min(0) });
export const rangeSchema = z.object({ start: positionSchema, end: positionSchema });
export type Position = z.infer<typeof positionSchema>;
export type Range = z.infer<typeof rangeSchema>;

/** Replacements that put a finding right, exact for the content that was checked; they do not overlap. */
export const fixEditsSchema = z
  .array(z.object({ range: rangeSchema, newText: z.string().max(10_000) }))
  .min(1)
  .max(50);

export const findingSchema = z.object({
  /** Id of the agent that reports it. */
  agent: z.string(),
  /** Stable rule id, `family.name`, e.g. `secret.stripe-live`, `injection.sql`. */
  rule: z.string().min(1),
  severity: z.enum(SEVERITIES),
  confidence: z.enum(['certain', 'possible']),
  /** One or two plain sentences: what can go wrong here, and what to do. */
  message: z.string().min(1),
  /** Relative to the workspace, with `/`. */
  file: z.string().min(1),
  range: rangeSchema,
  /** Stable across unrelated edits: rule + normalised text + occurrence (secrets: keyed hash). */
  fingerprint: z.string().min(1),
  fix: z.string().optional(),
  /** Where there is one way only; `fix` may name it. */
  edit: fixEditsSchema.optional(),
  /** Several ways, the likeliest first, in place of `edit`. */
  fixes: z
    .array(z.object({ title: z.string().min(1).max(200), edit: fixEditsSchema }))
    .min(2)
    .max(5)
    .optional(),
  /** Files that the change removed and that these lines still need: true until they are there again, whatever else is changed. */
  missing: z.array(z.string().min(1)).min(1).optional(),
  help: z.string().optional(),
  evidence: z.string().optional(),
});
export type Finding = z.infer<typeof findingSchema>;

/** What a command agent writes as `{"kind":"finding",…}`: agent and fingerprint are filled in where they are missing. */
export const reportedFindingSchema = findingSchema.partial({ agent: true, fingerprint: true, confidence: true });

export const TEST_STATUSES = ['passed', 'failed', 'skipped'] as const;
export const testCaseSchema = z.object({
  /** Full name, parents joined by ` > `. */
  name: z.string().min(1),
  file: z.string(),
  status: z.enum(TEST_STATUSES),
  durationMs: z.number().min(0).optional(),
  message: z.string().optional(),
});
export type TestCase = z.infer<typeof testCaseSchema>;
