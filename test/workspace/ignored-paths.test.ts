import assert from 'node:assert/strict';
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createGit, type Git } from '../../src/orchestrator/workspace/git-command.ts';
import { findGit } from '../../src/orchestrator/workspace/git-layout.ts';
import { createIgnoredPaths, type IgnoredPaths } from '../../src/orchestrator/workspace/ignored-paths.ts';
import { createRepository, git, writeTree } from '../support/git-repository.ts';
import { tempFolder } from '../support/temp-folder.ts';

describe('what git ignores', () => {
  const home = tempFolder('ignored-paths');
  after(() => home.remove());

  interface Rig {
    readonly root: string;
    readonly home: string;
    readonly ignored: IgnoredPaths;
    /** Questions to git about paths so far. */
    readonly asked: () => number;
  }

  function repository(name: string, around: (real: Git) => Git = (real) => real): Rig {
    const root = join(home.path, name);
    const own = join(home.path, `${name}-home`);
    createRepository(root, { '.gitignore': '*.log\n', 'src/a.ts': '1' });
    writeTree(own, { '.gitconfig': '' });
    const env = { ...process.env, HOME: own, XDG_CONFIG_HOME: '' };
    const layout = findGit(root);
    assert(layout);
    const real = around(createGit({ cwd: root, env }));
    let asked = 0;
    const counting: Git = (args, onChunk) => {
      if (args[0] === 'check-ignore') asked++;
      return real(args, onChunk);
    };
    return { root, home: own, ignored: createIgnoredPaths({ root, layout, git: counting, env }), asked: () => asked };
  }

  it('asks once for a file that changes all the time', async () => {
    const { root, ignored, asked } = repository('log');
    for (let look = 0; look < 20; look++) {
      writeTree(root, { 'logs/dev.log': `line ${look}`, 'src/b.ts': `${look}` });
      assert.deepEqual([...(await ignored.of(['logs/dev.log', 'src/b.ts']))], ['logs/dev.log']);
    }
    assert.equal(asked(), 1);
  });

  const CHANGES: Readonly<Record<string, (rig: Rig) => void>> = {
    'the .gitignore at the top': ({ root }) => writeTree(root, { '.gitignore': '*.log\nsrc/b.ts\n' }),
    'a new .gitignore beside the file': ({ root }) => writeTree(root, { 'src/.gitignore': 'b.ts\n' }),
    'info/exclude': ({ root }) => writeTree(root, { '.git/info/exclude': 'src/b.ts\n' }),
    'the user’s own list': (rig) => writeTree(rig.home, { '.config/git/ignore': 'src/b.ts\n' }),
    'core.excludesFile': (rig) => {
      writeTree(rig.home, { mine: 'src/b.ts\n' });
      writeTree(rig.home, { '.gitconfig': `[core]\n\texcludesFile = ${join(rig.home, 'mine')}\n` });
    },
  };
  for (const [what, change] of Object.entries(CHANGES))
    it(`hears of ${what}`, async () => {
      const rig = repository(what.replaceAll(/\W/g, '-'));
      writeTree(rig.root, { 'src/b.ts': '1' });
      assert.deepEqual([...(await rig.ignored.of(['src/b.ts']))], []);
      change(rig);
      assert.deepEqual([...(await rig.ignored.of(['src/b.ts']))], ['src/b.ts']);
    });

  it('hears that an ignored file was added all the same', async () => {
    const { root, ignored } = repository('added');
    writeTree(root, { 'b.log': '1' });
    assert.deepEqual([...(await ignored.of(['b.log']))], ['b.log']);
    git(root, 'add', '--force', 'b.log');
    assert.deepEqual([...(await ignored.of(['b.log']))], []);
  });

  it('takes what git refuses to answer for as no file of the user, and answers for the others', async () => {
    const { root, ignored } = repository('link');
    writeTree(root, { 'b.log': '1', 'c.ts': '1' });
    symlinkSync(join(root, 'src'), join(root, 'link'));
    assert.deepEqual([...(await ignored.of(['link/a.ts', 'b.log', 'c.ts']))].toSorted(), ['b.log', 'link/a.ts']);
  });

  it('takes a question that failed as no answer: nothing is ignored for it, and it is asked again', async () => {
    let fails = true;
    const { root, ignored } = repository('fails', (real) => async (args, onChunk) => {
      if (!fails || args[0] !== 'check-ignore') return real(args, onChunk);
      return { how: 'done', exitCode: 128, stdout: Buffer.alloc(0), stderr: 'fatal: out of memory' };
    });
    writeTree(root, { 'b.log': '1' });
    assert.deepEqual([...(await ignored.of(['b.log']))], []);
    fails = false;
    assert.deepEqual([...(await ignored.of(['b.log']))], ['b.log']);
    rmSync(join(root, 'b.log'));
  });
});
