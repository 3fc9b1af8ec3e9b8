import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { proves } from '../requirements.ts';
import { eventually } from '../support/eventually.ts';
import { ledgerWords, readLedger, release, writeCounting } from '../support/counting.ts';
import { plainWords } from '../support/plain-words.ts';
import { createRig, type CliResult, type Rig, said } from '../support/rig.ts';
import { mountSmall } from '../support/small-disk.ts';

describe(proves('D6', 'a disk in trouble'), function () {
  this.timeout(120_000);
  let rig: Rig;
  beforeEach(() => {
    rig = createRig({ files: { 'src/a.ts': 'export const a = 1;\n' } });
    writeCounting(
      rig,
      { id: 'small', steps: [{ id: 'one' }, { id: 'two', needs: ['one'] }] },
      {
        id: 'undone',
        onError: 'rollback',
        steps: [
          { id: 'first', agent: 'once', undo: true, with: { until: 'full' } },
          { id: 'then', agent: 'once', needs: ['first'] },
        ],
      },
      {
        id: 'own',
        steps: [
          { id: 'first', with: { until: 'full' } },
          { id: 'then', agent: 'security-auditor', needs: ['first'] },
        ],
      },
      {
        id: 'large',
        steps: Array.from({ length: 12 }, (_, index) => ({
          id: `s${index}`,
          with: { bulk: 400_000 },
          ...(index ? { needs: [`s${index - 1}`] } : {}),
        })),
      },
    );
  });
  afterEach(() => rig.dispose());

  it('full: the run stops with words that say so, nothing stored is lost, and it goes on when there is room', async function () {
    const disk = mountSmall(rig.stateHome, 'size=2m,mode=0700');
    if (disk === null) return this.skip();
    try {
      assert.equal((await rig.run(['run', 'small', '--trust'])).code, 0);
      const full = await rig.run(['run', 'large', '--trust']);
      assert.equal(full.code, 3, said(full));
      const last = full.lines().at(-1);
      // The journal keeps room ahead, so it may still be able to store that a step could not be started.
      const words =
        last?.kind === 'result'
          ? last.steps.find(({ error }) => error !== null)?.error?.message
          : last?.kind === 'error'
            ? last.message
            : '';
      assert.match(words ?? '', /full|no space/i, said(full));
      plainWords(full);
      const stored = (await rig.run(['events'])).of('event').map(({ id }) => id);
      for (const { id } of full.of('event')) assert.ok(stored.includes(id), 'a printed event is on disk');
      assert.equal((await rig.run(['runs'])).of('run').length, 2, 'reading works on a full disk');
      disk.remount('size=64m');
      const goOn = last?.kind === 'result' ? 'retry' : 'resume';
      const resumed = await rig.run([goOn, '2', '--trust']);
      assert.equal(resumed.code, 0, said(resumed));
      const ends = readLedger(rig)
        .filter(({ kind, step }) => kind === 'end' && step.startsWith('s'))
        .map(({ step }) => step);
      assert.equal(new Set(ends).size, ends.length, 'what had completed is not run again');
    } finally {
      disk.unmount();
    }
  });

  for (const [workflow, what] of [
    ['undone', 'a command that may not run twice'],
    ['own', 'a built-in agent'],
  ] as const)
    it(`fills up while a run is under way: ${what} has not failed, nothing is undone, and it goes on`, async function () {
      const disk = mountSmall(rig.stateHome, 'size=2m,mode=0700');
      if (disk === null) return this.skip();
      try {
        const running = rig.start(['run', workflow, '--trust']);
        // Stored before the agent starts, which needs room as well.
        await running.line('event', ({ type }) => type === 'workflow.step.started');
        await eventually('the agent to be at work', () => ledgerWords(rig).includes('start first'));
        disk.fill();
        release(rig, 'full');
        const full = await running.done;
        assert.equal(full.code, 3, said(full));
        const { code, message } = full.only('error');
        assert.equal(code, 'disk-full');
        assert.match(message, /is full.* Run 1 was cut off.*savepoint resume 1$/);
        plainWords(full);
        assert.deepEqual(ledgerWords(rig), ['start first', 'end first']);
        disk.free();
        assert.equal((await rig.run(['runs'])).only('run').status, 'interrupted');
        const resumed = await rig.run(['resume', '1', '--trust']);
        assert.equal(resumed.code, 0, said(resumed));
        assert.deepEqual(
          resumed.only('result').steps.map(({ id, status }) => [id, status]),
          [
            ['first', 'completed'],
            ['then', 'completed'],
          ],
        );
        assert.equal(ledgerWords(rig).filter((word) => word === 'start first').length, 1);
      } finally {
        disk.unmount();
      }
    });

  describe('and a tool that fails', () => {
    const workflow = (command: string): void => {
      const agent = { id: 'tool', protocol: 'command', command: ['node', '-e', command], idempotent: true };
      rig.write({ '.savepoint/agents/tool.yaml': JSON.stringify(agent) });
      const steps = [
        { id: 'first', agent: 'once', undo: true },
        { id: 'then', agent: 'tool', needs: ['first'] },
      ];
      writeCounting(rig, { id: 'w', onError: 'rollback', steps });
    };

    it('while its output finds no room has not failed: nothing is undone, and the run goes on', async function () {
      const disk = mountSmall(rig.stateHome, 'size=2m,mode=0700');
      if (disk === null) return this.skip();
      try {
        workflow(
          `const again = require('node:fs').existsSync('../outside/room'); if (!again) { console.log(('x'.repeat(99) + '\\n').repeat(30_000)); process.exitCode = 1; }`,
        );
        const full = await rig.run(['run', 'w', '--trust']);
        assert.equal(full.code, 3, said(full));
        assert.equal(full.only('error').code, 'disk-full');
        assert.deepEqual(ledgerWords(rig), ['start first', 'end first']);
        disk.remount('size=64m');
        writeFileSync(path.join(rig.outside, 'room'), '');
        const resumed = await rig.run(['resume', '1', '--trust']);
        assert.equal(resumed.code, 0, said(resumed));
        assert.deepEqual(ledgerWords(rig), ['start first', 'end first']);
      } finally {
        disk.unmount();
      }
    });

    it('for want of room of its own has failed, and the words say that a disk is full', async () => {
      workflow(`console.error('Error: ENOSPC: no space left on device, write'); process.exitCode = 1;`);
      const failed = await rig.run(['run', 'w', '--trust']);
      assert.equal(failed.only('result').status, 'compensated');
      const { message } = failed.only('result').steps[1]?.error ?? { message: '' };
      assert.match(message, /exit code 1\. It says that a disk is full\. Free some space/);
      plainWords(failed);
    });
  });

  describe('under the file that standard output goes to', () => {
    let file: string;
    let unmount = (): void => {};
    /** Runs with standard output to a file that has room for so many bytes. */
    const runInto = (room: number, args: readonly string[], json = true): Promise<CliResult> => {
      writeFileSync(file, 'x'.repeat(4096 - room));
      return rig.run(args, { under: (command) => ['sh', '-c', 'exec "$@" >> "$0"', file, ...command], json });
    };
    beforeEach(function () {
      const folder = path.join(rig.outside, 'disk');
      const disk = mountSmall(folder, 'size=4k,mode=0700');
      if (disk === null) return this.skip();
      file = path.join(folder, 'output');
      unmount = () => disk.unmount();
    });
    afterEach(() => {
      unmount();
      unmount = () => {};
    });

    for (const [whose, room, json] of [
      ['a script', 3000, true],
      ['a person', 0, false],
    ] as const)
      it(`the run goes on to its end, and ${whose} hears on standard error what is missing`, async () => {
        const full = await runInto(room, ['run', 'small', '--trust'], json);
        assert.equal(full.code, 3, said(full));
        assert.match(full.stderr, /The output is not whole: the disk that it goes to is full\..*savepoint runs\n$/);
        assert.deepEqual(ledgerWords(rig), ['start one', 'end one', 'start two', 'end two']);
        assert.equal((await rig.run(['runs'])).only('run').status, 'completed');
      });

    it('what only looks says so, also where the system takes the first part of what is written last', async () => {
      assert.equal((await rig.run(['run', 'small', '--trust'])).code, 0);
      for (const [args, json] of [
        [['events'], true],
        [['--help'], false],
      ] as const) {
        const full = await runInto(100, args, json);
        assert.equal(full.code, 3, said(full));
        assert.match(full.stderr, /^The output is not whole: .* full\./);
        assert.equal(statSync(file).size, 4096);
      }
      const help = await runInto(4096, ['--help'], false);
      assert.deepEqual([help.code, help.stderr], [0, '']);
    });
  });

  it('read-only: looking works, running says why not and starts nothing', async function () {
    const disk = mountSmall(rig.stateHome, 'size=8m,mode=0700');
    if (disk === null) return this.skip();
    try {
      assert.equal((await rig.run(['run', 'small', '--trust'])).code, 0);
      const before = ledgerWords(rig).length;
      disk.remount('ro');
      const refused = await rig.run(['run', 'small', '--trust']);
      assert.equal(refused.code, 3);
      assert.equal(refused.only('error').code, 'read-only');
      plainWords(refused);
      assert.equal(ledgerWords(rig).length, before);
      for (const command of ['runs', 'events', 'sessions', 'doctor']) {
        const looked = await rig.run([command]);
        assert.equal(looked.code, 0, command + looked.stdout);
        assert.ok(looked.lines().length > 0, command);
      }
      assert.equal((await rig.run(['show', '1'])).only('result').status, 'completed');
    } finally {
      disk.unmount();
    }
  });

  it('a state folder that cannot be: its path goes through a file', async () => {
    writeFileSync(path.join(rig.outside, 'file'), '');
    const env = { SAVEPOINT_STATE_DIR: path.join(rig.outside, 'file/state') };
    const refused = await rig.run(['run', 'small', '--trust'], { env });
    assert.equal(refused.code, 3);
    assert.match(refused.only('error').message, /file\/state/);
    plainWords(refused);
    assert.deepEqual(ledgerWords(rig), []);
  });

  it('a state folder that cannot be: the system makes no folder there', async function () {
    if (!existsSync('/proc/self')) return this.skip();
    const refused = await rig.run(['run', 'small', '--trust'], { env: { SAVEPOINT_STATE_DIR: '/proc/savepoint' } });
    assert.equal(refused.code, 3);
    const { code, message } = refused.only('error');
    assert.equal(code, 'read-only');
    assert.match(message, /cannot write to \/proc\/savepoint.*SAVEPOINT_STATE_DIR/);
    plainWords(refused);
    assert.deepEqual(ledgerWords(rig), []);
  });
});

