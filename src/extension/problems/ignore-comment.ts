/** How a language writes a comment on a line of its own: before and after the words. */
type Style = readonly [before: string, after: string];

const SLASHES: Style = ['// ', ''];
const HASH: Style = ['# ', ''];
const DASHES: Style = ['-- ', ''];
const BLOCK: Style = ['/* ', ' */'];
const MARKUP: Style = ['<!-- ', ' -->'];
const JSX: Style = ['{/* ', ' */}'];

const STYLES: ReadonlyMap<string, Style> = new Map([
  ...each(
    SLASHES,
    'javascript typescript javascriptreact typescriptreact jsonc c cpp csharp java kotlin go rust swift scala dart php groovy scss less fsharp objective-c objective-cpp',
  ),
  ...each(
    HASH,
    'python ruby shellscript yaml dockercompose dockerfile makefile perl r toml properties ini dotenv ignore elixir powershell terraform julia coffeescript',
  ),
  ...each(DASHES, 'sql lua haskell'),
  ...each(BLOCK, 'css'),
  ...each(MARKUP, 'html xml markdown vue svelte svg'),
]);

function each(style: Style, languages: string): readonly (readonly [string, Style])[] {
  return languages.split(' ').map((language) => [language, style] as const);
}

/** By the end of the file's name, where the editor has no language for it. */
const STYLES_BY_NAME: readonly (readonly [RegExp, Style])[] = [
  [/(?:^|\/)\.env(?:\.[\w-]+)?$/, HASH],
  [/\.(?:toml|conf|cfg|ini|properties|tf)$/, HASH],
];

/**
 * The line to put above line `line` (0-based) that silences a rule there, without a line break; null where no comment can stand: the language
 * has none (JSON), or the line is inside a string of several lines.
 */
export function ignoreComment(
  at: { readonly language: string; readonly file: string; readonly lines: readonly string[]; readonly line: number },
  what: { readonly rule: string; readonly reason: string },
): string | null {
  const style = styleAt(at);
  if (style === null) return null;
  const indent = /^\s*/.exec(at.lines[at.line] ?? '')?.[0] ?? '';
  const reason = what.reason.replace(/\s+/g, ' ').trim().replaceAll('*/', '* /').replaceAll('--', '—');
  return `${indent}${style[0]}savepoint-ignore ${what.rule}: ${reason}${style[1]}`;
}

/** Whether a comment can stand above the line. */
export const canIgnore = (at: Parameters<typeof ignoreComment>[0]): boolean => styleAt(at) !== null;

function styleAt({ language, file, lines, line }: Parameters<typeof ignoreComment>[0]): Style | null {
  const style = STYLES.get(language) ?? STYLES_BY_NAME.find(([name]) => name.test(file))?.[1] ?? null;
  if (style === null || isInsideString(lines.slice(0, line).join('\n'), language)) return null;
  return language.endsWith('react') && isInJsx(lines, line) ? JSX : style;
}

/** An odd number of the marks that open and close strings of several lines stands above. Errs towards yes. */
function isInsideString(above: string, language: string): boolean {
  const marks =
    language === 'python' ? [/"""/g, /'''/g] : /^(?:javascript|typescript|go)/.test(language) ? [/(?<!\\)`/g] : [];
  return marks.some((mark) => (above.match(mark)?.length ?? 0) % 2 === 1);
}

/** Between the tags of an element, where only a comment in braces is one: the line begins one, and the code above is no expression that it opens. */
function isInJsx(lines: readonly string[], line: number): boolean {
  const before =
    lines
      .slice(0, line)
      .findLast((one) => one.trim() !== '')
      ?.trimEnd() ?? '';
  const own = lines[line]?.trim() ?? '';
  return /^(?:<|\{[^/])/.test(own) && />$/.test(before) && !/=>$/.test(before);
}
