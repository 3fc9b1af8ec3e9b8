import assert from 'node:assert/strict';
import { createMarks, type Marks, type ShownFinding } from '../../../src/extension/problems/marks.ts';
import type { Edit } from '../../../src/extension/problems/shift.ts';
import { proves } from '../../requirements.ts';

const ROOT = 'file:///work';
const APP = `${ROOT}/app.ts`;
const FLOW = `${ROOT}/.savepoint/workflows/flow.yaml`;

const lineAt = (line: number) => ({ start: { line, character: 0 }, end: { line, character: 4 } });

const finding = (fingerprint: string, line: number, run = 'run-1'): ShownFinding => ({
  ...{ agent: 'bug-hunter', rule: 'promise.floating', severity: 'warning', confidence: 'certain' },
  ...{ message: 'A promise is dropped.', file: 'app.ts', range: lineAt(line), fingerprint },
  ...{ run, number: 1, at: '2026-01-01T00:00:00Z', content: null },
});

const insertion = (line: number, text: string): Edit => ({
  range: { start: { line, character: 0 }, end: { line, character: 0 } },
  text,
});

/** One editor with files in it; `null` where none shows the file. */
interface Editor {
  readonly marks: Marks;
  readonly texts: Map<string, { text: string; dirty: boolean }>;
  type(file: string, edit: Edit, text: string): readonly string[];
  saved(file: string): readonly string[];
}

function editor(texts: Readonly<Record<string, string>> = { [APP]: 'as checked' }): Editor {
  const open = new Map(Object.entries(texts).map(([file, text]) => [file, { text, dirty: false }]));
  const marks = createMarks({
    isDirty: (file) => open.get(file)?.dirty ?? false,
    linesOf(file, { start, end }) {
      const lines = open.get(file)?.text.split('\n');
      return lines && end.line < lines.length ? lines.slice(start.line, end.line + 1).join('\n') : null;
    },
    isContent: (file, content) => content === `blob of ${open.get(file)?.text}`,
    textOf: (file) => (open.get(file)?.dirty === false ? (open.get(file)?.text ?? null) : null),
  });
  return {
    marks,
    texts: open,
    type(file, edit, text) {
      open.set(file, { text, dirty: true });
      return marks.typed(file, [edit]);
    },
    saved(file) {
      open.set(file, { text: open.get(file)?.text ?? '', dirty: false });
      return marks.clean(file);
    },
  };
}

const shown = ({ marks }: Editor, file = APP): readonly string[] =>
  (marks.of(file)?.findings ?? []).map((mark) => `${mark.finding.fingerprint}:${mark.range.start.line}`);

