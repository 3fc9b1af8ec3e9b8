import * as vscode from 'vscode';
import type { StoredEvent } from '../../contract/events.ts';
import type { Folder } from '../../extension/folder.ts';

/** Events asked for at once: what the view shows at most. */
const LIMIT = 1000;

/** What the Events view knows: asked for only while somebody looks, and not while it is paused. */
export interface EventFeed {
  events(folder: Folder): readonly StoredEvent[];
  /** Asks again; `onDidChange` tells when something came. */
  ask(folders: readonly Folder[]): void;
  readonly onDidChange: vscode.Event<void>;
  readonly dispose: () => void;
}

export function createEventFeed(log: Pick<vscode.LogOutputChannel, 'debug'>): EventFeed {
  const changed = new vscode.EventEmitter<void>();
  const known = new Map<string, readonly StoredEvent[]>();
  const asking = new Set<string>();

  const askOne = async (folder: Folder): Promise<void> => {
    const uri = folder.root.uri.toString();
    if (asking.has(uri) || folder.state.kind !== 'ready') return;
    asking.add(uri);
    try {
      known.set(uri, await folder.request('events', { limit: LIMIT }));
      changed.fire();
    } catch (error) {
      // The worker went away meanwhile: what is known stays, and the next change asks again.
      log.debug(`Events of ${folder.root.name} were not read: ${String(error)}`);
    } finally {
      asking.delete(uri);
    }
  };
  return {
    events: (folder) => known.get(folder.root.uri.toString()) ?? [],
    ask: (folders) => {
      for (const folder of folders) void askOne(folder);
    },
    onDidChange: changed.event,
    dispose: () => changed.dispose(),
  };
}
