import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import type { Scope } from '../../src/contract/agents.ts';
import { ok } from '../../src/contract/failures.ts';
import type { Workspace } from '../../src/orchestrator/workspace/workspace.ts';

/** A new temporary folder with these files (a real path). */
export function makeFolder(files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'savepoint-test-')));
  writeFiles(root, files);
  return root;
}

export function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
}

export function removeFolder(root: string): void {
  rmSync(root, { recursive: true, force: true, maxRetries: 3 });
}

/** Stands for the workspace of a folder without git: every file but node_modules, every line changed. */
export function folderWorkspace(root: string): Workspace {
  const list = (): string[] =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((file) => !/(?:^|\/)(?:node_modules|\.git)\//.test(file))
      .sort();
  const text = (file: string): string | null => {
    try {
      return readFileSync(join(root, file), 'utf8');
    } catch {
      return null;
    }
  };
  const scope: Scope = { kind: 'all', base: null, files: [] };
  return {
    root,
    git: async () => null,
    gitMissing: async () => false,
    scope: async ({ within }) =>
      ok(
        within
          ? { ...scope, kind: 'files', files: list().filter((file) => within.includes(file)) }
          : { ...scope, files: list() },
      ),
    files: async () => list(),
    contentIds: async (files) =>
      new Map(
        files.flatMap((file) => {
          const content = text(file);
          return content === null ? [] : [[file, createHash('sha1').update(content).digest('hex')] as const];
        }),
      ),
    read: async (file) => text(file),
    readBase: async () => null,
    changedLines: async (_scope, file) => [[0, (text(file) ?? '').split('\n').length]],
    removed: async () => [],
    dismissed: () => new Set(),
    skipped: () => [],
  };
}
