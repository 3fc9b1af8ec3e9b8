import * as vscode from 'vscode';
import type { ViewId } from '../../contract/view-contributions.ts';
import { createNodeProvider, type NodeProvider, type Row } from './provider.ts';

export interface OpenView {
  readonly provider: NodeProvider;
  readonly view: vscode.TreeView<Row>;
}

export function openView(id: ViewId): OpenView {
  const provider = createNodeProvider();
  return { provider, view: vscode.window.createTreeView(id, { treeDataProvider: provider }) };
}

/** What stands above the rows and beside the view's name. Sets only what changed: every assignment crosses to the window. */
export function say(
  view: vscode.TreeView<Row>,
  { message, description }: { readonly message: string; readonly description: string },
): void {
  if ((view.message ?? '') !== message) view.message = message;
  if ((view.description ?? '') !== description) view.description = description;
}
