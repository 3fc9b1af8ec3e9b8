import { createHmac, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const KEY_BYTES = 32;
const KEY_FILE = 'fingerprint.key';

/** Names a secret without storing it: 16 hex digits that only this state folder can compute. */
export type SecretName = (rule: string, secret: string) => string;

/** Reads this workspace's key, or makes it (0600). Of two processes that come at once, the first one's key holds for both. */
export async function secretNames(stateDir: string): Promise<SecretName> {
  const folder = join(stateDir, 'agents', 'security-auditor');
  const file = join(folder, KEY_FILE);
  const draft = join(folder, `${KEY_FILE}.${randomBytes(4).toString('hex')}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const key = (await existing(file)) ?? (await made({ file, draft }));
  return (rule, secret) => createHmac('sha256', key).update(`${rule}\0${secret}`).digest('hex').slice(0, 16);
}

async function existing(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** A link appears whole or not at all, and only where there is none yet. */
async function made({ file, draft }: { readonly file: string; readonly draft: string }): Promise<Buffer> {
  await writeFile(draft, randomBytes(KEY_BYTES), { flag: 'wx', mode: 0o600 });
  try {
    await link(draft, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft);
  }
  return readFile(file);
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
