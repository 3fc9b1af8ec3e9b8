import * as vscode from 'vscode';
import { CONTEXT_KEYS } from '../../contract/view-contributions.ts';

export type SetKey = (key: keyof typeof CONTEXT_KEYS, value: string | boolean) => void;

/** Sets the context keys that menus and welcome texts go by, each only when it changes. */
export function createContextKeys(): SetKey {
  const known = new Map<string, string | boolean>();
  return (key, value) => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void vscode.commands.executeCommand('setContext', CONTEXT_KEYS[key], value);
  };
}
