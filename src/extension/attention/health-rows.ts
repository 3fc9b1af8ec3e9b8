import type { Board, HealthRow } from '../../contract/board.ts';
import { countWords, type Look } from '../../contract/words.ts';
import { whyReadOnly, type FolderFacts } from '../folder-facts.ts';
import type { Scene } from '../scene.ts';

export const HEALTH_NAMES = {
  agents: 'Agents',
  flow: 'Queues',
  journal: 'Journal',
  worker: 'Worker',
  budgets: 'Budgets',
} as const satisfies Record<HealthRow['id'], string>;

export type ShownHealth = HealthRow & { readonly look?: Pick<Look, 'icon' | 'tone'> };

const AWAY = { icon: 'debug-disconnect', tone: 'attention' } as const;

/** The board's rows, with what only the window knows: whether the worker is there, and whether the disk takes anything. */
export function healthRows({ state, board }: FolderFacts, { times, now }: Scene): readonly ShownHealth[] {
  const others = (board?.health ?? []).filter(({ id }) => id !== 'worker');
  const worker = (message: string, details: readonly string[]): ShownHealth => ({
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

const withDisk = (board: Board): readonly ShownHealth[] =>
  board.readOnly === null
    ? board.health
    : [
        ...board.health.filter(({ id }) => id !== 'journal'),
        { id: 'journal', status: 'error', message: 'cannot write to disk', details: [whyReadOnly(board)] },
      ];

/** "all well", "agents: 1 of 5 not answering", "2 things need a look"; empty where nothing is known. */
export function healthWords(folders: readonly FolderFacts[], scene: Scene): string {
  const rows = folders.flatMap((folder) => healthRows(folder, scene));
  if (rows.length === 0) return '';
  const wrong = rows.filter(({ status }) => status === 'warning' || status === 'error');
  const [first] = wrong;
  if (first === undefined) return 'all well';
  if (wrong.length > 1) return `${wrong.length} things need a look`;
  return first.id === 'worker'
    ? `worker ${first.message}`
    : `${HEALTH_NAMES[first.id].toLowerCase()}: ${first.message}`;
}
