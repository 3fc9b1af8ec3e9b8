/** As Node writes an error that nobody caught, and Mocha one of a file that does not load. */
const HEAD = /^[\w$.]*(?:Error|Exception)(?: \[\w+\])?(?::|$)/;
const FRAME = /^\s+at /;
const MOCHAS_WORDS = /^ ?Exception during run: /;
const PLACE = /^(?:file:\/\/)?(\/.*):(\d+)$/;
/** Source line and caret stand between the place and the error, and an empty line after them. */
const PLACE_ABOVE = 6;

/** Pure: the error that ended a program, from what it wrote to standard error; null where it tells of none. */
export function uncaughtIn(output: readonly string[]): { readonly message: string; readonly stack: string } | null {
  const lines = output.map((line) => line.replace(MOCHAS_WORDS, ''));
  const head = lines.findLastIndex((line) => HEAD.test(line));
  if (head < 0) return null;
  const after = lines.slice(head);
  const frames = after.filter((line) => FRAME.test(line));
  const end = after.findIndex((line) => FRAME.test(line) || line.startsWith('Node.js v'));
  const message = after
    .slice(0, end < 0 ? undefined : end)
    .join('\n')
    .trim();
  return {
    message: message.replace(/^Error: /, ''),
    stack: [...placeAbove(lines.slice(Math.max(0, head - PLACE_ABOVE), head)), ...frames].join('\n'),
  };
}

/** Of a file that cannot be read as a program no frame tells: its place stands above the error, over the line and a caret. */
function placeAbove(lines: readonly string[]): readonly string[] {
  const caret = lines.findLastIndex((line) => /^\s*\^+\s*$/.test(line));
  const [, path, line] = PLACE.exec(lines[caret - 2] ?? '') ?? [];
  return path === undefined ? [] : [`    at ${path}:${line}:${String((lines[caret] ?? '').indexOf('^') + 1)}`];
}
