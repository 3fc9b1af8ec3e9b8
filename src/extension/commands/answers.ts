import * as vscode from 'vscode';
import { withoutIcons } from './icon-words.ts';
import { lines } from '../pages/lines.ts';
import type { Hindrance, Way } from './guard.ts';

/**
 * Answers in a quick pick: what a person asked for cannot be done, or there is nothing to do it to. Never a toast (UX: three kinds
 * only). Enter takes the first way on, where there is one.
 */
export async function answer({ text, ways }: Hindrance): Promise<void> {
  const words = lines(text, COLUMNS).map((line): AnswerItem => ({ label: withoutIcons(line), way: null }));
  const offers = ways.map((way): AnswerItem => ({ label: `$(arrow-right) ${way.label}`, way }));
  const box = vscode.window.createQuickPick<AnswerItem>();
  box.title = 'Savepoint';
  box.items = [...words, ...(offers.length === 0 ? [] : [SEPARATOR]), ...offers];
  box.show();
  box.activeItems = offers.slice(0, 1);
  const way = await new Promise<Way | null>((resolve) => {
    box.onDidAccept(() => {
      resolve(box.activeItems[0]?.way ?? null);
      box.hide();
    });
    box.onDidHide(() => {
      resolve(null);
      box.dispose();
    });
  });
  if (way) await vscode.commands.executeCommand(way.command, ...(way.argument === undefined ? [] : [way.argument]));
}

type AnswerItem = vscode.QuickPickItem & { readonly way: Way | null };

const SEPARATOR: AnswerItem = { label: '', kind: vscode.QuickPickItemKind.Separator, way: null };

/** What fits in a row of a quick pick. */
const COLUMNS = 80;

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
