import * as vscode from 'vscode';
import { createTimeWords, type TimeWords } from '../contract/time-words.ts';

/** When, and in which words, something is shown. */
export interface Scene {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly times: TimeWords;
}

/** Makes the scene of now, in the editor's language. */
export function createScenes(): () => Scene {
  const times = createTimeWords({ locale: vscode.env.language });
  return () => ({ now: Date.now(), times });
}
