import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { proves } from '../../requirements.ts';
import { ready, staysQuiet } from './support.ts';

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string; readonly category: string }[] };
}

describe(proves('F9', 'the extension in a real VS Code'), () => {
  staysQuiet();

  it(proves('F1', 'activates by itself, and its worker answers'), async () => {
    await ready();
  });

  it(proves('F6', 'registers every command of the palette'), async () => {
    const extension = vscode.extensions.getExtension('savepoint.savepoint');
    assert.ok(extension);
    const manifest = JSON.parse(readFileSync(path.join(extension.extensionPath, 'package.json'), 'utf8')) as Manifest;
    const contributed = manifest.contributes.commands.map(({ command }) => command);
    assert.ok(contributed.length > 10);
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      contributed.filter((command) => !registered.has(command)),
      [],
    );
  });

  it('loads what VS Code offers once, not for each of its files', () => {
    const extension = vscode.extensions.getExtension('savepoint.savepoint');
    assert.ok(extension);
    const bundle = readFileSync(path.join(extension.extensionPath, 'dist/extension.cjs'), 'utf8');
    assert.equal(bundle.split('require("vscode")').length - 1, 1);
  });
});
