/** Counts as GPT-4o and later do; other models differ by some percent. The table of the encoding is loaded once, when it is needed. */
export async function loadTokenCounter(): Promise<(text: string) => number> {
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
  // Text that looks like a control token is text.
  return (text) => countTokens(text, { disallowedSpecial: new Set() });
}
