import type { TreeNode } from './node.ts';

/** Ids of the rows to draw again, the topmost that hold all changes; `all` where the rows at the top changed. */
export function changedRows(before: readonly TreeNode[], after: readonly TreeNode[]): 'all' | readonly string[] {
  if (!sameIds(before, after)) return 'all';
  return after.flatMap((node, index) => changedIn(before[index] ?? node, node));
}

function changedIn(before: TreeNode, after: TreeNode): readonly string[] {
  if (before === after) return [];
  if (!sameSelf(before, after)) return [after.id];
  if (before.children === after.children) return [];
  if (!sameIds(before.children, after.children)) return [after.id];
  return after.children.flatMap((node, index) => changedIn(before.children[index] ?? node, node));
}

const sameIds = (a: readonly TreeNode[], b: readonly TreeNode[]): boolean =>
  a.length === b.length && a.every(({ id }, index) => id === b[index]?.id);

const sameSelf = (a: TreeNode, b: TreeNode): boolean =>
  JSON.stringify({ ...a, children: [] }) === JSON.stringify({ ...b, children: [] });
