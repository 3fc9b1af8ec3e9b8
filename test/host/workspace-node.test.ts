import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createNodeEnv } from '../../src/orchestrator/host/node-env.ts';
import { workspaceNode } from '../../src/orchestrator/host/workspace-node.ts';
import { proves } from '../requirements.ts';
import { tempFolder } from '../support/temp-folder.ts';

describe(proves('A12', 'the Node of the workspace’s tools'), () => {
  const folder = tempFolder('workspace-node');
  after(() => folder.remove());
  const { host } = createNodeEnv({ version: '0.0.0-test' });
  const at = (...names: readonly string[]): string => path.join(folder.path, ...names);
  const found = (...folders: readonly string[]) =>
    workspaceNode(folder.path, { ...host, env: { PATH: folders.join(path.delimiter) } });

  before(() => {
    for (const name of ['plain', 'folder', 'own']) mkdirSync(at(name));
    symlinkSync(at('loop'), at('loop'));
    writeFileSync(at('plain', 'node'), 'no program\n', { mode: 0o600 });
    mkdirSync(at('folder', 'node'));
    writeFileSync(at('own', 'node'), '#!/bin/sh\necho v99.0.0\n', { mode: 0o700 });
  });

  it('is the first in PATH that can be started, past folders that cannot be read and what is no program', async () => {
    assert.deepEqual(await found('', at('loop'), at('missing'), at('plain'), at('folder'), at('own')), {
      path: at('own', 'node'),
      version: 'v99.0.0',
    });
  });

  it('is the one that runs Savepoint where there is none', async () => {
    assert.deepEqual(await found(at('loop'), at('plain')), { path: process.execPath, version: host.nodeVersion });
  });
});