describe(proves('D6', 'a state folder that the system refuses'), function () {
  this.timeout(120_000);
  let rig: Rig;
  beforeEach(async () => {
    rig = createRig({ files: { 'src/a.ts': 'export const a = 1;\n' } });
    writeCounting(rig, { id: 'w', steps: [{ id: 'one' }] });
    assert.equal((await rig.run(['run', 'w', '--trust'])).code, 0);
  });
  afterEach(() => rig.dispose());

  /** Whoever runs the tests may be allowed everything, but nobody can follow a link to itself. */
  const refuse = (file: string): void => {
    rmSync(file, { recursive: true });
    symlinkSync(file, file);
  };
  async function refused(commands: readonly string[], file: string): Promise<void> {
    for (const command of commands) {
      const told = await rig.run(command.split(' '));
      assert.equal(told.code, 3, command + said(told));
      const { code, message } = told.only('error');
      assert.equal(code, 'read-only', command);
      assert.ok(message.startsWith(`Savepoint cannot use ${file}: `), message);
      assert.match(message, /owner and permissions.*SAVEPOINT_STATE_DIR/);
      plainWords(told);
    }
  }

  it('as a whole: every command says so', async () => {
    const dir = rig.stateDir();
    refuse(dir);
    await refused(['run w --trust', 'runs', 'show 1', 'events', 'sessions', 'doctor', 'validate', 'retry 1'], dir);
  });

  it('in part, as after a run by another user: who needs that says so', async () => {
    const sessions = path.join(rig.stateDir(), 'sessions');
    const [segment = ''] = readdirSync(sessions).filter((name) => name.endsWith('.jsonl'));
    refuse(path.join(sessions, segment));
    await refused(['show 1', 'events', 'runs'], path.join(sessions, segment));
  });
});

