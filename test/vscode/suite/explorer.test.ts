import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { proves } from '../../requirements.ts';
import { eventually } from '../../support/eventually.ts';
import { atRest, ready, runs, savepoint, type RunLine } from './support.ts';

interface ResultLine extends Omit<RunLine, 'kind'> {
  readonly kind: 'result';
  readonly tests: {
    readonly passed: number;
    readonly cases: readonly { readonly file: string; readonly name: string }[];
  };
  readonly notChecked: readonly { readonly what: string }[];
}

/** Runs of Test Explorer that have ended, newest first. */
const ended = async (): Promise<readonly RunLine[]> =>
  (await runs()).filter(({ workflow, status }) => workflow === 'tests' && status === 'completed');

/** Waits for one more run than there were, and shows it. */
async function nextRun(before: number): Promise<ResultLine> {
  await eventually('a run of the tests', async () => (await ended()).length > before);
  const [newest] = await ended();
  const lines = await savepoint<ResultLine>('show', newest?.run ?? '');
  const result = lines.find(({ kind }) => kind === 'result');
  assert.ok(result);
  return result;
}

describe(proves('F9', 'Test Explorer'), function () {
  before(ready);
  afterEach(() => atRest());

  it('lists the tests of the folder and runs them all, as a run that the command line shows too', async () => {
    await vscode.commands.executeCommand('testing.refreshTests');
    const before = (await ended()).length;
    await vscode.commands.executeCommand('testing.runAll');
    const { tests } = await nextRun(before);
    assert.ok(tests.passed > 5, `${tests.passed} passed`);
    assert.ok(tests.cases.some(({ file }) => file === 'test/slow.test.ts'));
  });

  it('runs the test at the cursor and no other', async () => {
    const before = (await ended()).length;
    const [file] = await vscode.workspace.findFiles('test/slow.test.ts');
    assert.ok(file);
    const editor = await vscode.window.showTextDocument(file);
    const line = editor.document
      .getText()
      .split('\n')
      .findIndex((text) => text.includes('takes its time'));
    editor.selection = new vscode.Selection(line, 2, line, 2);
    await vscode.commands.executeCommand('testing.runAtCursor');
    const { tests } = await nextRun(before);
    assert.deepEqual(
      tests.cases.map(({ file: of, name }) => [of, name]),
      [['test/slow.test.ts', 'takes its time']],
    );
  });

  it('measures coverage', async () => {
    const before = (await ended()).length;
    await vscode.commands.executeCommand('testing.coverageAll');
    const { notChecked } = await nextRun(before);
    assert.deepEqual(
      notChecked.filter(({ what }) => what.includes('coverage')),
      [],
    );
  });
});
