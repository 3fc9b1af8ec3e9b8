import * as vscode from 'vscode';
import type { StoredEvent } from '../../contract/events.ts';
import type { Folder } from '../../extension/folder.ts';

/** Events asked for at once: what the view shows at most. */
const LIMIT = 1000;

/** What the Events view knows: asked for only while somebody looks, and not while it is paused. */
export interface EventFeed {
  /** Undefined until the worker answered. */
  events(folder: Folder): readonly StoredEvent[] | undefined;
  /** Asks, after the answer that is awaited if there is one; `onDidChange` tells when something came. */
  ask(folders: readonly Folder[]): void;
  readonly onDidChange: vscode.Event<void>;
  readonly dispose: () => void;
}

export function createEventFeed(log: Pick<vscode.LogOutputChannel, 'debug'>): EventFeed {
  const changed = new vscode.EventEmitter<void>();
  const known = new Map<string, readonly StoredEvent[]>();
  /** Folders whose answer is awaited; true where they are to be asked again after it. */
  const asking = new Map<string, boolean>();

  const askOne = async (folder: Folder): Promise<void> => {
    const uri = folder.root.uri.toString();
    if (folder.state.kind !== 'ready') return;
    if (asking.has(uri)) {
      asking.set(uri, true);
      return;
    }
    asking.set(uri, false);
    try {
      known.set(uri, await folder.request('events', { limit: LIMIT }));
      changed.fire();
    } catch (error) {
      // The worker went away meanwhile: what is known stays, and the next change asks again.
      log.debug(`Events of ${folder.root.name} were not read: ${String(error)}`);
    } finally {
      const again = asking.get(uri) === true;
      asking.delete(uri);
      if (again) void askOne(folder);
    }
  };
  return {
    events: (folder) => known.get(folder.root.uri.toString()),
    ask: (folders) => {
      for (const folder of folders) void askOne(folder);
    },
    onDidChange: changed.event,
    dispose: () => changed.dispose(),
  };
}
