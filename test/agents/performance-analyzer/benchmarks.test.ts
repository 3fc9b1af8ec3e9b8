import assert from 'node:assert/strict';
import { join } from 'node:path';
import { findBenchmarks, targetsOf } from '../../../src/orchestrator/agents/performance-analyzer/benchmarks.ts';
import { loadImportGraph } from '../../../src/orchestrator/workspace/import-graph.ts';
import { folderWorkspace, makeFolder, removeFolder } from '../../support/folder-workspace.ts';
import { proves } from '../../requirements.ts';

const filesOf = (script: string): readonly string[] => targetsOf(script, '').map(({ file }) => file);

describe(proves('A12', 'benchmarks of a repository'), () => {
  it('are the files that a script starts with node', () => {
    assert.deepEqual(filesOf('node bench/a.js'), ['bench/a.js']);
    assert.deepEqual(filesOf('NODE_ENV=production node --expose-gc -r ./setup.cjs ./bench/a.js --quick && tsx b.ts'), [
      'bench/a.js',
      'b.ts',
    ]);
    const [first] = targetsOf('cross-env MODE="x y" node --import tsx bench.ts 10', 'packages/core');
    assert.deepEqual(first, {
      file: 'packages/core/bench.ts',
      runner: 'script',
      folder: 'packages/core',
      nodeFlags: ['--import', 'tsx'],
      args: ['10'],
      env: { MODE: 'x y' },
    });
  });

  it('are not guessed from what only a shell understands', () => {
    for (const script of [
      'npm run build && node a.js',
      'node a.js | tee out',
      'node $FILE',
      'make bench',
      'node',
      'node a.js; node b.js',
    ]) {
      assert.deepEqual(filesOf(script), [], script);
    }
  });

  it('are found by name and place, less helpers, and those that run by the clock are named', async () => {
    const root = makeFolder({
      'package.json': '{"scripts":{"bench":"make bench"}}',
      'bench/sum.js': "import { items } from './data.js';",
      'bench/data.js': 'export const items = [];',
      'bench/types.d.ts': '',
      'bench/old.js': "const { Suite } = require('benchmark');",
      'src/parse.bench.ts': "import { bench } from 'vitest';",
      'src/parse.ts': '',
    });
    try {
      const workspace = folderWorkspace(root);
      const graph = await loadImportGraph({ workspace, cacheFile: join(`${root}.state`, 'graph') });
      const { benchmarks, notChecked } = await findBenchmarks(workspace, graph);
      assert.deepEqual(
        benchmarks.map(({ file, runner }) => `${runner} ${file}`),
        ['script bench/sum.js', 'vitest src/parse.bench.ts'],
      );
      assert.deepEqual(
        notChecked.map(({ what }) => what),
        ['script bench of package.json', 'bench/old.js'],
      );
    } finally {
      removeFolder(root);
      removeFolder(`${root}.state`);
    }
  });
});
