import assert from 'node:assert/strict';
import { changedFunctions } from '../../../src/orchestrator/agents/performance-analyzer/functions.ts';
import { parseSource } from '../../../src/orchestrator/workspace/parsed-source.ts';
import { proves } from '../../requirements.ts';

const names = (before: string | null, now: string): readonly string[] =>
  changedFunctions(parseSource('a.ts', now), before === null ? null : parseSource('a.ts', before)).map(
    ({ name }) => name,
  );

describe(proves('A12', 'changed functions'), () => {
  const base = `
    export function outer(list: number[]) { const seen = new Set(list); return list.map((one) => seen.has(one)); }
    const arrow = (x: number) => x + 1;
    class Cart { #sum = 0; total() { return this.#sum; } }
    export const api = { load: function () { return 1; } };`;

  it('are none where only white space and order differ', () => {
    assert.deepEqual(names(base, `\n\n${base.replaceAll('; ', ';\n  ')}`), []);
  });

  it('are those whose own text differs, also when a line only went away', () => {
    assert.deepEqual(names(base, base.replace('const seen = new Set(list);', '')), ['outer']);
    assert.deepEqual(names(base, base.replace('x + 1', 'x + 2')), ['arrow']);
    assert.deepEqual(names(base, base.replace('return this.#sum', 'return this.#sum * 2')), ['total']);
    assert.deepEqual(names(base, base.replace('return 1', 'return 2')), ['load']);
  });

  it('are the inner function and not the one around it', () => {
    assert.deepEqual(names(base, base.replace('seen.has(one)', '!seen.has(one)')), ['']);
  });

  it('are all of a new file, each where a profile and a person find it', () => {
    assert.deepEqual(names(null, base), ['outer', '', 'arrow', 'total', 'load']);
    const [outer] = changedFunctions(parseSource('a.ts', base), null);
    assert.deepEqual(outer?.range, { start: { line: 1, character: 20 }, end: { line: 1, character: 25 } });
  });
});
