import { unquotePath } from './git-parse.ts';
import type { LineRanges } from './workspace.ts';

const HUNK = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/**
 * Reads `git diff -U0` line by line into changed lines by file (path as git prints it behind `b/`). Lines of content are
 * counted, not looked at: a removed line `-- x` looks like a header.
 */
export function createDiffReader(): {
  line(text: string, ends: boolean): void;
  result(): ReadonlyMap<string, LineRanges>;
} {
  const files = new Map<string, [number, number][]>();
  let current: [number, number][] | null = null;
  let contentLeft = 0;
  let inPiece = false;

  function header(text: string): void {
    if (text.startsWith('+++ ')) current = startFile(text.slice(4));
    const hunk = HUNK.exec(text);
    if (!hunk) return;
    const added = Number(hunk[3] ?? 1);
    contentLeft = Number(hunk[1] ?? 1) + added;
    // Where nothing was added, git names the line before the removed ones.
    const start = added > 0 ? Number(hunk[2]) - 1 : Number(hunk[2]);
    current?.push([start, start + added]);
  }

  function startFile(quoted: string): [number, number][] | null {
    const name = unquotePath(quoted.replace(/\t$/, ''));
    if (!name.startsWith('b/')) return null;
    const ranges: [number, number][] = [];
    files.set(name.slice(2), ranges);
    return ranges;
  }

  return {
    line(text, ends) {
      const startsLine = !inPiece;
      inPiece = !ends;
      if (!startsLine || text.startsWith('\\')) return;
      if (contentLeft > 0) contentLeft--;
      else header(text);
    },
    result: () => files,
  };
}
