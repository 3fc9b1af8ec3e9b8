// Workflows of counting agents (counting-agent.mjs), and what their ledger says.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import type { JsonObject } from '../../src/contract/json.ts';
import type { Rig } from './rig.ts';

const entrySchema = z.object({
  kind: z.enum(['start', 'end', 'fail', 'overlap']),
  step: z.string(),
  undo: z.boolean(),
  attempt: z.int(),
  idempotencyKey: z.string().min(1),
  pid: z.int(),
  request: z.record(z.string(), z.json()),
});
export type LedgerEntry = z.infer<typeof entrySchema>;

export interface CountingStep {
  readonly id: string;
  readonly needs?: readonly string[];
  readonly with?: JsonObject;
  readonly timeout?: string;
  readonly retry?: { readonly max: number; readonly multiplier?: number };
  readonly sequential?: boolean;
  /** Undone by a counting agent too. */
  readonly undo?: boolean;
  /** Default `counting`, which may run twice; `once` may not. */
  readonly agent?: string;
}

export interface CountingWorkflow {
  readonly id: string;
  readonly onError?: 'rollback' | 'continue' | 'fail';
  readonly steps: readonly CountingStep[];
}

const agentScript = path.join(import.meta.dirname, 'counting-agent.mjs');
const ledgerOf = (rig: Rig): string => path.join(rig.outside, 'ledger.jsonl');

/** Writes the agents `counting` (may run twice) and `once` (may not), and the workflows. JSON is YAML. */
export function writeCounting(rig: Rig, ...workflows: readonly CountingWorkflow[]): void {
  const agent = (id: string, more: JsonObject): string =>
    JSON.stringify({ id, protocol: 'command', command: ['node', agentScript, ledgerOf(rig)], ...more }, null, 2);
  rig.write({
    '.savepoint/agents/counting.yaml': agent('counting', { idempotent: true }),
    '.savepoint/agents/once.yaml': agent('once', {}),
    '.savepoint/agents/keeps.yaml': agent('keeps', { idempotent: true, inputs: ['src/**', 'package.json'] }),
  });
  for (const workflow of workflows) rig.write({ [`.savepoint/workflows/${workflow.id}.yaml`]: workflowText(workflow) });
}

export function workflowText({ id, onError = 'fail', steps }: CountingWorkflow): string {
  const stepOf = ({ undo = false, agent = 'counting', ...step }: CountingStep): object => ({
    ...step,
    agent,
    ...(undo ? { compensate: { agent: 'counting' } } : {}),
  });
  return JSON.stringify({ id, onError, steps: steps.map(stepOf) }, null, 2);
}

/** Ends the steps that work `until` this file is there. */
export const release = (rig: Rig, file: string): void => writeFileSync(path.join(rig.outside, file), '');

/** What really ran, in the order in which it was noted. */
export function readLedger(rig: Rig): readonly LedgerEntry[] {
  if (!existsSync(ledgerOf(rig))) return [];
  return readFileSync(ledgerOf(rig), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => entrySchema.parse(JSON.parse(line)));
}

/** `start a`, `end a`, `undo start a`, … in order. */
export const ledgerWords = (rig: Rig): readonly string[] =>
  readLedger(rig).map(({ kind, step, undo }) => `${undo ? 'undo ' : ''}${kind} ${step}`);
