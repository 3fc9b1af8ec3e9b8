import * as vscode from 'vscode';
import { commandLink } from '../../contract/target.ts';
import type { Tone } from '../../contract/words.ts';
import { withoutIcons } from '../commands/icon-words.ts';
import { plainMarkdown } from '../plain-markdown.ts';
import { factsOf } from '../folder-facts.ts';
import type { Remembered } from './remembered.ts';
import type { Folders } from '../folder.ts';
import type { Notifications } from './notifications.ts';
import { paced, type Pace } from './status-pace.ts';
import type { Link, Status } from './status-item.ts';
import { statusOf } from './status.ts';
import type { Scene } from '../scene.ts';

export interface StatusBarDeps {
  readonly folders: Folders;
  readonly scene: () => Scene;
  readonly dismissed: Remembered;
  /** Whether a person wants to hear of commands that wait for approval. */
  readonly notifications: Pick<Notifications, 'isMuted' | 'onDidMute'>;
}

export interface StatusBar extends vscode.Disposable {
  /** What is so now, whether or not the item shows it yet. */
  readonly status: () => Status;
}

/** The one status bar item. */
export function createStatusBar({ folders, scene, dismissed, notifications }: StatusBarDeps): StatusBar {
  const item = vscode.window.createStatusBarItem('savepoint.status', vscode.StatusBarAlignment.Left, 0);
  item.name = 'Savepoint';
  item.command = 'savepoint.showMenu';
  const statusNow = (): Status =>
    statusOf(folders.all.map(factsOf), {
      ...scene(),
      dismissed: dismissed.ids,
      commandsMuted: notifications.isMuted('commands'),
    });

  let pace: Pace = {
    shown: statusOf([], { ...scene(), dismissed: new Set(), commandsMuted: false }),
    shownAt: 0,
    checkingSince: null,
  };
  let drawn: Status | undefined;
  let timer: NodeJS.Timeout | undefined;
  const update = (): void => {
    clearTimeout(timer);
    const now = Date.now();
    const next = paced(pace, statusNow(), now);
    pace = next.pace;
    if (drawn === undefined || JSON.stringify(drawn) !== JSON.stringify(pace.shown)) draw(item, pace.shown);
    drawn = pace.shown;
    if (next.againAt !== null) timer = setTimeout(update, Math.max(1, next.againAt - now));
  };

  update();
  item.show();
  const disposable = vscode.Disposable.from(
    item,
    folders.onDidChange(update),
    folders.onDidChangeFolders(update),
    dismissed.onDidChange(update),
    notifications.onDidMute(update),
  );
  return {
    status: statusNow,
    dispose() {
      clearTimeout(timer);
      disposable.dispose();
    },
  };
}

function draw(item: vscode.StatusBarItem, status: Status): void {
  item.text = `$(${status.icon}) ${status.text}`;
  item.tooltip = hover(status);
  item.accessibilityInformation = { label: status.aria, role: 'button' };
  item.backgroundColor =
    status.background === null ? undefined : new vscode.ThemeColor(`statusBarItem.${status.background}Background`);
}

/** Outcome; run, time; up to three lines; what can be done. What files and tools say stays text. */
function hover({ outcome, about, lines, links }: Status): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  // For the icons' colours; in the words every sign is escaped.
  text.supportHtml = true;
  text.isTrusted = { enabledCommands: links.map(({ command }) => command) };
  const plain = (words: string): string => plainMarkdown(withoutIcons(words));
  text.appendMarkdown(`**${plain(outcome)}**`);
  if (about !== '') text.appendMarkdown(`  \n${plain(about)}`);
  for (const [index, line] of lines.entries()) {
    text.appendMarkdown(`${index === 0 ? '\n\n' : '  \n'}${colored(line.icon)} ${plain(line.text)}`);
  }
  if (links.length > 0) text.appendMarkdown(`\n\n---\n\n${links.map(linkWords).join(' &nbsp;&nbsp; ')}`);
  return text;
}

/** Only icons are coloured, and only those that say how bad it is. */
function colored(icon: string): string {
  const tone: Tone | null = icon === 'error' ? 'failed' : icon === 'warning' ? 'attention' : null;
  return tone === null ? `$(${icon})` : `<span style="color:var(--vscode-savepoint-${tone});">$(${icon})</span>`;
}

const linkWords = ({ label, command, target }: Link): string =>
  `[${label}](${target === null ? `command:${command}` : commandLink(command, target)})`;