describe(proves('D6', 'a damaged journal'), () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = createRig({ files: { 'src/a.ts': 'export const a = 1;\n' } });
    writeCounting(rig, {
      id: 'w',
      steps: [{ id: 'one' }, { id: 'two', needs: ['one'] }, { id: 'three', needs: ['two'] }],
    });
    for (let run = 0; run < 2; run++) assert.equal((await rig.run(['run', 'w', '--trust'])).code, 0);
  });
  afterEach(() => rig.dispose());

  const segment = (): string => {
    const folder = path.join(rig.stateDir(), 'sessions');
    const files = readdirSync(folder)
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => path.join(folder, name))
      .filter((file) => readFileSync(file, 'utf8').includes('"workflow.started"'));
    const [first] = files.sort();
    assert.ok(first !== undefined, 'sessions/<id>.<n>.jsonl');
    return first;
  };
  /** Where written text ends: behind it there is only fill. */
  const textEnd = (file: string): number => readFileSync(file, 'latin1').trimEnd().length + 1;
  const idsNow = async (): Promise<readonly string[]> => (await rig.run(['events'])).of('event').map(({ id }) => id);

  async function told(before: readonly string[], lostAtMost: number): Promise<void> {
    const met = await rig.run(['events']);
    assert.equal(met.code, 0, said(met));
    assert.match(met.stderr, /repaired: sessions\//);
    const ran = await rig.run(['run', 'w', '--trust']);
    assert.equal(ran.code, 0, said(ran));
    assert.doesNotMatch(ran.stderr, /repair/i, 'said once');
    const alerts = (await rig.run(['events', '--type', 'system.alert'])).of('event');
    assert.equal(alerts.length, 1);
    const { data } = alerts[0] ?? {};
    assert.equal(data?.['problem'], 'journal-repaired');
    assert.ok(Array.isArray(data['lost']) && typeof data['file'] === 'string' && typeof data['keptAside'] === 'string');
    const doctor = (await rig.run(['doctor'])).of('check');
    assert.ok(
      doctor.some(({ repairs }) => repairs.length > 0),
      JSON.stringify(doctor),
    );
    const after = new Set(await idsNow());
    const lost = before.filter((id) => !after.has(id));
    assert.ok(lost.length <= lostAtMost, `${lost.length} events are lost`);
  }

  it('flipped bytes in the middle cost one atomic group, all behind it stays', async () => {
    const before = await idsNow();
    const file = segment();
    const at = Math.floor(textEnd(file) / 2);
    const handle = openSync(file, 'r+');
    writeSync(handle, Buffer.from('\u0000\u0001\u0002'), 0, 3, at);
    closeSync(handle);
    await told(before, 3);
  });

  it('a cut end costs what was cut', async () => {
    const before = await idsNow();
    const file = segment();
    truncateSync(file, textEnd(file) - 30);
    await told(before, 3);
  });

  it('rubbish at the end costs nothing', async () => {
    const before = await idsNow();
    const file = segment();
    const handle = openSync(file, 'r+');
    const rubbish = Buffer.from(`{"half":"a record\n\u0007\u0000rubbish without an end`);
    writeSync(handle, rubbish, 0, rubbish.length, textEnd(file));
    closeSync(handle);
    await told(before, 0);
  });

  it('a session index that is rubbish or gone is made again', async () => {
    const sessions = (await rig.run(['sessions'])).stdout;
    const index = path.join(rig.stateDir(), 'sessions.json');
    assert.ok(existsSync(index), 'the index is a file of its own');
    writeFileSync(index, '{"rubb');
    const again = await rig.run(['sessions']);
    assert.equal(again.code, 0);
    assert.equal(again.stdout, sessions);
    rmSync(index);
    assert.equal((await rig.run(['sessions'])).stdout, sessions);
  });
});

