import type { ActivityView } from '../../src/contract/activities.ts';
import type { Board, RunRow, WorkflowRow } from '../../src/contract/board.ts';
import { createTimeWords } from '../../src/contract/time-words.ts';
import type { FolderFacts } from '../../src/extension/folder-facts.ts';
import type { Scene } from '../../src/extension/scene.ts';
import type { TreeNode } from '../../src/views/trees/node.ts';
import { runView } from './views.ts';

/** Half past two in the afternoon, in London. */
export const NOW = Date.parse('2026-11-18T14:30:00.000Z');
export const scene: Scene = { now: NOW, times: createTimeWords({ locale: 'en', timeZone: 'Europe/London' }) };
export const FOLDER = 'file:///work/harbor-api';
export const SESSION = 'session-id';

/** A run that finished with nothing found, with whatever a scene needs different. */
export function runRow(over: Partial<RunRow> = {}): RunRow {
  const { findings: _1, tests: _2, evidence: _3, written: _4, notChecked: _5, definitionHash: _6, ...view } = runView();
  const number = over.number ?? 41;
  return {
    ...view,
    run: `run-${number}`,
    workflow: 'on-save-checks',
    name: 'Checks on save',
    session: SESSION,
    findings: { error: 0, warning: 0, info: 0 },
    tests: { passed: 0, failed: 0, skipped: 0, selected: 0, total: null, verdict: 'not-run' },
    failing: [],
    notChecked: [],
    failedCommand: null,
    activities: [],
    progress: {},
    ...over,
  };
}

export const passing = (passed: number): RunRow['tests'] => ({
  passed,
  failed: 0,
  skipped: 0,
  selected: passed,
  total: null,
  verdict: 'passed',
});
export const failing = (failed: number, passed = 0): RunRow['tests'] => ({
  ...passing(passed),
  failed,
  selected: passed + failed,
  verdict: 'failed',
});
/** Asked to run tests, and there were none. */
export const NO_TESTS: RunRow['tests'] = { ...passing(0), verdict: 'vacuous' };

export const workflowRow = (id: string, over: Partial<WorkflowRow> = {}): WorkflowRow => ({
  id,
  name: id,
  file: `/work/harbor-api/.savepoint/workflows/${id}.yaml`,
  builtIn: false,
  when: 'by hand',
  automatic: false,
  paused: false,
  last: null,
  problem: null,
  ...over,
});

export const activityView = (id: string, over: Partial<ActivityView> = {}): ActivityView => ({
  id,
  origin: 'human',
  startedAt: '2026-11-18T13:51:40.000Z',
  lastAt: '2026-11-18T13:52:00.000Z',
  settledAt: '2026-11-18T13:52:02.000Z',
  files: [{ path: 'src/auth/session.ts', change: 'modified' }],
  total: 1,
  writes: 1,
  label: '',
  decisions: [],
  ...over,
});

/** A folder that nothing has happened in. */
export const board = (over: Partial<Board> = {}): Board => ({
  role: 'leader',
  session: SESSION,
  paused: false,
  runs: [],
  olderRuns: 0,
  activities: [],
  workflows: [],
  files: [],
  health: [],
  definitions: [],
  unapproved: [],
  unchecked: 0,
  readOnly: null,
  ...over,
});

export const folder = (over: Partial<FolderFacts> = {}): FolderFacts => ({
  uri: FOLDER,
  name: 'harbor-api',
  state: { kind: 'ready' },
  board: board(),
  ...over,
});

/** A tree as one can read it: `+` folded, `-` unfolded, icon and colour, label, then the description in brackets. */
export function outline(nodes: readonly TreeNode[], depth = 0): readonly string[] {
  return nodes.flatMap((node) => {
    const mark = { none: ' ', collapsed: '+', expanded: '-' }[node.collapsible];
    const icon =
      node.icon === null
        ? ''
        : node.icon === 'file'
          ? '[file] '
          : `[${node.icon.name}${node.icon.tone === null ? '' : ` ${node.icon.tone}`}] `;
    const words = node.description === '' ? '' : ` (${node.description})`;
    const line = `${'  '.repeat(depth)}${mark} ${icon}${node.label}${words}`;
    return [line, ...outline(node.children, depth + 1)];
  });
}

/** All nodes, parents before children. */
export const flat = (nodes: readonly TreeNode[]): readonly TreeNode[] =>
  nodes.flatMap((node) => [node, ...flat(node.children)]);
