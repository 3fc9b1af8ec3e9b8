import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Bench, Figure, Goal } from './lib/bench.ts';

// npm run bench [NAME…] [-- --json]: benches whose name starts with a given one; all without. Each file bench/<x>.bench.ts exports
// `benches`.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.bench.ts'));
const modules = (await Promise.all(files.map((file) => import(`./${file}`)))) as {
  readonly benches: readonly Bench[];
}[];
const benches = modules.flatMap((module) => module.benches).sort((a, b) => a.name.localeCompare(b.name));
const chosen = benches.filter(
  ({ name }) => positionals.length === 0 || positionals.some((start) => name.startsWith(start)),
);
if (chosen.length === 0) {
  console.error(`No bench is called so. There are: ${benches.map(({ name }) => name).join(', ')}`);
  process.exitCode = 2;
}
for (const bench of chosen) {
  const figure: Figure = { name: bench.name, ...(await bench.run()) };
  console.log(values.json ? JSON.stringify(figure) : lineOf(bench, figure));
}

function lineOf({ about, goal }: Bench, { name, value, unit, floor, ratio, note = '' }: Figure): string {
  const against = floor === null ? '' : `floor ${number(floor)} ${unit}`;
  const verdict = [
    ...(ratio === null ? [] : [`${ratio.toFixed(2)} x`]),
    ...(goal === null
      ? []
      : [`goal ${goal.kind === 'min' ? '≥' : '≤'} ${goal.kind === 'most' ? `${goal.value} ${unit}` : goal.ratio}`]),
  ].join(', ');
  const mark = goal === null ? ' ' : met(goal, { value, ratio }) ? '✓' : '✗';
  return `${mark} ${name.padEnd(22)} ${`${number(value)} ${unit}`.padEnd(20)} ${against.padEnd(26)} ${verdict.padEnd(22)} ${about} ${note}`.trimEnd();
}

function met(goal: Goal, { value, ratio }: Pick<Figure, 'value' | 'ratio'>): boolean {
  if (goal.kind === 'most') return value <= goal.value;
  return ratio !== null && (goal.kind === 'min' ? ratio >= goal.ratio : ratio <= goal.ratio);
}

function number(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 2 : 0 });
}
