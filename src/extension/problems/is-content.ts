import { createHash } from 'node:crypto';

/** Whether a text is the content with this git blob id. Where git keeps other line breaks than the disk has, it is the one that git keeps. */
export const isContent = (text: string, id: string): boolean =>
  blobId(text, id.length) === id || (text.includes('\r\n') && blobId(text.replaceAll('\r\n', '\n'), id.length) === id);

/** Hexadecimal; as long as the repository's ids are. */
function blobId(text: string, length: number): string {
  const bytes = Buffer.from(text);
  return createHash(length === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}
