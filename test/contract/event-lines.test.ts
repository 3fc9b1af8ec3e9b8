import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createEventLines, parseEventLine, printEventLine } from '../../src/contract/event-lines.ts';
import type { JsonObject } from '../../src/contract/json.ts';
import { proves } from '../requirements.ts';
import { storedEvent } from '../support/sample-events.ts';

describe(proves('E7', 'event lines'), () => {
  it('say what happened, in which workflow and phase', () => {
    const print = createEventLines();
    const lines = [
      storedEvent({ type: 'workflow.started', data: { run: 'r1', workflow: 'on-save-checks', number: 41 } }, 1),
      storedEvent({ type: 'workflow.step.completed', data: { run: 'r1', step: 'tests' } }, 2),
      storedEvent({ type: 'workflow.step.failed', data: { run: 'r2', step: 'tests' } }, 3),
      storedEvent({ type: 'workflow.completed', data: { run: 'r1' } }, 4),
      storedEvent({ type: 'activity.settled', data: { writes: 3 } }, 5),
      storedEvent({ type: 'feature-development', data: {} }, 6),
    ].map((event) => print(event)?.replace(/\{.*/, '{'));
    assert.deepEqual(lines, [
      'WORKFLOW_STARTED:on-save-checks::{',
      'PHASE_COMPLETED:on-save-checks:tests:{',
      'ERROR_ENCOUNTERED:r2:tests:{',
      'WORKFLOW_COMPLETED:on-save-checks::{',
      'ACTIVITY_SETTLED:::{',
      'FEATURE_DEVELOPMENT:::{',
    ]);
  });

  it('are not printed for what coordinates nothing', () => {
    const print = createEventLines();
    for (const type of ['test.case.completed', 'file.modified', 'security.vulnerability.found'])
      assert.equal(print(storedEvent({ type })), null);
  });

  it('stay readable: what is long is named, not printed', () => {
    const line = createEventLines()(
      storedEvent({
        type: 'workflow.step.completed',
        data: { run: 'r', step: 's', result: { text: 'x'.repeat(1e6) } },
      }),
    );
    assert(line !== null && line.length < 1000);
    assert.deepEqual(parseEventLine(line)?.json, {
      id: 'event-1',
      time: '2026-01-01T00:00:00.000Z',
      event: 'workflow.step.completed',
      data: { run: 'r', step: 's' },
      left: ['result'],
    });
  });

  it('parse back to what was printed, whatever the names hold', () => {
    const name = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('a:b', 'a\nb', '{', '%', '%3A', '\u2028', ' ', '::{}', '\r\n', '__proto__'),
    );
    const type = fc.stringMatching(/^[A-Z][A-Z0-9_]*$/);
    fc.assert(
      fc.property(fc.record({ of: type, workflow: name, phase: name, value: fc.jsonValue() }), (given) => {
        const { of, workflow, phase, value } = given;
        const line = { type: of, workflow, phase, json: { [workflow]: value, 'a\n\u2028b': phase } as JsonObject };
        const printed = printEventLine(line);
        assert.equal(printed.split(/[\n\r\u2028\u2029\u0085]/).length, 1);
        assert.deepEqual(parseEventLine(printed), JSON.parse(JSON.stringify(line)));
      }),
    );
  });

  it('of events parse back too', () => {
    const data = fc.dictionary(fc.constantFrom('run', 'workflow', 'step', 'reason', 'x:y'), fc.string());
    fc.assert(
      fc.property(fc.constantFrom('workflow.started', 'agent.failed', 'activity.decided'), data, (type, given) => {
        const line = createEventLines()(storedEvent({ type, data: given }));
        const parsed = line === null ? null : parseEventLine(line);
        assert(parsed);
        assert.equal(parsed.phase, given['step'] ?? '');
        assert.equal(parsed.workflow, given['workflow'] || (given['run'] ?? ''));
        assert.deepEqual(parsed.json['data'], { ...given });
      }),
    );
  });

  it('are nothing else: other text gives null', () => {
    for (const line of ['', 'hello', 'A:b:c', 'A:b:c:{', 'A:b:c:[]', 'A:%:c:{}', 'a:b:c:{}', 'A:b:c:{"x":}', 'A:b:{}'])
      assert.equal(parseEventLine(line), null, line);
  });
});
