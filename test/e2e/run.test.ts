import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { proves } from '../requirements.ts';
import { ledgerWords, readLedger, release, writeCounting } from '../support/counting.ts';
import { eventually } from '../support/eventually.ts';
import { git } from '../support/git-repository.ts';
import { createRig, type Rig, type RigOptions, said } from '../support/rig.ts';

const finding = (severity: string, file = 'src/a.ts'): object => ({
  kind: 'finding',
  rule: 'house.rule',
  severity,
  confidence: 'certain',
  message: 'This does not belong here. Take it out.',
  file,
  range: { start: { line: 0, character: 0 }, end: { line: 0, character: 6 } },
});
const test = (status: string): object => ({ kind: 'test', name: `it is ${status}`, file: 'test/a.test.ts', status });

const FILES = {
  'package.json': '{ "name": "demo", "private": true }\n',
  'src/a.ts': 'export const a = 1;\n',
  'src/b.ts': 'export const b = 2;\n',
};

describe(proves('A9', 'savepoint run'), () => {
  let rig: Rig;
  const open = (options: RigOptions = { files: FILES }): Rig => (rig = createRig(options));
  afterEach(() => rig.dispose());

  it('runs steps whose needs are met at the same time, the others in order, and says where the time went', async () => {
    open();
    writeCounting(rig, {
      id: 'diamond',
      steps: [
        { id: 'top', with: { ms: 10 } },
        { id: 'left', needs: ['top'], with: { until: 'both' } },
        { id: 'right', needs: ['top'], with: { until: 'both' } },
        { id: 'bottom', needs: ['left', 'right'] },
      ],
    });
    const running = rig.start(['run', 'diamond', '--trust']);
    await eventually('both are at work', () => ledgerWords(rig).length === 4);
    release(rig, 'both');
    const done = await running.done;
    assert.equal(done.code, 0, said(done));
    const words = ledgerWords(rig);
    assert.deepEqual(words.slice(0, 2), ['start top', 'end top']);
    assert.deepEqual(words.slice(2, 4).toSorted(), ['start left', 'start right']);
    assert.deepEqual(words.slice(-2), ['start bottom', 'end bottom']);
    assert.equal(done.lines().at(-1)?.kind, 'result');
    const result = done.only('result');
    assert.equal(result.status, 'completed');
    for (const { id, timeMs, durationMs } of result.steps) {
      const sum = Object.values(timeMs).reduce((total, ms) => total + ms, 0);
      assert.ok(Math.abs(sum - durationMs) < 0.01, `${id}: ${JSON.stringify(timeMs)} sums to ${durationMs}`);
      assert.ok(Object.values(timeMs).every((ms) => ms >= 0));
    }
  });

  it('runs the sequential steps of a level one after another', async () => {
    open();
    const sequential = true;
    writeCounting(rig, {
      id: 'queue',
      steps: [
        { id: 'one', with: { ms: 60 }, sequential },
        { id: 'two', with: { ms: 60 }, sequential },
        { id: 'free', with: { ms: 30 } },
      ],
    });
    assert.equal((await rig.run(['run', 'queue', '--trust'])).code, 0);
    const words = ledgerWords(rig).filter((word) => !word.endsWith('free'));
    assert.deepEqual(words, ['start one', 'end one', 'start two', 'end two']);
  });

  it('hands an agent what the contract says, and the result of one step to the next', async () => {
    open();
    rig.write({ 'src/a.ts': 'export const a = 2;\n' });
    writeCounting(rig, {
      id: 'hand',
      steps: [
        { id: 'gives', with: { data: { answer: 42 } } },
        { id: 'takes', needs: ['gives'], with: { own: 'mine', both: 'step' } },
      ],
    });
    const done = await rig.run(['run', 'hand', '--trust', '--with', '{"both":"call"}']);
    assert.equal(done.code, 0, said(done));
    const request = readLedger(rig).find(({ step, kind }) => step === 'takes' && kind === 'start')?.request;
    const { run } = done.only('result');
    assert.equal(request?.['run'], run);
    assert.equal(request?.['workspace'], rig.workspace);
    assert.deepEqual(request?.['needs'], { gives: { answer: 42 } });
    assert.deepEqual(request?.['with'], { own: 'mine', both: 'call' });
    const files = z.array(z.string()).parse(request?.['files']);
    assert.ok(files.includes('src/a.ts') && !files.includes('src/b.ts'), files.join());
    assert.equal(existsSync(path.join(rig.workspace, '.git/index.lock')), false);
  });

  describe('what a failed step means', () => {
    const steps = [
      { id: 'before', undo: true },
      { id: 'breaks', needs: ['before'], with: { failTimes: 9 } },
      { id: 'after', needs: ['breaks'] },
    ];
    it('fail: what depends on it does not run', async () => {
      open();
      writeCounting(rig, { id: 'w', onError: 'fail', steps });
      const done = await rig.run(['run', 'w', '--trust']);
      assert.equal(done.code, 3);
      const { status, steps: ended } = done.only('result');
      assert.equal(status, 'failed');
      assert.deepEqual(
        ended.map((step) => step.status),
        ['completed', 'failed', 'skipped'],
      );
      assert.equal(ended[1]?.error?.code, 'exit');
      assert.ok(!ledgerWords(rig).some((word) => /after|undo/.test(word)));
    });

    it('rollback: what completed is undone', async () => {
      open();
      writeCounting(rig, { id: 'w', onError: 'rollback', steps });
      const done = await rig.run(['run', 'w', '--trust']);
      assert.equal(done.code, 3);
      assert.equal(done.only('result').status, 'compensated');
      assert.deepEqual(ledgerWords(rig).slice(-2), ['undo start before', 'undo end before']);
      const undo = readLedger(rig).at(-1)?.request;
      assert.deepEqual(undo?.['compensate'], { step: 'before', result: { step: 'before' } });
      const last = done.of('event').findLast(({ type }) => type.startsWith('workflow.'));
      assert.equal(last?.type, 'workflow.failed');
      assert.equal(last.data['status'], 'compensated');
    });

    it('continue: what depends on it runs and sees the error; the run completes with exit code 1', async () => {
      open();
      writeCounting(rig, { id: 'w', onError: 'continue', steps });
      const done = await rig.run(['run', 'w', '--trust']);
      assert.equal(done.code, 1);
      assert.equal(done.only('result').status, 'completed');
      const needs = readLedger(rig).find(({ step }) => step === 'after')?.request['needs'];
      const { breaks } = z.object({ breaks: z.object({ error: z.object({ code: z.string() }) }) }).parse(needs);
      assert.equal(breaks.error.code, 'exit');
      assert.equal((await rig.run(['run', 'w', '--trust', '--fail-on', 'never'])).code, 0);
    });

    it('names under cannotUndo what may have written and has no undo', async () => {
      open();
      writeCounting(rig, {
        id: 'w',
        onError: 'rollback',
        steps: [
          { id: 'wrote', undo: false },
          { id: 'breaks', needs: ['wrote'], with: { failTimes: 9 } },
        ],
      });
      const done = await rig.run(['run', 'w', '--trust']);
      assert.equal(done.code, 3);
      const { status, cannotUndo } = done.only('result');
      assert.equal(status, 'failed', 'no undo ran');
      assert.deepEqual(cannotUndo, ['wrote', 'breaks'], 'a failed step may have written too');
    });
  });

  it('retries after a reported failure, counts the tries and keeps one key', async () => {
    open();
    writeCounting(rig, {
      id: 'w',
      steps: [{ id: 'shaky', with: { failTimes: 1 }, retry: { max: 2, multiplier: 1 } }],
    });
    const done = await rig.run(['run', 'w', '--trust']);
    assert.equal(done.code, 0);
    const [step] = done.only('result').steps;
    assert.equal(step?.attempts, 2);
    assert.ok(step.timeMs.wait >= 700, `first delay is 1 s ± 20 %: ${step.timeMs.wait}`);
    assert.equal(done.of('event').filter(({ type }) => type === 'workflow.step.retrying').length, 1);
    assert.equal(new Set(readLedger(rig).map(({ idempotencyKey }) => idempotencyKey)).size, 1);
  });

  it('ends a step that takes too long, with its whole process tree', async () => {
    open();
    writeCounting(rig, { id: 'w', steps: [{ id: 'hangs', with: { ms: 600_000, escape: true }, timeout: '700ms' }] });
    const done = await rig.run(['run', 'w', '--trust']);
    assert.equal(done.code, 3);
    assert.equal(done.only('result').steps[0]?.error?.code, 'timeout');
    // afterEach fails when anything of it is left
  });

  describe('exit codes and --fail-on', () => {
    const print = (...lines: readonly object[]) => ({ id: 'w', steps: [{ id: 's', with: { print: lines as never } }] });
    for (const [what, lines, flags, code] of [
      ['an error', [finding('error')], [], 1],
      ['a warning', [finding('warning')], [], 0],
      ['a warning with --fail-on warning', [finding('warning')], ['--fail-on', 'warning'], 1],
      ['a note with --fail-on info', [finding('info')], ['--fail-on', 'info'], 1],
      ['an error with --fail-on never', [finding('error')], ['--fail-on', 'never'], 0],
      ['a failing test', [test('failed')], [], 1],
      ['a passing test', [test('passed')], [], 0],
    ] as const) {
      it(`${what}: ${code}`, async () => {
        open();
        writeCounting(rig, print(...lines));
        const done = await rig.run(['run', 'w', '--trust', '--all', ...flags]);
        assert.equal(done.code, code, said(done));
      });
    }
  });

  it('writes SARIF 2.1.0 and JUnit XML', async () => {
    open();
    const print = [finding('error'), test('passed'), test('failed')] as never;
    writeCounting(rig, { id: 'w', steps: [{ id: 's', with: { print } }] });
    const [sarif, junit] = [path.join(rig.outside, 'out.sarif'), path.join(rig.outside, 'out.xml')];
    assert.equal((await rig.run(['run', 'w', '--trust', '--all', '--sarif', sarif, '--junit', junit])).code, 1);
    const { version, runs } = z
      .object({
        version: z.string(),
        runs: z.tuple([
          z.object({
            results: z.array(
              z.object({
                ruleId: z.string(),
                level: z.string(),
                locations: z.array(
                  z.object({
                    physicalLocation: z.object({
                      artifactLocation: z.object({ uri: z.string() }),
                      region: z.object({ startLine: z.int() }),
                    }),
                  }),
                ),
              }),
            ),
          }),
        ]),
      })
      .parse(JSON.parse(readFileSync(sarif, 'utf8')));
    assert.equal(version, '2.1.0');
    const [result] = runs[0].results;
    assert.equal(result?.ruleId, 'house.rule');
    assert.equal(result.level, 'error');
    assert.equal(result.locations[0]?.physicalLocation.artifactLocation.uri, 'src/a.ts');
    assert.equal(result.locations[0].physicalLocation.region.startLine, 1, 'SARIF counts from 1');
    const xml = readFileSync(junit, 'utf8');
    assert.match(xml, /^<\?xml/);
    assert.equal(xml.match(/<testcase /g)?.length, 2);
    assert.equal(xml.match(/<failure/g)?.length, 1);
  });

  describe('scope', () => {
    const filesOf = (): readonly string[] =>
      z.array(z.string()).parse(readLedger(rig).findLast(({ kind }) => kind === 'start')?.request['files']);
    const scoped = async (...flags: readonly string[]): Promise<readonly string[]> => {
      const done = await rig.run(['run', 'w', '--trust', ...flags]);
      assert.equal(done.code, 0, said(done));
      return filesOf().filter((file) => !file.startsWith('.savepoint/'));
    };
    const workflow = { id: 'w', steps: [{ id: 's' }] };

    it('is what differs from HEAD, untracked included, ignored left out', async () => {
      open({ files: { ...FILES, '.gitignore': 'out/\n' } });
      writeCounting(rig, workflow);
      rig.write({ 'src/b.ts': 'export const b = 3;\n', 'src/new.ts': 'export {};\n', 'out/x.js': '' });
      assert.deepEqual(await scoped(), ['src/b.ts', 'src/new.ts']);
    });

    it('is everything where nothing differs', async () => {
      open();
      writeCounting(rig, workflow);
      git(rig.workspace, 'add', '-A');
      git(rig.workspace, 'commit', '-qm', 'all');
      assert.deepEqual(await scoped(), ['package.json', 'src/a.ts', 'src/b.ts']);
    });

    it('without git is everything but node_modules and what .gitignore names', async () => {
      open({ git: false, files: { ...FILES, '.gitignore': 'out/\n', 'out/x.js': '', 'node_modules/m/index.js': '' } });
      writeCounting(rig, workflow);
      assert.deepEqual(await scoped(), ['.gitignore', 'package.json', 'src/a.ts', 'src/b.ts']);
    });

    it('--all is everything, --files what is named, --since what differs from then', async () => {
      open();
      writeCounting(rig, workflow);
      rig.write({ 'src/c.ts': 'export {};\n' });
      assert.deepEqual(await scoped('--all'), ['package.json', 'src/a.ts', 'src/b.ts', 'src/c.ts']);
      assert.deepEqual(await scoped('--files', 'src/b.ts,package.json'), ['package.json', 'src/b.ts']);
      git(rig.workspace, 'add', '-A');
      git(rig.workspace, 'commit', '-qm', 'second');
      rig.write({ 'src/b.ts': 'export const b = 4;\n' });
      assert.deepEqual(await scoped('--since', 'HEAD~1'), ['src/b.ts', 'src/c.ts']);
    });

    it('of a folder below a git root is only that folder', async () => {
      open();
      rig.write({ 'packages/one/x.ts': 'export {};\n', 'src/a.ts': 'export const a = 9;\n' });
      const inner = path.join(rig.workspace, 'packages/one');
      const outer = rig;
      writeCounting(outer, workflow);
      const agents = path.join(inner, '.savepoint');
      const { cpSync } = await import('node:fs');
      cpSync(path.join(rig.workspace, '.savepoint'), agents, { recursive: true });
      const done = await rig.run(['run', 'w', '--trust', '--workspace', inner]);
      assert.equal(done.code, 0, said(done));
      assert.deepEqual(
        filesOf().filter((file) => !file.startsWith('.savepoint/')),
        ['x.ts'],
      );
    });

    it('names a missing file and starts nothing', async () => {
      open();
      writeCounting(rig, workflow);
      const done = await rig.run(['run', 'w', '--trust', '--files', 'src/a.ts,src/nope.ts']);
      assert.equal(done.code, 2);
      assert.match(done.only('error').message, /src\/nope\.ts/);
      assert.deepEqual(ledgerWords(rig), []);
    });

    it('names an unknown revision', async () => {
      open();
      writeCounting(rig, workflow);
      const done = await rig.run(['run', 'w', '--trust', '--since', 'no-such-rev']);
      assert.equal(done.code, 2);
      assert.match(done.only('error').message, /no-such-rev/);
    });
  });

  it('never writes into the repository', async () => {
    open();
    writeCounting(rig, { id: 'w', steps: [{ id: 's' }] });
    git(rig.workspace, 'add', '-A');
    git(rig.workspace, 'commit', '-qm', 'all');
    const index = readFileSync(path.join(rig.workspace, '.git/index'));
    assert.equal((await rig.run(['run', 'w', '--trust'])).code, 0);
    assert.equal(git(rig.workspace, 'status', '--porcelain', '--ignored'), '');
    assert.deepEqual(readFileSync(path.join(rig.workspace, '.git/index')), index);
  });
});
