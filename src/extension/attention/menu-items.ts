import { countWords, scopeWords } from '../../contract/words.ts';
import type { Target } from '../../contract/target.ts';
import type { FolderFacts } from '../folder-facts.ts';
import type { Scene } from '../scene.ts';
import { healthWords } from './health-rows.ts';
import type { Status } from './status-item.ts';

export interface MenuItem {
  /** Product icon. */
  readonly icon: string;
  readonly label: string;
  readonly description: string;
  readonly command: string;
  readonly target: Target | null;
}

/** What a click on the status bar item offers: first what fits the state, then what is always there. */
export function menuItems(status: Status, folders: readonly FolderFacts[], scene: Scene): readonly MenuItem[] {
  const folder = folders.find(({ uri }) => uri === status.folder);
  if (folder === undefined) return [];
  const target = { folder: folder.uri };
  const { run, kind } = status;
  const { board, state } = folder;
  const item = (
    icon: string,
    label: string,
    rest: Pick<MenuItem, 'description' | 'command'> & Partial<MenuItem>,
  ): MenuItem => ({
    icon,
    label,
    target,
    ...rest,
  });
  if (kind === 'untrusted') {
    const command = 'workbench.trust.manage';
    return [
      item('shield', 'Manage workspace trust', { description: 'starts nothing until then', command, target: null }),
    ];
  }
  const health = item('pulse', 'Health', {
    description: healthWords(folders, scene),
    command: 'savepoint.health.focus',
    target: null,
  });
  if (kind === 'stopped') {
    return [
      item('debug-restart', 'Start again', { description: '', command: 'savepoint.startAgain' }),
      item('output', 'Show what happened', { description: '', command: 'savepoint.showOutput' }),
      item('report', 'Report an issue…', { description: '', command: 'savepoint.reportIssue' }),
      health,
    ];
  }
  if (board === null || state.kind === 'virtual') return [health];
  const own = run === null ? target : { ...target, run: run.run, workflow: run.workflow };
  return [
    ...(board.unapproved.length === 0
      ? []
      : [
          item('shield', 'Show commands to approve', {
            description: countWords(board.unapproved.length, 'command'),
            command: 'savepoint.showCommands',
          }),
        ]),
    ...(run === null
      ? []
      : [
          item('open-preview', `Open run ${run.number}`, {
            description: `${run.workflow}, ${scene.times.short(run.startedAt, scene.now)}`,
            command: 'savepoint.openRun',
            target: own,
          }),
          item('debug-restart', 'Run again', {
            description: `on ${scopeWords(run.scope, 'changed file')}`,
            command: 'savepoint.runAgain',
            target: own,
          }),
        ]),
    item('play', 'Run a workflow…', {
      description: board.workflows
        .slice(0, 3)
        .map(({ id }) => id)
        .join(', '),
      command: 'savepoint.run',
    }),
    item('question', 'Why did this run, or not?', {
      description: board.activities.length < 2 ? '' : `the last ${Math.min(20, board.activities.length)} activities`,
      command: 'savepoint.why',
    }),
    board.paused
      ? item('bell', 'Resume automatic runs', {
          description: 'paused until then',
          command: 'savepoint.resumeAutomaticRuns',
        })
      : item('bell-slash', 'Pause automatic runs', {
          description: 'until you resume',
          command: 'savepoint.pauseAutomaticRuns',
        }),
    health,
  ];
}
