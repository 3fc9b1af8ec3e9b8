import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder, writeFiles } from './folder-workspace.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');

/** One project, written for one runner. */
export interface RunnerFixture {
  readonly runner: string;
  /** A copy in a new folder, with the runner linked in, changed by `files`. */
  make(files?: Readonly<Record<string, string>>): string;
  /** Text of a test file with one test of this body. */
  test(name: string, body: string): string;
}

interface Dialect {
  readonly folder: string;
  readonly head: string;
}

const DIALECTS: Readonly<Record<string, Dialect>> = {
  vitest: { folder: 'vitest', head: `import { expect, it } from 'vitest';` },
  jest: { folder: 'jest', head: '' },
  mocha: { folder: 'mocha', head: '' },
  'node:test': { folder: 'node-test', head: `import { it } from 'node:test';` },
};

export const RUNNER_FIXTURES: readonly RunnerFixture[] = Object.entries(DIALECTS).map(([runner, { folder, head }]) => ({
  runner,
  make: (files = {}) => {
    const root = makeFolder({});
    cpSync(join(REPOSITORY, 'test', 'fixtures', 'runners', folder), root, { recursive: true });
    writeFiles(root, files);
    if (runner !== 'node:test') linkPackage(root, runner);
    return root;
  },
  test: (name, body) => `${head}\nit(${JSON.stringify(name)}, async () => {\n${body}\n});\n`,
}));

/** Makes an installed package of this repository look installed in the folder. */
export function linkPackage(root: string, name: string): void {
  const at = join(root, 'node_modules', name);
  mkdirSync(dirname(at), { recursive: true });
  symlinkSync(join(REPOSITORY, 'node_modules', name), at);
}
