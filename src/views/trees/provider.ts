import * as vscode from 'vscode';
import type { Target } from '../../contract/target.ts';
import { changedRows } from './changes.ts';
import type { TreeNode } from './node.ts';
import { tooltipOf, treeItem } from './tree-items.ts';

/** What VS Code holds of a row: the same object as long as the row is there. Commands of menus get it. */
export interface Row {
  node: TreeNode;
  readonly target: Target;
}

export interface NodeProvider extends vscode.TreeDataProvider<Row>, vscode.Disposable {
  /** The rows at the top. */
  top(): readonly Row[];
  /** Draws what changed since the last time, row by row. */
  show(nodes: readonly TreeNode[]): void;
}

export function createNodeProvider(): NodeProvider {
  const changed = new vscode.EventEmitter<Row | undefined>();
  const rows = new Map<string, Row>();
  let shown: readonly TreeNode[] = [];

  const rowOf = (node: TreeNode): Row => {
    const known = rows.get(node.id);
    if (known) return known;
    const row: Row = {
      node,
      get target() {
        return this.node.target;
      },
    };
    rows.set(node.id, row);
    return row;
  };
  /** Rows that are gone are forgotten, those that stay learn what they are now. */
  const adopt = (nodes: readonly TreeNode[]): void => {
    const ids = new Set<string>();
    const visit = (node: TreeNode): void => {
      ids.add(node.id);
      const row = rows.get(node.id);
      if (row) row.node = node;
      node.children.forEach(visit);
    };
    nodes.forEach(visit);
    for (const id of rows.keys()) if (!ids.has(id)) rows.delete(id);
  };

  return {
    onDidChangeTreeData: changed.event,
    getTreeItem: ({ node }) => treeItem(node),
    getChildren: (row) => (row ? row.node.children : shown).map(rowOf),
    // Only rows at the top are ever revealed.
    getParent: () => undefined,
    top: () => shown.map(rowOf),
    resolveTreeItem(item, { node }) {
      const tooltip = tooltipOf(node);
      if (tooltip !== undefined) item.tooltip = tooltip;
      return item;
    },
    show(nodes) {
      const what = changedRows(shown, nodes);
      shown = nodes;
      adopt(nodes);
      if (what === 'all') changed.fire(undefined);
      else
        for (const id of what) {
          // A row that VS Code never asked for is drawn when it does; told of nothing, it would draw the whole tree again.
          const row = rows.get(id);
          if (row !== undefined) changed.fire(row);
        }
    },
    dispose: () => changed.dispose(),
  };
}
