import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';

const plantedSchema = z.object({
  id: z.string(),
  agent: z.string(),
  kind: z.string(),
  file: z.string(),
  /** From 0, in planted/. */
  line: z.int(),
  /** Of a lockfile fact: the entry's last line. */
  endLine: z.int().optional(),
  /** First line of the statement that `line` is in. */
  statementStartLine: z.int().optional(),
  note: z.string(),
  grade: z.enum(['certain', 'possible']).optional(),
  /** Another planted defect: one finding for the two will do. */
  pairedWith: z.string().optional(),
  causedBy: z.object({ file: z.string(), line: z.int() }).optional(),
});
export type Planted = z.infer<typeof plantedSchema>;

const counts = z.object({ passed: z.int(), failed: z.int() });
const testName = z.object({ file: z.string(), name: z.string() });

const harborSchema = z.object({
  planted: z.array(plantedSchema),
  tests: z.object({ planted: counts, clean: counts, failing: z.array(testName), passing: z.array(testName) }),
});

const blindSchema = z.object({
  defects: z.array(
    z.object({
      id: z.string(),
      family: z.string(),
      file: z.string(),
      line: z.int(),
      note: z.string(),
      also: z.array(z.int()).default([]),
      alsoIn: z.array(z.object({ file: z.string(), line: z.int() })).default([]),
    }),
  ),
  lookalikes: z.array(
    z.object({
      id: z.string(),
      family: z.string(),
      file: z.string(),
      line: z.int(),
      cleanLine: z.int(),
      note: z.string(),
    }),
  ),
});

const read = (sample: string): unknown =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, sample, 'expected.json'), 'utf8'));

export const harborExpected = (): z.infer<typeof harborSchema> => harborSchema.parse(read('harbor'));
export const blindExpected = (): z.infer<typeof blindSchema> => blindSchema.parse(read('blind'));
