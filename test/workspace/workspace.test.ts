import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scope } from '../../src/contract/agents.ts';
import type { Result } from '../../src/contract/failures.ts';
import { createNodeEnv } from '../../src/orchestrator/host/node-env.ts';
import { createWorkspace } from '../../src/orchestrator/workspace/create-workspace.ts';
import type { Workspace } from '../../src/orchestrator/workspace/workspace.ts';
import { createRepository, git, writeTree } from '../support/git-repository.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { proves } from '../requirements.ts';

const env = createNodeEnv({ version: '0.0.0-test' });

function value<T>(result: Result<T>): T {
  assert.ok(result.ok, result.ok ? '' : result.failure.message);
  return result.value;
}
function problem(result: Result<Scope>): string {
  assert.ok(!result.ok);
  assert.equal(result.failure.code, 'usage');
  return result.failure.message;
}

describe(proves('A1', 'workspace'), () => {
  let folder: ReturnType<typeof tempFolder>;
  let root: string;
  const open = (at = root, host = env.host): Workspace =>
    createWorkspace({ root: at, stateDir: join(folder.path, 'state'), files: env.files, host });
  const scopeOf = async (request: Parameters<Workspace['scope']>[0] = {}, at = root): Promise<Scope> =>
    value(await open(at).scope(request));

  beforeEach(() => {
    folder = tempFolder('workspace');
    root = join(folder.path, 'repo');
  });
  afterEach(() => folder.remove());

  describe('scope', () => {
    it('is everything where nothing differs from HEAD, sorted, without what is ignored', async () => {
      createRepository(root, { 'b.ts': 'b', 'a/ü x.ts': 'a', '.gitignore': 'out/\n' });
      writeTree(root, { 'out/x.js': 'x' });
      assert.deepEqual(await scopeOf(), { kind: 'all', base: null, files: ['.gitignore', 'a/ü x.ts', 'b.ts'] });
    });

    it('is what differs from HEAD: changed, staged, untracked, but not deleted', async () => {
      createRepository(root, { 'a.ts': '1', 'b.ts': '1', 'c.ts': '1', 'gone.ts': '1' });
      writeTree(root, { 'a.ts': '2', 'b.ts': '2', 'new "file"\n.ts': 'n' });
      git(root, 'add', 'b.ts');
      rmSync(join(root, 'gone.ts'));
      const scope = await scopeOf();
      assert.deepEqual(scope, {
        kind: 'changed',
        base: git(root, 'rev-parse', 'HEAD').trim(),
        files: ['a.ts', 'b.ts', 'new "file"\n.ts'],
      });
      assert.equal((await scopeOf({ all: true })).files.length, 4);
    });

    describe('within files', () => {
      it('is what of them still differs from HEAD, which may be nothing; what is gone is told as removed', async () => {
        createRepository(root, { 'a.ts': '1', 'b.ts': '1', 'gone.ts': '1', '.gitignore': 'out/\n' });
        writeTree(root, { 'a.ts': '2', 'other.ts': 'n', 'out/x.js': 'x', 'ü/neu.ts': 'n' });
        rmSync(join(root, 'gone.ts'));
        const base = git(root, 'rev-parse', 'HEAD').trim();
        const workspace = open();
        const within = ['ü/neu.ts', 'b.ts', 'a.ts', 'gone.ts', 'out/x.js', 'never.ts'];
        const scope = value(await workspace.scope({ within }));
        assert.deepEqual(scope, { kind: 'changed', base, files: ['a.ts', 'ü/neu.ts'] });
        assert.deepEqual(await workspace.removed(scope), ['gone.ts']);
        assert.deepEqual(await scopeOf({ within: ['b.ts'] }), { kind: 'changed', base, files: [] });
        assert.deepEqual(await scopeOf({ within: [] }), { kind: 'changed', base, files: [] });
        const also = ['b.ts', 'never.ts', 'gone.ts'];
        assert.deepEqual(await scopeOf({ within: ['a.ts'], also }), { kind: 'changed', base, files: ['a.ts', 'b.ts'] });
      });

      it('is those that exist where there is no git or no commit', async () => {
        writeTree(root, { 'a.ts': '1', 'b.ts': '1', '.gitignore': 'out/\n', 'out/x.js': 'x' });
        const within = ['b.ts', 'never.ts', 'out/x.js'];
        assert.deepEqual(await scopeOf({ within }), { kind: 'files', base: null, files: ['b.ts'] });
        git(root, 'init', '-q');
        assert.deepEqual(await scopeOf({ within }), { kind: 'files', base: null, files: ['b.ts'] });
      });

      it('refuses what is no path of a file in the workspace', async () => {
        createRepository(root, { 'a.ts': '1' });
        for (const path of ['../a.ts', '/a.ts', './a.ts', 'src/../a.ts'])
          assert.match(problem(await open().scope({ within: [path] })), /no path of a file/, path);
      });
    });

    it('has a file that was taken out of the index and is still there', async () => {
      createRepository(root, { 'a.ts': '1', 'b.ts': '1' });
      git(root, 'rm', '-q', '--cached', 'a.ts');
      assert.deepEqual((await scopeOf()).files, ['a.ts']);
      assert.deepEqual(await open().files(), ['a.ts', 'b.ts']);
      assert.equal((await open().contentIds(['a.ts'])).get('a.ts'), git(root, 'hash-object', 'a.ts').trim());
    });

    it('of a folder below the git root is only that folder', async () => {
      createRepository(root, { 'pkg/a.ts': '1', 'pkg/b.ts': '1', 'other/c.ts': '1' });
      writeTree(root, { 'pkg/a.ts': '2', 'other/c.ts': '2' });
      const at = join(root, 'pkg');
      assert.deepEqual((await scopeOf({}, at)).files, ['a.ts']);
      assert.deepEqual((await scopeOf({ all: true }, at)).files, ['a.ts', 'b.ts']);
      const ids = await open(at).contentIds(['a.ts', 'b.ts']);
      assert.equal(ids.get('b.ts'), git(root, 'hash-object', 'pkg/b.ts').trim());
      assert.equal(ids.get('a.ts'), git(root, 'hash-object', 'pkg/a.ts').trim());
    });

    it('--since compares a revision with the work tree', async () => {
      createRepository(root, { 'a.ts': '1', 'b.ts': '1' });
      writeTree(root, { 'b.ts': '2' });
      git(root, 'commit', '-qam', 'second');
      writeTree(root, { 'c.ts': 'new' });
      assert.deepEqual((await scopeOf({ since: 'HEAD~1' })).files, ['b.ts', 'c.ts']);
      assert.equal((await scopeOf({ since: 'HEAD~1' })).base, git(root, 'rev-parse', 'HEAD~1').trim());
      assert.match(problem(await open().scope({ since: 'nowhere' })), /no commit "nowhere"/);
      assert.match(problem(await open().scope({ since: '--output=x' })), /no commit "--output=x"/);
    });

    it('--files takes relative names and folders; a missing or outer one is a usage failure', async () => {
      createRepository(root, { 'a.ts': '1', 'src/b.ts': '1', 'src/c.ts': '1' });
      assert.deepEqual(await scopeOf({ files: ['./a.ts', 'src'] }), {
        kind: 'files',
        base: null,
        files: ['a.ts', 'src/b.ts', 'src/c.ts'],
      });
      assert.match(problem(await open().scope({ files: ['a.ts', 'nope.ts'] })), /no file nope\.ts/);
      assert.match(problem(await open().scope({ files: ['../x'] })), /outside the workspace/);
    });

    it('before the first commit, and in a merge with conflicts', async () => {
      mkdirSync(root);
      git(root, 'init', '-q', '-b', 'main');
      writeTree(root, { 'a.ts': '1' });
      assert.deepEqual(await scopeOf(), { kind: 'all', base: null, files: ['a.ts'] });
      git(root, 'add', '-A');
      git(root, 'commit', '-qm', 'base');
      git(root, 'checkout', '-qb', 'side');
      writeTree(root, { 'a.ts': 'side' });
      git(root, 'commit', '-qam', 'side');
      git(root, 'checkout', '-q', 'main');
      writeTree(root, { 'a.ts': 'main' });
      git(root, 'commit', '-qam', 'main');
      assert.throws(() => git(root, 'merge', 'side'));
      const workspace = open();
      assert.deepEqual(value(await workspace.scope({})).files, ['a.ts']);
      assert.equal((await workspace.contentIds(['a.ts'])).get('a.ts'), git(root, 'hash-object', 'a.ts').trim());
    });

    it('leaves out links, submodules and nested repositories, and says so of the latter', async () => {
      const inner = join(folder.path, 'inner');
      createRepository(inner, { 'x.ts': 'x' });
      createRepository(root, { 'a.ts': '1' });
      git(root, 'submodule', '--quiet', 'add', inner, 'sub');
      git(root, 'commit', '-qm', 'submodule');
      createRepository(join(root, 'nested'), { 'y.ts': 'y' });
      symlinkSync('/etc/passwd', join(root, 'link.ts'));
      const workspace = open();
      assert.deepEqual(value(await workspace.scope({ all: true })).files, ['.gitmodules', 'a.ts']);
      assert.deepEqual(workspace.skipped(), [{ file: 'nested/', why: 'a repository of its own' }]);
    });

    it('leaves out installed packages that nobody ignores, and says so; committed ones count', async () => {
      createRepository(root, { 'a.ts': '1', 'vendor/node_modules/kept/i.js': '1' });
      writeTree(root, {
        'node_modules/x/node_modules/y/i.js': '',
        'node_modules/x/i.js': '',
        'vendor/node_modules/kept/i.js': '2',
      });
      const workspace = open();
      assert.deepEqual(value(await workspace.scope({})).files, ['vendor/node_modules/kept/i.js']);
      assert.deepEqual(workspace.skipped(), [
        { file: 'node_modules/', why: 'installed packages; name node_modules in .gitignore' },
      ]);
    });

    it('in a linked work tree and in a submodule', async () => {
      createRepository(root, { 'a.ts': '1', 'b.ts': '1' });
      const linked = join(folder.path, 'linked');
      git(root, 'worktree', 'add', '-q', linked);
      const outer = join(folder.path, 'outer');
      createRepository(outer, { 'c.ts': '1' });
      git(outer, 'submodule', '--quiet', 'add', root, 'sub');
      for (const at of [linked, join(outer, 'sub')]) {
        assert.equal((await scopeOf({}, at)).kind, 'all');
        writeTree(at, { 'a.ts': '2' });
        assert.deepEqual((await scopeOf({}, at)).files, ['a.ts']);
        const ids = await open(at).contentIds(['a.ts', 'b.ts']);
        assert.equal(ids.get('b.ts'), git(at, 'rev-parse', 'HEAD:b.ts').trim());
        assert.equal(ids.get('a.ts'), git(at, 'hash-object', 'a.ts').trim());
      }
    });

    it('without git: everything less node_modules, .git and what .gitignore files name', async () => {
      mkdirSync(root);
      writeTree(root, {
        'a.ts': '1',
        'node_modules/x/i.js': '',
        'sub/node_modules/y.js': '',
        'dist/o.js': '',
        '.gitignore': 'dist/\n*.log\n!keep.log\n',
        'x.log': '',
        'sub/keep.log': '',
        'sub/.gitignore': 'only-here\n',
        'sub/only-here': '',
        'only-here': '',
      });
      symlinkSync('..', join(root, 'loop'));
      const files = ['.gitignore', 'a.ts', 'only-here', 'sub/.gitignore', 'sub/keep.log'];
      assert.deepEqual(await scopeOf(), { kind: 'all', base: null, files });
      assert.match(problem(await open().scope({ since: 'HEAD' })), /needs a git repository/);
      assert.equal(await open().git(), null);
    });

    it('where git is missing: as without git, and says so', async () => {
      createRepository(root, { 'a.ts': '1' });
      const workspace = open(root, { ...env.host, env: { PATH: '/nowhere' } });
      assert.deepEqual(value(await workspace.scope({})), { kind: 'all', base: null, files: ['a.ts'] });
      assert.equal(await workspace.gitMissing(), true);
      assert.equal(await workspace.git(), null);
    });

    it('of a folder that an outer repository ignores: as without git', async () => {
      createRepository(root, { '.gitignore': 'inner/\n' });
      writeTree(root, { 'inner/a.ts': '1' });
      assert.deepEqual((await scopeOf({}, join(root, 'inner'))).files, ['a.ts']);
    });

    it('says what git says when it refuses the repository', async () => {
      createRepository(root, { 'a.ts': '1' });
      writeFileSync(join(root, '.git/index'), 'garbage garbage garbage');
      assert.match(
        problem(await open().scope({})),
        /^git cannot read this repository: .+\. Correct that, or name the files with --files\.$/,
      );
      assert.deepEqual(value(await open().scope({ files: ['a.ts'] })).files, ['a.ts']);
    });
  });

  describe('content ids', () => {
    it('are git’s, whether git knows the file or not, before and after a commit', async () => {
      createRepository(root, { 'a.ts': '1', 'b.ts': '1' });
      writeTree(root, { 'b.ts': '2', 'c.ts': '3' });
      const before = await open().contentIds(['a.ts', 'b.ts', 'c.ts', 'missing.ts']);
      assert.deepEqual([...before.keys()].toSorted(), ['a.ts', 'b.ts', 'c.ts']);
      git(root, 'add', '-A');
      assert.deepEqual(await open().contentIds(['a.ts', 'b.ts', 'c.ts']), before);
      git(root, 'commit', '-qm', 'more');
      assert.deepEqual(await open().contentIds(['a.ts', 'b.ts', 'c.ts']), before);
    });

    it('see a change at once unless asked to reuse the last look', async () => {
      createRepository(root, { 'a.ts': '1' });
      const workspace = open();
      const first = await workspace.contentIds(['a.ts']);
      writeTree(root, { 'a.ts': '2' });
      assert.deepEqual(await workspace.contentIds(['a.ts'], { reuse: true }), first);
      assert.notDeepEqual(await workspace.contentIds(['a.ts']), first);
    });

    it('see what assume-unchanged hides from git status, and miss what a sparse checkout left out', async () => {
      createRepository(root, { 'a.ts': '1', 'b.ts': '1' });
      git(root, 'update-index', '--assume-unchanged', 'a.ts');
      writeTree(root, { 'a.ts': '2' });
      assert.equal((await open().contentIds(['a.ts'])).get('a.ts'), git(root, 'hash-object', 'a.ts').trim());
      git(root, 'update-index', '--skip-worktree', 'b.ts');
      rmSync(join(root, 'b.ts'));
      assert.equal((await open().contentIds(['b.ts'])).size, 0);
      assert.deepEqual(await open().files(), ['a.ts']);
    });

    it('without git are remembered by time and size, and never trusted for a file that is too young', async () => {
      mkdirSync(root);
      writeTree(root, { 'old.ts': '1', 'young.ts': '1' });
      const long = new Date(Date.now() - 60_000);
      utimesSync(join(root, 'old.ts'), long, long);
      const first = await open().contentIds(['old.ts', 'young.ts']);
      writeTree(root, { 'young.ts': '2' });
      const second = await open().contentIds(['old.ts', 'young.ts']);
      assert.equal(second.get('old.ts'), first.get('old.ts'));
      assert.notEqual(second.get('young.ts'), first.get('young.ts'));
    });

    it('survive a damaged cache', async () => {
      createRepository(root, { 'a.ts': '1' });
      const first = await open().contentIds(['a.ts']);
      writeFileSync(join(folder.path, 'state/workspace/index'), 'nonsense\nmore\nH 100644 ffff 0\ta.ts');
      assert.deepEqual(await open().contentIds(['a.ts']), first);
    });
  });

  describe('lines and texts', () => {
    const lines = async (file: string): Promise<unknown> => {
      const workspace = open();
      return workspace.changedLines(value(await workspace.scope({})), file);
    };

    it('knows changed lines, 0-based, end exclusive, empty where lines were only removed; new files as a whole', async () => {
      createRepository(root, { 'a.ts': '1\n2\n3\n4\n5\n', 'same.ts': '1\n' });
      writeTree(root, { 'a.ts': '1\nx\n3\n5\nnew\nnew\n', 'new.ts': 'a\nb\n' });
      assert.deepEqual(await lines('a.ts'), [
        [1, 2],
        [3, 3],
        [4, 6],
      ]);
      assert.deepEqual(await lines('new.ts'), [[0, 3]]);
      assert.deepEqual(await lines('same.ts'), []);
    });

    it('is not misled by content that looks like a header, odd names, long lines or user configuration', async () => {
      const odd = 'odd\tü "q" \\.ts';
      createRepository(root, { [odd]: '-- a/x\n++ b/x\nz\n', 'long.ts': 'a\nb\n' });
      git(root, 'config', 'diff.noprefix', 'true');
      git(root, 'config', 'diff.external', '/bin/false');
      git(root, 'config', 'core.fsmonitor', '/bin/false');
      writeTree(root, { [odd]: '++ b/y\n@@ -1 +1 @@\nz\n', 'long.ts': `a\n${'@@ -1 +1 @@'.repeat(20_000)}\nb\n` });
      assert.deepEqual(await lines(odd), [[0, 2]]);
      assert.deepEqual(await lines('long.ts'), [[1, 2]]);
    });

    it('does not take changed line ends for changed lines', async () => {
      createRepository(root, { 'a.ts': '1\n2\n' });
      writeTree(root, { 'a.ts': '1\r\n2\r\nnew\r\n' });
      assert.deepEqual(await lines('a.ts'), [[2, 3]]);
    });

    it('follows renames, staged or not', async () => {
      const text = Array.from({ length: 30 }, (_, n) => `line ${n}`).join('\n');
      createRepository(root, { 'a.ts': text, 'b.ts': `b\n${text}` });
      git(root, 'mv', 'a.ts', 'moved-a.ts');
      writeTree(root, { 'moved-a.ts': `${text}\nmore` });
      renameSync(join(root, 'b.ts'), join(root, 'moved-b.ts'));
      const workspace = open();
      const scope = value(await workspace.scope({}));
      assert.deepEqual(scope.files, ['moved-a.ts', 'moved-b.ts']);
      assert.deepEqual(await workspace.changedLines(scope, 'moved-b.ts'), []);
      assert.deepEqual(await workspace.changedLines(scope, 'moved-a.ts'), [[30, 31]]);
      assert.ok(scope.base !== null);
      assert.equal(await workspace.readBase(scope.base, 'moved-a.ts'), text);
      assert.equal(await workspace.readBase(scope.base, 'moved-b.ts'), `b\n${text}`);
    });

    it('reads base texts of many files at once, also of odd content', async () => {
      const files = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`f ${n}.ts`, 'x\n'.repeat(n * 3000)]));
      createRepository(root, {
        ...files,
        'binary.bin': Buffer.from([1, 0, 2]),
        'big.txt': 'x'.repeat(3 << 20),
        'empty.ts': '',
      });
      rmSync(join(root, 'f 3.ts'));
      const workspace = open();
      const { base } = value(await workspace.scope({}));
      assert.ok(base !== null);
      const texts = await Promise.all(Object.keys(files).map((file) => workspace.readBase(base, file)));
      assert.deepEqual(texts, Object.values(files));
      assert.equal(await workspace.readBase(base, 'empty.ts'), '');
      for (const file of ['binary.bin', 'big.txt', 'never.ts', 'line\nfeed'])
        assert.equal(await workspace.readBase(base, file), null);
    });

    it('says what it could not read', async () => {
      mkdirSync(root);
      writeTree(root, {
        'bin.ts': Buffer.from([0]),
        'big.ts': 'x'.repeat(3 << 20),
        'bom.ts': '\uFEFFx',
        'closed.ts': 'x',
      });
      symlinkSync('/etc/passwd', join(root, 'link.ts'));
      const workspace = open();
      assert.equal(await workspace.read('bom.ts'), 'x');
      for (const file of ['bin.ts', 'big.ts', 'link.ts', 'none.ts']) assert.equal(await workspace.read(file), null);
      assert.deepEqual(workspace.skipped(), [
        { file: 'bin.ts', why: 'binary' },
        { file: 'big.ts', why: 'over 2 MiB' },
        { file: 'link.ts', why: 'a link out of the workspace' },
        { file: 'none.ts', why: 'missing' },
      ]);
      if (process.getuid?.() !== 0) {
        chmodSync(join(root, 'closed.ts'), 0);
        assert.equal(await workspace.read('closed.ts'), null);
      }
    });
  });

  it('takes the caller’s GIT_DIR for nothing and writes nothing into the repository', async () => {
    createRepository(root, { 'a.ts': '1' });
    writeTree(root, { 'a.ts': '2' });
    utimesSync(join(root, '.git/index'), 1, 1);
    const host = { ...env.host, env: { ...process.env, GIT_DIR: '/nowhere', GIT_INDEX_FILE: '/nowhere/index' } };
    const workspace = open(root, host);
    assert.deepEqual(value(await workspace.scope({})).files, ['a.ts']);
    const { mtimeMs } = env.files.stat(join(root, '.git/index')) ?? {};
    assert.equal(mtimeMs, 1000);
    const facts = await workspace.git();
    assert.deepEqual({ top: facts?.top, branch: facts?.branch }, { top: root, branch: 'main' });
  });
});
