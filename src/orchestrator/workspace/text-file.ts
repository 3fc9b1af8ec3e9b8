import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

export const MAX_TEXT_BYTES = 2 * 1024 * 1024;
/** As git does: a file with a NUL among its first 8,000 bytes is binary. */
const SNIFF_BYTES = 8000;

export type Text = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string };

/** Text of a file of the workspace, without byte order mark. Never follows a link out of the workspace. */
export async function readText(root: string, file: string): Promise<Text> {
  try {
    const path = await realpath(join(root, file));
    if (path !== root && !path.startsWith(root + sep)) return { ok: false, why: 'a link out of the workspace' };
    // NONBLOCK: a named pipe would wait for its writer for ever.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) return { ok: false, why: 'not a file' };
      if (stat.size > MAX_TEXT_BYTES) return { ok: false, why: 'over 2 MiB' };
      return textOf(await handle.readFile());
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) throw error;
    return { ok: false, why: REASONS[error.code] ?? error.code };
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'a link that leads nowhere',
};

export function textOf(bytes: Buffer): Text {
  if (bytes.subarray(0, SNIFF_BYTES).includes(0)) return { ok: false, why: 'binary' };
  const text = bytes.toString('utf8');
  return { ok: true, text: text.startsWith('\uFEFF') ? text.slice(1) : text };
}
