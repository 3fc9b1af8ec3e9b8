import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Finding } from '../../../src/contract/findings.ts';
import { createAgent } from '../../../src/orchestrator/agents/bug-hunter/agent.ts';
import { callAgent, type AgentCall, type AskedOf } from '../../support/agent-rig.ts';
import { createRepository, git, writeTree } from '../../support/git-repository.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const handedOn = z.object({
  findings: z.array(z.strictObject({ file: z.string(), rule: z.string(), message: z.string() })),
  found: z.int(),
});
const SLIP = 'export function same(a) {\n  return a === a;\n}\n';

describe('AGENTS bug-hunter: odd files', function () {
  this.timeout(180_000);
  let folder: ReturnType<typeof tempFolder>;
  let root: string;
  beforeEach(() => {
    folder = tempFolder('bug-hunter-odd');
    root = join(folder.path, 'work');
    createRepository(root, {});
  });
  afterEach(() => folder.remove());

  const hunt = (asked: Partial<AskedOf> = {}): Promise<AgentCall> =>
    callAgent(createAgent(), root, { operation: 'hunt', ...asked });
  const findingsIn = ({ messages }: AgentCall): readonly Finding[] =>
    messages.flatMap((message) => (message.kind === 'finding' ? [message.finding] : []));

  it('looks at files whose names a tool could take for something else', async () => {
    const files = ['--fix.js', '-c.js', '--help/a.js', '!not.js', '[id]/(group)/a b ü.js', '日本"$(x).js'];
    writeTree(root, Object.fromEntries(files.map((file) => [file, SLIP])));
    const call = await hunt();
    assert.ok(call.outcome.ok, JSON.stringify(call.outcome));
    assert.deepEqual(
      findingsIn(call)
        .map(({ file, rule }) => `${file} ${rule}`)
        .sort(),
      files.map((file) => `${file} lint.no-self-compare`).sort(),
    );
  });

  it('points at the same place with and without a byte order mark', async () => {
    const text = "const ü = 'ü';\r\nif (ü) debugger;\r\n";
    writeTree(root, { 'plain.js': text, 'marked.js': `\uFEFF${text}` });
    const places = findingsIn(await hunt()).map(({ file, rule, range }) => ({ file, rule, range }));
    const of = (name: string): unknown =>
      places.filter(({ file }) => file === name).map(({ rule, range }) => ({ rule, range }));
    assert.deepEqual(of('marked.js'), of('plain.js'));
    assert.equal(places.length, 2);
  });

  it('says where a tsconfig cannot be read, though nothing else changed and the error shows on another line', async () => {
    createRepository(root, {
      'tsconfig.json': '{\n  // strict\n  "compilerOptions": {\n    "strict": true,\n  },\n}\n',
    });
    writeTree(root, { 'tsconfig.json': '{\n  // stricter\n  "compilerOptions": {\n    "strict": true,\n  },\n}\n' });
    const good = await hunt();
    assert.deepEqual(findingsIn(good), []);
    assert.equal(good.outcome.ok && good.outcome.summary, 'nothing found');
    writeTree(root, { 'tsconfig.json': '{\n  // stricter\n  "compilerOptions": {\n    "strict": true,\n  },\n' });
    const broken = await hunt();
    assert.deepEqual(
      findingsIn(broken).map(({ file, severity, rule }) => [file, severity, rule]),
      [['tsconfig.json', 'error', 'types.ts1005']],
    );
    assert.match(findingsIn(broken)[0]?.message ?? '', /'}' expected: tsconfig\.json cannot be read/);
  });

  it('is through in time with a file of thousands of slips', async () => {
    writeTree(root, { 'many.js': 'if (a === a) debugger;\n'.repeat(20_000) });
    assert.ok((await hunt()).outcome.ok);
  });

  it('says that a tsconfig could be read in part only', async () => {
    writeTree(root, { 'tsconfig.json': '{ "compilerOptions": { "strict": true, ', 'a.ts': 'export const a = 1;\n' });
    const { messages } = await hunt();
    assert.deepEqual(
      messages.flatMap((one) => (one.kind === 'not-checked' ? [`${one.what}: ${one.why}`] : [])),
      ["settings behind a syntax error in tsconfig.json: '}' expected. Correct it first."],
    );
  });

  it('calls a check without a command built in, whoever’s compiler it takes', async () => {
    writeTree(root, { 'a.ts': 'export const a = 1;\n', 'tsconfig.json': '{}', '.gitignore': 'node_modules\n' });
    mkdirSync(join(root, 'node_modules'));
    symlinkSync(join(import.meta.dirname, '../../../node_modules/typescript'), join(root, 'node_modules/typescript'));
    const tools = (await hunt()).messages.flatMap((one) =>
      one.kind === 'evidence' && one.evidence.command.length === 0 ? [one.evidence.tool] : [],
    );
    assert.deepEqual(tools, ['built in: types by the workspace’s TypeScript, tsconfig.json']);
  });

  it('hands its findings on to later steps, a hundred at most', async () => {
    writeTree(root, { 'many.js': 'if (a === a) debugger;\n'.repeat(150) });
    const { outcome } = await hunt();
    assert.ok(outcome.ok);
    const data = handedOn.parse(outcome.data);
    assert.deepEqual([data.findings.length, data.found], [100, 150]);
    assert.deepEqual(data.findings[0]?.file, 'many.js');
  });

  it('says that it does not look for slips in packed files', async () => {
    writeTree(root, { 'packed.js': 'if (a === a) debugger;'.repeat(40_000) });
    const { messages, outcome } = await hunt();
    assert.ok(outcome.ok);
    assert.deepEqual(
      messages.flatMap((one) => (one.kind === 'not-checked' ? [`${one.what}: ${one.why}`] : [])),
      ['lint and suspicious code in packed.js: it looks generated: very long lines'],
    );
  });

  it('goes on behind code that is nested too deeply for the compiler', async () => {
    writeTree(root, { 'deep.js': `export default a${'\n  .then((x) => x)'.repeat(8_000)};\n`, 'slip.js': SLIP });
    const call = await hunt();
    assert.ok(call.outcome.ok);
    assert.ok(call.messages.some((one) => one.kind === 'not-checked' && /nested too deeply/.test(one.why)));
    assert.deepEqual(
      findingsIn(call).map(({ file }) => file),
      ['slip.js'],
    );
  });

  describe('tools of other languages', () => {
    const path = process.env['PATH'] ?? '';
    afterEach(() => {
      process.env['PATH'] = path;
    });
    /** A program of this name that prints these lines on standard error. */
    function installed(name: string, lines: readonly string[], exitCode: number): void {
      const bin = join(folder.path, 'bin');
      const said = lines.map((line) => `${line}\n`).join('');
      writeTree(bin, {
        [`${name}.txt`]: said,
        [name]: `#!/bin/sh\ncase "$*" in *version*) echo "${name} 1.26.0"; exit 0;; esac\ncat "${bin}/${name}.txt" >&2\nexit ${String(exitCode)}\n`,
      });
      chmodSync(join(bin, name), 0o755);
      process.env['PATH'] = `${bin}:${path}`;
    }
    const gaps = ({ messages }: AgentCall): readonly string[] =>
      messages.flatMap((one) => (one.kind === 'not-checked' ? [`${one.what}: ${one.why}`] : []));

    it('reads all that go vet says', async () => {
      writeTree(root, { 'a.go': 'package a\n'.repeat(60) });
      installed(
        'go',
        ['# a', ...Array.from({ length: 50 }, (_, line) => `./a.go:${String(line + 1)}:1: self-assignment of a to a`)],
        1,
      );
      const call = await hunt();
      assert.equal(findingsIn(call).length, 50);
      assert.equal(findingsIn(call)[0]?.message, 'Self-assignment of a to a');
      assert.deepEqual(gaps(call), []);
    });

    it('says which languages it does not know', async () => {
      writeTree(root, { 'App.vue': '<script>debugger</script>', 'B.vue': '<p/>', 'a.rb': 'puts 1\n', 'notes.md': 'x' });
      const call = await hunt();
      const why = 'the bug hunter does not look into them yet';
      assert.deepEqual(gaps(call), [`2 Vue files: ${why}`, `1 Ruby file: ${why}`]);
      assert.ok(call.outcome.ok && call.outcome.nothingChecked === true);
    });

    it('never takes a tool that could not look for a clean answer', async () => {
      writeTree(root, { 'a.go': 'package a\n', 'sub/a.rs': 'fn main() {}\n' });
      installed('go', ['go: go.mod file not found in current directory or any parent directory'], 1);
      installed('cargo', ['error: could not find `Cargo.toml` in `/x` or any parent directory'], 101);
      const call = await hunt();
      assert.deepEqual(gaps(call), [
        'vet of 1 Go file: go vet could not look: go: go.mod file not found in current directory or any parent directory',
        'lint of 1 Rust file: cargo clippy could not look: error: could not find `Cargo.toml` in `/x` or any parent directory',
      ]);
      assert.ok(call.outcome.ok && call.outcome.nothingChecked === true);
    });
  });

  describe('files that the change removed', () => {
    const said = (call: AgentCall): readonly string[] =>
      findingsIn(call).map(({ rule, file, range }) => `${rule} ${file}:${String(range.start.line + 1)}`);
    beforeEach(() => {
      createRepository(root, {
        'src/user.ts': 'export const user = 1;\n',
        'src/a.js': "// import './user.js'\nimport { user } from './user.js';\nexport default user;\n",
        'src/b/c.ts': "import type { user } from '../user';\nexport type U = typeof user;\n",
        'src/lib.js': 'export const lib = 1;\n',
        'src/uses-lib.js': "export * from './lib.js';\n",
        'src/data.json': '{}',
        'src/d.js': "module.exports = require('./data.json');\n",
      });
    });

    it('says once who still imports a deleted file', async () => {
      unlinkSync(join(root, 'src/user.ts'));
      unlinkSync(join(root, 'src/data.json'));
      const call = await hunt();
      assert.deepEqual(said(call), ['imports.removed-file src/d.js:1', 'imports.removed-file src/a.js:2']);
      assert.deepEqual(
        findingsIn(call).map(({ missing }) => missing),
        [['src/data.json'], ['src/user.ts']],
      );
      assert.match(findingsIn(call)[1]?.message ?? '', /So do src\/b\/c\.ts:1\./);
      assert.ok(call.outcome.ok && call.outcome.nothingChecked !== true);
    });

    it('says the same of a renamed file, staged or not', async () => {
      renameSync(join(root, 'src/user.ts'), join(root, 'src/person.ts'));
      assert.deepEqual(said(await hunt()), ['imports.removed-file src/a.js:2']);
      git(root, 'add', '-A');
      assert.deepEqual(said(await hunt()), ['imports.removed-file src/a.js:2']);
    });

    it('is silent where another file answers the import, or nobody imports it', async () => {
      renameSync(join(root, 'src/lib.js'), join(root, 'src/lib.ts'));
      unlinkSync(join(root, 'src/uses-lib.js'));
      assert.deepEqual(said(await hunt()), []);
    });

    it('says it instead of what the compiler makes of it', async () => {
      writeTree(root, { 'tsconfig.json': '{"compilerOptions":{"strict":true,"types":[],"noEmit":true}}' });
      unlinkSync(join(root, 'src/a.js'));
      unlinkSync(join(root, 'src/user.ts'));
      const importing = "import type { user  } from '../user';\nexport type U = typeof user | 1;\n";
      writeTree(root, { 'src/b/c.ts': importing });
      assert.deepEqual(said(await hunt()), ['imports.removed-file src/b/c.ts:1']);
    });
  });
});
