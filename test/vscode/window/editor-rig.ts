import { mkdirSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { workflowText, writeCounting, type CountingStep } from '../../support/counting.ts';
import { eventually } from '../../support/eventually.ts';
import { git } from '../../support/git-repository.ts';
import { createRig, said, type EventLine, type Rig } from '../../support/rig.ts';
import { serveVscode, type ServedVscode } from '../host/serve.ts';
import { openBrowser } from '../page/browser.ts';
import { openWindow, type Window } from '../page/window.ts';

/** A VS Code with the extension on the rig's workspace; the command line looks at the same state. */
export interface EditorRig {
  readonly rig: Rig;
  readonly vscode: ServedVscode;
  readonly open: (folder?: string) => Promise<Window>;
  events(...types: readonly string[]): Promise<readonly EventLine[]>;
  /** Waits until there are so many events of this type that fit. */
  eventCount(type: string, atLeast: number, fits?: (event: EventLine) => boolean): Promise<readonly EventLine[]>;
  /** Waits until the workers of so many windows have opened their journals: the extension hosts, oldest first. */
  readonly workers: (count: number) => Promise<readonly number[]>;
  dispose(): Promise<void>;
}

export interface EditorRigOptions {
  /** Steps of what runs by itself after edits, in place of the built-in checks. */
  readonly steps?: readonly CountingStep[];
  readonly asksForTrust?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Default true: commands of the workspace's agents may start. */
  readonly approved?: boolean;
}

const FILES = { 'src/app.js': 'export const app = 1;\n', 'package.json': '{"name":"small","type":"module"}\n' };
const SESSION = /\/sessions\/[^/]+\.lock$/;

export async function createEditorRig(options: EditorRigOptions = {}): Promise<EditorRig> {
  const rig = createRig({ files: FILES });
  const home = path.join(rig.outside, 'vscode');
  mkdirSync(home);
  writeCounting(rig);
  const automatic = { on: { activity: { paths: ['src/**'] } } };
  const text = JSON.parse(workflowText({ id: 'on-save-checks', steps: options.steps ?? [{ id: 'look' }] })) as object;
  rig.write({ '.savepoint/workflows/on-save-checks.yaml': JSON.stringify({ ...text, ...automatic }) });
  git(rig.workspace, 'add', '--all');
  git(rig.workspace, 'commit', '--quiet', '--message', 'workflows');
  if (options.approved ?? true) {
    const trusted = await rig.run(['trust', '--yes']);
    if (trusted.code !== 0) throw new Error(said(trusted));
  }
  const vscode = await serveVscode({
    home,
    env: { SAVEPOINT_STATE_DIR: rig.stateHome, ...options.env },
    ...(options.asksForTrust === undefined ? {} : { asksForTrust: options.asksForTrust }),
  });
  const browser: Browser = await openBrowser();
  const events = async (...types: readonly string[]): Promise<readonly EventLine[]> =>
    (await rig.run(['events', '--type', types.join(',')])).of('event');
  return {
    rig,
    vscode,
    open: (folder = rig.workspace) => openWindow({ browser, vscode, folder }),
    events,
    async eventCount(type, atLeast, fits = () => true) {
      let found: readonly EventLine[] = [];
      await eventually(`${atLeast} × ${type}`, async () => {
        found = (await events(type)).filter(fits);
        return found.length >= atLeast;
      });
      return found;
    },
    async workers(count) {
      let hosts: readonly number[] = [];
      await eventually(`${count} workers`, () => {
        hosts = vscode.extensionHosts().filter((pid) => holdsLock(pid, rig.stateHome, SESSION));
        return hosts.length >= count;
      }).catch((error: unknown) => {
        const log = `${vscode.log('remoteexthost').slice(-3_000)}\n${vscode.log('Savepoint').slice(-3_000)}`;
        throw new Error(`no worker; the extension host says:\n${log}`, { cause: error });
      });
      return hosts;
    },
    async dispose() {
      try {
        await browser.close();
        await vscode.stop();
      } finally {
        await rig.dispose();
      }
    },
  };
}

/** A lock is held as long as its process has it open: a session's, or the one of the window that runs triggers. */
function holdsLock(pid: number, stateHome: string, name: RegExp): boolean {
  try {
    const open = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
    return open.some((file) => file.startsWith(stateHome) && name.test(file));
  } catch {
    // The process ended, or closed a file, while it was looked at.
    return false;
  }
}
