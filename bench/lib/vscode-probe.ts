// Measures inside the extension host of a real VS Code, next to the extension or without it: a function of the bench runs there as an
// extension of its own.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type * as vscode from 'vscode';
import { stageVsix, ownTarget } from '../../scripts/lib/vsix-content.ts';
import { copySample } from '../../test/samples/copy-sample.ts';
import { eventually } from '../../test/support/eventually.ts';
import { serveVscode, treeOf } from '../../test/vscode/host/serve.ts';
import { openBrowser } from '../../test/vscode/page/browser.ts';
import { openWindow } from '../../test/vscode/page/window.ts';

/** Nothing that a probe does takes longer. */
const DEADLINE_MS = 15 * 60_000;

const PUBLISHER = 'savepoint-bench';
const EMPTY = 'zero';
/** Is there beside each probe, starts when Savepoint does and does nothing. Extensions are loaded by name: between the probe and Savepoint. */
export const EMPTY_EXTENSION = `${PUBLISHER}.${EMPTY}`;

export type VscodeApi = typeof vscode;

/** What a probe knows: `folder` is the absolute path of the one that is open. */
export type Input = Readonly<Record<string, string | number>> & { readonly folder: string };

export interface ProbeOptions<Result> {
  /** Whether Savepoint is installed, as its package has it. */
  readonly savepoint: boolean;
  /** Default true; else it is there, and starts when the probe asks for it. */
  readonly startsByItself?: boolean;
  /** Settings of VS Code. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Runs in the extension host. Self-contained: its text is what gets there. */
  readonly measure: (vscode: VscodeApi, input: Input) => Promise<Result>;
  /** What `measure` gets besides the folder; plain values. */
  readonly input?: Readonly<Record<string, string | number>>;
  /** Instead of waiting for `measure` alone: looks at the process tree of the extension host from outside. */
  readonly watch?: (host: HostProcesses) => Promise<void>;
}

export interface HostProcesses {
  /** Of the extension host and everything below it, now: processor seconds since their start, resident megabytes. */
  readonly usage: () => { readonly cpuSeconds: number; readonly megabytes: number };
}

/** Opens a copy of the sample, without changes, in a VS Code of its own and gives what the probe measured there. */
export async function probeVscode<Result>(options: ProbeOptions<Result>): Promise<Result> {
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'savepoint-probe-')));
  const folder = path.join(home, 'harbor-api');
  const answer = path.join(home, 'answer.json');
  const extensions = path.join(home, 'vscode', 'extensions');
  await copySample({ sample: 'harbor', variant: 'base', into: folder });
  if (options.savepoint) installSavepoint(extensions, options.startsByItself ?? true);
  installProbe(extensions, { measure: options.measure, input: { ...options.input, folder }, answer });
  const served = await serveVscode({ home, installed: false, settings: options.settings ?? {} });
  const browser = await openBrowser();
  try {
    await openWindow({ browser, vscode: served, folder });
    await eventually('the extension host has started', () => served.extensionHosts().length > 0, DEADLINE_MS);
    const [host = 0] = served.extensionHosts();
    await options.watch?.({ usage: () => usageOf(treeOf(host)) });
    await eventually('the probe has answered', () => existsSync(answer), DEADLINE_MS);
    const said = JSON.parse(readFileSync(answer, 'utf8')) as { readonly result: Result } | { readonly error: string };
    if ('error' in said) throw new Error(`in the extension host: ${said.error}`);
    return said.result;
  } finally {
    await browser.close();
    await served.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

function installSavepoint(extensions: string, startsByItself: boolean): void {
  const into = path.join(extensions, 'savepoint.savepoint-0.1.0');
  stageVsix({ target: ownTarget(), into });
  if (startsByItself) return;
  const file = path.join(into, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...manifest, activationEvents: [] }));
}

function installProbe(
  extensions: string,
  options: { readonly measure: ProbeOptions<unknown>['measure']; readonly input: Input; readonly answer: string },
): void {
  const [answer, part, input] = [options.answer, `${options.answer}.part`, options.input].map((value) =>
    JSON.stringify(value),
  );
  // Renamed when whole: who sees the answer can read it.
  const main = `const { renameSync, writeFileSync } = require('node:fs');
    const measure = ${options.measure.toString()};
    const give = (said) => { writeFileSync(${part}, JSON.stringify(said)); renameSync(${part}, ${answer}); };
    exports.activate = () => {
      measure(require('vscode'), ${input}).then((result) => give({ result }), (error) => give({ error: String(error?.stack ?? error) }));
    };`;
  installExtension(extensions, { name: 'probe', main, activationEvents: ['onStartupFinished'] });
  installExtension(extensions, {
    name: EMPTY,
    main: 'exports.activate = () => {};',
    activationEvents: ['onStartupFinished'],
  });
}

function installExtension(
  extensions: string,
  {
    name,
    main,
    activationEvents,
  }: { readonly name: string; readonly main: string; readonly activationEvents: readonly string[] },
): void {
  const into = path.join(extensions, `${PUBLISHER}.${name}-0.0.1`);
  mkdirSync(into, { recursive: true });
  const manifest = {
    ...{ name, publisher: PUBLISHER, version: '0.0.1', engines: { vscode: '^1.110.0' } },
    ...{ main: './main.cjs', activationEvents, extensionKind: ['workspace'] },
  };
  writeFileSync(path.join(into, 'package.json'), JSON.stringify(manifest));
  writeFileSync(path.join(into, 'main.cjs'), main);
}

/** Linux only: from /proc. Clock ticks are 1/100 s, pages 4096 bytes (proc(5)). */
function usageOf(pids: readonly number[]): { readonly cpuSeconds: number; readonly megabytes: number } {
  let ticks = 0;
  let pages = 0;
  for (const pid of pids) {
    if (!existsSync(`/proc/${pid}/stat`)) continue;
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number);
    ticks += (fields[11] ?? 0) + (fields[12] ?? 0) + (fields[13] ?? 0) + (fields[14] ?? 0);
    pages += fields[21] ?? 0;
  }
  return { cpuSeconds: ticks / 100, megabytes: (pages * 4096) / 1e6 };
}
