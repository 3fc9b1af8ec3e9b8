import * as vscode from 'vscode';
import { lines } from '../lines.ts';
import type { Hindrance, Way } from './guard.ts';

/** Answers in a quick pick: what a person asked for cannot be done, or there is nothing to do it to. Never a toast (UX: three kinds only). */
export async function answer({ text, ways }: Hindrance): Promise<void> {
  const rows = lines(text, COLUMNS).map((label) => ({ label, way: null }));
  const chosen = await vscode.window.showQuickPick<vscode.QuickPickItem & { readonly way: Way | null }>(
    [
      ...rows,
      ...(ways.length === 0 ? [] : [{ label: '', kind: vscode.QuickPickItemKind.Separator, way: null }]),
      ...ways.map((way) => ({
        label: way.label,
        ...(way.description === undefined ? {} : { description: way.description }),
        way,
      })),
    ],
    { title: 'Savepoint' },
  );
  if (chosen?.way)
    await vscode.commands.executeCommand(
      chosen.way.command,
      ...(chosen.way.argument === undefined ? [] : [chosen.way.argument]),
    );
}

/** What fits in a row of a quick pick. */
const COLUMNS = 84;

/** Progress appears only when somebody waits for longer than this, milliseconds. */
const PATIENCE_MS = 2000;

/** Work that a person started outside of a view: after two seconds a notification shows it, with Cancel. */
export async function withPatience<T>(
  title: string,
  work: (token: vscode.CancellationToken) => Promise<T>,
): Promise<T> {
  const source = new vscode.CancellationTokenSource();
  const working = work(source.token);
  const timer = setTimeout(() => {
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      (_progress, token) => {
        token.onCancellationRequested(() => source.cancel());
        return working.then(
          () => undefined,
          () => undefined, // Whoever asked for the work sees how it failed.
        );
      },
    );
  }, PATIENCE_MS);
  try {
    return await working;
  } finally {
    clearTimeout(timer);
    source.dispose();
  }
}
