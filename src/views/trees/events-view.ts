import * as vscode from 'vscode';
import type { Folders } from '../../extension/folder.ts';
import { factsOf } from '../../extension/folder-facts.ts';
import { createAtMost } from './at-most.ts';
import type { SetKey } from './context-keys.ts';
import { createEventFeed } from './event-feed.ts';
import { eventsTree } from './events.ts';
import { withFolders } from './node.ts';
import type { FolderFacts } from '../../extension/folder-facts.ts';
import type { Scene } from '../../extension/scene.ts';
import { openView, say } from './open-view.ts';

/** Events must be asked for: at most so often, and only while somebody looks. Milliseconds. */
const EVENTS_MS = 1000;

export interface EventsViewDeps {
  readonly folders: Folders;
  readonly scene: () => Scene;
  readonly log: Pick<vscode.LogOutputChannel, 'debug'>;
  readonly setKey: SetKey;
}

/** The Events view: follows what is stored, stands still while it is paused, shows what matches the filter. */
export function createEventsView({ folders, scene, log, setKey }: EventsViewDeps): vscode.Disposable {
  const { view, provider } = openView('savepoint.events');
  const feed = createEventFeed(log);
  let filter = '';
  /** ISO time; null while it follows. */
  let pausedAt: string | null = null;

  const draw = (): void => {
    const now = scene();
    const byUri = new Map(folders.all.map((folder) => [folder.root.uri.toString(), folder]));
    const treeOf = (facts: FolderFacts) => {
      const folder = byUri.get(facts.uri);
      return eventsTree(facts, { ...now, events: (folder && feed.events(folder)) ?? [], filter });
    };
    provider.show(withFolders(folders.all.map(factsOf), treeOf));
    const message = pausedAt === null ? '' : `Paused at ${now.times.short(pausedAt, now.now)}.`;
    say(view, { message, description: filter });
    setKey('eventsPaused', pausedAt !== null);
    setKey('eventsFiltered', filter !== '');
    const asked = folders.all.filter(({ state }) => state.kind === 'ready');
    setKey('eventsTold', asked.length > 0 && asked.every((folder) => feed.events(folder) !== undefined));
  };
  const asking = createAtMost(EVENTS_MS, () => feed.ask(folders.all));
  const follow = (): void => {
    if (pausedAt === null && view.visible) asking.ask();
  };
  /** Which folders there are and how they stand: rows of one that is gone, or stopped, do not wait for the next event. */
  let drawn: string | null = null;
  const look = (): void => {
    const now = folders.all.map(({ root, state }) => `${root.uri.toString()} ${state.kind}`).join('\n');
    if (now !== drawn) draw();
    drawn = now;
    follow();
  };
  const setPaused = (at: string | null): void => {
    pausedAt = at;
    follow();
    draw();
  };
  const setFilter = (words: string): void => {
    filter = words;
    draw();
  };
  const askFilter = async (): Promise<void> => {
    const prompt = 'Words in what happened, the file or who';
    const words = await vscode.window.showInputBox({ title: 'Filter events', prompt, value: filter });
    if (words !== undefined) setFilter(words.trim());
  };

  look();
  return vscode.Disposable.from(
    view,
    provider,
    feed,
    asking,
    vscode.commands.registerCommand('savepoint.filterEvents', askFilter),
    vscode.commands.registerCommand('savepoint.clearEventsFilter', () => setFilter('')),
    vscode.commands.registerCommand('savepoint.pauseEvents', () => setPaused(new Date(scene().now).toISOString())),
    vscode.commands.registerCommand('savepoint.followEvents', () => setPaused(null)),
    folders.onDidChange(look),
    folders.onDidChangeFolders(look),
    view.onDidChangeVisibility(follow),
    feed.onDidChange(() => {
      if (pausedAt === null) draw();
    }),
  );
}
