import * as vscode from 'vscode';
import type { RunRow } from '../../contract/board.ts';
import type { Folder, Folders } from '../folder.ts';
import { hindranceOf } from '../commands/guard.ts';

/** Scheme of pages that Savepoint writes: read-only, made again whenever they are opened. */
const SCHEME = 'savepoint';

/** What a page shows. Its address carries all of it, so that a window that is loaded again shows it again. */
export interface PageAddress {
  readonly kind: string;
  /** URI of the root. */
  readonly folder: string;
  /** Words of the tab: "Run 41 · tsddr-2.0". */
  readonly title: string;
  /** Id of the run, for pages that follow one. */
  readonly run?: string;
  readonly activity?: string;
  readonly fingerprint?: string;
  readonly task?: string;
  /** Id or number of a run, id of a workflow, an activity or an event; of commands their hashes, with commas. */
  readonly what?: string;
}

/** Of the page that tells of a run. */
export const runPage = (
  folder: string,
  { run, number, workflow }: Pick<RunRow, 'run' | 'number' | 'workflow'>,
): PageAddress => ({ kind: 'run', folder, run, title: `Run ${number} · ${workflow}` });

/** Writes the text of one kind of page. */
export type PageWriter = (folder: Folder, address: PageAddress, token: vscode.CancellationToken) => Promise<string>;

export interface Pages extends vscode.Disposable {
  /** Opens the page in an editor, on a person's action only. */
  open(address: PageAddress): Promise<void>;
}

/** Pages in read-only editors. Those about a run are written again as it goes on. */
export function createPages({
  folders,
  writers,
}: {
  readonly folders: Folders;
  readonly writers: Readonly<Record<string, PageWriter>>;
}): Pages {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  /** Pages that are open, by their URI as text. */
  const shown = new Map<string, Page>();

  const provider: vscode.TextDocumentContentProvider = {
    onDidChange: changed.event,
    async provideTextDocumentContent(uri, token) {
      const address = addressOf(uri);
      const writer = address && writers[address.kind];
      if (!address || !writer) return 'This page is of another version of Savepoint.\n';
      const folder = folders.all.find(({ root }) => root.uri.toString() === address.folder);
      shown.set(uri.toString(), { uri, address, seen: lookAt(folder, address) });
      if (!folder) return 'The folder of this page is not open any more.\n';
      const hindrance = hindranceOf(folder.state);
      if (hindrance) return `${hindrance.text}\n`;
      return writer(folder, address, token);
    },
  };

  const registrations = [
    changed,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, provider),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => shown.delete(uri.toString())),
    folders.onDidChangeFolders(() => {
      for (const { uri } of shown.values()) changed.fire(uri);
    }),
    folders.onDidChange((folder) => {
      for (const page of shown.values()) {
        if (page.address.folder !== folder.root.uri.toString()) continue;
        const seen = lookAt(folder, page.address);
        if (seen.state === page.seen.state && seen.row === page.seen.row) continue;
        page.seen = seen;
        changed.fire(page.uri);
      }
    }),
  ];

  return {
    async open(address) {
      const document = await vscode.workspace.openTextDocument(pageUri(address));
      // What was written when it was last open may be old.
      if (shown.has(document.uri.toString())) changed.fire(document.uri);
      await vscode.window.showTextDocument(document, { preview: true });
    },
    dispose() {
      for (const one of registrations) one.dispose();
    },
  };
}

interface Page {
  readonly uri: vscode.Uri;
  readonly address: PageAddress;
  seen: Seen;
}

/** What a page was last written from: it is written again when this is another. */
interface Seen {
  readonly state: string | undefined;
  readonly row: RunRow | undefined;
}

const lookAt = (folder: Folder | undefined, { run }: PageAddress): Seen => ({
  state: folder?.state.kind,
  row: folder?.board?.runs.find((row) => row.run === run),
});

/** The path is what the tab shows; the query says what it is. */
export function pageUri(address: PageAddress): vscode.Uri {
  return vscode.Uri.from({
    scheme: SCHEME,
    path: `/${address.title.replaceAll('/', '∕')}`,
    query: JSON.stringify(address),
  });
}

/** What a page shows; null where it is none of ours. */
export function addressOf(uri: vscode.Uri): PageAddress | null {
  if (uri.scheme !== SCHEME) return null;
  const value = parsed(uri.query);
  if (typeof value !== 'object' || value === null) return null;
  if (!('kind' in value && 'folder' in value && 'title' in value)) return null;
  if (![value.kind, value.folder, value.title].every((one) => typeof one === 'string')) return null;
  return value as PageAddress;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}
