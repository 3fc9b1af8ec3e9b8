import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import type * as z from 'zod';
import { problemsOf, VSIX } from '../../scripts/lib/listing.ts';
import { checkLine, resultLine } from '../../src/contract/commands/lines.ts';
import { copySample } from '../samples/copy-sample.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { unzip } from '../support/unzip.ts';

const root = path.resolve(import.meta.dirname, '../..');
const SOURCES = path.join(root, 'src/orchestrator/host/savepoint.ts');
type Result = z.infer<typeof resultLine>;

describe('the .vsix', function () {
  this.timeout(240_000);
  // Not below the repository: nothing of its node_modules can be reached from here.
  const away = tempFolder('package');
  const workspace = path.join(away.path, 'harbor');
  let fromSources: Result;

  before(async () => {
    await copySample({ sample: 'harbor', variant: 'planted', into: workspace });
    fromSources = check(SOURCES);
  });
  after(() => away.remove());

  /** Packs what the last build made, and unpacks it again. */
  function pack(target: string | null): {
    readonly vsix: string;
    readonly files: readonly string[];
    readonly cli: string;
  } {
    const name = target ?? 'own';
    const vsix = path.join(away.path, `${name}.vsix`);
    const options = target === null ? [] : ['--target', target];
    node(path.join(root, 'scripts/package.ts'), '--no-build', '--out', vsix, ...options);
    const into = path.join(away.path, name);
    return { vsix, files: unzip(vsix, into), cli: path.join(into, 'extension/dist/savepoint.js') };
  }

  function node(...args: readonly string[]): string {
    const env = { ...process.env, SAVEPOINT_STATE_DIR: path.join(away.path, 'state'), NODE_OPTIONS: '', NODE_PATH: '' };
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: away.path, env, encoding: 'utf8' });
    assert.equal(status, 0, `${args.join(' ')}\n${stderr}`);
    return stdout;
  }

  function check(cli: string): Result {
    const call = ['run', 'on-save-checks', '--workspace', workspace, '--json', '--no-cache', '--fail-on', 'never'];
    const last =
      node(cli, ...call)
        .trimEnd()
        .split('\n')
        .at(-1) ?? '';
    return resultLine.parse(JSON.parse(last));
  }

  it('of this machine holds what runs and nothing else, in 40 MB, and finds what the sources find', () => {
    const { vsix, files, cli } = pack(null);
    assert.deepEqual(problemsOf(ownNames(files), VSIX), []);
    assert.ok(statSync(vsix).size <= 40e6);
    const found = check(cli);
    assert.deepEqual(summary(found), summary(fromSources));
    assert.ok(
      found.findings.some(({ rule }) => rule.startsWith('lint.')),
      'the linter spoke',
    );
    assert.ok(
      found.findings.some(({ rule }) => rule.startsWith('types.')),
      'the compiler spoke',
    );
  });

  it('for no platform has no native code, finds the rest, and says what is lost', () => {
    const { files, cli } = pack('universal');
    const native = files.filter((file) => file.endsWith('.node'));
    assert.deepEqual(native, []);
    const allowed = problemsOf(ownNames(files), { ...VSIX, needed: [] });
    assert.deepEqual(allowed, []);

    const found = check(cli);
    const rest = summary(fromSources).findings.filter(([, rule]) => !rule.startsWith('lint.'));
    assert.deepEqual(summary(found).findings, rest);
    assert.equal(found.tests.selected, found.tests.total);
    const lost = found.notChecked.map(({ what, why }) => `${what}: ${why}`).join('\n');
    assert.match(lost, /^lint: .*native parts/m);
    assert.match(lost, /^which tests the change reaches: all tests run: /m);

    const checks = node(cli, 'doctor', '--workspace', workspace, '--json')
      .trimEnd()
      .split('\n')
      .map((line) => checkLine.parse(JSON.parse(line)));
    const warnings = checks.filter(({ status }) => status === 'warning').map(({ message }) => message);
    assert.ok(
      warnings.some((message) => message.startsWith('lint is not checked')),
      warnings.join('\n'),
    );
    assert.ok(
      warnings.some((message) => message.startsWith('All tests run')),
      warnings.join('\n'),
    );
  });
});

/** Names below `extension/` as the repository has them: vsce renames three of them. */
function ownNames(files: readonly string[]): readonly string[] {
  const renamed: Readonly<Record<string, string>> = {
    'readme.md': 'README.md',
    'changelog.md': 'CHANGELOG.md',
    'LICENSE.txt': 'LICENSE',
  };
  return files
    .filter((file) => file !== 'extension.vsixmanifest' && file !== '[Content_Types].xml')
    .map((file) => file.replace(/^extension\//, ''))
    .map((file) => renamed[file] ?? file);
}

/** What does not depend on where and when it ran. */
function summary({ status, findings, tests }: Result): {
  readonly status: string;
  readonly findings: readonly (readonly [file: string, rule: string, line: number])[];
  readonly tests: readonly number[];
} {
  return {
    status,
    findings: findings
      .map(({ file, rule, range }) => [file, rule, range.start.line] as const)
      .toSorted((a, b) => a.join(' ').localeCompare(b.join(' '))),
    tests: [tests.passed, tests.failed, tests.selected],
  };
}
