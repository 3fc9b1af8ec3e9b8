// A real VS Code for tests and for people on a machine without one: code-server (the real workbench and the real Node extension
// host) under .vscode-test, and a Chromium to show it. Installs what is missing: once, about three minutes, 1 GB.
// `node scripts/setup.mjs scripts/vscode-host.ts` does only that.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

/** code-server's number is VS Code's, less 3 in front: this one holds VS Code 1.139.1. */
const CODE_SERVER = '4.139.1';
const ROOT = path.dirname(import.meta.dirname);
const CACHE = path.join(ROOT, '.vscode-test');
const FOLDER = path.join(CACHE, 'host');
const VSCODE = 'node_modules/code-server/lib/vscode';
/** Modules that are compiled or chosen for the machine while installing; without any of them the server does not work. */
const NATIVE = ['@vscode/spdlog', '@parcel/watcher', 'node-pty', 'kerberos'];
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** The second half is what compiling the native modules takes. */
const DEBIAN = ['chromium', 'libkrb5-dev', 'build-essential', 'python3', 'pkg-config'];

/** What to do about a host that cannot be set up. */
export const INSTALL_COMMAND = 'node scripts/setup.mjs scripts/vscode-host.ts';

export interface VscodeHost {
  /** The server's main file, for a Node 24. */
  readonly server: string;
  /** An executable Chromium. */
  readonly chromium: string;
}

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** SAVEPOINT_CHROMIUM, then the PATH, then where macOS and playwright keep theirs. */
function findChromium(): string | undefined {
  const named = process.env['SAVEPOINT_CHROMIUM'];
  if (named !== undefined) return named;
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return [
    ...BROWSERS.flatMap((name) => folders.map((folder) => path.join(folder, name))),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    chromium.executablePath(),
  ].find(isExecutable);
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): void {
  const { status, error } = spawnSync(command, args, { env, stdio: ['ignore', 2, 2] });
  if (error || status !== 0) {
    throw new Error(`${[command, ...args].join(' ')} ${error ? error.message : `ended with exit code ${status}`}`);
  }
}

/** As root on Debian and its kin; everybody else is told. */
function installPackages(packages: readonly string[]): void {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(`not installed here: ${packages.join(', ')}. Install them with your package manager`);
  }
  say(`Installing ${packages.join(', ')}…`);
  run('apt-get', ['update', '-qq']);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    ...process.env,
    DEBIAN_FRONTEND: 'noninteractive',
  });
}

/** Loads what was compiled in a process of its own: a half install, or one for another Node, does not pass. */
function works(folder: string): boolean {
  const vscode = path.join(folder, VSCODE);
  if (!existsSync(path.join(vscode, 'out/server-main.js'))) return false;
  const load = NATIVE.map((name) => `require(${JSON.stringify(path.join(vscode, 'node_modules', name))});`).join('');
  return spawnSync(process.execPath, ['-e', load], { stdio: 'ignore' }).status === 0;
}

const stampOf = (folder: string): string => path.join(folder, `code-server-${CODE_SERVER}-node-${process.version}`);

/** What an install left that was cut off; one that is under way stays. */
function removeCutOff(): void {
  for (const name of readdirSync(CACHE)) {
    const pid = /^host\.partial-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(path.join(CACHE, name), { recursive: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** What `npm test` says of its own npm, and of the Node below it, is not true of the one that installs. */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_/i.test(name)));
}

/** Beside its place, and moved there when it works: what is in place is whole. */
function installServer(): void {
  mkdirSync(CACHE, { recursive: true });
  removeCutOff();
  const partial = path.join(CACHE, `host.partial-${process.pid}`);
  say(`Installing code-server ${CODE_SERVER} into .vscode-test (once, about three minutes)…`);
  mkdirSync(partial);
  try {
    writeFileSync(
      path.join(partial, 'package.json'),
      JSON.stringify({ private: true, allowScripts: { 'code-server': true, argon2: true } }),
    );
    run(
      'npm',
      ['install', '--prefix', partial, '--no-fund', '--no-audit', '--loglevel=error', `code-server@${CODE_SERVER}`],
      {
        ...withoutNpm(process.env),
        PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH'] ?? ''}`,
        npm_config_unsafe_perm: 'true',
        npm_config_save_exact: 'true',
      },
    );
    if (!works(partial)) throw new Error('its native modules were not built: build tools or libkrb5-dev are missing');
    writeFileSync(stampOf(partial), '');
    rmSync(FOLDER, { recursive: true, force: true });
    renameSync(partial, FOLDER);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** The host, installed where it is missing. Throws with what is wrong and the command that sets it up. */
export function ensureVscodeHost(): VscodeHost {
  try {
    const complete = existsSync(stampOf(FOLDER));
    const lacking =
      findChromium() === undefined ? DEBIAN : complete || existsSync('/usr/include/krb5.h') ? [] : DEBIAN.slice(1);
    if (lacking.length > 0 && process.platform === 'linux') installPackages(lacking);
    const browser = findChromium();
    if (browser === undefined) throw new Error('no Chromium or Chrome was found; SAVEPOINT_CHROMIUM can name one');
    if (!complete) installServer();
    return { server: path.join(FOLDER, VSCODE, 'out/server-main.js'), chromium: browser };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`VS Code for the tests cannot be set up: ${why}. Then: ${INSTALL_COMMAND}`, { cause: error });
  }
}

if (import.meta.main) {
  try {
    const host = ensureVscodeHost();
    say(`VS Code ${CODE_SERVER} and ${host.chromium} are ready.`);
  } catch (error) {
    say((error as Error).message);
    process.exitCode = 1;
  }
}