describe(proves('A12', 'tools that misbehave'), function () {
  this.timeout(180_000);
  let rig: Rig;
  afterEach(() => rig.dispose());

  it('100 MB of output are held on disk, not in memory, and do not fail the step', async function () {
    if (spawnSync('/usr/bin/time', ['--version']).status !== 0) {
      process.stderr.write('skipped: GNU time, which measures memory, is missing\n');
      return this.skip();
    }
    rig = createRig({ files: { 'src/a.ts': '' } });
    const flood = (megabytes: number): string =>
      `const line = 'x'.repeat(999) + '\\n'; const write = (left) => { while (left-- > 0) if (!process.stdout.write(line)) return process.stdout.once('drain', () => write(left)); }; write(${megabytes * 1000});`;
    for (const [id, megabytes] of [
      ['drop', 0],
      ['flood', 120],
    ] as const) {
      rig.write({
        [`.savepoint/agents/${id}.yaml`]: JSON.stringify({
          id,
          protocol: 'command',
          command: ['node', '-e', flood(megabytes)],
        }),
        [`.savepoint/workflows/${id}.yaml`]: JSON.stringify({ id, steps: [{ id: 's', agent: id }] }),
      });
    }
    const peak = async (workflow: string): Promise<number> => {
      const notes = path.join(rig.outside, `${workflow}.rss`);
      const under = (command: readonly string[]) => ['/usr/bin/time', '--format', '%M', '--output', notes, ...command];
      const done = await rig.run(['run', workflow, '--trust'], { under });
      assert.equal(done.code, 0, done.stderr);
      return Number(readFileSync(notes, 'utf8').trim());
    };
    const little = await peak('drop');
    const much = await peak('flood');
    assert.ok(
      much < little * 2,
      `${Math.round(much / 1000)} MB with 120 MB of output, ${Math.round(little / 1000)} MB without`,
    );
    const sizes = readdirSync(rig.stateDir(), { recursive: true, encoding: 'utf8' }).map(
      (name) => statSync(path.join(rig.stateDir(), name)).size,
    );
    const whole = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(whole < 110_000_000, `${whole} bytes in the state folder: 100 MB a step at most`);
  });

  it('a test runner that hangs is ended with its processes, and says so', async () => {
    rig = createRig({
      files: {
        'package.json': '{ "name": "demo", "type": "module", "scripts": { "test": "node --test" } }\n',
        'src/a.js': 'export const a = () => 1;\n',
        'test/a.test.js':
          "import { test } from 'node:test';\nimport { spawn } from 'node:child_process';\nimport { a } from '../src/a.js';\ntest('waits for ever', async () => {\n  a();\n  spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });\n  await new Promise(() => setInterval(() => {}, 1000));\n});\n",
        '.savepoint/workflows/w.yaml':
          'id: w\nsteps:\n  - id: tests\n    agent: test-executor\n    operation: run\n    timeout: 4s\n',
      },
    });
    const done = await rig.run(['run', 'w', '--all']);
    assert.equal(done.code, 3, said(done));
    const [step] = done.only('result').steps;
    assert.equal(step?.status, 'failed');
    assert.equal(step.error?.code, 'timeout');
    plainWords(done);
  });
});
