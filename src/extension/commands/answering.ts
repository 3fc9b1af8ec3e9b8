import * as vscode from 'vscode';
import { targetOf } from '../../contract/target.ts';
import type { Folders } from '../folder.ts';
import { answer } from './answers.ts';
import { hindranceOf } from './guard.ts';

/** Called with a Target, a row that carries one, or nothing from the palette. */
export type Handler = (argument: unknown) => Promise<void>;

export interface AnsweringDeps {
  readonly folders: Folders;
  readonly log: Pick<vscode.LogOutputChannel, 'error'>;
}

/** Registers a command that answers its failures itself: of one that rejects, VS Code shows a notification. */
export function registerAnswering(deps: AnsweringDeps, id: string, handler: Handler): vscode.Disposable {
  return vscode.commands.registerCommand(id, (argument: unknown) =>
    handler(argument).catch((error: unknown) => failed(deps, { id, error, argument })),
  );
}

/** A worker that went away meanwhile, or a bug: told where it was asked for, and in the output. */
async function failed(
  { folders, log }: AnsweringDeps,
  { id, error, argument }: { readonly id: string; readonly error: unknown; readonly argument: unknown },
): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  log.error(`${id}: ${error instanceof Error ? (error.stack ?? message) : message}`);
  const target = targetOf(argument);
  const folder =
    target === null ? folders.all[0] : folders.all.find(({ root }) => root.uri.toString() === target.folder);
  const hindrance = folder ? hindranceOf(folder.state) : null;
  await answer(
    hindrance ?? {
      text: `That did not work: ${message}`,
      ways: [
        { label: 'Show Output', command: 'savepoint.showOutput' },
        { label: 'Report an Issue', command: 'savepoint.reportIssue' },
      ],
    },
  );
}
