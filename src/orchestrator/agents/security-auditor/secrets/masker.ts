import { findCertainSecrets, maskedPreview } from './certain.ts';

export type Masker = (text: string) => string;

/**
 * Replaces every certain secret by its preview. Everything that Savepoint stores goes through it. Pure; a text without secrets
 * comes back as the same string. A private key that arrives line by line is only known by its first line: hand over whole texts.
 */
export function createMasker(): Masker {
  return (text) => {
    const secrets = findCertainSecrets(text);
    if (secrets.length === 0) return text;
    const parts: string[] = [];
    let from = 0;
    for (const { start, end, shown } of secrets) {
      parts.push(text.slice(from, start), maskedPreview(text.slice(start, end), shown));
      from = end;
    }
    return parts.join('') + text.slice(from);
  };
}
