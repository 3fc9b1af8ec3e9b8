import type ts from 'typescript';

/**
 * What other files see of this one: its declarations, as the compiler would write them. Null where it cannot tell. A change
 * inside function bodies leaves it equal, so nothing that imports the file has to be looked at.
 */
function shapeOf(program: ts.Program, source: ts.SourceFile): string | null {
  if (source.isDeclarationFile) return source.text;
  let text: string | null = null;
  const keep: ts.WriteFileCallback = (file, content) => {
    if (/\.d\.[cm]?ts$/.test(file)) text = content;
  };
  program.emit(source, keep, undefined, true);
  return text;
}

/** Changed files that others may see differently than at the base. A new file was seen by nobody. */
export function reshaped(
  now: ts.Program,
  before: ts.Program,
  changed: readonly ts.SourceFile[],
): readonly ts.SourceFile[] {
  return changed.filter((source) => {
    const old = before.getSourceFile(source.fileName);
    if (!old) return false;
    const shape = shapeOf(now, source);
    return shape === null || shape !== shapeOf(before, old);
  });
}
