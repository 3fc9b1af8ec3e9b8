import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentMessage, AgentOutcome } from '../../../src/contract/agents.ts';
import type { Finding } from '../../../src/contract/findings.ts';
import { createAgent } from '../../../src/orchestrator/agents/bug-hunter/agent.ts';
import { createNodeEnv } from '../../../src/orchestrator/host/node-env.ts';
import { createProcesses } from '../../../src/orchestrator/process/create-processes.ts';
import { createGroups } from '../../../src/orchestrator/process/groups.ts';
import { createWorkspace } from '../../../src/orchestrator/workspace/create-workspace.ts';
import type { ScopeRequest } from '../../../src/orchestrator/workspace/workspace.ts';
import { createRepository, writeTree } from '../../support/git-repository.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const TSCONFIG = JSON.stringify({
  compilerOptions: { strict: true, module: 'nodenext', target: 'es2023', types: [] },
  include: ['src'],
});
const USER = 'export interface User {\n  name: string;\n  age: number;\n}\n';
const GREET =
  "import type { User } from './user.ts';\nexport const greet = (user: User): string => `hello ${user.name}`;\n";
/** The repository's own modules: what a workspace of the tests has installed. */
const MODULES = join(import.meta.dirname, '../../../node_modules');

interface Hunted {
  readonly outcome: AgentOutcome;
  readonly findings: readonly Finding[];
  readonly messages: readonly AgentMessage[];
  readonly notChecked: readonly string[];
}

