// Runs the suites of the extension host (suite/*.test.ts) in a real VS Code through @vscode/test-electron: in the one that
// VSCODE_EXECUTABLE names, else in the host of scripts/vscode-host.ts.
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { runTests } from '@vscode/test-electron';
import { ensureVscodeHost } from '../../scripts/vscode-host.ts';
import { NOTHING, sumOf, type SuiteCount } from '../suite-count.ts';
import { HOSTED, socketsOf, type HostedResult } from './host/hosted.ts';
import { makeWorkspace } from './workspace.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** Inside the repository, so that the bundles find mocha. */
const BUNDLES = path.join(ROOT, '.vscode-test', `suite-${process.pid}`);

/** Characters of what VS Code said at last, shown after a failure. */
const TAIL = 4_000;

/** Every suite file gets a VS Code of its own: no suite sees what another left. Prints as it goes. */
export async function runHosted(files: readonly string[]): Promise<SuiteCount> {
  if (files.length === 0) return NOTHING;
  const counts: SuiteCount[] = [];
  try {
    if (process.env['VSCODE_EXECUTABLE'] === undefined) ensureVscodeHost();
    await bundle(files);
    for (const file of files) counts.push(await runFile(file));
  } catch (error) {
    process.stdout.write(`\n  ${(error as Error).message}\n`);
    counts.push({ ...NOTHING, failed: 1 });
  } finally {
    rmSync(BUNDLES, { recursive: true, force: true });
  }
  return sumOf(counts);
}

/** The suites whose path contains one of the words; all without any. */
export const hostedSuites = (wanted: readonly string[]): readonly string[] =>
  globSync('test/vscode/suite/*.test.ts', { cwd: ROOT })
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .sort();

async function bundle(files: readonly string[]): Promise<void> {
  mkdirSync(BUNDLES, { recursive: true });
  await build({
    entryPoints: ['test/vscode/suite/index.ts', ...files].map((file) => path.join(ROOT, file)),
    outdir: BUNDLES,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
}

async function runFile(file: string): Promise<SuiteCount> {
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'savepoint-vscode-')));
  const sockets = socketsOf(home);
  const results = listen(sockets.results);
  const started = performance.now();
  const output: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      output.push(chunk);
      done();
    },
  });
  let problem: string | null = null;
  process.stdout.write(`\n  ${file}\n`);
  try {
    const folder = await makeWorkspace({ folder: path.join(home, 'harbor-api'), home });
    const bundled = (name: string): string => path.join(BUNDLES, `${path.basename(name, '.ts')}.cjs`);
    await runTests({
      vscodeExecutablePath: process.env['VSCODE_EXECUTABLE'] ?? path.join(import.meta.dirname, 'host/executable.ts'),
      extensionDevelopmentPath: ROOT,
      extensionTestsPath: bundled('index.ts'),
      launchArgs: [folder, `--extensions-dir=${home}/extensions`, `--user-data-dir=${home}/user`],
      extensionTestsEnv: {
        PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH'] ?? ''}`,
        [HOSTED.home]: home,
        [HOSTED.results]: sockets.results,
        ...(process.env['VSCODE_EXECUTABLE'] === undefined ? { [HOSTED.page]: sockets.page } : {}),
        [HOSTED.files]: JSON.stringify([bundled(file)]),
        [HOSTED.cli]: path.join(ROOT, 'dist/savepoint.js'),
        SAVEPOINT_STATE_DIR: path.join(home, 'state'),
      },
      stdout: sink,
      stderr: sink,
    });
  } catch (error) {
    problem = (error as Error).message;
  }
  results.server.close();
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  const end = results.end();
  process.stdout.write(`    (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
  const ran = end !== null && end.passed + end.failed > 0;
  if (problem !== null || !ran) process.stdout.write(`${Buffer.concat(output).toString('utf8').slice(-TAIL)}\n`);
  // An exit code of 0 without a test is possible, and a failure.
  if (ran && (problem === null || end.failed > 0)) return end;
  process.stdout.write(`    ${problem ?? 'no test ran'}\n`);
  return { passed: end?.passed ?? 0, failed: (end?.failed ?? 0) + 1, pending: end?.pending ?? 0 };
}

function listen(socket: string): { readonly server: Server; end(): Extract<HostedResult, { kind: 'end' }> | null } {
  let end: Extract<HostedResult, { kind: 'end' }> | null = null;
  const server = createServer((connection) => {
    createInterface({ input: connection }).on('line', (line) => {
      const result = JSON.parse(line) as HostedResult;
      if (result.kind === 'end') end = result;
      else process.stdout.write(`    ${lineOf(result)}\n`);
    });
  }).listen(socket);
  return { server, end: () => end };
}

function lineOf({ state, title, durationMs, error }: Extract<HostedResult, { kind: 'test' }>): string {
  const mark = { passed: '✔', failed: '✖', pending: '-' }[state];
  const text = `${mark} ${title} (${durationMs} ms)`;
  return error === null ? text : `${text}\n      ${error.replaceAll('\n', '\n      ')}`;
}

if (import.meta.main) {
  execFileSync(process.execPath, [path.join(ROOT, 'scripts/build.ts')], { stdio: 'inherit' });
  const { passed, failed } = await runHosted(hostedSuites(process.argv.slice(2)));
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
