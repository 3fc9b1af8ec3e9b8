import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const samples = dirname(fileURLToPath(import.meta.url));

export interface CopyOptions {
  sample: 'harbor' | 'blind';
  variant: 'base' | 'planted' | 'clean';
  /** An empty or missing folder; it becomes a git repository with one commit of the base. */
  into: string;
}

const DATE = '2025-07-11T09:00:00+00:00';

async function git(cwd: string, ...args: string[]): Promise<void> {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) if (!/^git_/i.test(name)) env[name] = value;
  const none = process.platform === 'win32' ? 'NUL' : '/dev/null';
  Object.assign(env, {
    GIT_CONFIG_GLOBAL: none,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_DATE: DATE,
    GIT_COMMITTER_DATE: DATE,
  });
  await run('git', args, { cwd, env });
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Fake keys are kept as parts, so that no scanner finds them in our own repository. */
async function readKeys(sample: string): Promise<Map<string, string>> {
  let text: string;
  try {
    text = await readFile(join(samples, sample, 'keys.json'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
  const parts = JSON.parse(text) as Record<string, string[]>;
  return new Map(Object.entries(parts).map(([name, list]) => [name, list.join('')]));
}

async function overlay(from: string, into: string, keys: Map<string, string>): Promise<void> {
  for (const source of await filesOf(from)) {
    const target = join(into, source.slice(from.length + 1));
    await mkdir(dirname(target), { recursive: true });
    await cp(source, target);
    const text = await readFile(source, 'utf8');
    if (!text.includes('{{key:')) continue;
    const resolved = text.replace(/\{\{key:([A-Za-z0-9_-]+)\}\}/g, (_, name: string) => {
      const key = keys.get(name);
      if (key === undefined) throw new Error(`${source}: keys.json has no "${name}"`);
      return key;
    });
    await writeFile(target, resolved);
  }
}

/** Copies a sample project: its base as a commit, the variant as what differs from HEAD. */
export async function copySample({ sample, variant, into }: CopyOptions): Promise<void> {
  const root = join(samples, sample);
  const keys = await readKeys(sample);
  await mkdir(into, { recursive: true });
  if ((await readdir(into)).length > 0) throw new Error(`${into} is not empty`);
  await overlay(join(root, 'base'), into, keys);
  await git(into, 'init', '--quiet', '--initial-branch=main', '--template=');
  const settings = {
    'user.name': 'Harbor',
    'user.email': 'harbor@harbor.example',
    'commit.gpgsign': 'false',
    'core.hooksPath': '.git/no-hooks',
    'core.autocrlf': 'false',
    'gc.auto': '0',
  };
  for (const [name, value] of Object.entries(settings)) await git(into, 'config', name, value);
  await git(into, 'add', '--all');
  await git(into, 'commit', '--quiet', '--no-verify', '--message', 'harbor-api 2.7.0');
  if (variant !== 'base') await overlay(join(root, variant), into, keys);
}