describe('AGENTS bug-hunter: hunt', function () {
  this.timeout(120_000);
  let folder: ReturnType<typeof tempFolder>;
  let root: string;
  const agent = createAgent();

  beforeEach(() => {
    folder = tempFolder('bug-hunter');
    root = join(folder.path, 'work');
  });
  afterEach(() => folder.remove());

  async function hunt({
    signal = new AbortController().signal,
    ...request
  }: ScopeRequest & { readonly signal?: AbortSignal } = {}): Promise<Hunted> {
    const state = join(folder.path, 'state');
    mkdirSync(join(state, 'agents'), { recursive: true });
    const env = createNodeEnv({ version: '0.0.0-test' });
    const processes = createProcesses({
      groups: createGroups({ ...env, folder: join(state, 'groups') }),
      clock: env.clock,
    });
    const workspace = createWorkspace({ root, stateDir: state, files: env.files, host: env.host });
    const scope = await workspace.scope(request);
    assert.ok(scope.ok);
    const messages: AgentMessage[] = [];
    const operation = agent.operations['hunt'];
    assert.ok(operation);
    const outcome = await operation(
      {
        run: 'r',
        step: 's',
        attempt: 1,
        idempotencyKey: 'k',
        workspace: root,
        stateDir: state,
        agent: 'bug-hunter',
        operation: 'hunt',
        scope: scope.value,
        with: {},
        needs: {},
      },
      {
        workspace,
        processes,
        clock: env.clock,
        signal,
        emit: (message) => messages.push(message),
        history: async () => ({ tests: {}, steps: {} }),
        exclusive: async () => () => undefined,
        mask: (text) => text,
        node: { path: process.execPath, version: process.version },
      },
    );
    await processes.close();
    return {
      outcome,
      messages,
      findings: messages.flatMap((message) => (message.kind === 'finding' ? [message.finding] : [])),
      notChecked: messages.flatMap((message) =>
        message.kind === 'not-checked' ? [`${message.what}: ${message.why}`] : [],
      ),
    };
  }

  const places = (found: readonly Finding[]): readonly string[] =>
    found.map(({ rule, file, range }) => `${rule} ${file}:${String(range.start.line + 1)}`);

  describe('types', () => {
    it('says a new error on a changed line, and only counts one that was there before', async () => {
      createRepository(root, {
        'tsconfig.json': TSCONFIG,
        'src/user.ts': USER,
        'src/a.ts': 'export const old: number = "x";\nexport const b = 1;\n',
      });
      writeTree(root, { 'src/a.ts': 'export const old: number = "x";\nexport const b: string = 1;\n' });
      const { outcome, findings } = await hunt();
      assert.deepEqual(places(findings), ['types.ts2322 src/a.ts:2']);
      assert.ok(outcome.ok);
      assert.equal(outcome.older, 1);
      assert.match(outcome.summary, /1 finding/);
    });

    it('groups what the change breaks in files that did not change, on the line that broke it', async () => {
      createRepository(root, {
        'tsconfig.json': TSCONFIG,
        'src/user.ts': USER,
        'src/greet.ts': GREET,
        'src/more.ts': GREET,
      });
      writeTree(root, { 'src/user.ts': USER.replace('name: string', 'fullName: string') });
      const { findings } = await hunt();
      assert.deepEqual(places(findings), ['types.breaks-others src/user.ts:2']);
      assert.match(findings[0]?.message ?? '', /2 places.*src\/greet\.ts:2.*src\/more\.ts:2/);
    });

    it('says so as well where a file that it breaks is looked at again, unchanged', async () => {
      createRepository(root, { 'tsconfig.json': TSCONFIG, 'src/user.ts': USER, 'src/greet.ts': GREET });
      writeTree(root, { 'src/user.ts': USER.replace('name: string', 'fullName: string') });
      const { findings } = await hunt({ within: ['src/user.ts'], also: ['src/greet.ts'] });
      assert.deepEqual(places(findings), ['types.breaks-others src/user.ts:2']);
      assert.match(findings[0]?.message ?? '', /one place that did not change\. src\/greet\.ts:2/);
    });

    it('is silent about dependents when only the inside of a function changes', async () => {
      createRepository(root, { 'tsconfig.json': TSCONFIG, 'src/user.ts': USER, 'src/greet.ts': GREET });
      writeTree(root, { 'src/greet.ts': GREET.replace('hello', 'hi') });
      const { outcome, findings } = await hunt();
      assert.deepEqual(findings, []);
      assert.ok(outcome.ok && outcome.summary === 'nothing found');
    });

    it('finds the project that really includes the file behind a root tsconfig with `files: []`', async () => {
      createRepository(root, {
        'tsconfig.json': '{ "files": [], "references": [{ "path": "./packages/one" }] }',
        'packages/one/tsconfig.json':
          '{ "compilerOptions": { "strict": true, "composite": true, "types": [] }, "include": ["."] }',
        'packages/one/a.ts': 'export const a = 1;\n',
      });
      writeTree(root, { 'packages/one/a.ts': 'export const a: string = 1;\n' });
      const { findings, messages } = await hunt();
      assert.deepEqual(places(findings), ['types.ts2322 packages/one/a.ts:1']);
      assert.ok(
        messages.some(
          (message) => message.kind === 'evidence' && /packages\/one\/tsconfig\.json/.test(message.evidence.tool),
        ),
      );
    });

    it('does not mind files outside `rootDir`, which says where output goes', async () => {
      createRepository(root, {
        'tsconfig.json':
          '{ "compilerOptions": { "strict": true, "module": "nodenext", "types": [], "rootDir": "src", "outDir": "out" } }',
        'src/user.ts': USER,
        'test/help.ts': 'export const help = 1;\n',
      });
      writeTree(root, {
        'test/user.test.ts': "import { help } from './help.js';\nexport const wrong: string = help;\n",
      });
      const { findings } = await hunt();
      assert.deepEqual(
        findings.map(({ rule, range }) => [rule, range.start.line]),
        [['types.ts2322', 1]],
      );
    });

    it('says that types were not checked where no tsconfig includes the file, and still finds syntax errors', async () => {
      createRepository(root, { 'a.ts': 'export const a = 1;\n' });
      writeTree(root, { 'a.ts': 'export const a: string = 1;\n', 'b.ts': 'export const b = (;\n' });
      const { findings, notChecked } = await hunt();
      assert.deepEqual(
        findings.map(({ file }) => file),
        ['b.ts'],
      );
      assert.match(notChecked.join('\n'), /types of 2 TypeScript files: no tsconfig\.json includes them/);
    });

    it('drops what only follows from missing dependencies, and keeps what does not', async () => {
      createRepository(root, {
        'tsconfig.json': TSCONFIG,
        'package.json': '{ "dependencies": { "left": "1.0.0" } }',
        'src/a.ts': 'export const a = 1;\n',
      });
      writeTree(root, {
        'src/a.ts':
          "import { Base, on } from 'left';\nexport class A extends Base { f() { return this.missing; } }\non('x', (e) => e);\nexport const n: number = 'text';\n",
      });
      const { findings, notChecked } = await hunt();
      assert.deepEqual(places(findings), ['types.ts2322 src/a.ts:4']);
      assert.equal(findings[0]?.confidence, 'possible');
      assert.match(notChecked.join('\n'), /types checked without dependencies/);
    });

    describe('when what it loaded for the look before is used again', () => {
      it('knows a package that was installed meanwhile, although no source changed', async () => {
        createRepository(root, {
          'tsconfig.json': TSCONFIG,
          'package.json': '{ "dependencies": { "left": "1.0.0" } }',
          '.gitignore': 'node_modules\n',
          'src/a.ts': 'export const a = 1;\n',
        });
        writeTree(root, { 'src/a.ts': "import { two } from 'left';\nexport const n: string = two;\n" });
        const before = await hunt();
        assert.match(before.notChecked.join('\n'), /types checked without dependencies/);
        writeTree(root, {
          'node_modules/left/package.json': '{ "name": "left", "types": "index.d.ts" }',
          'node_modules/left/index.d.ts': 'export declare const two: number;\n',
        });
        const { findings, notChecked } = await hunt();
        assert.deepEqual(places(findings), ['types.ts2322 src/a.ts:2']);
        assert.deepEqual(notChecked, []);
      });

      it('goes by the settings as they are now', async () => {
        const settings = JSON.parse(TSCONFIG) as { readonly compilerOptions: object };
        const lenient = JSON.stringify({
          ...settings,
          compilerOptions: { ...settings.compilerOptions, strict: false },
        });
        createRepository(root, { 'tsconfig.json': lenient, 'src/a.ts': 'export const a = 1;\n' });
        writeTree(root, { 'src/a.ts': 'export const a = (b) => b as number;\n' });
        assert.deepEqual((await hunt()).findings, []);
        spawnSync('git', ['commit', '--quiet', '--allow-empty', '-m', 'settings'], { cwd: root });
        writeTree(root, { 'tsconfig.json': TSCONFIG });
        assert.deepEqual(places((await hunt()).findings), ['types.ts7006 src/a.ts:1']);
      });
    });

    it('lets the workspace’s TypeScript 7 have the last word, by its own tsc', async () => {
      createRepository(root, {
        '.gitignore': 'node_modules\n',
        'tsconfig.json': TSCONFIG,
        'src/a.ts': 'export const a = 1;\nexport const b = 2;\n',
      });
      writeTree(root, {
        'node_modules/typescript/package.json':
          '{ "name": "typescript", "version": "7.0.2", "bin": { "tsc": "./bin/tsc" } }',
        'node_modules/typescript/bin/tsc':
          'console.log(`src/a.ts(1,14): error TS2322: not assignable`); process.exit(2);\n',
        'src/a.ts': 'export const a: string = 1;\nexport const b: string = 2;\n',
      });
      const { findings, messages } = await hunt();
      assert.deepEqual(places(findings), ['types.ts2322 src/a.ts:1']);
      const versions = messages.flatMap((message) => (message.kind === 'evidence' ? [message.evidence.version] : []));
      assert.ok(versions.includes('7.0.2'));
    });
  });

  describe('suspicious code', () => {
    it('says a dropped await in plain JavaScript, on the changed line only', async () => {
      const code = 'export async function load(db) {\n  const user = await db.find(1);\n  return user.name;\n}\n';
      createRepository(root, { 'a.js': code });
      writeTree(root, { 'a.js': code.replace('await ', '') });
      assert.deepEqual(places((await hunt()).findings), ['promise.dropped a.js:2']);
    });

    it('tells what a change took away although no line was added', async () => {
      const code =
        'interface Out { close(): void; write(s: string): void }\nexport function f(out: Out) {\n  out.write("a");\n  out.close();\n}\n';
      createRepository(root, { 'tsconfig.json': TSCONFIG, 'src/a.ts': code });
      writeTree(root, { 'src/a.ts': code.replace('  out.close();\n', '') });
      assert.deepEqual(places((await hunt()).findings), ['resource.only-close-removed src/a.ts:2']);
    });

    it('is silenced by a comment with a reason', async () => {
      createRepository(root, { 'a.js': '' });
      writeTree(root, {
        'a.js':
          'export const f = (xs) => {\n  // savepoint-ignore condition.same-operands: asks for NaN\n  return xs.a < xs.a;\n};\n',
      });
      assert.deepEqual((await hunt()).findings, []);
    });
  });

  describe('lint', () => {
    it('runs the linter that ships with Savepoint without any configuration, once a slip', async () => {
      createRepository(root, { 'a.js': 'export const f = (a) => a;\n' });
      writeTree(root, { 'a.js': 'export const f = (a) => {\n  if (a = 1) return 2;\n  return a;\n};\n' });
      const { findings } = await hunt();
      assert.deepEqual(places(findings), ['lint.no-cond-assign a.js:2']);
      assert.match(findings[0]?.help ?? '', /^https:/);
    });

    it('says what oxlint would write, and leaves the file alone', async () => {
      createRepository(root, { 'a.js': 'export const none = (a) => a;\n' });
      const text = 'export const none = (a) => a;\nexport const nan = (a) => a == NaN;\n';
      writeTree(root, { 'a.js': text });
      const { findings } = await hunt();
      assert.deepEqual(places(findings), ['lint.use-isnan a.js:2']);
      assert.deepEqual(findings[0]?.edit, [
        { range: { start: { line: 1, character: 26 }, end: { line: 1, character: 34 } }, newText: 'isNaN(a)' },
      ]);
      assert.equal(readFileSync(join(root, 'a.js'), 'utf8'), text);
    });

    it('leaves as evidence only commands that can be run again', async () => {
      createRepository(root, {
        '.gitignore': 'node_modules\n',
        'eslint.config.mjs': "export default [{ files: ['b.js'], rules: { 'no-cond-assign': 'warn' } }];\n",
        'a.js': 'export const f = (a) => a;\n',
        'b.js': 'export const g = (b) => b;\n',
      });
      mkdirSync(join(root, 'node_modules'));
      symlinkSync(join(MODULES, 'eslint'), join(root, 'node_modules/eslint'));
      for (const name of ['a', 'b'])
        writeTree(root, { [`${name}.js`]: `export const f = (x) => {\n  if (x = 1) return 2;\n  return x;\n};\n` });
      const { findings, messages } = await hunt();
      assert.equal(findings.length, 2);
      const commands = messages.flatMap((one) =>
        one.kind === 'evidence' && one.evidence.command.length > 0 ? [one.evidence] : [],
      );
      assert.equal(commands.length, 2, 'one of each linter, none of the base');
      for (const { command, cwd, exitCode } of commands)
        assert.equal(spawnSync(command[0] ?? '', command.slice(1), { cwd }).status, exitCode);
    });

    it('runs the workspace’s own ESLint with its severities, and says nothing twice', async () => {
      createRepository(root, {
        '.gitignore': 'node_modules\n',
        'eslint.config.mjs': "export default [{ rules: { 'no-cond-assign': 'warn', 'no-var': 'error' } }];\n",
        'a.js': 'var old = 1;\nexport const f = (a) => a + old;\n',
      });
      mkdirSync(join(root, 'node_modules'));
      symlinkSync(join(MODULES, 'eslint'), join(root, 'node_modules/eslint'));
      writeTree(root, {
        'a.js': 'var old = 1;\nexport const f = (a) => {\n  if (a = old) return 2;\n  return a;\n};\n',
      });
      const { findings, outcome } = await hunt();
      assert.deepEqual(
        findings.map(({ rule, severity }) => `${rule} ${severity}`),
        ['lint.no-cond-assign warning'],
      );
      assert.ok(outcome.ok);
      assert.equal(outcome.older, 1);
    });

    it('fails with command, exit code and last lines when ESLint breaks, and keeps the other findings', async () => {
      createRepository(root, {
        '.gitignore': 'node_modules\n',
        'eslint.config.mjs': "throw new Error('broken config');\n",
        'a.js': '',
      });
      mkdirSync(join(root, 'node_modules'));
      symlinkSync(join(MODULES, 'eslint'), join(root, 'node_modules/eslint'));
      writeTree(root, { 'a.js': 'export const f = (a) => {\n  if (a = 1) return 2;\n};\n' });
      const { outcome, findings } = await hunt();
      assert.ok(!outcome.ok);
      assert.equal(outcome.error.code, 'exit');
      assert.equal(outcome.error.exitCode, 2);
      assert.match(outcome.error.lastLines?.join('\n') ?? '', /broken config/);
      assert.deepEqual(places(findings), ['lint.no-cond-assign a.js:2']);
    });

    it('says how to get a linter that is configured and not installed', async () => {
      createRepository(root, { 'biome.json': '{}', 'pnpm-lock.yaml': '', 'a.js': '' });
      writeTree(root, { 'a.js': 'export const a = 1;\n' });
      assert.match(
        (await hunt()).notChecked.join('\n'),
        /lint by biome \(biome\.json\): @biomejs\/biome is not installed. Run pnpm install/,
      );
    });
  });

  it('says what it does not look at: other languages without their tools', async () => {
    createRepository(root, { 'a.py': '' });
    writeTree(root, { 'a.py': 'import os\n' });
    const { notChecked, outcome } = await hunt();
    assert.match(notChecked.join('\n'), /1 Python file: ruff is not installed/);
    assert.ok(outcome.ok && outcome.nothingChecked === true);
  });

  it('looks at everything with --all, also without git', async () => {
    mkdirSync(root);
    writeTree(root, { 'a.js': 'export const f = (a) => {\n  if (a = 1) return 2;\n};\n' });
    chmodSync(join(root, 'a.js'), 0o644);
    assert.deepEqual(places((await hunt({ all: true })).findings), ['lint.no-cond-assign a.js:2']);
  });

  it('stops when it is told to', async () => {
    createRepository(root, { 'a.js': '' });
    writeTree(root, { 'a.js': 'export const a = 1;\n' });
    const { outcome } = await hunt({ signal: AbortSignal.abort() });
    assert.ok(!outcome.ok && outcome.error.code === 'cancelled');
  });
});
