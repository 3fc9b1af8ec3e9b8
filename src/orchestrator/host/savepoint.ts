#!/usr/bin/env node
// The command line's first file. It must load in any Node, because its job is to find one that is new enough.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** node:sqlite, whose locks Savepoint relies on, needs no flag from here on. */
const OLDEST = [22, 13] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) await start();
else startUnderInstalledNode();

async function start(): Promise<void> {
  module.enableCompileCache();
  quietExperiments();
  dieWithLauncher();
  const { main } = await import('./cli.ts');
  await main(process.argv.slice(2));
}

/** On Node 22 SQLite calls itself experimental at every start: nothing a user could act on. */
function quietExperiments(): void {
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') process.stderr.write(`${warning.name}: ${warning.message}\n`);
  });
}

/** Started by an older Node (below): when that is killed, so is this, as if the two were one process. */
function dieWithLauncher(): void {
  if (process.env['SAVEPOINT_LAUNCHED'] === undefined) return;
  delete process.env['SAVEPOINT_LAUNCHED'];
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel?.unref();
}

function startUnderInstalledNode(): void {
  const node = installedNode();
  if (node === null) {
    const message = `Savepoint needs Node ${OLDEST.join('.')} or newer; this is ${process.versions.node}. Install it, or: npm install node@24`;
    if (process.argv.includes('--json')) {
      process.stdout.write(`${JSON.stringify({ kind: 'error', code: 'node-version', message, data: null })}\n`);
    } else process.stderr.write(`${message}\n`);
    process.exitCode = 2;
    return;
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, SAVEPOINT_LAUNCHED: '1' },
  });
  // A terminal sends Ctrl+C to both of us; what is sent to this process alone is handed on.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  child.on('error', (error) => {
    process.stderr.write(`${node} could not be started: ${error.message}\n`);
    process.exitCode = 2;
  });
  child.on('exit', (code, signal) => {
    if (signal) process.kill(process.pid, signal);
    else process.exitCode = code ?? 1;
  });
}

/** The program of the npm package `node`, in a node_modules folder above this file or above the current folder. */
function installedNode(): string | null {
  for (const from of [path.dirname(fileURLToPath(import.meta.url)), process.cwd()]) {
    for (let folder = from; ; folder = path.dirname(folder)) {
      const home = path.join(folder, 'node_modules', 'node');
      const program = path.join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
      if (existsSync(program) && newEnough(path.join(home, 'package.json'))) return program;
      if (path.dirname(folder) === folder) break;
    }
  }
  return null;
}

function newEnough(manifest: string): boolean {
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string };
  const [itsMajor = 0, itsMinor = 0] = version.split('.').map(Number);
  return itsMajor > OLDEST[0] || (itsMajor === OLDEST[0] && itsMinor >= OLDEST[1]);
}
