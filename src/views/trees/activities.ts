import type { ActivityFile, ActivityView, Decision } from '../../contract/activities.ts';
import type { Board } from '../../contract/board.ts';
import { DECISION_LOOKS, countWords } from '../../contract/words.ts';
import { cutName, drawnBoard, joined, treeNode, type TreeNode } from './node.ts';
import type { FolderFacts } from '../../extension/folder-facts.ts';
import type { Scene } from '../../extension/scene.ts';
import { writerOf } from './origins.ts';

/**
 * Bursts of edits, newest first: who wrote, how much, when; under each its files. Rows of the files of an activity that did not
 * change are the same objects, because there may be thousands.
 */
export function createActivitiesTree(): (folder: FolderFacts, scene: Scene) => readonly TreeNode[] {
  const drawn: DrawnFiles = new WeakMap();
  return (folder, scene) => {
    const board = drawnBoard(folder);
    return (board?.activities ?? []).map((activity) => activityNode({ folder, board, activity, drawn }, scene));
  };
}

/** The rows of an activity's files. */
type DrawnFiles = WeakMap<ActivityView, readonly TreeNode[]>;

interface Place {
  readonly drawn: DrawnFiles;
  readonly folder: FolderFacts;
  readonly board: Board | null;
  readonly activity: ActivityView;
}

function activityNode({ folder, board, activity, drawn }: Place, { times, now }: Scene): TreeNode {
  const { name, icon } = writerOf(activity.origin, board ?? { runs: [] });
  const isGit = activity.origin === 'git' && activity.label !== '';
  const [only] = activity.files;
  const alone = activity.total === 1 ? only : undefined;
  const id = `${folder.uri}/${activity.id}`;
  const target = { folder: folder.uri, activity: activity.id };
  const files = alone ? [] : (drawn.get(activity) ?? fileNodes(id, activity, target));
  drawn.set(activity, files);
  const label = cutName(isGit ? activity.label : name);
  const what = isGit ? '' : alone ? alone.path : countWords(activity.total, 'file');
  const time = activity.settledAt === null ? DECISION_LOOKS.waiting.word : times.short(activity.lastAt, now);
  return treeNode({
    id,
    label,
    description: joined(what, time),
    icon: { name: icon, tone: null },
    tooltip: activityTooltip(activity, label, { times, now }),
    context: 'activity',
    children: files,
    command: alone && alone.change !== 'deleted' ? { kind: 'open', file: alone.path, line: null } : null,
    target,
  });
}

function fileNodes(id: string, { files, total }: ActivityView, target: TreeNode['target']): readonly TreeNode[] {
  const left = total - files.length;
  return [
    ...files.map((file) => fileNode(id, file, target)),
    ...(left > 0
      ? [treeNode({ id: `${id}/more`, label: `${countWords(left, 'more file')}`, context: 'more', target })]
      : []),
  ];
}

/** Label is the name, description the folder: as in the editor's own lists of changed files. */
export function fileNode(id: string, { path, change }: ActivityFile, target: TreeNode['target']): TreeNode {
  const slash = path.lastIndexOf('/');
  const words = change === 'modified' ? '' : change;
  return treeNode({
    id: `${id}/${path}`,
    label: path.slice(slash + 1),
    description: joined(path.slice(0, Math.max(0, slash)), words),
    icon: 'file',
    context: 'file',
    command: change === 'deleted' ? null : { kind: 'open', file: path, line: null },
    aria: joined(path, change).replaceAll(' · ', ', '),
    target,
    file: path,
  });
}

function activityTooltip(activity: ActivityView, label: string, { times, now }: Scene): readonly string[] {
  return [
    label,
    joined(countWords(activity.total, 'file'), countWords(activity.writes, 'write')),
    `${times.short(activity.startedAt, now)} to ${times.exact(activity.lastAt)}`,
    ...activity.decisions.slice(0, 6).map(decisionWords),
    `${activity.id} · ${activity.startedAt}`,
  ];
}

/** "on-save-checks: started run 41". */
export const decisionWords = ({ workflow, why }: Decision): string => (workflow === null ? why : `${workflow}: ${why}`);

/** Of several decisions the one that says most: what ran before what was held back before what was not asked for. */
export function mainDecision(decisions: readonly Decision[]): Decision | undefined {
  const order: readonly Decision['decision'][] = [
    'loop-stopped',
    'over-budget',
    'started',
    'joined',
    'cached',
    'superseded',
    'waiting',
    'untrusted',
    'filtered',
  ];
  return decisions.toSorted((a, b) => order.indexOf(a.decision) - order.indexOf(b.decision))[0];
}
