import * as vscode from 'vscode';
import { factsOf } from '../folder-facts.ts';
import type { Folders } from '../folder.ts';
import {
  NOTICE_KINDS,
  TOLD_NOTHING,
  afterShowing,
  nextNotice,
  noticesOf,
  type Notice,
  type NoticeKind,
  type Told,
} from './notices.ts';

const MUTED_KEY = 'savepoint.mutedNotices';
const DONT_SHOW_AGAIN = "Don't Show Again";
/** setTimeout takes no more. Milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface NotificationsDeps {
  readonly folders: Folders;
  /** Remembers, for this workspace, the kinds that a person does not want to see again. */
  readonly state: vscode.Memento;
}

export interface Notifications extends vscode.Disposable {
  readonly isMuted: (kind: NoticeKind) => boolean;
  /** A person said that a kind is not to be shown again. */
  readonly onDidMute: vscode.Event<void>;
}

/** Tells what a person must act on, and nothing else: one at a time, each once, the same kind at most every 30 minutes. */
export function createNotifications({ folders, state }: NotificationsDeps): Notifications {
  let told: Told = TOLD_NOTHING;
  let timer: NodeJS.Timeout | undefined;
  const changed = new vscode.EventEmitter<void>();
  const muted = (): ReadonlySet<NoticeKind> => {
    const kept = state.get<readonly string[]>(MUTED_KEY, []);
    return new Set(NOTICE_KINDS.filter((kind) => kept.includes(kind)));
  };

  const update = (): void => {
    clearTimeout(timer);
    const now = Date.now();
    const { notice, againAt } = nextNotice(noticesOf(folders.all.map(factsOf)), { told, muted: muted(), now });
    if (againAt !== null) timer = setTimeout(update, Math.min(againAt - now, LONGEST_TIMER_MS));
    if (notice === null) return;
    told = afterShowing(told, notice, now);
    void tell(notice);
  };
  const tell = async (notice: Notice): Promise<void> => {
    const show = notice.kind === 'cannot-work' ? vscode.window.showErrorMessage : vscode.window.showWarningMessage;
    const chosen = await show(notice.message, notice.button, DONT_SHOW_AGAIN);
    told = { ...told, open: false };
    if (chosen === DONT_SHOW_AGAIN) {
      await state.update(MUTED_KEY, [...muted(), notice.kind]);
      changed.fire();
    } else if (chosen === notice.button) await vscode.commands.executeCommand(notice.command, notice.target);
    update();
  };

  const listeners = [changed, folders.onDidChange(update), folders.onDidChangeFolders(update)];
  update();
  return {
    isMuted: (kind) => muted().has(kind),
    onDidMute: changed.event,
    dispose() {
      clearTimeout(timer);
      for (const listener of listeners) listener.dispose();
    },
  };
}
