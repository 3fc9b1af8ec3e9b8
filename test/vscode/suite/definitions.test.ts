import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import { checkHere, definitionsEntry } from '../../../src/extension/commands/check-here.ts';
import { problemsOf } from '../../../src/extension/pages/page-texts.ts';
import { proves } from '../../requirements.ts';
import { eventually } from '../../support/eventually.ts';
import { ready, uriOf } from './support.ts';

const BROKEN = 'id: broken\nsteps:\n  - id: look\n    agent: bug-huntr\n';
const RIGHT = BROKEN.replace('huntr', 'hunter');

/** A disk that only VS Code reaches; it can be read, and nothing else. */
function inMemory(files: Readonly<Record<string, string>>): vscode.FileSystemProvider {
  const refuse = (): never => {
    throw new Error('something was written, or watched');
  };
  const inside = (folder: string): readonly string[] =>
    Object.keys(files).filter((file) => path.posix.dirname(file) === folder);
  return {
    onDidChangeFile: () => new vscode.Disposable(() => undefined),
    stat({ path: file }) {
      const text = files[file];
      if (text === undefined && inside(file).length === 0) throw vscode.FileSystemError.FileNotFound(file);
      const type = text === undefined ? vscode.FileType.Directory : vscode.FileType.File;
      return { type, ctime: 0, mtime: 0, size: text?.length ?? 0 };
    },
    readDirectory({ path: folder }) {
      if (inside(folder).length === 0) throw vscode.FileSystemError.FileNotFound(folder);
      return inside(folder).map((file) => [path.posix.basename(file), vscode.FileType.File]);
    },
    readFile: ({ path: file }) => new TextEncoder().encode(files[file] ?? assert.fail(file)),
    ...{ watch: refuse, createDirectory: refuse, writeFile: refuse, delete: refuse, rename: refuse },
  };
}

describe(proves('F1', 'workflow files are checked'), () => {
  before(() => ready());

  it('on no disk too: what VS Code reads is enough', async () => {
    const files = { '/w/.savepoint/workflows/broken.yaml': BROKEN, '/w/.savepoint/workflows/right.yml': RIGHT };
    const provider = vscode.workspace.registerFileSystemProvider('memory', inMemory(files), { isReadonly: true });
    const extension = vscode.extensions.getExtension('savepoint.savepoint') ?? assert.fail();
    const source = new vscode.CancellationTokenSource();
    const check = (folder: string) =>
      checkHere(vscode.Uri.from({ scheme: 'memory', path: folder }), {
        entry: definitionsEntry(extension.extensionUri),
        token: source.token,
      });
    try {
      const { lines } = await check('/w');
      const range = { start: { line: 3, character: 11 }, end: { line: 3, character: 20 } };
      const [first] = problemsOf({ lines, notes: [], failure: null });
      assert.deepEqual({ ...first, message: '' }, { file: '.savepoint/workflows/broken.yaml', range, message: '' });
      assert.match(first?.message ?? '', /^There is no agent bug-huntr\. Did you mean "bug-hunter"\?/);
      assert.equal(lines.length, 1);
      assert.deepEqual((await check('/none')).notes, ['There is no workflow and no agent file in .savepoint.']);
      source.cancel();
      assert.deepEqual(await check('/w'), {
        ...{ lines: [], notes: [] },
        failure: 'Stopped before all files were checked.',
      });
    } finally {
      source.dispose();
      provider.dispose();
    }
  });

  it('in a trusted folder by its worker, and what is wrong stands in Problems', async () => {
    const file = uriOf('.savepoint/agents/broken.yaml');
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode('id: broken\n'));
    await vscode.commands.executeCommand('savepoint.validate');
    await eventually('the problem', () => vscode.languages.getDiagnostics(file).length === 1);
    const [problem] = vscode.languages.getDiagnostics(file);
    assert.match(problem?.message ?? '', /"command" is missing here/);
    assert.equal(problem?.source, 'savepoint');
    await vscode.workspace.fs.delete(file);
    // It answers in a quick pick, and waits until that is closed.
    const answered = vscode.commands.executeCommand('savepoint.validate');
    await eventually('no problem', () => vscode.languages.getDiagnostics(file).length === 0);
    let done = false;
    void answered.then(() => (done = true));
    await eventually('the answer is closed', async () => {
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
      return done;
    });
  });
});
