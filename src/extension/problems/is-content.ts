import { createHash } from 'node:crypto';

/**
 * Whether a text of an editor is the content with this git blob id: which may have a byte order mark, that no editor shows, and where git
 * keeps other line breaks than the disk has, it is the one that git keeps.
 */
export function isContent(text: string, id: string): boolean {
  const breaks = text.includes('\r\n') ? [text, text.replaceAll('\r\n', '\n')] : [text];
  return breaks.some((one) => [one, `\uFEFF${one}`].some((content) => blobId(content, id.length) === id));
}

/** Hexadecimal; as long as the repository's ids are. */
function blobId(text: string, length: number): string {
  const bytes = Buffer.from(text);
  return createHash(length === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}