describe(proves('F6', 'what is said of a file'), () => {
  it('is what the newest check found, and gone with the file from the board', () => {
    const now = editor();
    assert.deepEqual(now.marks.takeFindings(ROOT, [{ file: APP, findings: [finding('a', 3)] }]), [APP]);
    assert.deepEqual(shown(now), ['a:3']);
    assert.deepEqual(now.marks.takeFindings(ROOT, []), [APP]);
    assert.equal(now.marks.of(APP), undefined);
  });

  it('moves with the text, goes when its line is typed on, and does not come back by the same look', () => {
    const now = editor();
    const found = [{ file: APP, findings: [finding('a', 3), finding('b', 7)] }];
    now.marks.takeFindings(ROOT, found);
    now.type(APP, insertion(0, '\n'), 'one line more');
    assert.deepEqual(shown(now), ['a:4', 'b:8']);
    now.type(APP, insertion(4, 'x'), 'typed on a');
    assert.deepEqual(shown(now), ['b:8']);
    assert.deepEqual(now.marks.takeFindings(ROOT, found), []);
    assert.deepEqual(shown(now), ['b:8']);
    assert.equal(now.marks.of(APP)?.intact, false);
  });

  it('is said again once the text is as it was checked: saved so, or all that was typed was taken back', () => {
    const now = editor();
    now.marks.takeFindings(ROOT, [{ file: APP, findings: [finding('a', 3)] }]);
    now.type(APP, insertion(3, 'x'), 'typed on a');
    assert.deepEqual(shown(now), []);
    now.texts.set(APP, { text: 'as checked', dirty: false });
    assert.deepEqual(now.marks.clean(APP), [APP]);
    assert.deepEqual(shown(now), ['a:3']);
    assert.equal(now.marks.of(APP)?.intact, true);
    now.type(APP, insertion(3, 'x'), 'something else');
    assert.deepEqual(now.saved(APP), []);
    assert.deepEqual(shown(now), []);
  });

  it('is said again when the file is opened as it was checked, after what was typed was thrown away', () => {
    const now = editor();
    now.marks.takeFindings(ROOT, [{ file: APP, findings: [finding('a', 3)] }]);
    now.type(APP, insertion(3, 'x'), 'typed on a');
    now.marks.closed(APP);
    now.texts.set(APP, { text: 'something else', dirty: false });
    assert.deepEqual(now.marks.opened(APP), []);
    assert.deepEqual(shown(now), []);
    now.marks.closed(APP);
    now.texts.set(APP, { text: 'as checked', dirty: false });
    assert.deepEqual(now.marks.opened(APP), [APP]);
    assert.deepEqual(shown(now), ['a:3']);
  });

  it('is said again then though another run told it while somebody was typing', () => {
    const now = editor();
    const told = (run: string) => [
      { file: APP, findings: [{ ...finding('a', 3, run), content: 'blob of as checked' }] },
    ];
    now.marks.takeFindings(ROOT, told('run-1'));
    now.type(APP, insertion(3, 'x'), 'typed on a');
    now.marks.takeFindings(ROOT, told('run-2'));
    assert.deepEqual(shown(now), [], 'no ghost on changed text');
    now.saved(APP);
    assert.deepEqual(shown(now), []);
    now.texts.set(APP, { text: 'as checked', dirty: false });
    assert.deepEqual(now.marks.clean(APP), [APP]);
    assert.deepEqual(shown(now), ['a:3']);
  });

  it('is said again as soon as its own lines are as they were, whatever else is typed', () => {
    const now = editor({ [APP]: 'one\ntwo\nthree\nfour' });
    now.marks.takeFindings(ROOT, [{ file: APP, findings: [finding('a', 2)] }]);
    now.type(APP, insertion(2, 'x'), 'one\ntwo\nxthree\nfour');
    assert.deepEqual(shown(now), []);
    now.type(APP, insertion(0, 'zero\n'), 'zero\none\ntwo\nxthree\nfour');
    assert.deepEqual(shown(now), [], 'no ghost on changed text');
    const back = { range: { start: { line: 3, character: 0 }, end: { line: 3, character: 1 } }, text: '' };
    assert.deepEqual(now.type(APP, back, 'zero\none\ntwo\nthree\nfour'), [APP]);
    assert.deepEqual(shown(now), ['a:3']);
    assert.equal(now.marks.of(APP)?.intact, false);
    now.type(APP, insertion(3, 'y'), 'zero\none\ntwo\nythree\nfour');
    now.marks.drop(ROOT, 'a');
    now.type(APP, back, 'zero\none\ntwo\nthree\nfour');
    assert.deepEqual(shown(now), [], 'a person took it away');
  });

  it('stands where it belongs when a check of what was saved ends while somebody has typed on', () => {
    const now = editor();
    now.type(APP, insertion(0, '\n\n'), 'two lines more');
    now.marks.takeFindings(ROOT, [{ file: APP, findings: [finding('a', 3)] }]);
    assert.deepEqual(shown(now), ['a:5']);
    assert.equal(now.marks.of(APP)?.intact, false);
  });

  it('is found by its fingerprint in its folder, until it is dropped', () => {
    const now = editor();
    now.marks.takeFindings(ROOT, [{ file: APP, findings: [finding('a', 3)] }]);
    assert.equal(now.marks.byFingerprint(ROOT, 'a')?.range.start.line, 3);
    assert.equal(now.marks.byFingerprint('file:///other', 'a'), undefined);
    assert.deepEqual(now.marks.drop(ROOT, 'a'), [APP]);
    assert.equal(now.marks.byFingerprint(ROOT, 'a'), undefined);
    assert.deepEqual(now.marks.drop(ROOT, 'a'), []);
  });
});

describe(proves('F6', 'what is said of workflow files'), () => {
  const broken = { file: FLOW, range: lineAt(2), message: 'unknown step' };

  it('goes when it is typed on, and is back when that is taken back', () => {
    const now = editor({ [FLOW]: 'as read' });
    now.marks.takeDefinitions(ROOT, [broken]);
    now.type(FLOW, insertion(2, 'x'), 'typed');
    assert.deepEqual(now.marks.of(FLOW)?.definitions, []);
    now.texts.set(FLOW, { text: 'as read', dirty: false });
    now.marks.clean(FLOW);
    assert.deepEqual(now.marks.of(FLOW)?.definitions, [{ range: broken.range, message: broken.message }]);
  });

  it('is said once where a person’s check says the same', () => {
    const now = editor();
    now.marks.takeDefinitions(ROOT, [broken]);
    now.marks.takeChecked(ROOT, [broken, { ...broken, message: 'another' }]);
    assert.deepEqual(
      now.marks.of(FLOW)?.definitions.map(({ message }) => message),
      ['unknown step', 'another'],
    );
    now.marks.takeChecked(ROOT, []);
    assert.deepEqual(
      now.marks.of(FLOW)?.definitions.map(({ message }) => message),
      ['unknown step'],
    );
  });

  it('goes with its folder, also where that never had a worker', () => {
    const now = editor();
    now.marks.takeChecked(ROOT, [broken]);
    assert.deepEqual(now.marks.keepOnly(new Set(['file:///other'])), [FLOW]);
    assert.equal(now.marks.of(FLOW), undefined);
  });
});
