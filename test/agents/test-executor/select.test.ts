import assert from 'node:assert/strict';
import { selectTests, type Selection } from '../../../src/orchestrator/agents/test-executor/select.ts';
import type { Suite } from '../../../src/orchestrator/agents/test-executor/suite.ts';
import { loadImportGraph } from '../../../src/orchestrator/workspace/import-graph.ts';
import { proves } from '../../requirements.ts';
import { folderWorkspace, makeFolder, removeFolder } from '../../support/folder-workspace.ts';

const folders: string[] = [];
afterEach(() => {
  for (const root of folders.splice(0)) for (const folder of [root, `${root}.state`]) removeFolder(folder);
});

const suite = (testFiles: readonly string[], more: Partial<Suite> = {}): Suite => ({
  runner: 'vitest',
  folder: '',
  variant: '',
  installed: null,
  call: { runner: 'vitest', env: {}, nodeFlags: [], options: [], positional: [] },
  testFiles,
  complete: true,
  setup: [],
  mocha: null,
  ...more,
});

async function select(
  files: Readonly<Record<string, string>>,
  suites: readonly Suite[],
  changed: readonly string[],
): Promise<readonly Selection[]> {
  const root = makeFolder(files);
  folders.push(root);
  const graph = await loadImportGraph({ workspace: folderWorkspace(root), cacheFile: `${root}.state/graph` });
  return selectTests({ suites, changed, graph });
}

const PROJECT = {
  'src/a.ts': `import type { T } from './types';`,
  'src/b.ts': `import './a';`,
  'src/lonely.ts': '',
  'src/types.ts': '',
  'test/a.test.ts': `import '../src/a';`,
  'test/b.test.ts': `import '../src/b';`,
  'test/c.test.ts': '',
  'test/d.test.ts': '',
  'test/setup.ts': `import '../src/env';`,
  'src/env.ts': '',
  'vitest.config.ts': `import './plugin'; export default { entry: 'src/b.ts' };`,
  'plugin.ts': '',
};
const TESTS = ['a', 'b', 'c', 'd'].map((name) => `test/${name}.test.ts`);
const ONE = suite(TESTS, { setup: ['vitest.config.ts', 'test/setup.ts'] });

describe(proves('A12', 'test executor: which tests a change selects'), () => {
  const given: Readonly<Record<string, readonly [readonly string[], Selection['kind'], readonly string[], RegExp]>> = {
    'those that reach it, nearest first': [
      ['src/a.ts'],
      'related',
      ['test/a.test.ts', 'test/b.test.ts'],
      /reach src\/a\.ts/,
    ],
    'a changed test itself': [['test/c.test.ts'], 'related', ['test/c.test.ts'], /test\/c/],
    'with a document beside it, the same': [['README.md', 'test/c.test.ts'], 'related', ['test/c.test.ts'], /test\/c/],
    'with a type beside it, the same': [['src/types.ts', 'src/b.ts'], 'related', ['test/b.test.ts'], /and 1 more/],
    'all, when no test reaches it': [['src/lonely.ts'], 'all', [], /no test is known to reach src\/lonely\.ts/],
    'all, when some file of the change is reached by none': [
      ['src/lonely.ts', 'src/b.ts'],
      'all',
      ['test/b.test.ts'],
      /lonely/,
    ],
    'all, for a lockfile': [
      ['package-lock.json', 'src/b.ts'],
      'all',
      ['test/b.test.ts'],
      /package-lock\.json changed, which is not code/,
    ],
    'all, for a document among the tests': [['test/golden.md'], 'all', [], /golden\.md/],
    'all, for a snapshot': [['test/__snapshots__/a.test.ts.snap'], 'all', [], /not code/],
    'all, for the configuration': [['vitest.config.ts'], 'all', [], /sets up every test/],
    'all, for what the configuration imports': [['plugin.ts'], 'all', [], /sets up every test/],
    'not all, for what the configuration only names': [['src/b.ts'], 'related', ['test/b.test.ts'], /src\/b/],
    'all, for what the set-up file loads': [['src/env.ts'], 'all', [], /sets up every test/],
    'all, most relevant first, above 60 %': [
      ['src/a.ts', 'test/c.test.ts'],
      'all',
      ['test/c.test.ts', 'test/a.test.ts', 'test/b.test.ts'],
      /3 of 4 test files/,
    ],
  };
  for (const [what, [changed, kind, files, why]] of Object.entries(given)) {
    it(what, async () => {
      const [selection] = await select(PROJECT, [ONE], changed);
      assert.deepEqual([selection?.kind, [...(selection?.files ?? [])].sort()], [kind, [...files].sort()]);
      assert.match(selection?.why ?? '', why);
    });
  }

  it('all, when code says which files are tests', async () => {
    const [selection] = await select(PROJECT, [{ ...ONE, complete: false }], ['src/a.ts']);
    assert.equal(selection?.kind, 'all');
  });

  describe('in a workspace of packages', () => {
    const files = {
      'packages/core/package.json': '{"name":"core"}',
      'packages/core/src/index.ts': '',
      'packages/core/test/core.test.ts': `import '../src/index';`,
      'packages/core/fixtures/x.json': '',
      'packages/app/package.json': '{"name":"app"}',
      'packages/app/src/app.ts': `import 'core';`,
      'packages/app/src/own.ts': '',
      'packages/app/test/app.test.ts': `import '../src/app';`,
      'packages/app/test/own.test.ts': `import '../src/own';`,
      'packages/alone/package.json': '{"name":"alone"}',
      'packages/alone/test/alone.test.ts': '',
    };
    const suites = ['core', 'app', 'alone'].map((name) =>
      suite(
        Object.keys(files).filter((file) => file.startsWith(`packages/${name}/test/`)),
        { folder: `packages/${name}` },
      ),
    );
    const kinds = async (changed: readonly string[]): Promise<unknown> =>
      (await select(files, suites, changed)).map((one) => one.kind);

    it('runs those of the packages that use the change', async () => {
      assert.deepEqual(await kinds(['packages/core/src/index.ts']), ['all', 'related', 'none']);
    });
    it('holds a fixture against its own package and those that use it', async () => {
      assert.deepEqual(await kinds(['packages/core/fixtures/x.json']), ['all', 'all', 'none']);
    });
    it('holds a file of the root against every package', async () => {
      assert.deepEqual(await kinds(['pnpm-lock.yaml']), ['all', 'all', 'all']);
    });
    it('never selects nothing', async () => {
      assert.deepEqual(await kinds(['README.md']), ['all', 'all', 'all']);
    });
  });
});
