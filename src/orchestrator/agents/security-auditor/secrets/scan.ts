import type { Severity } from '../../../../contract/severities.ts';
import { findCertainSecrets, type SecretSpan } from './certain.ts';
import { findPossibleSecrets } from './possible.ts';
import { askSecretlint } from './secretlint.ts';

export interface FoundSecret extends SecretSpan {
  readonly confidence: 'certain' | 'possible';
  readonly severity: Severity;
}

/** Files that show or try things: there only what is certain counts, and less. */
export const SHOWN_PATH =
  /(?:^|\/)(?:tests?|__tests__|__mocks__|__snapshots__|spec|specs|fixtures?|__fixtures__|testdata|e2e|mocks?|examples?|samples?|docs?|documentation|locales?|i18n|intl|lang|langs|messages|translations?)\/|[._-](?:test|tests|spec|mock|mocks|fixture|example|sample|template|dist|stories)(?:\.[\w.]+)?$|\.(?:md|mdx|rst|adoc|txt|snap|svg|csv|html|css|scss|less|map|lock|po|ipynb)$|(?:^|\/)(?:README|CHANGELOG|LICENSE)|(?:^|\/)(?:package-lock\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lock|composer\.lock|Cargo\.lock|go\.sum|poetry\.lock)$/i;

/** Both grades of one file, in order, one finding per place. */
export async function scanSecrets(file: string, text: string): Promise<readonly FoundSecret[]> {
  const isShown = SHOWN_PATH.test(file);
  const own = findCertainSecrets(text);
  const asked = (await askSecretlint(file, text)).filter((span) => !own.some((one) => overlap(one, span)));
  const certain = [...own, ...asked].map((span): FoundSecret => ({
    ...span,
    confidence: 'certain',
    severity: isShown || isTestKey(span) ? 'warning' : 'error',
  }));
  const possible = (isShown ? [] : findPossibleSecrets(file, text))
    .filter((span) => !isDocumentation(text, span))
    .filter(
      (span, index, all) =>
        !certain.some((one) => overlap(one, span)) && all.findIndex((one) => overlap(one, span)) === index,
    )
    .map((span): FoundSecret => ({ ...span, confidence: 'possible', severity: 'warning' }));
  return [...certain, ...possible].toSorted((a, b) => a.start - b.start);
}

/** A line of a comment block that documents something: examples live there. */
function isDocumentation(text: string, { start }: SecretSpan): boolean {
  return /^\s*\*/.test(text.slice(text.lastIndexOf('\n', start - 1) + 1, start));
}

const isTestKey = ({ rule }: SecretSpan): boolean => rule.endsWith('-test');
const overlap = (a: SecretSpan, b: SecretSpan): boolean => a.start < b.end && b.start < a.end;
