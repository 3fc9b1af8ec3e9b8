/** Shannon entropy in bits per character, over UTF-16 units. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

const PLACEHOLDER =
  /example|sample|dummy|fake|placeholder|changeme|change[-_]me|replace|redacted|your[-_]?|insert|xxxx|x{4,}|\*{3,}|\.{3,}|•|0{6,}|1{6,}|a{6,}|f{6,}|123456|abcdef|qwerty|foobar|deadbeef|lorem|todo|<[^>]*>|\$\{|\{\{|%[sd]|process\.env|not[-_]?a[-_]?real|my[-_]?secret|s3cr3t/i;
const RUN = /(.)\1{4,}/;

/** Whether a value is there to be replaced: an example, a template hole, a run of one character, a keyboard walk. */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value) || RUN.test(value);
}
