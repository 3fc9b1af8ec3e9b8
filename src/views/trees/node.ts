import type { Board } from '../../contract/board.ts';
import type { Target } from '../../contract/target.ts';
import type { Tone } from '../../contract/words.ts';
import { cannotWork, type FolderFacts } from '../../extension/folder-facts.ts';

/** One row of a tree as data: what it says, without VS Code. The provider makes tree items of it. */
export interface TreeNode {
  /** Unique in its view and the same as long as it is about the same thing in the same place. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** Product icon; `file` takes the theme's for `file`; null none. */
  readonly icon: { readonly name: string; readonly tone: Tone | null } | 'file' | null;
  /** Lines, the first is a heading; empty where the row says all. */
  readonly tooltip: readonly string[];
  /** What menus go by: view-contributions.ts lists them. */
  readonly context: string;
  readonly collapsible: 'none' | 'collapsed' | 'expanded';
  readonly children: readonly TreeNode[];
  /** On Enter or click. */
  readonly command: NodeCommand | null;
  /** What a screen reader says. */
  readonly aria: string;
  readonly target: Target;
  /** Absolute path or path relative to the folder, for icons and decorations of files. */
  readonly file: string | null;
}

export type NodeCommand =
  | { readonly kind: 'run'; readonly command: string }
  /** Opens the page of the run that the row's target names. */
  | { readonly kind: 'run-page'; readonly number: number }
  /** Opens a file; the line is 0-based. */
  | { readonly kind: 'open'; readonly file: string; readonly line: number | null };

type Given = Pick<TreeNode, 'id' | 'label' | 'target'> & Partial<TreeNode>;

/** A row, with what it does not say left empty. */
export function treeNode(given: Given): TreeNode {
  const children = given.children ?? [];
  const description = given.description ?? '';
  return {
    description,
    icon: null,
    tooltip: [],
    context: 'row',
    collapsible: children.length > 0 ? 'collapsed' : 'none',
    children,
    command: null,
    aria: description === '' ? given.label : `${given.label}, ${description.replaceAll(' · ', ', ')}`,
    file: null,
    ...given,
  };
}

/** Names are cut at 80 characters, in the middle: of paths between folders, the file name whole where it is not most of it. */
export function cutName(text: string, most = 80): string {
  if (text.length <= most) return text;
  const room = most - 1;
  const slash = text.lastIndexOf('/');
  const name = slash < 0 ? 0 : text.length - slash;
  const tail = nextPart(text.slice(-Math.max(Math.floor(room / 2), Math.min(name, Math.floor(room * 0.75)))));
  return `${lastPart(text.slice(0, room - tail.length))}…${tail}`;
}

/** From where a folder or a word begins, unless too little is left then. */
function nextPart(text: string): string {
  const found = ['/', ' '].map((sign) => text.indexOf(sign)).find((at) => at >= 0 && at <= text.length / 2);
  return text.slice(found ?? 0);
}

/** As far as a folder or a word ends, unless too little is left then. */
function lastPart(text: string): string {
  const end = Math.max(text.lastIndexOf('/'), text.lastIndexOf(' ')) + 1;
  return end >= text.length / 2 ? text.slice(0, end) : text;
}

/** Parts of a description that say something. */
export const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' · ');

/** The board where there is something to draw of it: not before the first, and not where Savepoint does not work. */
export function drawnBoard({ state, board }: FolderFacts): Board | null {
  if (board === null || cannotWork(board)) return null;
  return state.kind === 'ready' || state.kind === 'restarting' || state.kind === 'starting' ? board : null;
}

/** One folder: its rows as they are. More: a row per folder above them, in the workspace's order. */
export function withFolders(
  folders: readonly FolderFacts[],
  rowsOf: (folder: FolderFacts) => readonly TreeNode[],
): readonly TreeNode[] {
  const [only] = folders;
  if (folders.length <= 1) return only === undefined ? [] : rowsOf(only);
  const rows = folders.map((folder) => ({ folder, children: rowsOf(folder) }));
  if (rows.every(({ children }) => children.length === 0)) return [];
  return rows.map(({ folder, children }) =>
    treeNode({
      // VS Code keeps a row that could not be opened closed: one that has got rows is another one.
      id: children.length > 0 ? folder.uri : `${folder.uri}/empty`,
      label: folder.name,
      description: folderWords(folder),
      icon: { name: 'root-folder', tone: null },
      context: 'folder',
      collapsible: children.length > 0 ? 'expanded' : 'none',
      children,
      target: { folder: folder.uri },
    }),
  );
}

function folderWords({ state, board }: FolderFacts): string {
  switch (state.kind) {
    case 'untrusted':
      return 'not trusted';
    case 'virtual':
      return 'not on a disk';
    case 'stopped':
      return 'stopped';
    case 'restarting':
      return 'starting again';
    case 'starting':
    case 'ready':
      return board !== null && cannotWork(board) ? 'cannot write to disk' : '';
  }
}
