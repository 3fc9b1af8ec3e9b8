import type { WithRules } from '../../contract/agents.ts';
import type { Json, JsonObject } from '../../contract/json.ts';
import { argvIn } from '../process/argv.ts';
import { didYouMean } from './did-you-mean.ts';

/** The values in `with` that an operation would not understand. Pure. */
export function withProblems(
  rules: WithRules,
  values: JsonObject,
): readonly { readonly key: string; readonly message: string }[] {
  return Object.entries(rules).flatMap(([key, rule]) => {
    const value = values[key];
    if (value === undefined) return [];
    if (rule === 'argv') return argvIn(value) === null ? [{ key, message: argvMessage(key, value) }] : [];
    if (typeof value === 'string' && rule.includes(value)) return [];
    const hint = typeof value === 'string' ? didYouMean(value, rule) : '';
    return [{ key, message: `"${key}" must be one of: ${rule.join(', ')}.${hint}` }];
  });
}

function argvMessage(key: string, value: Json): string {
  const words = typeof value === 'string' ? value.split(/\s+/).filter((word) => word !== '') : [];
  const example = words.length === 0 ? ['npm', 'run', 'check'] : words;
  return `"${key}" must be a list, the program and each argument: ${JSON.stringify(example)}.`;
}
