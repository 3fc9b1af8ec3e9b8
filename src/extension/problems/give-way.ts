import type { Range } from '../../contract/findings.ts';
import { biomeRule, lintRule, oxlintRule, typeRule } from '../../contract/rule-names.ts';

/** Something that another extension says of the same file, named as a finding of ours would name it. */
export interface OtherProblem {
  readonly rule: string;
  readonly range: Range;
}

/** A finding of ours, as far as it matters here. */
export interface OwnProblem {
  readonly fingerprint: string;
  readonly rule: string;
  readonly range: Range;
}

/** Whose rules we know by which name; others say nothing that we say too. */
const RULES: readonly (readonly [source: RegExp, rule: (code: string) => string | null])[] = [
  [/(?:^|[^a-z])(?:ts|js|typescript|javascript)(?:$|[^a-z])/i, compilerRule],
  [/^eslint$/i, lintRule],
  [/^oxc$|^oxlint$/i, oxlintRule],
  [/^biome$/i, (code) => (code.startsWith('lint/') ? biomeRule(code) : null)],
];

/** The rule as we would name it; null where we could not have said it. */
export function ruleOf({ source, code }: { readonly source: string; readonly code: string }): string | null {
  return RULES.find(([from]) => from.test(source))?.[1](code) ?? null;
}

function compilerRule(code: string): string | null {
  const number = /^(?:TS)?(\d+)$/i.exec(code)?.[1];
  return number === undefined ? null : typeRule(number);
}

/** Whether another tool could say the same. */
export const mayBeTold = (rule: string): boolean => /^(?:types\.ts\d+$|lint\.)/.test(rule);

export interface GivenWay {
  /** Fingerprints of what is not shown. */
  readonly hidden: ReadonlySet<string>;
  /** Those of them that nobody else says any more. */
  readonly alone: ReadonlySet<string>;
}

/**
 * What need not be said twice: another says the same rule on a line of it, each of them for one of ours. What gave way before goes on to
 * also where theirs stands elsewhere for a moment (both move with the text, not at the same time) and, with `patient`, where theirs has
 * just gone: often because it is put right, which our next check finds too.
 */
export function givingWay(input: {
  readonly own: readonly OwnProblem[];
  readonly others: readonly OtherProblem[];
  readonly before: ReadonlySet<string>;
  readonly patient: boolean;
}): GivenWay {
  const free = new Set(input.others);
  const left = new Set(input.own);
  const pair = (candidates: Iterable<OwnProblem>, near: (own: OwnProblem, other: OtherProblem) => boolean): void => {
    for (const one of [...candidates]) {
      const [closest] = [...free]
        .filter((other) => other.rule === one.rule && near(one, other))
        .sort((a, b) => distance(one, a) - distance(one, b));
      if (closest === undefined) continue;
      free.delete(closest);
      left.delete(one);
    }
  };
  const gaveWay = (): readonly OwnProblem[] => [...left].filter(({ fingerprint }) => input.before.has(fingerprint));
  pair(left, (one, other) => distance(one, other) === 0);
  pair(left, onSameLines);
  pair(gaveWay(), () => true);
  const alone = new Set(input.patient ? gaveWay() : []);
  return {
    hidden: new Set(input.own.filter((one) => !left.has(one) || alone.has(one)).map(({ fingerprint }) => fingerprint)),
    alone: new Set([...alone].map(({ fingerprint }) => fingerprint)),
  };
}

const onSameLines = ({ range: a }: OwnProblem, { range: b }: OtherProblem): boolean =>
  a.start.line <= b.end.line && b.start.line <= a.end.line;

/** Lines first, then columns; 0: it begins at the same place. */
const distance = ({ range: a }: OwnProblem, { range: b }: OtherProblem): number =>
  Math.abs(a.start.line - b.start.line) * 10_000 + Math.abs(a.start.character - b.start.character);
