import type { Finding } from '../../../../contract/findings.ts';
import { withOccurrence } from '../../../workspace/fingerprint.ts';
import { positionsIn } from '../../../workspace/positions.ts';
import { AGENT_ID } from '../patterns/scan.ts';
import { maskedPreview } from './certain.ts';
import type { SecretName } from './key.ts';
import type { FoundSecret } from './scan.ts';

/** Secrets as findings: the value shows only as a preview, and is told apart by its keyed hash. */
export function secretFindings(
  file: string,
  text: string,
  { secrets, nameOf }: { readonly secrets: readonly FoundSecret[]; readonly nameOf: SecretName },
): readonly Finding[] {
  const positionAt = positionsIn(text);
  const seen = new Map<string, number>();
  return secrets.map((secret) => {
    const value = text.slice(secret.start, secret.end);
    const key = nameOf(secret.rule, value);
    const occurrence = seen.get(key) ?? 0;
    seen.set(key, occurrence + 1);
    return {
      agent: AGENT_ID,
      rule: secret.rule,
      severity: secret.severity,
      confidence: secret.confidence,
      message: messageOf(secret, maskedPreview(value, secret.shown)),
      file,
      range: { start: positionAt(secret.start), end: positionAt(secret.end) },
      fingerprint: withOccurrence(key, occurrence),
      fix: 'Take it out of the file, revoke it where it was issued, and read the new one from the environment or a secret store.',
    };
  });
}

function messageOf({ name, confidence }: FoundSecret, preview: string): string {
  const verb = confidence === 'certain' ? 'This is' : 'This looks like';
  const article = /^[aeio]/i.test(name) ? 'an' : 'a';
  return `${verb} ${article} ${name} (${preview}): whoever can read this file can use it. Take it out, revoke it, and read it from the environment.`;
}
