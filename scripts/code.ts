// Opens a real VS Code with the extension as it was built: the desktop's `code` where there is one (`--browser` keeps it out), else
// one that is served here and opened in any browser. Without a folder it shows a copy of the sample with defects planted in it.
// Ctrl+C ends everything that was started.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { copySample } from '../test/samples/copy-sample.ts';
import { serveVscode } from '../test/vscode/host/serve.ts';

const ROOT = path.dirname(import.meta.dirname);
const { values, positionals } = parseArgs({
  options: { browser: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'savepoint-code-')));
const interrupted = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
});

try {
  const folder = await folderToOpen(positionals[0]);
  if (!values.browser && hasDesktop()) await openDesktop(folder);
  else await serve(folder);
} finally {
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}

async function folderToOpen(named: string | undefined): Promise<string> {
  if (named !== undefined) return realpathSync(named);
  const folder = path.join(home, 'harbor-api');
  await copySample({ sample: 'harbor', variant: 'planted', into: folder });
  process.stderr.write(`The sample is in ${folder}: a base commit, and a change with defects planted in it.\n`);
  return folder;
}

/** The desktop's `code`, and a screen to show it on; a server's `code` only talks to the window that it belongs to. */
function hasDesktop(): boolean {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) return false;
  const help = spawnSync('code', ['--help'], { encoding: 'utf8', shell: process.platform === 'win32' });
  return help.status === 0 && help.stdout.includes('--user-data-dir');
}

async function openDesktop(folder: string): Promise<void> {
  const code = spawn('code', ['--wait', '--new-window', `--extensionDevelopmentPath=${ROOT}`, folder], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const closed = new Promise<void>((resolve) => code.once('exit', () => resolve()));
  process.stderr.write('VS Code is open. Close its window, or press Ctrl+C, to end.\n');
  await Promise.race([closed, interrupted]);
  code.kill();
}

async function serve(folder: string): Promise<void> {
  const vscode = await serveVscode({ home });
  process.stderr.write('VS Code with Savepoint is served here. Open this address in a browser; Ctrl+C ends it.\n');
  process.stdout.write(`${vscode.url}/?folder=${encodeURIComponent(folder)}\n`);
  const died = vscode.ended.then((code) => {
    throw new Error(`VS Code's server ended with exit code ${code}`);
  });
  try {
    await Promise.race([interrupted, died]);
  } finally {
    // It ends now because it is asked to.
    died.catch(() => undefined);
    await vscode.stop();
  }
}
