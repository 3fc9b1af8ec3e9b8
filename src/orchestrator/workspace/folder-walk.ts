import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ignore } from 'ignore';

/** Never looked into where git does not say what is ignored. */
const ALWAYS_LEFT_OUT = new Set(['node_modules', '.git']);

/** A `.gitignore` and the folder (empty, or with a trailing `/`) that it speaks about. */
interface Rules {
  readonly prefix: string;
  readonly rules: Ignore;
}

/**
 * Every file below the root but node_modules, .git and what `.gitignore` files name; links are not followed. Ends early where
 * there are more than `limit`.
 */
export async function walkFolder(
  root: string,
  { limit = Infinity }: { readonly limit?: number } = {},
): Promise<{ readonly files: readonly string[]; readonly unreadable: readonly string[] }> {
  const { default: createIgnore } = await import('ignore');
  const files: string[] = [];
  const unreadable: string[] = [];

  async function rulesOf(prefix: string, names: readonly string[]): Promise<readonly Rules[]> {
    if (!names.includes('.gitignore')) return [];
    const text = await readFile(join(root, prefix, '.gitignore'), 'utf8').catch(() => null);
    if (text === null) unreadable.push(`${prefix}.gitignore`);
    return text === null ? [] : [{ prefix, rules: createIgnore().add(text) }];
  }

  async function walk(prefix: string, outer: readonly Rules[]): Promise<void> {
    const entries = await readdir(join(root, prefix), { withFileTypes: true }).catch(() => {
      unreadable.push(prefix);
      return [];
    });
    const all = [
      ...outer,
      ...(await rulesOf(
        prefix,
        entries.filter((entry) => entry.isFile()).map((entry) => entry.name),
      )),
    ];
    for (const entry of entries) {
      const path = `${prefix}${entry.name}`;
      if (files.length > limit) return;
      if (ALWAYS_LEFT_OUT.has(entry.name)) continue;
      if (entry.isDirectory() && !isIgnored(`${path}/`, all)) await walk(`${path}/`, all);
      else if (entry.isFile() && !isIgnored(path, all)) files.push(path);
    }
  }

  await walk('', []);
  return { files, unreadable };
}

/** The innermost file that says anything about the path decides. */
function isIgnored(path: string, all: readonly Rules[]): boolean {
  for (const { prefix, rules } of all.toReversed()) {
    const verdict = rules.test(path.slice(prefix.length));
    if (verdict.ignored) return true;
    if (verdict.unignored) return false;
  }
  return false;
}
