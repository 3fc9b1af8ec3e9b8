import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type * as z from 'zod';

/** What was written, or null when it is missing, damaged or of another shape: it then only has to be made again. */
export async function readJsonCache<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const end = text.indexOf('\n');
  const body = text.slice(end + 1);
  if (end < 0 || text.slice(0, end) !== checksum(body)) return null;
  const parsed = schema.safeParse(JSON.parse(body));
  return parsed.success ? parsed.data : null;
}

/** Under a name of its own, then renamed: two writers at once leave one whole file. */
export async function writeJsonCache(path: string, value: object): Promise<void> {
  const body = JSON.stringify(value);
  const own = `${path}.${String(process.pid)}.${String(Date.now())}`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(own, `${checksum(body)}\n${body}`, { mode: 0o600 });
  await rename(own, path);
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
