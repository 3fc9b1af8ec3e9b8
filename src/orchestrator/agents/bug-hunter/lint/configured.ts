import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import * as z from 'zod';

export const LINTERS = ['eslint', 'oxlint', 'biome'] as const;
export type Linter = (typeof LINTERS)[number];

/** A linter that the workspace has configured, with the files that fall under that configuration. */
export interface Configured {
  readonly linter: Linter;
  /** Absolute. */
  readonly config: string;
  readonly folder: string;
  /** Relative to the workspace. */
  readonly files: readonly string[];
}

export interface Installed {
  readonly version: string;
  /** Absolute path of the entry, a Node script. */
  readonly entry: string;
}

export interface OwnTool {
  readonly configured: Configured;
  readonly installed: Installed;
}

const CONFIGS: Readonly<Record<Linter, RegExp>> = {
  eslint: /^(?:eslint\.config\.[cm]?[jt]s|\.eslintrc(?:\.(?:c?js|json|ya?ml))?)$/,
  oxlint: /^(?:\.oxlintrc\.jsonc?|oxlint\.config\.[cm]?ts)$/,
  biome: /^\.?biome\.jsonc?$/,
};
export const PACKAGES: Readonly<Record<Linter, string>> = {
  eslint: 'eslint',
  oxlint: 'oxlint',
  biome: '@biomejs/biome',
};

/** Each file goes to the nearest configuration upwards of each linter, up to the workspace's root. */
export function findConfigured(root: string, files: readonly string[]): readonly Configured[] {
  const nearest = createNearest(root);
  const groups = new Map<string, { linter: Linter; config: string; files: string[] }>();
  for (const file of files) {
    for (const linter of LINTERS) {
      const config = nearest(linter, dirname(join(root, file)));
      if (config === null) continue;
      const key = `${linter} ${config}`;
      const group = groups.get(key) ?? { linter, config, files: [] };
      group.files.push(file);
      groups.set(key, group);
    }
  }
  return [...groups.values()].map((group) => ({ ...group, folder: dirname(group.config) }));
}

function createNearest(root: string): (linter: Linter, folder: string) => string | null {
  const known = new Map<string, string | null>();
  const nearest = (linter: Linter, folder: string): string | null => {
    const key = `${linter} ${folder}`;
    const cached = known.get(key);
    if (cached !== undefined) return cached;
    const here = configIn(linter, folder);
    const found =
      here ?? (folder === root || relative(root, folder).startsWith('..') ? null : nearest(linter, dirname(folder)));
    known.set(key, found);
    return found;
  };
  return nearest;
}

function configIn(linter: Linter, folder: string): string | null {
  if (!existsSync(folder)) return null;
  // A flat configuration wins over an old one beside it, as it does in ESLint.
  const names = readdirSync(folder)
    .filter((name) => CONFIGS[linter].test(name))
    .toSorted((a, b) => b.localeCompare(a));
  const [first] = names;
  if (first !== undefined) return join(folder, names.find((name) => name.startsWith('eslint.config')) ?? first);
  const packageFile = join(folder, 'package.json');
  const inPackage =
    linter === 'eslint' && existsSync(packageFile) && /"eslintConfig"\s*:/.test(readFileSync(packageFile, 'utf8'));
  return inPackage ? packageFile : null;
}

const packageSchema = z.object({
  version: z.string(),
  bin: z.union([z.string(), z.record(z.string(), z.string())]).optional(),
});

/** The package as code in the folder would find it; null when it is not installed. */
export function findInstalled(name: string, folder: string): Installed | null {
  const packageFile = findPackage(name, folder);
  if (packageFile === null) return null;
  const { version, bin } = packageSchema.parse(JSON.parse(readFileSync(packageFile, 'utf8')));
  const entry = typeof bin === 'string' ? bin : Object.values(bin ?? {})[0];
  return entry === undefined ? null : { version, entry: join(dirname(packageFile), entry) };
}

/** By folder, not by `exports`: a package may keep its package.json to itself. */
function findPackage(name: string, folder: string): string | null {
  const paths = createRequire(join(folder, 'package.json')).resolve.paths(name) ?? [];
  return paths.map((path) => join(path, name, 'package.json')).find((file) => existsSync(file)) ?? null;
}
