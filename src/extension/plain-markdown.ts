/**
 * Markdown that says a text as it is, on one line: every sign that could mean something is escaped. Spaces stay spaces, where
 * `MarkdownString.appendText` makes of each one that no line breaks at, so that lines are cut in the middle of words.
 */
export const plainMarkdown = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[!-/:-@[-`{-~]/g, '\\$&');
