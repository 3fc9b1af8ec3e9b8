import { createRequire } from 'node:module';
import * as vscode from 'vscode';
import type { DefinitionFiles, ReadFile } from '../../orchestrator/commands/check-definitions.ts';
import type * as Definitions from '../../orchestrator/host/definitions.ts';
import type { Gathered } from '../pages/page-texts.ts';

/** Lies beside the extension's bundle; it holds the parser, and is loaded with the first check. */
export const definitionsEntry = (extension: vscode.Uri): string =>
  vscode.Uri.joinPath(extension, 'dist', 'definitions.cjs').fsPath;

/**
 * Checks workflow and agent files where there is no worker: the folder is not trusted, or on no disk. Only reads, and reads what VS
 * Code reads. Gives what the command `validate` gives. Can be cancelled between two files.
 */
export async function checkHere(
  root: vscode.Uri,
  { entry, token }: { readonly entry: string; readonly token: vscode.CancellationToken },
): Promise<Gathered> {
  const { check } = createRequire(entry)(entry) as typeof Definitions;
  const checked = await check(filesOf(root, token)).catch(nullWhenCancelled);
  if (!checked) return { lines: [], notes: [], failure: 'Stopped before all files were checked.' };
  const { problems, words } = checked;
  const lines = problems.map(({ file, range: { start, end }, message }) => ({
    kind: 'problem',
    file,
    range: { start: { ...start }, end: { ...end } },
    message,
  }));
  return { lines, notes: [words], failure: null };
}

function nullWhenCancelled(error: unknown): null {
  if (error instanceof vscode.CancellationError) return null;
  throw error;
}

/** Codes of FileSystemError. */
const NO_FOLDER: readonly string[] = ['FileNotFound', 'FileNotADirectory'];

const filesOf = (root: vscode.Uri, token: vscode.CancellationToken): DefinitionFiles => ({
  async names(folder) {
    const entries = await unlessRefused(() => vscode.workspace.fs.readDirectory(vscode.Uri.joinPath(root, folder)));
    if (!(entries instanceof vscode.FileSystemError)) return entries.map(([name]) => name);
    if (NO_FOLDER.includes(entries.code)) return [];
    throw entries;
  },
  async read(file, maxBytes): Promise<ReadFile> {
    if (token.isCancellationRequested) throw new vscode.CancellationError();
    const uri = vscode.Uri.joinPath(root, file);
    const read = await unlessRefused(async (): Promise<ReadFile> => {
      const { type, size } = await vscode.workspace.fs.stat(uri);
      // A named pipe would wait for its writer for ever.
      if ((type & vscode.FileType.File) === 0) return { kind: 'unreadable', why: 'it is not a file' };
      if (size > maxBytes) return { kind: 'too-large', size };
      return { kind: 'content', content: await vscode.workspace.fs.readFile(uri) };
    });
    return read instanceof vscode.FileSystemError ? { kind: 'unreadable', why: read.code } : read;
  },
});

async function unlessRefused<T>(work: () => Thenable<T>): Promise<T | vscode.FileSystemError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof vscode.FileSystemError) return error;
    throw error;
  }
}
