import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { importRequests } from '../../src/orchestrator/workspace/import-requests.ts';
import { loadImportGraph, type ImportGraph } from '../../src/orchestrator/workspace/import-graph.ts';
import { proves } from '../requirements.ts';
import { folderWorkspace, makeFolder, removeFolder, writeFiles } from '../support/folder-workspace.ts';

const folders: string[] = [];
afterEach(() => {
  for (const root of folders.splice(0)) for (const each of [root, `${root}.state`]) removeFolder(each);
});

function folder(files: Readonly<Record<string, string>>): string {
  const root = makeFolder(files);
  folders.push(root);
  return root;
}

function load(root: string): Promise<ImportGraph> {
  // Beside the workspace, as in life: the state folder is never inside it.
  return loadImportGraph({ workspace: folderWorkspace(root), cacheFile: `${root}.state/import-graph` });
}

const targets = (graph: ImportGraph, file: string): string[] =>
  graph
    .uses(file)
    .map((edge) => edge.file)
    .sort();

describe(proves('A12', 'import graph: what a file asks for'), () => {
  const kinds = (file: string, text: string): Record<string, string> =>
    Object.fromEntries(importRequests(file, text).map((request) => [request.text, request.kind]));

  it('reads every form of module syntax', () => {
    const text = `
      import a from './a.js'; import type { T } from './t'; import { type U } from './u'; import './side';
      export * from './all'; export { x } from './x'; export type { Y } from './y';
      const d = await import('./dyn'); const p = await import(\`./pages/\${d}.ts\`);
      const r = require('./r'); vi.mock('./mocked'); jest.requireActual<Actual>('./actual');
      const cli = join(__dirname, '..', 'bin', 'cli.js'); const w = new Worker(new URL('./worker.js', import.meta.url));
      spawnSync('node', ['scripts/build.mjs']); import.meta.glob('./routes/**/*.ts');`;
    assert.deepEqual(kinds('src/m.ts', text), {
      './a.js': 'import',
      './t': 'type',
      './u': 'type',
      './side': 'import',
      './all': 'import',
      './x': 'import',
      './y': 'type',
      './dyn': 'import',
      './pages/': 'folder',
      './r': 'import',
      './mocked': 'import',
      './actual': 'import',
      './../bin/cli.js': 'reference',
      'cli.js': 'reference',
      './worker.js': 'reference',
      'scripts/build.mjs': 'reference',
      './routes/': 'folder',
    });
  });

  it('lets the run-time import win over a type import of the same file', () => {
    assert.deepEqual(kinds('m.ts', `import type { T } from './a'; import { a } from './a';`), { './a': 'import' });
  });

  it('reads the scripts of component files', () => {
    const text = `<template><B/></template><script setup lang="ts">import B from './B.vue'</script>`;
    assert.deepEqual(kinds('A.vue', text), { './B.vue': 'import' });
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('a.ts', 'a.jsx', 'a.vue'), (text, file) =>
        Array.isArray(importRequests(file, text)),
      ),
    );
  });
});

