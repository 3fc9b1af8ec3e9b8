import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import type { SecretSpan } from './certain.ts';
import { isPlaceholder } from './entropy.ts';

export const SECRETLINT_VERSION = '13.0.7';

const CONFIG = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }] };

/** Its judgement of addresses with passwords takes any password for a real one; ours (grade possible) looks closer. */
const NOT_TAKEN = /-(?:basicauth|database-connection-string|filter-comments)$/;

/** What every rule of the preset needs in a text: without one of these it finds nothing, and is not asked. */
const WORTH_ASKING =
  /A3T|AKIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ASIA|SECRET|[Ss]ecret|PRIVATE KEY|private_key|x-oauth-basic|_authToken|npm_|xox|xapp-|hooks\.slack|sk-|gsk_|hf_|lin_api_|ntn_|SG\.|shp(?:pa|ca|at|ss)_|[sr]k_(?:live|test)_|gh[pousr]_|github_pat_|glpat-|glc_|glsa_|ops_ey|hv[sbr]\.|vc[piark]_|dapi|dckr_|figd_|cf(?:k|ut|at)_|tskey-/;

/** Secrets that secretlint's recommended rules see. */
export async function askSecretlint(file: string, text: string): Promise<readonly SecretSpan[]> {
  if (!WORTH_ASKING.test(text)) return [];
  const result = await lintSource({
    source: { filePath: file, content: text, contentType: 'text', ext: file.slice(file.lastIndexOf('.')) },
    options: { config: CONFIG, noPhysicFilePath: true },
  });
  return result.messages.flatMap((message): readonly SecretSpan[] => {
    const [start, end] = message.range;
    const provider = message.ruleId.replace('@secretlint/secretlint-rule-', '');
    const value = text.slice(start, end);
    if (
      message.type !== 'message' ||
      NOT_TAKEN.test(message.ruleId) ||
      isPlaceholder(value.slice(0, 400)) ||
      isAccountOnly(message.messageId)
    )
      return [];
    return [{ rule: `secret.${provider}`, name: `${provider} credential`, start, end, shown: prefixLength(value) }];
  });
}

/** An account number is no secret. */
const isAccountOnly = (id: string): boolean => /AccountID/i.test(id);

const prefixLength = (value: string): number => /^[A-Za-z]{2,8}[_-](?:[a-z]{2,8}[_-])?/.exec(value)?.[0].length ?? 0;
