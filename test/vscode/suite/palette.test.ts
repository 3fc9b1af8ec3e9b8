import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { CATALOGUE } from '../../../src/contract/commands/catalogue.ts';
import { COMMANDS } from '../../../src/contract/commands/palette.ts';
import { proves } from '../../requirements.ts';
import { eventually } from '../../support/eventually.ts';
import { atRest, findingsIn, folder, ready, ruleIn, runs, typeAndSave, uriOf } from './support.ts';

const FILE = 'src/lib/receipts.ts';
/** Another text each time: what is put back within one burst is no change, and nothing runs for it. */
const loose = (version: number): string =>
  `declare function store(): Promise<void>;\n\nexport async function keep(): Promise<number> {\n  store();\n  return ${version};\n}\n`;
const CALL = new vscode.Range(3, 2, 3, 4);

const actionsAt = (range: vscode.Range): Thenable<readonly vscode.CodeAction[]> =>
  vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', uriOf(FILE), range);

/** Waits for it: an edit that puts things right is offered only while nothing was typed since the check. */
async function actionNamed(title: RegExp): Promise<vscode.CodeAction> {
  let action: vscode.CodeAction | undefined;
  const offered = async (): Promise<boolean> => {
    action = (await actionsAt(CALL)).find((one) => title.test(one.title));
    return action !== undefined;
  };
  await eventually(`a quick fix like ${String(title)}`, offered);
  return action ?? assert.fail();
}

async function hoverAt(position: vscode.Position): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    uriOf(FILE),
    position,
  );
  return hovers
    .flatMap(({ contents }) => contents.map((one) => (typeof one === 'string' ? one : one.value)))
    .join('\n');
}

/** Waits for a page of Savepoint's that says this. */
async function pageSays(text: RegExp): Promise<void> {
  const now = (): string => {
    const document = vscode.window.activeTextEditor?.document;
    return document?.uri.scheme === 'savepoint' ? document.getText() : '';
  };
  await eventually(`a page that says ${String(text)}`, () => text.test(now())).catch(() => assert.match(now(), text));
}

async function callCommand({ command }: vscode.CodeAction): Promise<void> {
  assert.ok(command);
  await vscode.commands.executeCommand(command.command, ...(command.arguments as readonly unknown[]));
}

const looseFound = (): Promise<void> =>
  eventually('the promise is found', () => findingsIn(FILE).some((one) => ruleIn(one) === 'promise.floating'));

describe(proves('F6', 'the palette, and what stands beside the code'), () => {
  before(async () => {
    await ready();
    await vscode.workspace.fs.writeFile(uriOf(FILE), new Uint8Array());
  });
  afterEach(() => atRest());
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(uriOf(FILE));
    await atRest();
  });

  it('has a handler for every command that it lists, and lists every command of the catalogue', async () => {
    const known = new Set(await vscode.commands.getCommands(true));
    for (const { command } of COMMANDS) assert.ok(known.has(command), command);
    for (const { id } of CATALOGUE) assert.ok(known.has(`savepoint.${id}`), id);
  });

  it('tells a finding with its rule, who found it and the way to why', async () => {
    await typeAndSave(FILE, loose(1));
    await looseFound();
    const told =
      /bug-hunter · new in this change · \[run \d+\]\(command:savepoint\.openRun.*\) at \d\d:\d\d · \[Why am I told this\?\]\(command:savepoint\.why/;
    let words = '';
    // A finding is told at once, rows of runs at their own pace.
    await eventually('the hover with its run', async () => {
      words = await hoverAt(CALL.start);
      return told.test(words);
    }).catch(() => assert.match(words, told));
  });

  it('links the rule of a finding to the page that explains it, which ships with the extension', async () => {
    const [found] = vscode.languages.getDiagnostics(uriOf(FILE)).filter(({ source }) => source === 'savepoint');
    const { value, target } = found?.code as { readonly value: string; readonly target: vscode.Uri };
    assert.equal(value, 'promise.floating');
    assert.deepEqual([target.scheme, target.path], ['command', 'savepoint.openRuleHelp']);
    await vscode.commands.executeCommand(target.path, ...(JSON.parse(target.query) as readonly unknown[]));
    await eventually(
      'the page',
      () => vscode.window.tabGroups.activeTabGroup.activeTab?.label === 'Preview bug-hunter.md',
    );
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('opens the run of a finding, and why it is told, as pages that cannot be edited', async () => {
    const [newest] = await runs();
    assert.ok(newest);
    await vscode.commands.executeCommand('savepoint.openRun', { folder: folder().uri.toString(), run: newest.run });
    await pageSays(new RegExp(`run ${newest.number} `));
    await callCommand(await actionNamed(/^Why am I told this/));
    await pageSays(/promise\.floating/);
  });

  it('puts a finding right where there is one way, and takes it away with the edit', async () => {
    await typeAndSave(FILE, loose(2));
    await looseFound();
    const fix = await actionNamed(/^Add await$/);
    assert.equal(fix.isPreferred, true);
    const own = (await actionsAt(new vscode.Range(3, 2, 3, 4)))
      .filter(({ title }) => /^(Add await$|Why am I told|Ignore promise|Not a problem here)/.test(title))
      .map(({ title, isPreferred }) => `${title}${isPreferred ? ', preferred' : ''}`);
    assert.deepEqual(own, [
      'Add await, preferred',
      'Why am I told this?',
      'Ignore promise.floating with a reason…',
      'Not a problem here (promise.floating)',
    ]);
    assert.ok(fix.edit && (await vscode.workspace.applyEdit(fix.edit)));
    const document = await vscode.workspace.openTextDocument(uriOf(FILE));
    assert.equal(document.lineAt(3).text, '  await store();');
    await eventually('the finding is gone', () => findingsIn(FILE).length === 0);
    await document.save();
  });

  it('takes a finding away at a keystroke on its line, and shows it again when that is taken back', async () => {
    await typeAndSave(FILE, loose(4));
    await looseFound();
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    assert.ok(await editor.edit((edit) => edit.insert(CALL.start, 'x')));
    await eventually('the finding is gone', () => findingsIn(FILE).length === 0);
    await vscode.commands.executeCommand('undo');
    assert.equal(editor.document.getText(), loose(4));
    await looseFound();
    assert.ok(await actionNamed(/^Add await$/));
  });

  it('offers no edit once the file was typed in, and moves the finding with its line', async () => {
    await typeAndSave(FILE, loose(3));
    await looseFound();
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uriOf(FILE), new vscode.Position(0, 0), '\n');
    await vscode.workspace.applyEdit(edit);
    await eventually('the finding moved', () => findingsIn(FILE)[0]?.range.start.line === 4);
    const titles = (await actionsAt(new vscode.Range(4, 2, 4, 4))).map(({ title }) => title);
    assert.ok(!titles.includes('Add await'), titles.join(', '));
    assert.ok(
      titles.some((title) => title.startsWith('Not a problem here')),
      titles.join(', '),
    );
  });
});
