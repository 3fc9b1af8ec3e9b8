import { createCipheriv, randomBytes } from 'node:crypto';

/** Lets somebody fetch one export without a login. */
export function createDownloadToken(): string {
  return randomBytes(24).toString('hex');
}

/** Hides the path of an export in its link. `key` has 32 bytes. */
export function sealPath(path: string, key: Uint8Array): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const sealed = Buffer.concat([iv, cipher.update(path, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return sealed.toString('hex');
}
