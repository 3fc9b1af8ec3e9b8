/** Words that say nothing about what a file is for: languages' keywords and those of any sentence. */
const STOP = new Set(
  (
    'the and for with that this from into not are was were has have had will can should would when then than them they there these those ' +
    'its our your you all any but out use uses used using via per also just only more most other some such each both same make makes made ' +
    'const let var function return class extends implements interface type enum import export default async await new null true false ' +
    'undefined void string number boolean else while switch case break continue throw try catch finally public private protected static ' +
    'readonly def self none pass elif lambda func struct impl pub mut match package yield typeof instanceof require module exports ' +
    'add adds added fix fixes fixed change changes changed update updates updated remove removes removed feat chore refactor docs test tests'
  ).split(' '),
);
const IDENTIFIER = /[\p{L}_$][\p{L}\p{N}_$]{1,59}/gu;
const LEAST = 3;

/** Every name and word of a text with how often it stands there, in the order met. */
export function identifiersOf(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [name] of text.matchAll(IDENTIFIER)) {
    if (name.length >= LEAST) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/**
 * `parseHTTPRequests` and `parse_http_requests` are parse, http, request and, being rarer than these, parsehttprequest: lower
 * case, plurals cut, without words that say nothing.
 */
export function wordsOf(name: string): readonly string[] {
  const parts = partsOf(name);
  return parts.length > 1 && !/[/\s]/.test(name) ? [...parts, parts.join('')] : parts;
}

function partsOf(name: string): readonly string[] {
  return name
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length >= LEAST && !STOP.has(word) && !/^\p{N}+$/u.test(word))
    .map(stem);
}

/** Enough of a stemmer to bring a task's words and a file's names together. */
function stem(word: string): string {
  if (word.length > 6 && word.endsWith('ing')) return word.slice(0, -3).replace(/([^aeiouls])\1$/, '$1');
  if (word.length > 5 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 4 && /(?:ss|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  if (word.length > 3 && word.endsWith('s') && !/(?:ss|us|is)$/.test(word)) return word.slice(0, -1);
  if (word.length > 5 && word.endsWith('ed')) return word.slice(0, -2).replace(/([^aeiouls])\1$/, '$1');
  return word;
}