describe(proves('A12', 'import graph: where it leads'), () => {
  it('answers who is reached by a change over any number of edges, nearest first, without erased types', async () => {
    const root = folder({
      'src/a.ts': 'export const a = 1;',
      'src/b.ts': `export { a } from './a.js';`,
      'src/c.ts': `import type { A } from './a';`,
      'test/b.test.ts': `import { a } from '../src/b';`,
      'test/c.test.ts': `import '../src/c';`,
    });
    const graph = await load(root);
    assert.deepEqual(
      [...graph.reaching(['src/a.ts'])],
      [
        ['src/a.ts', 0],
        ['src/b.ts', 1],
        ['test/b.test.ts', 2],
      ],
    );
    assert.deepEqual([...graph.reachedBy(['test/c.test.ts']).keys()], ['test/c.test.ts', 'src/c.ts']);
    assert.deepEqual(
      graph.usedBy('src/a.ts').map((edge) => `${edge.file} ${edge.kind}`),
      ['src/b.ts import', 'src/c.ts type'],
    );
  });

  it('survives cycles', async () => {
    const graph = await load(folder({ 'a.js': `require('./b')`, 'b.js': `require('./a')` }));
    assert.deepEqual([...graph.reaching(['a.js']).keys()].sort(), ['a.js', 'b.js']);
  });

  it('follows tsconfig paths, subpath imports and a self reference', async () => {
    const root = folder({
      'package.json': JSON.stringify({
        name: 'me',
        imports: { '#util': './src/util.ts' },
        exports: { '.': './dist/index.js' },
      }),
      'tsconfig.json': JSON.stringify({ compilerOptions: { paths: { '~lib/*': ['./src/lib/*'] } } }),
      'src/lib/deep.ts': '',
      'src/util.ts': '',
      'src/index.ts': '',
      'test/x.test.ts': `import '~lib/deep'; import '#util'; import 'me';`,
    });
    assert.deepEqual(targets(await load(root), 'test/x.test.ts'), ['src/index.ts', 'src/lib/deep.ts', 'src/util.ts']);
  });

  it('still resolves when the tsconfig extends or references what is not there', async () => {
    const root = folder({
      'tsconfig.json': JSON.stringify({ extends: '@missing/tsconfig', references: [{ path: './gone' }] }),
      'a.ts': `import './b'; import './c.js';`,
      'b.ts': '',
      'c.ts': '',
    });
    assert.deepEqual(targets(await load(root), 'a.ts'), ['b.ts', 'c.ts']);
  });

  it('leads packages of the workspace and built output to their sources, linked or not, built or not', async () => {
    const root = folder({
      'package.json': JSON.stringify({ name: 'root', workspaces: ['packages/*'] }),
      'packages/core/package.json': JSON.stringify({
        name: '@acme/core',
        exports: { '.': './dist/index.js', './math': './dist/math.js' },
      }),
      'packages/core/src/index.ts': '',
      'packages/core/src/math.ts': '',
      'packages/plain/package.json': JSON.stringify({ name: 'plain', main: 'dist/plain.js' }),
      'packages/plain/src/index.ts': '',
      'packages/app/package.json': JSON.stringify({ name: 'app' }),
      'packages/app/main.ts': `import '@acme/core'; import '@acme/core/math'; import 'plain'; import 'react';`,
      'packages/core/test/built.test.js': `require('../dist/math.js')`,
    });
    mkdirSync(join(root, 'node_modules/@acme'), { recursive: true });
    symlinkSync(join(root, 'packages/core'), join(root, 'node_modules/@acme/core'));
    const graph = await load(root);
    assert.deepEqual(targets(graph, 'packages/app/main.ts'), [
      'packages/core/src/index.ts',
      'packages/core/src/math.ts',
      'packages/plain/src/index.ts',
    ]);
    assert.deepEqual(targets(graph, 'packages/core/test/built.test.js'), ['packages/core/src/math.ts']);
  });

  it('finds what only a bundler configuration explains by the end of the path, and takes no package for a file', async () => {
    const root = folder({
      'src/cart/total.ts': '',
      'src/react.ts': '',
      'src/lodash/index.ts': '',
      'src/m.ts': `import '@/cart/total'; import 'cart/total.js'; import 'react'; import 'lodash';`,
    });
    assert.deepEqual(targets(await load(root), 'src/m.ts'), ['src/cart/total.ts']);
  });

  it('knows who imports what is not there (any more)', async () => {
    const root = folder({
      'a.ts': `import './b'; import 'c';`,
      'b.ts': `import './a'; import './style.css';`,
      'style.css': '',
    });
    assert.deepEqual((await load(root)).broken, []);
    removeFolder(join(root, 'b.ts'));
    assert.deepEqual((await load(root)).broken, ['a.ts']);
  });

  it('never leads out of the workspace or into node_modules', async () => {
    const root = folder({
      'a.js': `require('dep'); require('../../../../etc/hostname'); require('node:fs'); require('fs')`,
    });
    writeFiles(root, { 'node_modules/dep/index.js': '' });
    assert.deepEqual(targets(await load(root), 'a.js'), []);
  });
});

describe(proves('A12', 'import graph: cache by content'), () => {
  it('parses only what changed, and looks again where edges lead when a file comes or goes', async () => {
    const root = folder({ 'a.ts': `import './b';`, 'c.ts': '', 'b/index.ts': '' });
    assert.deepEqual((await load(root)).made, { parsed: 3, resolved: 3, unreadable: [] });
    assert.deepEqual((await load(root)).made, { parsed: 0, resolved: 0, unreadable: [] });
    writeFiles(root, { 'c.ts': `import './a';` });
    const changed = await load(root);
    assert.deepEqual([changed.made.parsed, changed.made.resolved, targets(changed, 'c.ts')], [1, 1, ['a.ts']]);
    writeFiles(root, { 'b.ts': '' });
    const added = await load(root);
    assert.deepEqual([added.made.parsed, added.made.resolved, targets(added, 'a.ts')], [1, 4, ['b.ts']]);
  });

  it('makes everything again after damage', async () => {
    const root = folder({ 'a.ts': `import './b';`, 'b.ts': '' });
    const whole = await load(root);
    const file = `${root}.state/import-graph`;
    const text = readFileSync(file, 'utf8');
    for (const damaged of ['', text.slice(0, -5), text.replace('"b.ts"', '"c.ts"'), text.slice(1)]) {
      writeFileSync(file, damaged);
      const again = await load(root);
      assert.equal(again.made.parsed, 2);
      assert.deepEqual(again.uses('a.ts'), whole.uses('a.ts'));
    }
  });
});
