import type { SuspicionRule } from './rule.ts';
import { CALL_RULES } from './rules/calls.ts';
import { CONDITION_RULES } from './rules/conditions.ts';
import { FLOW_RULES } from './rules/flow.ts';
import { LIST_RULES } from './rules/lists.ts';
import { PROMISE_RULES } from './rules/promises.ts';
import { RESOURCE_RULES } from './rules/resources.ts';
import { VALUE_RULES } from './rules/values.ts';

/** Every rule on suspicious code. An earlier one wins where two speak about the same piece of code. */
export const SUSPICION_RULES: readonly SuspicionRule[] = [
  ...PROMISE_RULES,
  ...CONDITION_RULES,
  ...CALL_RULES,
  ...LIST_RULES,
  ...FLOW_RULES,
  ...VALUE_RULES,
  ...RESOURCE_RULES,
];
