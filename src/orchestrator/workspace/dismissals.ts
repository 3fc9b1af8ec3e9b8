import { join } from 'node:path';
import type { StateFiles } from '../env.ts';
import { keepFile } from '../state-file.ts';

/** Findings that a person does not want to see again in this workspace: a file each, named by fingerprint, with words on it. */
export interface Dismissals {
  all(): ReadonlySet<string>;
  /** With the words that were kept, for people who look through them. */
  list(): readonly { readonly fingerprint: string; readonly about: string }[];
  add(fingerprint: string, about: string): void;
  /** The finding is told again. Nothing where it was not dismissed. */
  remove(fingerprint: string): void;
}

/** Files, not one list: windows and terminals may dismiss at the same time. */
export function createDismissals({
  files,
  stateDir,
}: {
  readonly files: StateFiles;
  readonly stateDir: string;
}): Dismissals {
  const folder = join(stateDir, 'dismissed');
  const names = (): readonly string[] => (files.stat(folder) === null ? [] : files.readDir(folder));
  return {
    all: () => new Set(names().map(fingerprintOf)),
    list: () =>
      names().map((name) => ({
        fingerprint: fingerprintOf(name),
        about: files.readFile(join(folder, name)).toString('utf8'),
      })),
    add(fingerprint, about) {
      keepFile(files, join(folder, nameOf(fingerprint)), Buffer.from(about));
    },
    remove(fingerprint) {
      const file = join(folder, nameOf(fingerprint));
      if (files.stat(file) === null) return;
      files.unlink(file);
      files.syncDir(folder);
    },
  };
}

/** Agents of the user may give any fingerprint: none leads out of the folder. */
const nameOf = (fingerprint: string): string => encodeURIComponent(fingerprint).replaceAll('.', '%2E');
const fingerprintOf = (name: string): string => decodeURIComponent(name);
