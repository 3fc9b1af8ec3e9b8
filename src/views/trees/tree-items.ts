import * as vscode from 'vscode';
import type { Tone } from '../../contract/words.ts';
import { pageUri, runPage } from '../../extension/pages/report-document.ts';
import { plainMarkdown } from '../../extension/plain-markdown.ts';
import type { TreeNode } from './node.ts';

/** A row of a model as VS Code draws it; the tooltip is made when it is asked for. */
export function treeItem(node: TreeNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.label, COLLAPSIBLE[node.collapsible]);
  item.id = node.id;
  item.description = node.description;
  item.contextValue = node.context;
  item.accessibilityInformation = { label: node.aria };
  const file = node.file === null ? undefined : fileUri(node, node.file);
  if (file !== undefined) item.resourceUri = file;
  if (node.icon === 'file') item.iconPath = vscode.ThemeIcon.File;
  else if (node.icon !== null) item.iconPath = new vscode.ThemeIcon(node.icon.name, colorOf(node.icon.tone));
  const command = commandOf(node);
  if (command !== undefined) item.command = command;
  return item;
}

const COLLAPSIBLE = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
} as const satisfies Record<TreeNode['collapsible'], vscode.TreeItemCollapsibleState>;

/** Words are never coloured, only icons. */
const colorOf = (tone: Tone | null): vscode.ThemeColor | undefined => {
  if (tone === null) return undefined;
  return new vscode.ThemeColor(tone === 'muted' ? 'descriptionForeground' : `savepoint.${tone}`);
};

/** What Enter or a click on the row does. */
export function commandOf(node: TreeNode): vscode.Command | undefined {
  const { command, target } = node;
  if (command === null) return undefined;
  // VS Code's own command tells a click, which looks and leaves the focus in the tree, from Enter and a double click.
  const open = (uri: vscode.Uri, ...rest: readonly object[]): vscode.Command => ({
    command: 'vscode.open',
    title: 'Open',
    arguments: [uri, ...rest],
  });
  if (command.kind === 'run-page') {
    const { folder, run = '', workflow = '' } = target;
    return open(pageUri(runPage(folder, { run, workflow, number: command.number })));
  }
  if (command.kind === 'run') return { command: command.command, title: node.label, arguments: [target] };
  const at = command.line === null ? [] : [{ selection: new vscode.Range(command.line, 0, command.line, 0) }];
  return open(fileUri(node, command.file), ...at);
}

/** Absolute paths stay; others are of the folder. */
function fileUri({ target }: TreeNode, file: string): vscode.Uri {
  const root = vscode.Uri.parse(target.folder);
  if (/^([a-z]:)?[\\/]/i.test(file)) return root.with({ path: vscode.Uri.file(file).path });
  return vscode.Uri.joinPath(root, file);
}

/** The first line is the heading; what files and tools wrote stays text. */
export function tooltipOf({ tooltip }: TreeNode): vscode.MarkdownString | undefined {
  const [heading, ...lines] = tooltip.slice(0, 12).map(plainMarkdown);
  return heading === undefined ? undefined : new vscode.MarkdownString([`**${heading}**`, ...lines].join('  \n'));
}
