// Fails when a test cites a row that is not there, or when a finished issue has a row that no test cites.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { FINISHED_ISSUES, REQUIREMENTS } from './requirements.ts';

const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.test.ts') && !file.startsWith('samples') && !file.startsWith('fixtures'),
);
const cited = new Map<string, string[]>();
for (const file of files) {
  for (const [, id] of readFileSync(path.join(import.meta.dirname, file), 'utf8').matchAll(/\bproves\(\s*'([^']+)'/g)) {
    if (id !== undefined) cited.set(id, [...(cited.get(id) ?? []), file]);
  }
}
const unknown = [...cited]
  .filter(([id]) => !(id in REQUIREMENTS))
  .map(([id, where]) => `${id} is cited by ${where.join(', ')} but is no row`);
const uncited = Object.entries(REQUIREMENTS)
  .filter(([id, { issue }]) => issue !== null && FINISHED_ISSUES.includes(issue) && !cited.has(id))
  .map(([id, { title }]) => `${id} (${title}) is finished but no test cites it`);

for (const problem of [...unknown, ...uncited]) process.stderr.write(`${problem}\n`);
process.exitCode = unknown.length + uncited.length === 0 ? 0 : 1;
