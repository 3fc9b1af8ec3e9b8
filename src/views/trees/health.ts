import type { HealthRow } from '../../contract/board.ts';
import type { Look } from '../../contract/words.ts';
import type { FolderFacts } from '../../extension/folder-facts.ts';
import { HEALTH_NAMES, healthRows, type ShownHealth } from '../../extension/attention/health-rows.ts';
import type { Scene } from '../../extension/scene.ts';
import { cutName, treeNode, type TreeNode } from './node.ts';

const LOOKS = {
  ok: { icon: 'pass', tone: 'passed' },
  note: { icon: 'info', tone: 'muted' },
  warning: { icon: 'warning', tone: 'attention' },
  error: { icon: 'error', tone: 'failed' },
} as const satisfies Record<HealthRow['status'], Pick<Look, 'icon' | 'tone'>>;

/** What works and what does not: one sentence each; more only where something is wrong. Shown also while Savepoint is stopped. */
export function healthTree(folder: FolderFacts, scene: Scene): readonly TreeNode[] {
  const rows = healthRows(folder, scene);
  const shown = Object.keys(HEALTH_NAMES) as readonly HealthRow['id'][];
  return shown.flatMap((id) => rows.filter((row) => row.id === id)).map((row) => healthNode(folder, row));
}

function healthNode(folder: FolderFacts, row: ShownHealth): TreeNode {
  const wrong = row.status === 'warning' || row.status === 'error';
  const look = row.look ?? LOOKS[row.status];
  const id = `${folder.uri}/${row.id}`;
  const target = { folder: folder.uri };
  return treeNode({
    id,
    label: HEALTH_NAMES[row.id],
    description: row.message,
    icon: { name: look.icon, tone: look.tone },
    tooltip: [HEALTH_NAMES[row.id], row.message, ...row.details.slice(0, 9)],
    context: `health:${row.id}`,
    children: wrong
      ? row.details.map((detail, index) =>
          treeNode({ id: `${id}/${index}`, label: cutName(detail), tooltip: [detail], context: 'detail', target }),
        )
      : [],
    aria: `${HEALTH_NAMES[row.id]}, ${wrong ? `${row.status}, ` : ''}${row.message}`,
    target,
  });
}
