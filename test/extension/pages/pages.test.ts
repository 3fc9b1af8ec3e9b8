import assert from 'node:assert/strict';
import type { Finding } from '../../../src/contract/findings.ts';
import type { JsonObject } from '../../../src/contract/json.ts';
import { createTimeWords } from '../../../src/contract/time-words.ts';
import {
  contextText,
  doctorText,
  eventsText,
  problemsOf,
  sessionsText,
} from '../../../src/extension/pages/page-texts.ts';
import { findingText, whyText } from '../../../src/extension/pages/why-view.ts';

const scene = { now: Date.parse('2026-11-21T14:20:00Z'), times: createTimeWords({ locale: 'en', timeZone: 'UTC' }) };
const gathered = (...lines: readonly JsonObject[]) => ({ lines, notes: [], failure: null });

describe('pages of commands that only look', () => {
  it('say first whether anything needs a look', () => {
    const check = (status: string) => ({ kind: 'check', name: 'git', status, message: 'version 2' });
    assert.match(doctorText(gathered(check('ok'), check('note'))), /^Everything works\n\n✔ git +version 2\n· git/);
    assert.match(doctorText(gathered(check('warning'))), /^1 thing needs a look\n/);
    assert.match(doctorText(gathered(check('warning'), check('error'))), /^2 things need a look\n/);
  });

  it('show what a command failed with', () => {
    assert.match(
      doctorText({ lines: [], notes: [], failure: 'The disk is full.' }),
      /^Not everything could be looked at\n[^]*The disk is full\.\n$/,
    );
  });

  it('list events by what they are about', () => {
    const event = {
      ...{ kind: 'event', type: 'file.modified', time: '2026-11-21T14:00:01.000Z', origin: 'human' },
      data: { path: 'src/a.ts' },
    };
    assert.match(
      eventsText(gathered(event)),
      /^1 event, .*\n\n2026-11-21 14:00:01 {2}file\.modified +human +src\/a\.ts\n/,
    );
  });

  it('tell an open session from one that ended', () => {
    const session = {
      kind: 'session',
      epoch: 3,
      startedAt: '2026-11-21T14:00:00Z',
      endedAt: null,
      events: 2,
      runs: ['a'],
    };
    assert.match(sessionsText(gathered(session), scene), /3 {2}14:00 +open +2 events, 1 run/);
  });

  it('show what there is to read', () => {
    const bundle = { kind: 'context', tokens: 1200, budget: 8000, text: 'src/a.ts\n…' };
    assert.match(contextText(gathered(bundle)), /^1,200 tokens of 8000\n\nsrc\/a\.ts/);
    assert.match(contextText(gathered()), /^Nothing was collected/);
  });

  it('put what is wrong in a file where it is', () => {
    const range = { start: { line: 3, character: 11 }, end: { line: 3, character: 17 } };
    assert.deepEqual(problemsOf(gathered({ kind: 'problem', file: '.savepoint/a.yaml', range, message: 'no' })), [
      { file: '.savepoint/a.yaml', range, message: 'no' },
    ]);
  });
});

describe('why', () => {
  it('tells the story, then the decisions with what they were about', () => {
    const decision = {
      ...{ kind: 'decision', workflow: 'on-save-checks', decision: 'started', why: 'started run 41' },
      at: '2026-11-21T14:18:00Z',
      files: ['a', 'b', 'c', 'd', 'e'],
    };
    const text = whyText({ lines: [decision], notes: ['You wrote 5 files.'], failure: null }, 'Why?', scene);
    assert.match(
      text,
      /^Why\?\n\nYou wrote 5 files\.\n\n14:18 +on-save-checks: started run 41 {2}\(a, b, c, 2 more files\)\n$/,
    );
  });

  it('names rule, agent, run, cause and evidence of a finding', () => {
    const finding: Finding & { readonly number: number; readonly at: string } = {
      ...{ agent: 'bug-hunter', rule: 'promise.floating', severity: 'warning', confidence: 'certain' },
      ...{ message: 'Nothing waits for save().', file: 'src/run.ts', fingerprint: 'f', number: 42 },
      range: { start: { line: 3, character: 2 }, end: { line: 3, character: 8 } },
      ...{ at: '2026-11-21T14:18:00Z', fix: 'Put await in front.', evidence: 'its type is Promise<void>' },
    };
    const text = findingText({ finding, row: undefined, activities: [] }, scene);
    for (const words of [
      'promise.floating',
      'bug-hunter, run 42 at 14:18',
      'src/run.ts:4:3',
      'Put await in front.',
      'Promise<void>',
    ])
      assert.ok(text.includes(words), words);
  });
});
