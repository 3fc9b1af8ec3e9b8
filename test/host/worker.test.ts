import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { Board } from '../../src/contract/board.ts';
import { proves } from '../requirements.ts';
import { eventually } from '../support/eventually.ts';
import { createRepository, git, writeTree } from '../support/git-repository.ts';
import { isAlive } from '../support/is-alive.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { mountSmall } from '../support/small-disk.ts';
import { startWorker, type RunningWorker } from '../support/worker-rig.ts';

const FILES = { 'package.json': '{"name":"ws","type":"module"}', 'a.js': 'export const a = 1;\n' };
/** A finding that only reading can tell: no tool of the workspace is needed. */
const WRONG = 'export const a = 1;\nexport const key = "AKIAQZ3UXM4R7VKWJ2PD";\n';

const rulesOf = ({ files }: Board): readonly unknown[] =>
  files.map(({ file, findings }) => [file, findings.map(({ rule }) => rule)]);

/** One step that a test lets end: it waits for the file `go` beside the repository. */
const waitingAgent = (idempotent: boolean): Readonly<Record<string, string>> => ({
  '.savepoint/agents/waiter.yaml': `id: waiter\nprotocol: command\ncommand: [node, wait.mjs]\nidempotent: ${idempotent}\n`,
  '.savepoint/workflows/wait.yaml': 'id: wait\nsteps:\n  - id: wait\n    agent: waiter\n',
  'wait.mjs': [
    "import { appendFileSync, existsSync } from 'node:fs';",
    "appendFileSync('../begun', `${process.pid}\\n`);",
    'const look = setInterval(() => existsSync(\'../go\') && (clearInterval(look), console.log(\'{"kind":"result","data":1}\')), 20);',
    '',
  ].join('\n'),
});

