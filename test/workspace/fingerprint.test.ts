import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fingerprinted, keyOf, type FindingDraft } from '../../src/orchestrator/workspace/fingerprint.ts';

function draft(line: number, rule = 'demo.rule'): FindingDraft {
  const range = { start: { line, character: 0 }, end: { line, character: 1 } };
  return { agent: 'demo', rule, severity: 'error', confidence: 'certain', message: 'm', file: 'a.ts', range };
}
const everyLine = (text: string): readonly FindingDraft[] => text.split('\n').map((_, line) => draft(line));
const lines = fc.array(fc.stringMatching(/^[a-c ]{0,4}$/), { minLength: 1, maxLength: 12 });

describe('fingerprints', () => {
  it('tell every finding of a file apart', () => {
    fc.assert(
      fc.property(lines, (all) => {
        const found = fingerprinted(everyLine(all.join('\n')), all.join('\n'));
        assert.equal(new Set(found.map((one) => one.fingerprint)).size, all.length);
      }),
    );
  });

  it('stay the same when unrelated lines come before and after, and when indentation changes', () => {
    fc.assert(
      fc.property(lines, fc.nat(5), fc.nat(5), (all, before, after) => {
        const text = all.join('\n');
        const moved = [
          ...Array.from({ length: before }, (_, n) => `// new ${n}`),
          ...all.map((line) => `    ${line}\r`),
          ...Array.from({ length: after }, (_, n) => `// more ${n}`),
        ].join('\n');
        const then = fingerprinted(everyLine(text), text).map((one) => one.fingerprint);
        const now = fingerprinted(
          all.map((_, line) => draft(line + before)),
          moved,
        ).map((one) => one.fingerprint);
        assert.deepEqual(now, then);
      }),
    );
  });

  it('differ by rule, and share a key among occurrences of one text', () => {
    const text = 'same()\nsame()';
    const [first, second] = fingerprinted(everyLine(text), text);
    const [other] = fingerprinted([draft(0, 'demo.other')], text);
    assert.ok(first && second && other);
    assert.notEqual(first.fingerprint, second.fingerprint);
    assert.equal(keyOf(first.fingerprint), keyOf(second.fingerprint));
    assert.notEqual(keyOf(first.fingerprint), keyOf(other.fingerprint));
  });
});
