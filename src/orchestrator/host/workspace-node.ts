import { execFile } from 'node:child_process';
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { HostFacts } from '../env.ts';

/**
 * The Node that runs the workspace's tools: the first in PATH, as in the user's own terminal, else the one that runs us. `npx` and
 * `npm run` put `node_modules/.bin` folders of whatever package they were called in first: only the workspace's own count.
 */
export async function workspaceNode(
  root: string,
  { env, platform, nodeVersion }: HostFacts,
): Promise<{ readonly path: string; readonly version: string }> {
  const own = { path: process.execPath, version: nodeVersion };
  const found = inPath(searched(root, env['PATH'] ?? ''), platform === 'win32' ? 'node.exe' : 'node');
  if (found === null || realpathSync(found) === realpathSync(own.path)) return own;
  try {
    const { stdout } = await promisify(execFile)(found, ['--version'], { timeout: 10_000 });
    return { path: found, version: stdout.trim() };
  } catch (error) {
    // A `node` in PATH that does not even tell its version runs no test either.
    if (error instanceof Error) return own;
    throw error;
  }
}

function searched(root: string, folders: string): readonly string[] {
  const foreign = (folder: string): boolean =>
    folder.endsWith(path.join('node_modules', '.bin')) &&
    !`${root}${path.sep}`.startsWith(path.dirname(path.dirname(folder)) + path.sep);
  return folders.split(path.delimiter).filter((folder) => !foreign(folder));
}

function inPath(folders: readonly string[], name: string): string | null {
  for (const folder of folders) {
    const file = path.join(folder, name);
    if (path.isAbsolute(file) && isProgram(file)) return file;
  }
  return null;
}

/** Folders in PATH may be anything: missing, somebody else's (after `sudo -u`), links that lead nowhere. A shell passes over them. */
function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}
