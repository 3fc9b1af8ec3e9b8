import { existsSync } from 'node:fs';
import { join } from 'node:path';

export interface PackageManager {
  readonly name: 'npm' | 'pnpm' | 'yarn' | 'bun';
  /** Null where there is none: npm is then the guess. */
  readonly lockfile: string | null;
  /** What a person types to get the workspace's dependencies. */
  readonly install: string;
}

const LOCKFILES = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
] as const;

/** The package manager whose lockfile lies in the folder. */
export function packageManagerOf(folder: string): PackageManager {
  const found = LOCKFILES.find(([lockfile]) => existsSync(join(folder, lockfile)));
  const name = found?.[1] ?? 'npm';
  return { name, lockfile: found?.[0] ?? null, install: `${name} install` };
}
