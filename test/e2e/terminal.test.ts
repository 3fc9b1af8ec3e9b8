import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { proves } from '../requirements.ts';
import { ledgerWords, release, writeCounting } from '../support/counting.ts';
import { eventually } from '../support/eventually.ts';
import { onTerminal, type TerminalRun } from '../support/on-terminal.ts';
import { createRig, type Rig } from '../support/rig.ts';

const ESCAPES = /\u001b/;

describe(proves('A9', 'the command line for people'), () => {
  let rig: Rig;
  beforeEach(() => {
    rig = createRig({ files: { 'src/a.ts': 'export const a = 1;\n' } });
    writeCounting(
      rig,
      {
        id: 'good',
        steps: [{ id: 'one' }, { id: 'two', needs: ['one'] }],
      },
      {
        id: 'bad',
        steps: [
          { id: 'breaks', with: { failTimes: 9 } },
          { id: 'after', needs: ['breaks'] },
        ],
      },
      {
        id: 'shown',
        steps: [
          {
            id: 'one',
            with: { until: 'seen', print: [{ kind: 'progress', message: 'half way', fraction: 0.5 }] },
          },
        ],
      },
      { id: 'long', steps: [{ id: 'waits', with: { ms: 600_000, escape: true } }] },
      { id: 'once', steps: [{ id: 'fragile', agent: 'once', with: { ms: 3000 } }] },
    );
  });
  afterEach(() => rig.dispose());

  it('off a terminal writes plain lines to standard error and the report to standard output', async () => {
    const { code, stdout, stderr } = await rig.run(['run', 'good', '--trust'], { json: false });
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stdout + stderr, ESCAPES);
    assert.match(stderr, /one/);
    assert.match(stdout, /good finished/);
    assert.doesNotMatch(stdout, /breaker|saga|compensat|idempoten|orchestrat/i);
  });

  it('with --json keeps standard output to JSON lines', async () => {
    const { code, lines, stdout } = await rig.run(['run', 'good', '--trust']);
    assert.equal(code, 0);
    assert.equal(stdout.split('\n').length - 1, lines().length);
    assert.equal(lines().at(-1)?.kind, 'result');
  });

  it('says in the report what failed, and what to type next', async () => {
    const { code, stdout } = await rig.run(['run', 'bad', '--trust'], { json: false });
    assert.equal(code, 3);
    assert.match(stdout, /bad failed at breaks/);
    assert.match(stdout, /exit code 1/);
    assert.match(stdout, /it did not work out/, 'its last lines');
    assert.match(stdout, /did not run/);
    assert.match(stdout, /savepoint retry 1/);
    const shown = await rig.run(['show', '1'], { json: false });
    assert.equal(shown.stdout, stdout, 'show repeats the report');
  });

  it('on a terminal redraws one tree in place, never wider than the terminal', async function () {
    const terminal = onTerminal(rig, ['run', 'shown', '--trust'], { columns: 70 });
    if (terminal === null) return this.skip();
    await terminal.shows(/half way/);
    release(rig, 'seen');
    const { code } = await terminal.done;
    assert.equal(code, 0, terminal.raw());
    assert.match(terminal.raw(), ESCAPES);
    const visible = stripVTControlCharacters(terminal.raw()).split(/\r?\n|\r/);
    for (const line of visible) assert.ok([...line].length <= 70, `${[...line].length} wide: ${line}`);
  });

  it('takes NO_COLOR at its word', async function () {
    const terminal = onTerminal(rig, ['runs'], { env: { NO_COLOR: '1' } });
    if (terminal === null) return this.skip();
    await terminal.done;
    assert.doesNotMatch(terminal.raw(), /\u001b\[[0-9;]*m/);
  });

  it('Ctrl+C says how to go on, and a second one leaves at once', async function () {
    const terminal = onTerminal(rig, ['run', 'long', '--trust']);
    if (terminal === null) return this.skip();
    await eventually('the step starts', () => ledgerWords(rig).includes('start waits'));
    terminal.type('\u0003');
    await terminal.shows(/savepoint resume 1/);
    assert.equal((await terminal.done).code, 130);
    assert.equal((await rig.run(['runs'])).only('run').status, 'interrupted');
  });

  it('asks on a terminal what to do with a step that must not run twice', async function () {
    const owner = rig.start(['run', 'once', '--trust']);
    await eventually('the step starts', () => ledgerWords(rig).includes('start fragile'));
    owner.signal('SIGKILL');
    await owner.done;
    const resume = async (answer: string): Promise<TerminalRun | null> => {
      const terminal = onTerminal(rig, ['resume', '1', '--trust']);
      if (terminal === null) return null;
      await terminal.shows(/fragile[^]*:\s*$/);
      terminal.type(answer);
      await terminal.done;
      return terminal;
    };
    const left = await resume('\r');
    if (left === null) return this.skip();
    assert.equal((await left.done).code, 3, 'left as it is');
    assert.equal(ledgerWords(rig).filter((word) => word === 'start fragile').length, 1);
    const answered = await resume('2\r');
    assert.equal((await answered?.done)?.code, 0, answered?.raw());
    assert.equal(ledgerWords(rig).filter((word) => word === 'start fragile').length, 1, 'taken as done');
  });

  it('helps, says its version, and names a mistyped command or flag', async () => {
    const help = await rig.run(['--help'], { json: false });
    assert.equal(help.code, 0);
    for (const command of [
      'run',
      'runs',
      'show',
      'cancel',
      'resume',
      'retry',
      'events',
      'sessions',
      'validate',
      'trust',
      'doctor',
      'context',
    ])
      assert.match(help.stdout, new RegExp(`^\\s+${command}\\b`, 'm'));
    const version = await rig.run(['--version'], { json: false });
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
    const typo = await rig.run(['rnus'], { json: false });
    assert.equal(typo.code, 2);
    assert.match(typo.stderr, /savepoint runs/);
    for (const args of [
      ['run'],
      ['run', 'good', '--nope'],
      ['show'],
      ['run', 'good', '--fail-on', 'sometimes'],
      ['run', 'good', '--with', '{'],
    ]) {
      const { code, only } = await rig.run(args);
      assert.equal(code, 2, args.join(' '));
      assert.equal(only('error').code, 'usage');
    }
  });

  it('stands a reader that goes away', async () => {
    await rig.run(['run', 'good', '--trust']);
    const cut = rig.start(['events'], { under: (command) => ['sh', '-c', '"$@" | head -n 1', 'sh', ...command] });
    const { stderr, code } = await cut.done;
    assert.equal(code, 0);
    assert.equal(stderr, '');
  });

  for (const [what, shell] of [
    ['output', '"$@" | true'],
    ['output and words beside it', '"$@" 2>&1 | true'],
  ] as const)
    it(`ends with its own exit code when nobody reads its ${what}`, async () => {
      const unread = (args: readonly string[], json: boolean) =>
        rig.start(args, { json, under: (command) => ['bash', '-c', `set -o pipefail; ${shell}`, 'bash', ...command] })
          .done;
      for (const json of [true, false]) {
        const failed = await unread(['run', 'bad', '--trust'], json);
        assert.equal(failed.code, 3, `json ${json}: ${failed.stderr}`);
        const finished = await unread(['run', 'good', '--trust', '--no-cache'], json);
        assert.equal(finished.code, 0, `json ${json}: ${finished.stderr}`);
        assert.equal((await unread(['show', '99'], json)).code, 2);
      }
      const ends = (await rig.run(['runs'])).of('run').map(({ status }) => status);
      assert.deepEqual(ends, ['completed', 'failed', 'completed', 'failed'], 'each went on to its end');
    });
});