describe(proves('F1', 'worker of a folder'), function () {
  this.timeout(180_000);
  let home: ReturnType<typeof tempFolder>;
  let folder: string;
  const workers: RunningWorker[] = [];
  const windows: ChildProcess[] = [];
  const before = process.env['SAVEPOINT_STATE_DIR'];

  beforeEach(() => {
    home = tempFolder('worker');
    folder = path.join(home.path, 'ws');
    process.env['SAVEPOINT_STATE_DIR'] = path.join(home.path, 'state');
  });
  afterEach(async () => {
    writeFileSync(path.join(home.path, 'go'), '');
    for (const worker of workers.splice(0)) await worker.kill();
    for (const window of windows.splice(0)) window.kill('SIGKILL');
    if (before === undefined) delete process.env['SAVEPOINT_STATE_DIR'];
    else process.env['SAVEPOINT_STATE_DIR'] = before;
    await home.remove();
  });

  async function open(): Promise<RunningWorker> {
    const worker = await startWorker(folder);
    workers.push(worker);
    return worker;
  }

  async function close(worker: RunningWorker): Promise<void> {
    workers.splice(workers.indexOf(worker), 1);
    await worker.close();
  }

  async function kill(worker: RunningWorker): Promise<void> {
    workers.splice(workers.indexOf(worker), 1);
    await worker.kill();
  }

  async function save(worker: RunningWorker, file: string, text: string): Promise<void> {
    writeTree(folder, { [file]: text });
    await worker.channel.request('wrote', [{ kind: 'saved', path: path.join(folder, file), reason: 'manual' }]);
  }

  const start = (worker: RunningWorker, workflow: string) =>
    worker.channel.request('command', { call: 1, command: 'run', input: { workflow, trust: true } });

  it('goes from a save to a run to a finding, and the finding goes when it is fixed', async () => {
    createRepository(folder, FILES);
    const worker = await open();
    await worker.until('it leads', ({ role }) => role === 'leader');
    await save(worker, 'a.js', WRONG);
    const found = await worker.until(
      'the finding, and what led to it',
      ({ files, runs, activities }) => files.length > 0 && runs[0]?.endedAt != null && activities.length > 0,
    );
    assert.deepEqual(
      found.files.map(({ file, findings }) => [file, findings.map(({ rule, number }) => [rule, number])]),
      [['a.js', [['secret.aws-access-key', 1]]]],
    );
    assert.equal(found.runs[0]?.trigger.kind, 'activity');
    assert.deepEqual(found.runs[0]?.activities, [found.activities[0]?.id]);
    await save(worker, 'a.js', FILES['a.js']);
    await worker.until('no finding', ({ files }) => files.length === 0);
    const { runs, workflows } = await worker.until(
      'it is seen to pass',
      ({ runs }) => runs[0]?.number === 2 && runs[0].endedAt !== null,
    );
    assert.deepEqual([runs[0]?.status, runs[0]?.findings.error], ['completed', 0]);
    assert.equal(workflows.find(({ id }) => id === 'on-save-checks')?.last?.number, 2);
    await close(worker);
  });

  it('tells what a removed file broke until it is there again, whatever else is removed beside it', async () => {
    createRepository(folder, {
      ...FILES,
      'b.js': 'export const b = 1;\n',
      'uses-a.js': "import { a } from './a.js';\nexport default a;\n",
      'uses-b.js': "import { b } from './b.js';\nexport default b;\n",
    });
    const worker = await open();
    await worker.until('it leads', ({ role }) => role === 'leader');
    const remove = async (file: string): Promise<void> => {
      rmSync(path.join(folder, file));
      await worker.channel.request('wrote', [{ kind: 'deleted', path: path.join(folder, file) }]);
    };
    const stands = (what: string, runs: number, files: readonly string[]) =>
      worker.until(what, (board) => {
        const shown = board.files.map(({ file }) => file);
        return board.runs.length === runs && board.runs[0]?.endedAt != null && isDeepStrictEqual(shown, files);
      });
    await remove('a.js');
    await stands('what needs a', 1, ['uses-a.js']);
    await remove('b.js');
    await stands('what needs a, and what needs b', 2, ['uses-a.js', 'uses-b.js']);
    await save(worker, 'a.js', FILES['a.js']);
    await worker.until('what needs b only', ({ files }) => files.map(({ file }) => file).join() === 'uses-b.js');
    await close(worker);
  });

  it('keeps a failing test in sight while other files are edited, until it passes; a branch switch makes that out of date', async () => {
    const testOf = (name: string) =>
      `import assert from 'node:assert';\nimport { test } from 'node:test';\nimport { ${name} } from './${name}.js';\ntest('${name}', () => assert.equal(typeof ${name}, 'number'));\n`;
    createRepository(folder, {
      'package.json': '{"name":"ws","type":"module","scripts":{"test":"node --test"}}',
      'a.js': 'export const a = 1;\n',
      'b.js': 'export const b = 1;\n',
      'a.test.js': testOf('a'),
      'b.test.js': testOf('b'),
    });
    git(folder, 'checkout', '-qb', 'other');
    writeTree(folder, { 'a.js': 'export const a = 5;\n' });
    git(folder, 'commit', '-qam', 'other');
    git(folder, 'checkout', '-q', '-');
    const worker = await open();
    await worker.until('it leads', ({ role }) => role === 'leader');
    const result = async (number: number): Promise<unknown> => {
      const { runs } = await worker.until(
        `run ${number}`,
        ({ runs }) => runs[0]?.number === number && runs[0].endedAt != null,
      );
      return [runs[0]?.failing, runs[0]?.tests.passed];
    };
    await save(worker, 'a.js', "export const a = 'x';\n");
    assert.deepEqual(await result(1), [['a'], 0]);
    await save(worker, 'b.js', 'export const b = 2;\n');
    assert.deepEqual(await result(2), [['a'], 1], 'the test that failed, and that of the edited file');
    await save(worker, 'a.js', 'export const a = 1;\n');
    assert.deepEqual(await result(3), [[], 1], 'as at HEAD again, and seen to pass');

    git(folder, 'checkout', '-q', 'b.js');
    git(folder, 'checkout', '-q', 'other');
    worker.channel.send('touched', { paths: [path.join(folder, 'a.js'), path.join(folder, 'b.js')], lost: 0 });
    await worker.until('it is out of date', ({ unchecked }) => unchecked > 0);
    assert.equal(worker.board().runs[0]?.number, 3, 'a branch switch starts nothing');
    await close(worker);
  });

  it('tells what is wrong in workflow and agent files, each at its place and in one row', async () => {
    createRepository(folder, FILES);
    const worker = await open();
    await worker.until('it leads', ({ role }) => role === 'leader');
    await save(worker, '.savepoint/agents/x.yaml', 'id: x\nprotocol: banana\n');
    await save(worker, '.savepoint/workflows/on-save-checks.yaml', 'id: on-save-checks\nsteps: none\n');
    const { definitions, workflows } = await worker.until(
      'both are told',
      ({ definitions }) => new Set(definitions.map(({ file }) => file)).size === 2,
    );
    const told = definitions.map(({ file, range }) => `${path.relative(folder, file)}:${range.start.line + 1}`);
    assert.ok(told.includes('.savepoint/agents/x.yaml:2'), told.join());
    assert.ok(told.includes('.savepoint/workflows/on-save-checks.yaml:2'), told.join());
    const rows = workflows.filter(({ id }) => id === 'on-save-checks');
    assert.deepEqual(
      rows.map(({ builtIn, problem }) => [builtIn, problem !== null]),
      [[false, true]],
    );
    await close(worker);
  });

  it('checks what was edited in a pause when automatic runs are resumed, also in another window later', async () => {
    createRepository(folder, FILES);
    const first = await open();
    await first.until('it leads', ({ role }) => role === 'leader');
    await first.channel.request('pause', { workflow: null, paused: true });
    await save(first, 'a.js', WRONG);
    await first.until('it is left', ({ unchecked }) => unchecked === 1);
    assert.deepEqual(first.board().runs, []);
    await close(first);
    const second = await open();
    await second.until('it leads', ({ role }) => role === 'leader');
    await save(second, 'b.js', 'export const b = 1;\n');
    // Decided, not only over: what is decided after the pause starts by itself.
    await second.until(
      'both are left',
      ({ activities }) => activities.filter(({ decisions }) => decisions.some(({ held }) => held)).length === 2,
    );
    assert.deepEqual(second.board().runs, []);
    await second.channel.request('pause', { workflow: null, paused: false });
    const { runs, unchecked } = await second.until(
      'it is found, and the run is told of',
      (board) => board.files.length === 1 && board.runs[0]?.endedAt != null,
    );
    assert.equal(runs.length, 1);
    assert.equal(runs[0]?.activities.length, 2);
    assert.equal(unchecked, 0);
    await close(second);
  });

  it('checks what another program writes while the tests of a run are at work', async () => {
    const test = [
      "import { existsSync, writeFileSync } from 'node:fs';",
      "import { setTimeout } from 'node:timers/promises';",
      "import { test } from 'node:test';",
      "import { a } from './a.js';",
      "test('a', async () => {",
      "  writeFileSync('../begun', String(a));",
      "  while (!existsSync('../go')) await setTimeout(20);",
      '});',
      '',
    ].join('\n');
    createRepository(folder, {
      ...FILES,
      'package.json': '{"name":"ws","type":"module","scripts":{"test":"node --test"}}',
      'a.test.js': test,
    });
    const worker = await open();
    await worker.until('it leads', ({ role }) => role === 'leader');
    await save(worker, 'a.js', 'export const a = 2;\n');
    await eventually('a test is at work', () => existsSync(path.join(home.path, 'begun')));
    writeTree(folder, { 'b.js': WRONG });
    worker.channel.send('touched', { paths: [path.join(folder, 'b.js')], lost: 0 });
    // A finding is told at once, rows of runs at their own pace.
    await worker.until(
      'the finding of a second run',
      ({ files, runs }) => files.some(({ file }) => file === 'b.js') && runs[0]?.number === 2,
    );
    writeFileSync(path.join(home.path, 'go'), '');
    await close(worker);
  });

  it('tells what a step found while the step is still at work', async () => {
    const found = { kind: 'finding', rule: 'demo.rule', severity: 'error', message: 'Bad.', file: 'a.js' };
    const line = JSON.stringify({
      ...found,
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: 6 } },
    });
    const { 'wait.mjs': waits = '', ...files } = waitingAgent(true);
    createRepository(folder, { ...FILES, ...files, 'wait.mjs': `console.log(${JSON.stringify(line)});\n${waits}` });
    const worker = await open();
    const ended = start(worker, 'wait');
    // Findings are told at once, rows of runs at their own pace.
    const early = await worker.until('the finding', ({ files, runs }) => files.length > 0 && runs.length > 0);
    assert.equal(early.runs[0]?.status, 'running');
    assert.deepEqual(rulesOf(early), [['a.js', ['demo.rule']]]);
    writeFileSync(path.join(home.path, 'go'), '');
    await ended;
    const stored = await worker.until('the end', ({ runs }) => runs[0]?.endedAt != null);
    assert.deepEqual(rulesOf(stored), [['a.js', ['demo.rule']]]);
    await close(worker);
  });

  it('leaves out what a person dismissed, in the next window as well', async () => {
    createRepository(folder, FILES);
    const first = await open();
    await save(first, 'a.js', WRONG);
    const found = await first.until('the finding', ({ files, runs }) => files.length > 0 && runs[0]?.endedAt != null);
    const fingerprint = found.files[0]?.findings[0]?.fingerprint ?? '';
    await first.channel.request('dismiss', { fingerprint, about: 'a.js' });
    await first.until('no finding', ({ files }) => files.length === 0);
    await close(first);
    const next = await open();
    assert.equal(next.board().runs.length, 1, 'the past was read');
    assert.deepEqual(next.board().files, []);
    await close(next);
  });

  it('tells a run of a command line as it tells its own', async () => {
    createRepository(folder, { ...FILES, ...waitingAgent(true) });
    const worker = await open();
    const cli = savepoint('run', 'wait', '--trust');
    try {
      await worker.until('it runs', ({ runs }) => runs[0]?.status === 'running');
      cli.kill('SIGKILL');
      const { runs } = await worker.until('it was cut off', ({ runs }) => runs[0]?.status === 'interrupted');
      assert.equal(runs[0]?.steps[0]?.status, 'interrupted');
    } finally {
      cli.kill('SIGKILL');
    }
  });

  it('shows no run of another process as cut off that is not', async () => {
    createRepository(folder, { ...FILES, ...waitingAgent(true) });
    writeFileSync(path.join(home.path, 'go'), '');
    const worker = await open();
    for (const number of [1, 2, 3]) {
      const cli = savepoint('run', 'wait', '--trust');
      try {
        const ended = ({ runs }: Board): boolean => runs[0]?.number === number && runs[0].endedAt !== null;
        await worker.until(`run ${number} has ended`, ended);
      } finally {
        cli.kill('SIGKILL');
      }
    }
    const said = worker.changes.flatMap(({ runs }) => runs.map(({ number, status }) => `${number} ${status}`));
    assert.ok(said.includes('3 completed'));
    assert.deepEqual(
      said.filter((one) => one.includes('interrupted')),
      [],
    );
  });

  it('goes on after the thread died, with the run that it had, and leaves no process behind', async () => {
    createRepository(folder, { ...FILES, ...waitingAgent(true) });
    const first = await open();
    // Approved for good: the next thread asks nobody.
    await first.channel.request('command', { call: 1, command: 'trust', input: { yes: true } });
    start(first, 'wait').catch(() => undefined);
    await first.until('the step runs', ({ runs }) => runs[0]?.steps[0]?.status === 'running');
    await eventually('the tool runs', () => begun().length === 1);
    await kill(first);
    const second = await open();
    await eventually('the tool runs again', () => begun().length === 2);
    const [old = 0, pid = 0] = begun();
    assert.equal(isAlive(old), false, 'what the dead thread left is ended first');
    assert.equal(isAlive(pid), true);
    writeFileSync(path.join(home.path, 'go'), '');
    const { runs } = await second.until('it ends', ({ runs }) => runs[0]?.status === 'completed');
    assert.equal(runs.length, 1);
    assert.equal(runs[0]?.steps[0]?.attempts, 2);
    await close(second);
  });

  it('waits for a person where a step that was cut off may not run twice', async () => {
    createRepository(folder, { ...FILES, ...waitingAgent(false) });
    const first = await open();
    await first.channel.request('command', { call: 1, command: 'trust', input: { yes: true } });
    start(first, 'wait').catch(() => undefined);
    await eventually('the tool runs', () => begun().length === 1);
    await kill(first);
    const second = await open();
    const { runs } = await second.until('it needs somebody', ({ runs }) => runs[0]?.status === 'waiting');
    assert.equal(runs[0]?.needsDecision?.step, 'wait');
    assert.equal(begun().length, 1);
    const reply = await second.channel.request('command', {
      call: 2,
      command: 'resume',
      input: { run: '1', done: true },
    });
    assert.deepEqual(reply, { exitCode: 0, failure: null });
    await close(second);
  });

  it('stops a run when its command is aborted, and closes orderly', async () => {
    createRepository(folder, { ...FILES, ...waitingAgent(true) });
    const worker = await open();
    const stop = new AbortController();
    const input = { workflow: 'wait', trust: true };
    const running = worker.channel.request('command', { call: 1, command: 'run', input }, { signal: stop.signal });
    await eventually('the tool runs', () => begun().length === 1);
    stop.abort();
    await assert.rejects(running, { code: 'aborted' });
    await worker.until('it is cut off', ({ runs }) => runs[0]?.status === 'interrupted');
    assert.equal(isAlive(begun()[0] ?? 0), false);
    start(worker, 'wait').catch(() => undefined);
    await eventually('another one runs', () => begun().length === 2);
    await close(worker);
    assert.equal(isAlive(begun()[1] ?? 0), false);
    assert.deepEqual(locksIn(path.join(home.path, 'state')), [], 'the session was closed');
  });

  it('says so when the disk fills up under a run, starts nothing more, and goes on when it is started again', async function () {
    createRepository(folder, {
      ...FILES,
      ...waitingAgent(true),
      '.savepoint/workflows/two.yaml': [
        'id: two',
        'steps:',
        ...['  - id: one', '    agent: waiter', '  - id: two', '    agent: waiter', '    needs: [one]', ''],
      ].join('\n'),
    });
    const disk = mountSmall(path.join(home.path, 'state'), 'size=4m,mode=0700');
    if (disk === null) return this.skip();
    try {
      const first = await open();
      await first.channel.request('command', { call: 1, command: 'trust', input: { yes: true } });
      const running = start(first, 'two');
      await eventually('the first step runs', () => begun().length === 1);
      disk.fill();
      writeFileSync(path.join(home.path, 'go'), '');
      assert.equal((await running).failure?.code, 'disk-full');
      const board = await first.until('it says so', ({ readOnly }) => readOnly !== null);
      assert.match(board.readOnly ?? '', /is full/);
      assert.equal((await start(first, 'wait')).failure?.code, 'disk-full');
      assert.equal(begun().length, 1, 'nothing more was started');
      disk.free();
      await close(first);
      const second = await open();
      const { runs } = await second.until('it goes on', ({ runs }) => runs[0]?.status === 'completed');
      assert.deepEqual(
        runs.map(({ steps }) => steps.map(({ attempts, status }) => [attempts, status])),
        [
          [
            [1, 'completed'],
            [2, 'completed'],
          ],
        ],
      );
      assert.equal(begun().length, 2);
      await close(second);
    } finally {
      disk.unmount();
    }
  });

  it('shows what is there where nothing can be stored', async () => {
    createRepository(folder, FILES);
    const state = path.join(home.path, 'state');
    writeFileSync(state, 'a file where the folder should be');
    const worker = await open();
    assert.match(worker.board().readOnly ?? '', /is a file/);
    assert.equal((await start(worker, 'on-save-checks')).failure?.code, 'read-only');
    await assert.rejects(
      worker.channel.request('wrote', [{ kind: 'created', path: path.join(folder, 'b.js') }]),
      /is a file/,
    );
    await close(worker);
  });

  it('tells what is wrong with an input, and what nobody knows', async () => {
    createRepository(folder, FILES);
    const worker = await open();
    const ask = (command: string, input: object) =>
      worker.channel.request('command', { call: 1, command, input: { ...input } });
    assert.equal((await ask('fly', {})).failure?.code, 'usage');
    assert.match((await ask('run', {})).failure?.message ?? '', /workflow/);
    assert.equal((await ask('run', { workflow: 'nothing-like-it' })).failure?.code, 'not-found');
    await assert.rejects(worker.channel.request('report', { run: '7' }), /There is no run 7/);
    await close(worker);
  });

  it('lets one of two windows lead; both show the same; the other leads within 2 s of a kill', async () => {
    createRepository(folder, FILES);
    const first = await openWindow();
    await eventually('the first leads', () => first.newest()?.role === 'leader');
    const second = await openWindow();
    await eventually('the second is there', () => second.newest() !== null);
    assert.equal(second.newest()?.role, 'follower');
    writeTree(folder, { 'a.js': WRONG });
    // A command line beside them both: its run shows in both windows alike.
    const cli = await open();
    await start(cli, 'on-save-checks');
    await eventually('both show how it ended', () => ended(first) && ended(second));
    await cli.until('it shows it as well', ({ runs }) => runs[0]?.endedAt != null);
    const shown = (): readonly unknown[] => [first.newest()?.runs, second.newest()?.runs];
    // Each tells at its own pace.
    await eventually('all show the same', () => shown().every((runs) => isDeepStrictEqual(runs, cli.board().runs)));
    await close(cli);
    first.child.kill('SIGKILL');
    const killed = performance.now();
    await eventually('the second leads', () => second.newest()?.role === 'leader');
    assert(performance.now() - killed < 2000 + LOADED_MS);
    second.child.kill('SIGKILL');
  });

  const ended = ({ newest }: Window): boolean => newest()?.runs[0]?.endedAt != null;

  async function openWindow(): Promise<Window> {
    const entry = fileURLToPath(new URL('../support/worker-process.ts', import.meta.url));
    const child = spawn(process.execPath, [entry, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    windows.push(child);
    let newest: Shown | null = null;
    createInterface({ input: child.stdout }).on('line', (line) => (newest = JSON.parse(line) as Shown));
    return { child, newest: () => newest };
  }

  function savepoint(...args: readonly string[]): ChildProcess {
    const entry = fileURLToPath(new URL('../../src/orchestrator/host/savepoint.ts', import.meta.url));
    return spawn(process.execPath, [entry, ...args], { cwd: folder, stdio: 'ignore' });
  }

  function begun(): readonly number[] {
    const file = path.join(home.path, 'begun');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : [];
  }
});

/** CONTRACT's 2 s are of a machine that does nothing else: here git and the disk may be in use. */
const LOADED_MS = 3000;

type Shown = Pick<Board, 'role' | 'runs'>;

interface Window {
  readonly child: ChildProcess;
  readonly newest: () => Shown | null;
}

/** Lock files of sessions: what was not closed leaves one. */
const locksIn = (state: string): readonly string[] =>
  readdirSync(state, { recursive: true, encoding: 'utf8' }).filter((name) => /sessions.*\.lock$/.test(name));
