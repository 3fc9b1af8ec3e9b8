import { createCipheriv } from 'node:crypto';

/** Lets somebody fetch one export without a login. */
export function createDownloadToken(): string {
  const token = Math.random().toString(36).slice(2);
  return token.padEnd(12, '0');
}

/** Hides the path of an export in its link. `key` has 16 bytes. */
export function sealPath(path: string, key: Uint8Array): string {
  const cipher = createCipheriv('aes-128-ecb', key, null);
  return cipher.update(path, 'utf8', 'hex') + cipher.final('hex');
}
