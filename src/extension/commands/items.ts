import type { RunRow, WorkflowRow } from '../../contract/board.ts';
import type { RunStatus } from '../../contract/runs.ts';
import { resultWords } from '../../contract/run-words.ts';
import { STATES } from '../../contract/words.ts';
import type { Scene } from '../scene.ts';

/** A row of a quick pick. */
export interface PickItem<T> {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly value: T;
}

/** Broken files are left out: nothing of them can run. */
export function workflowItems(workflows: readonly WorkflowRow[]): readonly PickItem<string>[] {
  return workflows
    .filter(({ problem }) => problem === null)
    .map(({ id, name, when, about }) => ({
      label: id,
      description: when,
      detail: about === undefined || about === '' ? name : about,
      value: id,
    }));
}

export function runItems(runs: readonly RunRow[], scene: Scene): readonly PickItem<RunRow>[] {
  return runs.map((row) => ({
    label: `Run ${row.number} · ${row.workflow}`,
    description: `${outcomeOf(row)} · ${scene.times.short(row.startedAt, scene.now)}`,
    value: row,
  }));
}

/** What a run came to, or how it stands, in a few words. */
export function outcomeOf(row: RunRow): string {
  if (row.status === 'completed') return resultWords(row);
  const failed = row.steps.find(({ status }) => status === 'failed');
  return row.status === 'failed' && failed ? `failed at ${failed.id}` : STATES[row.status].word;
}

export const LIVE: readonly RunStatus[] = ['running', 'retrying', 'compensating'];
export const STOPPABLE: readonly RunStatus[] = [...LIVE, 'waiting', 'interrupted'];
export const RESUMABLE: readonly RunStatus[] = ['interrupted', 'waiting'];
export const RETRYABLE: readonly RunStatus[] = ['failed', 'compensated', 'cancelled'];

export interface RetryChoice {
  readonly from?: string;
  readonly edited?: true;
  readonly noCache?: true;
}

/** Where a retry may begin; the failed step first. */
export function retryItems(row: RunRow): readonly PickItem<RetryChoice>[] {
  const failed = row.steps.find(({ status }) => status === 'failed');
  const first = failed ?? row.steps[0];
  const others = row.steps.filter((step) => step !== first);
  return [
    ...(first
      ? [{ label: `Retry from ${first.id}`, description: stateWords(first.status), value: { from: first.id } }]
      : []),
    ...others.map(({ id, status }) => ({
      label: `Retry from ${id}`,
      description: stateWords(status),
      value: { from: id },
    })),
    {
      label: 'Retry with the edited workflow',
      description: 'the file as it is now',
      value: { edited: true },
    },
    { label: 'Retry without cache', description: 'every step runs again', value: { noCache: true } },
  ];
}

const stateWords = (status: RunRow['steps'][number]['status']): string => STATES[status].word;

export interface ResumeAnswer {
  readonly again?: true;
  readonly done?: true;
  readonly fail?: true;
}

/** The answers to a run that needs a person, as equal choices. */
export function decisionItems(step: string): readonly PickItem<ResumeAnswer>[] {
  return [
    { label: 'Run it again', description: `${step} starts once more and may do things twice`, value: { again: true } },
    { label: 'Take it as done', description: `what follows runs without a result of ${step}`, value: { done: true } },
    { label: 'Take it as failed', description: 'the run ends as the workflow says', value: { fail: true } },
  ];
}
