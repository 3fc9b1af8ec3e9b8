import assert from 'node:assert/strict';
import { scriptDefinitions, type Definition } from '../../../src/orchestrator/agents/context-optimizer/definitions.ts';
import { createOtherLanguages } from '../../../src/orchestrator/agents/context-optimizer/other-languages.ts';
import { proves } from '../../requirements.ts';

const shown = (definitions: readonly Definition[]): readonly string[] =>
  definitions.map(
    ({ name, line, endLine, signature }) => `${String(line + 1)}-${String(endLine + 1)} ${name}: ${signature}`,
  );

describe(proves('A12', 'definitions'), () => {
  it('of TypeScript are its functions, classes with members, values and types', () => {
    const text = `import { a } from './a.ts';
export interface Line { price: number }
export type Lines = readonly Line[];
export const total = (lines: Lines): number => {
  return 0;
};
export default class Cart {
  #lines: Line[] = [];
  add(line: Line): void {
    this.#lines.push(line);
  }
}
exports.old = function (x) {
  return x;
};`;
    assert.deepEqual(shown(scriptDefinitions('cart.ts', text)), [
      '2-2 Line: export interface Line',
      '3-3 Lines: export type Lines = readonly Line[];',
      '4-6 total: export const total = (lines: Lines): number',
      '7-12 Cart: export default class Cart',
      '9-11 add: add(line: Line): void',
      '13-15 old: exports.old = function (x)',
    ]);
  });

  it('of a file that does not parse are none, without an error', () => {
    assert.deepEqual(scriptDefinitions('broken.ts', 'export function ('), []);
  });

  const OTHERS: Readonly<Record<string, readonly [text: string, names: readonly string[]]>> = {
    'a.py': [
      '@cached\ndef total(lines):\n    return 0\n\nclass Cart:\n    def add(self, line):\n        pass\n',
      ['total', 'Cart', 'add'],
    ],
    'a.go': [
      'package cart\n\ntype Cart struct{}\n\nfunc (c *Cart) Add(n int) {}\nfunc Total() int { return 0 }\n',
      ['Cart', 'Add', 'Total'],
    ],
    'a.rs': [
      'pub struct Cart {}\nimpl Cart { pub fn add(&self) {} }\nfn total() -> i32 { 0 }\n',
      ['Cart', 'add', 'total'],
    ],
    'A.java': ['class Cart { int total() { return 0; } }\n', ['Cart', 'total']],
    'a.rb': ['class Cart\n  def total\n    0\n  end\nend\n', ['Cart', 'total']],
    'a.cpp': [
      'class Cart { public: int total() { return 0; } };\nint add(int a) { return a; }\n',
      ['Cart', 'total', 'add'],
    ],
    'a.php': [
      '<?php\nclass Cart { function total() { return 0; } }\nfunction add($a) { return $a; }\n',
      ['Cart', 'total', 'add'],
    ],
    'A.cs': ['namespace Shop { class Cart { int Total() { return 0; } } }\n', ['Shop', 'Cart', 'Total']],
    'a.sh': ['total() {\n  echo 0\n}\n', ['total']],
  };
  const languages = createOtherLanguages();
  for (const [file, [text, names]] of Object.entries(OTHERS)) {
    it(`of ${file} come from its grammar`, async () => {
      assert.ok(languages.knows(file));
      const found = await languages.definitions(file, text);
      assert.deepEqual(
        found.map(({ name }) => name),
        names,
      );
      assert.ok(found.every(({ signature, line, endLine }) => signature !== '' && line <= endLine));
    });
  }
});
