import assert from 'node:assert/strict';
import type { CliResult } from './rig.ts';

/** What was said is for people: no stack trace, on either output. */
export function plainWords({ stdout, stderr }: Pick<CliResult, 'stdout' | 'stderr'>): void {
  assert.doesNotMatch(stdout + stderr, /\n\s+at \S+ \(|\bat (?:async )?\S+ \(file:|node:internal/, 'no stack trace');
}
