/** A comment `savepoint-ignore rule: why`. It covers its own line and, where it stands alone on it, the next one. */
export interface Suppression {
  /** A rule id (`injection.sql`) or a family (`injection`). */
  readonly rule: string;
  /** 0-based. */
  readonly line: number;
  /** No code before it on its line. */
  readonly alone: boolean;
  /** Empty when missing: such a comment suppresses nothing. */
  readonly reason: string;
}

const MARK = 'savepoint-ignore';
const ALONE = /^\s*(?:\/\/|\/\*|\*|\{\/\*|#|<!--|--|;|%)/;
const PATTERN = /savepoint-ignore[ \t]+([a-z0-9][\w.-]*)[ \t]*(?::[ \t]*(.*))?/i;
/** What closes a comment is no reason. */
const COMMENT_END = /[ \t]*(?:\*\/\}?|-->|#\})?[ \t]*$/;

export function findSuppressions(text: string): readonly Suppression[] {
  if (!text.includes(MARK)) return [];
  return text.split(/\r?\n/).flatMap((content, line) => {
    const match = PATTERN.exec(content);
    if (!match?.[1]) return [];
    const reason = (match[2] ?? '').replace(COMMENT_END, '').trim();
    return [{ rule: match[1], line, alone: ALONE.test(content), reason }];
  });
}

/** The comment that speaks about this rule on this line (0-based), with or without a reason. */
export function suppressionFor(
  suppressions: readonly Suppression[],
  { rule, line }: { readonly rule: string; readonly line: number },
): Suppression | null {
  const matching = suppressions.filter(
    (one) =>
      (one.line === line || (one.alone && one.line === line - 1)) &&
      (one.rule === rule || rule.startsWith(`${one.rule}.`)),
  );
  return matching.find((one) => one.reason !== '') ?? matching[0] ?? null;
}
