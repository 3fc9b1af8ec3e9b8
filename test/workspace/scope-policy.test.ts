import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Finding } from '../../src/contract/findings.ts';
import { fingerprinted } from '../../src/orchestrator/workspace/fingerprint.ts';
import { applyScopePolicy } from '../../src/orchestrator/workspace/scope-policy.ts';
import type { LineRanges } from '../../src/orchestrator/workspace/workspace.ts';
import { proves } from '../requirements.ts';

/** A toy agent: every line with "bad" before a comment is a finding. */
function look(text: string): readonly Finding[] {
  const drafts = text.split('\n').flatMap((content, line) => {
    if (!/^[^/]*bad/.test(content)) return [];
    const range = { start: { line, character: 0 }, end: { line, character: content.length } };
    const fixed = { agent: 'toy', severity: 'error', confidence: 'certain', message: 'Bad.', file: 'a.ts' } as const;
    return [{ ...fixed, rule: 'toy.bad', range }];
  });
  return fingerprinted(drafts, text);
}

interface Case {
  readonly base: string;
  readonly text: string;
  readonly changed: LineRanges;
  readonly kind?: 'changed' | 'files' | 'all';
  readonly dismissed?: ReadonlySet<string>;
}
function policy({ base, text, changed, kind = 'changed', dismissed = new Set() }: Case) {
  return applyScopePolicy({ scope: { kind }, text, findings: look(text), base: look(base), changed, dismissed });
}
const reportedLines = (one: Case): readonly number[] => policy(one).reported.map((found) => found.range.start.line);

describe(proves('A1', 'scope policy'), () => {
  it('reports what is new on a changed line and counts the rest', () => {
    const one = { base: 'bad old', text: 'bad new\nbad old', changed: [[0, 1]] } as const;
    assert.deepEqual(reportedLines(one), [0]);
    assert.equal(policy(one).older, 1);
  });

  it('counts a known finding whose line was only moved into the changed lines', () => {
    assert.deepEqual(policy({ base: 'bad a\nx', text: 'x\nbad a', changed: [[1, 2]] }).older, 1);
  });

  it('reports a pasted copy, the lower one', () => {
    assert.deepEqual(reportedLines({ base: 'bad', text: 'bad\nbad', changed: [[1, 2]] }), [1]);
    assert.deepEqual(reportedLines({ base: 'bad', text: 'bad\nbad', changed: [[0, 1]] }), [0]);
  });

  it('counts a new finding off the changed lines', () => {
    assert.deepEqual(policy({ base: '', text: 'x\nbad', changed: [[0, 1]] }), { reported: [], older: 1, silenced: 0 });
  });

  it('reports everything in the other scopes', () => {
    for (const kind of ['files', 'all'] as const) {
      assert.deepEqual(reportedLines({ base: 'bad', text: 'bad\nbad', changed: [], kind }), [0, 1]);
    }
  });

  it('is silenced by a comment with a reason on the line or alone above it, also by family', () => {
    for (const text of [
      'bad() // savepoint-ignore toy.bad: known',
      '// savepoint-ignore toy: known\nbad()',
      '/* savepoint-ignore toy.bad: known */\nbad()',
    ]) {
      const { reported, silenced } = policy({ base: '', text, changed: [[0, 2]] });
      assert.deepEqual({ reported: reported.length, silenced }, { reported: 0, silenced: 1 }, text);
    }
  });

  it('is not silenced from the line above by a comment behind code, nor by another rule', () => {
    assert.deepEqual(
      reportedLines({ base: '', text: 'x() // savepoint-ignore toy.bad: no\nbad()', changed: [[0, 2]] }),
      [1],
    );
    assert.deepEqual(reportedLines({ base: '', text: '// savepoint-ignore to: no\nbad()', changed: [[0, 2]] }), [1]);
  });

  it('says that a comment without a reason silences nothing', () => {
    const { reported } = policy({ base: '', text: '// savepoint-ignore toy.bad\nbad()', changed: [[0, 2]] });
    assert.match(reported[0]?.message ?? '', /needs a reason: savepoint-ignore toy\.bad: why/);
  });

  it('leaves out what was dismissed', () => {
    const [found] = look('bad');
    assert.ok(found);
    const one = { base: '', text: 'bad', changed: [[0, 1]], dismissed: new Set([found.fingerprint]) } as const;
    assert.deepEqual(policy(one), { reported: [], older: 0, silenced: 1 });
  });

  it('loses nothing: reported, older and silenced are all findings; never more than are new, never off the changed lines', () => {
    const text = fc.array(fc.constantFrom('bad a', 'bad b', 'fine', '// savepoint-ignore toy: why'), { maxLength: 12 });
    const ranges = fc.array(fc.boolean(), { maxLength: 12 });
    fc.assert(
      fc.property(text, text, ranges, (base, now, marks) => {
        const changed = marks.flatMap((on, line): LineRanges => (on ? [[line, line + 1]] : []));
        const result = policy({ base: base.join('\n'), text: now.join('\n'), changed });
        const total = look(now.join('\n')).length;
        assert.equal(result.reported.length + result.older + result.silenced, total);
        assert.ok(result.reported.every((found) => marks[found.range.start.line]));
        if (now.join() === base.join()) assert.equal(result.reported.length, 0);
      }),
    );
  });
});
