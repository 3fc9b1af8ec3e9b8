import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { proves } from '../../requirements.ts';
import { becomes, eventually } from '../../support/eventually.ts';
import { HOSTED_FILES } from '../host/hosted.ts';
import { atRest, findingsIn, ready, ruleIn, runs, savepoint, staysQuiet, typeAndSave, uriOf } from './support.ts';

const FILE = HOSTED_FILES.payments;
/**
 * Two errors that VS Code's own TypeScript shows too, and one that only Savepoint knows. The one with a fix is the first: on a slow
 * machine no more are looked for.
 */
const WRONG = `export const shown = (1.5).toFixd(1);
export const count: number = 'three';
export const run = async () => {
  Promise.resolve();
};
`;
const COUNT_LINE = 1;
const TYPE_RULE = 'types.ts2322';
const SPELLING_RULE = 'types.ts2551';

type ResultLine =
  { readonly kind: 'result'; readonly findings: readonly { readonly rule: string }[] } | { readonly kind: 'run' };

const rulesShown = (): readonly unknown[] => findingsIn(FILE).map(ruleIn);
const shownByVscode = (): readonly vscode.Diagnostic[] =>
  vscode.languages.getDiagnostics(uriOf(FILE)).filter(({ source, code }) => source === 'ts' && code === 2322);
/** What puts the misspelt name right. */
async function spelling(): Promise<vscode.CodeAction | undefined> {
  const place = findingsIn(FILE).find((one) => ruleIn(one) === SPELLING_RULE)?.range;
  const actions = place
    ? await vscode.commands.executeCommand<readonly vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        uriOf(FILE),
        place,
      )
    : [];
  return actions.find(({ title }) => title === "Change spelling to 'toFixed'");
}

const validate = (on: boolean | undefined): Thenable<void> =>
  vscode.workspace.getConfiguration('typescript').update('validate.enable', on, vscode.ConfigurationTarget.Global);

describe(proves('F5', 'an error that VS Code’s own TypeScript shows too'), () => {
  staysQuiet();
  before(ready);
  after(() => validate(undefined));

  it('stands once in Problems, and in the run with the others', async () => {
    await typeAndSave(FILE, WRONG);
    await eventually('theirs', () => shownByVscode().length === 1);
    await eventually('what only we say', () => rulesShown().includes('promise.floating'));
    // Whichever of the two came first.
    await becomes(['promise.floating'], rulesShown);
    await atRest();
    assert.deepEqual(rulesShown(), ['promise.floating']);
    const [newest] = await runs();
    const told = await savepoint<ResultLine>('show', newest?.run ?? '');
    assert.deepEqual(
      told.flatMap((line) => (line.kind === 'result' ? line.findings.map(({ rule }) => rule) : [])).sort(),
      ['promise.floating', TYPE_RULE, SPELLING_RULE],
    );
  });

  it('does not come up for a moment while lines are put in above', async () => {
    const seen: unknown[] = [];
    const listener = vscode.languages.onDidChangeDiagnostics(() => seen.push(...rulesShown()));
    for (let line = 1; line <= 5; line++) {
      const edit = new vscode.WorkspaceEdit();
      edit.insert(uriOf(FILE), new vscode.Position(0, 0), '// above\n');
      await vscode.workspace.applyEdit(edit);
      await eventually('theirs has followed', () => shownByVscode()[0]?.range.start.line === COUNT_LINE + line);
    }
    listener.dispose();
    assert.deepEqual([...new Set(seen)], ['promise.floating']);
  });

  it('is ours to show and to fix where theirs is switched off, and theirs again when it is back', async () => {
    await validate(false);
    await eventually('theirs is gone', () => shownByVscode().length === 0);
    await eventually('ours is shown', () => rulesShown().includes(TYPE_RULE));
    assert.equal(await spelling(), undefined, 'the text is not what was checked');
    await typeAndSave(FILE, `${WRONG}// checked again\n`);
    await eventually('the fix of a misspelt name', async () => (await spelling()) !== undefined);
    const fix = await spelling();
    assert.ok(fix?.edit && (await vscode.workspace.applyEdit(fix.edit)));
    const document = await vscode.workspace.openTextDocument(uriOf(FILE));
    assert.equal(document.lineAt(0).text, 'export const shown = (1.5).toFixed(1);');
    await document.save();
    await validate(undefined);
    await eventually('theirs is back', () => shownByVscode().length === 1);
    await eventually('ours gives way', () => !rulesShown().includes(TYPE_RULE));
  });
});
