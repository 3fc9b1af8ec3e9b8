import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensureVscodeHost } from '../../../scripts/vscode-host.ts';
import { isAlive } from '../../support/is-alive.ts';
import { eventually } from '../../support/eventually.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const START_MS = 60_000;
const END_MS = 30_000;

/** The same start for everybody: nothing opens, saves or talks by itself, and no AI features are in the picture. */
const SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'files.autoSave': 'off',
  'git.openRepositoryInParentFolders': 'never',
  'git.autofetch': false,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
};

export interface ServeOptions {
  /** An empty folder for everything of this VS Code: HOME, settings, extensions, logs, Savepoint's state. */
  readonly home: string;
  /** Default true: the work tree's build, as if its package were installed. */
  readonly installed?: boolean;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Default false: every folder is trusted. */
  readonly asksForTrust?: boolean;
  /** What makes a built workbench run extension tests. */
  readonly runsTests?: boolean;
}

export interface ServedVscode {
  readonly url: string;
  readonly pid: number;
  /** What SAVEPOINT_STATE_DIR says. */
  readonly stateHome: string;
  /** Where the server ended by itself. */
  readonly ended: Promise<number | null>;
  /** Process ids of the extension hosts that live, oldest first. */
  extensionHosts(): readonly number[];
  /** Over what was there; VS Code takes it over at once. */
  setSettings(settings: Readonly<Record<string, unknown>>): void;
  /** Text of the newest log of this name, such as `Savepoint` or `remoteexthost`; empty where there is none. */
  log(name: string): string;
  /** Ends it; fails when a process of it is left. */
  stop(): Promise<void>;
}

/** Oldest first, by when they began: numbers begin anew now and then. */
const childrenOf = (parent: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const fields = statOf(Number(name));
      return Number(fields[1]) === parent ? [{ pid: Number(name), began: Number(fields[19]) }] : [];
    })
    .sort((a, b) => a.began - b.began)
    .map(({ pid }) => pid);

/** State, parent and so on of a process (`man proc_pid_stat`, from field 3); empty where there is none. */
function statOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return [];
  }
}

/** The process and everything below it, parents first. */
export const treeOf = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(treeOf)];

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
};

/** Serves VS Code on a free port of this machine. */
export async function serveVscode(options: ServeOptions): Promise<ServedVscode> {
  const { server } = ensureVscodeHost();
  const data = path.join(options.home, 'vscode');
  const extensions = path.join(data, 'extensions');
  const stateHome = path.join(options.home, 'state');
  for (const folder of [extensions, path.join(data, 'data/User')]) mkdirSync(folder, { recursive: true });
  if (options.installed ?? true) installWorkTree(extensions);
  let settings: Readonly<Record<string, unknown>> = {};
  const setSettings = (more: Readonly<Record<string, unknown>>): void => {
    settings = { ...settings, ...more };
    writeFileSync(path.join(data, 'data/User/settings.json'), JSON.stringify(settings, null, 2));
  };
  setSettings({ ...SETTINGS, ...options.settings });
  const child = spawn(
    process.execPath,
    [
      server,
      ...['--host', '127.0.0.1', '--port', '0', '--without-connection-token', '--accept-server-license-terms'],
      ...['--telemetry-level', 'off', '--server-data-dir', data, '--extensions-dir', extensions],
      ...(options.asksForTrust ? [] : ['--disable-workspace-trust']),
      ...(options.runsTests ? ['--enable-smoke-test-driver'] : []),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...environment(options.home), SAVEPOINT_STATE_DIR: stateHome, ...options.env },
    },
  );
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const url = await addressOf(child, ended);
  const pid = child.pid ?? 0;
  return {
    url,
    pid,
    stateHome,
    ended,
    extensionHosts: () => childrenOf(pid).filter((one) => commandOf(one).includes('--type=extensionHost')),
    setSettings,
    log: (name) => newestLog(path.join(data, 'data/logs'), name),
    async stop() {
      const tree = treeOf(pid);
      child.kill('SIGTERM');
      const left = (): number[] => tree.filter(isAlive);
      await eventually('every process of VS Code has ended', () => left().length === 0, END_MS).catch(
        (error: unknown) => {
          const names = left().map((one) => `${one} ${commandOf(one)}`);
          for (const one of left()) process.kill(one, 'SIGKILL');
          throw new Error(`left running:\n${names.join('\n')}`, { cause: error });
        },
      );
    },
  };
}

/** The extensions folder holds a link to the work tree: package.json and dist as they are, nothing copied. */
function installWorkTree(extensions: string): void {
  const { publisher, name, version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    publisher: string;
    name: string;
    version: string;
  };
  const link = path.join(extensions, `${publisher}.${name}-${version}`);
  rmSync(link, { force: true });
  symlinkSync(ROOT, link);
}

/** Nothing of who runs the tests: a home of its own, whose login shell has this Node in front. */
function environment(home: string): NodeJS.ProcessEnv {
  const own = path.join(home, 'home');
  const bin = path.dirname(process.execPath);
  mkdirSync(own, { recursive: true });
  const profile = `export PATH='${bin}':"$PATH"\n`;
  for (const file of ['.profile', '.bashrc', '.zshenv']) writeFileSync(path.join(own, file), profile);
  writeFileSync(path.join(own, '.gitconfig'), '[user]\n\tname = Test\n\temail = test@example.org\n');
  const kept = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(?:XDG_|VSCODE_|ELECTRON_|NODE_|npm_|SAVEPOINT_|GIT_)/i.test(name),
    ),
  );
  return {
    ...kept,
    HOME: own,
    XDG_CONFIG_HOME: path.join(own, '.config'),
    XDG_DATA_HOME: path.join(own, '.local/share'),
    XDG_CACHE_HOME: path.join(own, '.cache'),
    XDG_RUNTIME_DIR: own,
    SHELL: '/bin/bash',
    PATH: `${bin}${path.delimiter}${kept['PATH'] ?? ''}`,
  };
}

function addressOf(child: ChildProcess, ended: Promise<number | null>): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`VS Code's server did not say where it listens:\n${said}`));
    }, START_MS);
    const hear = (chunk: Buffer): void => {
      said = `${said}${String(chunk)}`.slice(-8_000);
      const port = /Web UI available at \S+?:(\d+)/.exec(said)?.[1];
      if (port === undefined) return;
      clearTimeout(late);
      resolve(`http://127.0.0.1:${port}`);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    void ended.then((code) => reject(new Error(`VS Code's server ended with exit code ${code}:\n${said}`)));
  });
}

function newestLog(folder: string, name: string): string {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === `${name}.log`)
    .sort()
    .at(-1);
  return found === undefined ? '' : readFileSync(path.join(folder, found), 'utf8');
}
