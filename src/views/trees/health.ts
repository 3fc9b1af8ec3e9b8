import type { Board, HealthRow } from '../../contract/board.ts';
import { countWords, type Look } from '../../contract/words.ts';
import { cutName, treeNode, whyReadOnly, type FolderFacts, type Scene, type TreeNode } from './node.ts';

const NAMES = {
  agents: 'Agents',
  flow: 'Event flow',
  journal: 'Journal',
  worker: 'Worker',
  budgets: 'Budgets',
} as const satisfies Record<HealthRow['id'], string>;

const LOOKS = {
  ok: { icon: 'pass', tone: 'passed' },
  note: { icon: 'info', tone: 'muted' },
  warning: { icon: 'warning', tone: 'attention' },
  error: { icon: 'error', tone: 'failed' },
} as const satisfies Record<HealthRow['status'], Pick<Look, 'icon' | 'tone'>>;

/** What works and what does not: one sentence each; more only where something is wrong. Shown also while Savepoint is stopped. */
export function healthTree(folder: FolderFacts, scene: Scene): readonly TreeNode[] {
  const rows = rowsOf(folder, scene);
  const shown = Object.keys(NAMES) as readonly HealthRow['id'][];
  return shown.flatMap((id) => rows.filter((row) => row.id === id)).map((row) => healthNode(folder, row));
}

function healthNode(folder: FolderFacts, row: Row): TreeNode {
  const wrong = row.status === 'warning' || row.status === 'error';
  const look = row.look ?? LOOKS[row.status];
  const id = `${folder.uri}/${row.id}`;
  const target = { folder: folder.uri };
  return treeNode({
    id,
    label: NAMES[row.id],
    description: row.message,
    icon: { name: look.icon, tone: look.tone },
    tooltip: [NAMES[row.id], row.message, ...row.details.slice(0, 9)],
    context: `health:${row.id}`,
    children: wrong
      ? row.details.map((detail, index) =>
          treeNode({ id: `${id}/${index}`, label: cutName(detail), tooltip: [detail], context: 'detail', target }),
        )
      : [],
    aria: `${NAMES[row.id]}, ${wrong ? `${row.status}, ` : ''}${row.message}`,
    target,
  });
}

type Row = HealthRow & { readonly look?: Pick<Look, 'icon' | 'tone'> };

const AWAY = { icon: 'debug-disconnect', tone: 'attention' } as const;

/** The board's rows, with what only the window knows: whether the worker is there, and whether the disk takes anything. */
function rowsOf({ state, board }: FolderFacts, { times, now }: Scene): readonly Row[] {
  const others = (board?.health ?? []).filter(({ id }) => id !== 'worker');
  const worker = (message: string, details: readonly string[]): Row => ({
    id: 'worker',
    status: 'warning',
    message,
    details,
    look: AWAY,
  });
  switch (state.kind) {
    case 'untrusted':
    case 'virtual':
      return [];
    case 'restarting':
      return [...others, worker('is starting', [])];
    case 'stopped':
      return [
        ...others,
        worker(`stopped ${times.short(state.at, now)}`, [
          state.reason,
          `It ended ${countWords(state.endings, 'time')}.`,
        ]),
      ];
    case 'starting':
    case 'ready':
      return board === null ? [] : withDisk(board);
  }
}

const withDisk = (board: Board): readonly Row[] =>
  board.readOnly === null
    ? board.health
    : [
        ...board.health.filter(({ id }) => id !== 'journal'),
        { id: 'journal', status: 'error', message: 'cannot write to disk', details: [whyReadOnly(board)] },
      ];

/** "all well", "agents: 1 of 5 not answering", "2 things need a look"; empty where nothing is known. */
export function healthWords(folders: readonly FolderFacts[], scene: Scene): string {
  const rows = folders.flatMap((folder) => rowsOf(folder, scene));
  if (rows.length === 0) return '';
  const wrong = rows.filter(({ status }) => status === 'warning' || status === 'error');
  const [first] = wrong;
  if (first === undefined) return 'all well';
  if (wrong.length > 1) return `${wrong.length} things need a look`;
  return first.id === 'worker' ? `worker ${first.message}` : `${NAMES[first.id].toLowerCase()}: ${first.message}`;
}
