import type { Board } from '../../src/contract/board.ts';
import type { StoredEvent } from '../../src/contract/events.ts';
import type { Finding } from '../../src/contract/findings.ts';
import {
  applyEvent,
  boardOf,
  emptyBoard,
  type BoardFacts,
  type BoardFold,
  type Moment,
} from '../../src/orchestrator/board/board-fold.ts';
import { EMPTY_RESULT, type RunStart, type StepResult } from '../../src/orchestrator/workflow/run-events.ts';
import { planOf, startOf } from '../support/plans.ts';
import { scriptedSession, type ScriptedSession } from '../support/stored-events.ts';

export const NOTHING_TELLS: BoardFacts = {
  ...{
    role: 'leader',
    session: 'here',
    paused: false,
    definitions: [],
    health: [],
    unapproved: [],
    readOnly: null,
    workflows: [],
  },
  ...{ maxProblems: 50, live: new Set(['here']), progress: new Map() },
};

/** Nothing is paused, and `checks` starts by itself. */
export const AT_REST: Moment = { paused: false, isAutomatic: (workflow) => workflow === 'checks' };

export interface Story {
  readonly fold: BoardFold;
  readonly here: ScriptedSession;
  take(...events: readonly StoredEvent[]): void;
  board(facts?: Partial<BoardFacts>): Board;
}

export function story(): Story {
  const fold = emptyBoard();
  return {
    fold,
    here: scriptedSession('here'),
    take(...events) {
      for (const event of events) applyEvent(fold, event, AT_REST);
    },
    board: (facts = {}) => boardOf(fold, { ...NOTHING_TELLS, ...facts }),
  };
}

/** A run of one step by the agent `checker`, on these files. */
export const runOf = (number: number, files: readonly string[], over: Partial<RunStart> = {}): RunStart => ({
  ...startOf(planOf({ steps: [{ id: 'check', agent: 'checker' }] }), `run-${number}`),
  number,
  session: 'here',
  workflow: 'checks',
  scope: { kind: 'changed', base: 'head', files, count: files.length },
  ...over,
});

export const finding = (file: string, over: Partial<Finding> = {}): Finding => ({
  ...{ agent: 'checker', rule: 'some.rule', severity: 'error', confidence: 'certain', message: 'Something is wrong.' },
  file,
  range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } },
  fingerprint: `${file} some.rule`,
  ...over,
});

export const TIME = { queue: 0, start: 0, tool: 1, disk: 0, wait: 0 };

/** The step's end. `contents`: of the files with findings, as they were checked. */
export function checked(
  session: ScriptedSession,
  start: RunStart,
  result: Partial<StepResult> & { readonly findings: readonly Finding[] },
): StoredEvent {
  return session.store('workflow.step.completed', {
    ...{ run: start.run, step: 'check', attempt: 1, timeMs: TIME, cached: null, cachedNumber: null, takenOver: false },
    ...{ inputHash: null, stale: false },
    result: { ...EMPTY_RESULT, ...result },
  });
}

/** A run that began, found this and finished. */
export function wholeRun(
  session: ScriptedSession,
  start: RunStart,
  result: Partial<StepResult> & { readonly findings: readonly Finding[] },
): readonly StoredEvent[] {
  return [
    session.store('workflow.started', start),
    checked(session, start, result),
    session.store('workflow.completed', { run: start.run, status: 'completed' }),
  ];
}

export const written = (session: ScriptedSession, path: string, content: string): StoredEvent =>
  session.store(
    'file.modified',
    { path, via: 'editor', size: 1, content, activity: null, ignored: false },
    { subject: path, origin: 'human' },
  );
