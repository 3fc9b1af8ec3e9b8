import type { Range } from '../../../../contract/findings.ts';
import type { LineRanges } from '../../../workspace/workspace.ts';
import type { Draft } from '../report.ts';
import type { TypeError } from './errors.ts';

/** A new error on a line that did not change: some change elsewhere caused it. */
export interface Broken {
  readonly error: TypeError;
  /** Relative path of the file with the error. */
  readonly file: string;
  /** Relative path of the changed file that it depends on. */
  readonly from: string;
}

/** A changed file: where the finding goes. */
export interface ChangedText {
  readonly text: string;
  readonly lines: LineRanges;
}

export const BREAKS_OTHERS = 'types.breaks-others';
const LISTED = 5;

/** One finding a changed place, on the changed line that names what broke, with the list of what it broke. */
export function groupBroken(
  broken: readonly Broken[],
  changed: ReadonlyMap<string, ChangedText>,
): ReadonlyMap<string, readonly Draft[]> {
  const groups = new Map<string, { readonly file: string; readonly range: Range; readonly errors: Broken[] }>();
  for (const one of broken) {
    const text = changed.get(one.from);
    const range = text ? anchorIn(text, one) : one.error.range;
    const file = text ? one.from : one.file;
    const key = `${file}:${String(range.start.line)}`;
    const group = groups.get(key) ?? { file, range, errors: [] };
    group.errors.push(one);
    groups.set(key, group);
  }
  const drafts = new Map<string, Draft[]>();
  for (const { file, range, errors } of groups.values()) {
    drafts.set(file, [...(drafts.get(file) ?? []), toDraft(range, errors)]);
  }
  return drafts;
}

function toDraft(range: Range, errors: readonly Broken[]): Draft {
  const places = errors
    .slice(0, LISTED)
    .map(({ error, file }) => `${file}:${String(error.range.start.line + 1)}: ${error.text}`);
  const more = errors.length > LISTED ? ` And ${String(errors.length - LISTED)} more.` : '';
  const count =
    errors.length === 1 ? 'one place that did not change' : `${String(errors.length)} places that did not change`;
  return {
    rule: BREAKS_OTHERS,
    severity: 'error',
    confidence: 'certain',
    message: `This change breaks ${count}. ${places.join(' ')}${more}`,
    range,
  };
}

const COMMENT = /^\s*(?:\/[/*]|\*)/;

const KEYWORD =
  /^(?:as|async|await|const|else|export|false|for|function|if|import|in|let|new|null|of|return|this|true|type|typeof|undefined|var)$/;

/**
 * The changed line of code that speaks of a name in the error, or of one in the broken line where that is in the same file: then
 * the nearest. Else the first changed line, or the nearest.
 */
function anchorIn({ text, lines }: ChangedText, { error, file, from }: Broken): Range {
  const content = text.split('\n');
  const broken = file === from ? error.range.start.line : null;
  const named = [...error.text.matchAll(/'([A-Za-z_$][\w$]*)'/g)].map(([, name]) => name ?? '');
  const beside = broken === null ? [] : ((content[broken] ?? '').match(/[A-Za-z_$][\w$]*/g) ?? []);
  const names = [...named, ...beside].filter((name) => name !== '' && !KEYWORD.test(name));
  const changed = lines.flatMap(([start, end]) => Array.from({ length: end - start }, (_, index) => start + index));
  const code = changed.filter((line) => !COMMENT.test(content[line] ?? ''));
  if (broken !== null) code.sort((a, b) => Math.abs(a - broken) - Math.abs(b - broken));
  const speaking = code.find((line) =>
    names.some((name) => new RegExp(`(?<![\\w$])${name.replace(/\$/g, '\\$')}(?![\\w$])`).test(content[line] ?? '')),
  );
  const line = speaking ?? code.find((one) => (content[one] ?? '').trim() !== '') ?? lines[0]?.[0] ?? 0;
  const at = Math.max(0, Math.min(line, content.length - 1));
  return { start: { line: at, character: 0 }, end: { line: at, character: (content[at] ?? '').length } };
}
