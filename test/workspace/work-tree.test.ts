import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createNodeEnv } from '../../src/orchestrator/host/node-env.ts';
import { createWorkTree, type WorkTree } from '../../src/orchestrator/workspace/work-tree.ts';
import { createRepository, git, writeTree } from '../support/git-repository.ts';
import { tempFolder } from '../support/temp-folder.ts';

const LARGE = 1024 * 1024;

describe('work tree', () => {
  const env = createNodeEnv({ version: 'test' });
  const home = tempFolder('work-tree');
  after(() => home.remove());

  async function repository(
    name: string,
    files: Readonly<Record<string, string>>,
  ): Promise<{ root: string; tree: WorkTree }> {
    const root = join(home.path, name);
    createRepository(root, files);
    const stateDir = join(home.path, `${name}-state`);
    return { root, tree: await createWorkTree({ root, stateDir, files: env.files, host: env.host }) };
  }

  it('asks git what is ignored, but not of files that HEAD is known to hold', async () => {
    const { root, tree } = await repository('ignored', { '.gitignore': '*.log\nlogs/\n', 'a.ts': '1' });
    writeTree(root, { 'b.log': '1', 'logs/c.log': '1', 'd.ts': '1' });
    const paths = ['a.ts', 'b.log', 'logs/c.log', 'd.ts'];
    assert.deepEqual([...(await tree.ignored(paths, () => false))].sort(), ['b.log', 'logs/c.log']);
    assert.deepEqual([...(await tree.ignored(paths, (path) => path === 'b.log'))], ['logs/c.log']);
  });

  it('leaves out installed packages also where HEAD holds them', async () => {
    const { tree } = await repository('packages', { 'node_modules/x/index.js': '1' });
    assert.deepEqual([...(await tree.ignored(['node_modules/x/index.js'], () => true))], ['node_modules/x/index.js']);
  });

  it('gives the ids that git gives, whatever the size, and nothing for what is no file', async () => {
    const { root, tree } = await repository('ids', { 'a.ts': '1' });
    const files = { 'empty.ts': '', 'one.ts': 'x', 'chunks.bin': 'y'.repeat(LARGE + 7) };
    writeTree(root, files);
    const found = await tree.onDisk([...Object.keys(files), 'gone.ts', 'a.ts/below.ts', '.git']);
    for (const file of Object.keys(files)) {
      const seen = found.get(file);
      assert.equal(seen?.kind === 'file' && seen.id, git(root, 'hash-object', file).trim());
    }
    assert.deepEqual([found.get('gone.ts'), found.get('a.ts/below.ts')], [{ kind: 'none' }, { kind: 'none' }]);
    assert.deepEqual(found.get('.git'), { kind: 'folder' });
  });
});
