import * as vscode from 'vscode';

/** Ids that this workspace remembers, newest last; the oldest are forgotten. */
export interface Remembered {
  readonly ids: ReadonlySet<string>;
  add(id: string): void;
  readonly onDidChange: vscode.Event<void>;
}

/** Runs come and go: what is older than so many looks at runs is off the board. */
const REMEMBERED = 500;

export function createRemembered(state: vscode.Memento, key: string): Remembered & vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  let ids = new Set(state.get<readonly string[]>(key, []));
  return {
    get ids() {
      return ids;
    },
    add(id) {
      if (ids.has(id)) return;
      ids = new Set([...ids, id].slice(-REMEMBERED));
      void state.update(key, [...ids]);
      changed.fire();
    },
    onDidChange: changed.event,
    dispose: () => changed.dispose(),
  };
}
