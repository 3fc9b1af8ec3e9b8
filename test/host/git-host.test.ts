import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createGitHost, type GitHost } from '../../src/orchestrator/host/githost/git-host.ts';
import { createNodeEnv } from '../../src/orchestrator/host/node-env.ts';
import { PLACES } from '../../src/orchestrator/host/places.ts';
import { createGroups, type Groups } from '../../src/orchestrator/process/groups.ts';
import { createGit, type Git } from '../../src/orchestrator/workspace/git-command.ts';
import { eventually } from '../support/eventually.ts';
import { createRepository } from '../support/git-repository.ts';
import { isAlive } from '../support/is-alive.ts';
import { tempFolder } from '../support/temp-folder.ts';

describe('git host: git is started by a small process of its own', function () {
  this.timeout(180_000);
  const env = createNodeEnv({ version: '0.0.0-test' });
  let home: ReturnType<typeof tempFolder>;
  let folder: string;
  let pids: number[];
  let groups: Groups;
  let host: GitHost;
  let git: Git;

  beforeEach(() => {
    home = tempFolder('git-host');
    folder = path.join(home.path, 'ws');
    createRepository(folder, { 'a.txt': 'one\n' });
    open();
  });
  afterEach(async () => {
    await host.close();
    await groups.close();
    await home.remove();
  });

  function open(options: { readonly argv?: readonly string[]; readonly idleMs?: number } = {}): void {
    pids = [];
    groups = createGroups({ ...env, folder: path.join(home.path, 'groups') });
    const noting: Groups = {
      ...groups,
      async start(asked) {
        const group = await groups.start(asked);
        if (group.child.pid !== undefined) pids.push(group.child.pid);
        return group;
      },
    };
    const { argv = [process.execPath, PLACES.gitHost], ...rest } = options;
    host = createGitHost({ groups: noting, clock: env.clock, cwd: folder, argv, ...rest });
    git = createGit({ cwd: folder, env: process.env, run: host.run });
  }

  async function names(...more: readonly string[]): Promise<string> {
    const end = await git(['ls-files', '--others', '--cached', ...more]);
    assert.ok(end.how === 'done' && end.exitCode === 0);
    return end.stdout.toString('utf8');
  }

  const isGone = (pid: number): Promise<void> => eventually('the git host is gone', () => !isAlive(pid));

  it('answers many questions at once from one process, each with its own output', async () => {
    writeFileSync(path.join(folder, 'b.txt'), '');
    const asked = await Promise.all([names('--', 'a.txt'), names('--', 'b.txt'), names('--', 'c.txt')]);
    assert.deepEqual(asked, ['a.txt\n', 'b.txt\n', '']);
    assert.equal(pids.length, 1);
  });

  it('gives what git itself gives: exit codes, complaints, and output in pieces without keeping it', async () => {
    const direct = createGit({ cwd: folder, env: process.env });
    const long = 'x'.repeat(1_000_000);
    writeFileSync(path.join(folder, 'a.txt'), `${long}\n`);
    for (const args of [['rev-parse', '--verify', 'nothing'], ['diff', '--', 'a.txt'], ['no-such-command']])
      assert.deepEqual(await git(args), await direct(args));
    const pieces: Buffer[] = [];
    const end = await git(['diff', '--', 'a.txt'], (piece) => pieces.push(piece));
    assert.ok(end.how === 'done' && end.stdout.length === 0);
    assert.ok(Buffer.concat(pieces).includes(long));
  });

  it('says that git is missing', async () => {
    const nowhere = createGit({ cwd: folder, env: { PATH: home.path }, run: host.run });
    assert.deepEqual(await nowhere(['--version']), { how: 'missing' });
  });

  it('answers also when its process was killed, and starts another', async () => {
    await names();
    const [first = 0] = pids;
    const asked = names();
    process.kill(first, 'SIGKILL');
    assert.equal(await asked, 'a.txt\n');
    await isGone(first);
    await eventually('another is started', async () => (await names()) === 'a.txt\n' && pids.length === 2);
  });

  it('answers where its process cannot be started', async () => {
    await host.close();
    open({ argv: [path.join(home.path, 'no-such-program')] });
    assert.equal(await names(), 'a.txt\n');
  });

  it('gives its memory back when nothing is asked, and comes again', async () => {
    await host.close();
    open({ idleMs: 1 });
    await names();
    const [first = 0] = pids;
    await isGone(first);
    assert.equal(await names(), 'a.txt\n');
    assert.equal(pids.length, 2);
  });

  it('leaves no process and no record when it is closed', async () => {
    await names();
    const [first = 0] = pids;
    await host.close();
    await isGone(first);
    assert.equal(await groups.sweep(), 0);
  });
});
