import assert from 'node:assert/strict';
import fc from 'fast-check';
import { biomeRule, lintRule, oxlintRule, typeRule } from '../../../src/contract/rule-names.ts';
import {
  givingWay,
  mayBeTold,
  ruleOf,
  type OtherProblem,
  type OwnProblem,
} from '../../../src/extension/problems/give-way.ts';

const range = (line: number, character = 0, endLine = line) => ({
  start: { line, character },
  end: { line: endLine, character: character + 3 },
});
const own = (fingerprint: string, line: number, rule = 'types.ts2322'): OwnProblem => ({
  ...{ fingerprint, rule },
  range: range(line),
});
const other = (line: number, rule = 'types.ts2322', endLine = line): OtherProblem => ({
  rule,
  range: range(line, 0, endLine),
});

const decide = (
  mine: readonly OwnProblem[],
  theirs: readonly OtherProblem[],
  { before = [], patient = false }: { readonly before?: readonly string[]; readonly patient?: boolean } = {},
) => {
  const { hidden, alone } = givingWay({ own: mine, others: theirs, before: new Set(before), patient });
  return { hidden: [...hidden].sort(), alone: [...alone].sort() };
};

describe('a finding that another extension shows too', () => {
  it('is left to it where the rule is the same and the lines overlap', () => {
    assert.deepEqual(decide([own('a', 3)], [other(3)]).hidden, ['a']);
    assert.deepEqual(decide([own('a', 3)], [other(1, 'types.ts2322', 5)]).hidden, ['a']);
  });

  it('is shown where theirs is another rule, another place, or gone', () => {
    assert.deepEqual(decide([own('a', 3)], [other(3, 'types.ts2304')]).hidden, []);
    assert.deepEqual(decide([own('a', 3)], [other(4)]).hidden, []);
    assert.deepEqual(decide([own('a', 3)], [], { before: ['a'] }).hidden, []);
  });

  it('needs one of theirs for each of ours', () => {
    assert.deepEqual(decide([own('a', 3), own('b', 3)], [other(3)]).hidden, ['a']);
    assert.deepEqual(decide([own('a', 2), own('b', 3)], [other(2, 'types.ts2322', 3), other(3)]).hidden, ['a', 'b']);
  });

  it('stays hidden while theirs has not followed the text yet, or the other way round', () => {
    assert.deepEqual(decide([own('a', 8)], [other(3)], { before: ['a'] }).hidden, ['a']);
    assert.deepEqual(decide([own('a', 8), own('b', 3)], [other(3)], { before: ['a', 'b'] }).hidden, ['b']);
  });

  it('waits a little when theirs has just gone, and no longer than that', () => {
    const gone = { before: ['a'], patient: true };
    assert.deepEqual(decide([own('a', 3)], [], gone), { hidden: ['a'], alone: ['a'] });
    assert.deepEqual(decide([own('a', 3)], [other(3)], gone), { hidden: ['a'], alone: [] });
    assert.deepEqual(decide([own('b', 3)], [], gone), { hidden: [], alone: [] });
  });

  const anyRule = fc.constantFrom('types.ts2322', 'types.ts2304', 'lint.no-debugger', 'secret.stripe-live');
  const anyLine = fc.integer({ min: 0, max: 6 });
  const anyOwn = fc
    .array(fc.record({ line: anyLine, rule: anyRule }), { maxLength: 8 })
    .map((all) => all.map(({ line, rule }, at) => own(`f${at}`, line, rule)));
  const anyOthers = fc.array(
    fc
      .record({ line: anyLine, length: fc.integer({ min: 0, max: 2 }), rule: anyRule })
      .map(({ line, length, rule }) => {
        return other(line, rule, line + length);
      }),
    { maxLength: 8 },
  );
  const anyBefore = fc.subarray(['f0', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7']);

  const anyCase = fc.record({ mine: anyOwn, theirs: anyOthers, before: anyBefore, patient: fc.boolean() });

  it('is never hidden where only we report it: each hidden one has one of theirs with its rule for itself', () => {
    fc.assert(
      fc.property(anyCase, ({ mine, theirs, before, patient }) => {
        const { hidden, alone } = decide(mine, theirs, { before, patient });
        for (const rule of new Set(mine.map((one) => one.rule))) {
          const count = mine.filter((one) => one.rule === rule && hidden.includes(one.fingerprint));
          const waiting = count.filter(({ fingerprint }) => alone.includes(fingerprint));
          assert.ok(count.length - waiting.length <= theirs.filter((one) => one.rule === rule).length);
        }
        // What only waits had given way before, and only where waiting was asked for.
        assert.ok(alone.every((one) => patient && before.includes(one) && hidden.includes(one)));
        // New ones only ever give way to something on their lines.
        for (const one of mine.filter(
          ({ fingerprint }) => hidden.includes(fingerprint) && !before.includes(fingerprint),
        ))
          assert.ok(
            theirs.some(
              (their) =>
                their.rule === one.rule &&
                their.range.start.line <= one.range.end.line &&
                one.range.start.line <= their.range.end.line,
            ),
          );
      }),
    );
  });

  it('stays as it was decided when it is decided again', () => {
    fc.assert(
      fc.property(anyCase, ({ mine, theirs, before, patient }) => {
        const once = decide(mine, theirs, { before, patient });
        assert.deepEqual(decide(mine, theirs, { before: once.hidden, patient }), once);
      }),
    );
  });
});

describe('names of rules that others use', () => {
  it('are ours', () => {
    assert.equal(ruleOf({ source: 'ts', code: '2322' }), typeRule(2322));
    assert.equal(ruleOf({ source: 'deno-ts', code: '2322' }), typeRule(2322));
    assert.equal(ruleOf({ source: 'js', code: 'TS2322' }), typeRule(2322));
    assert.equal(
      ruleOf({ source: 'eslint', code: '@typescript-eslint/no-shadow' }),
      lintRule('@typescript-eslint/no-shadow'),
    );
    assert.equal(ruleOf({ source: 'oxc', code: 'eslint(no-debugger)' }), oxlintRule('eslint(no-debugger)'));
    assert.equal(ruleOf({ source: 'oxc', code: 'eslint(no-debugger)' }), 'lint.no-debugger');
    assert.equal(
      ruleOf({ source: 'biome', code: 'lint/suspicious/noDebugger' }),
      biomeRule('lint/suspicious/noDebugger'),
    );
  });

  it('are nothing to us where we could not have said it', () => {
    assert.equal(ruleOf({ source: 'ts', code: 'wrong' }), null);
    assert.equal(ruleOf({ source: 'biome', code: 'parse' }), null);
    assert.equal(ruleOf({ source: 'cSpell', code: '2322' }), null);
    assert.equal(ruleOf({ source: 'css', code: 'emptyRules' }), null);
  });

  it('are all that can be told twice', () => {
    assert.ok(mayBeTold(typeRule(2322)) && mayBeTold(lintRule('no-debugger')));
    assert.ok(!['secret.stripe-live', 'promise.floating', 'types.breaks-others'].some(mayBeTold));
  });
});
