import { parseArgs } from 'node:util';
import { openJournal } from '../../src/orchestrator/journal/open-journal.ts';
import { createJournalReader } from '../../src/orchestrator/journal/reader.ts';
import { checkCrashStates } from './crash-checker.ts';

// node test/journal/crash-states.ts [--states 200000] [--seed 1]: more states than `npm test` has time for.
const { values } = parseArgs({
  options: { states: { type: 'string', default: '200000' }, seed: { type: 'string', default: '1' } },
});
const started = performance.now();
const result = await checkCrashStates({
  implementation: { openJournal, createJournalReader },
  states: Number(values.states),
  seed: Number(values.seed),
});
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(`${result.states} crash states in ${seconds} s: ${result.problem ?? 'all good'}`);
if (result.problem !== null) process.exitCode = 1;
