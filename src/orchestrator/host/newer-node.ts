// Like savepoint.ts it must load in any Node.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

type Version = readonly [major: number, minor: number];

/** Starts the command line in a Node that is new enough, as if that were this process; where there is none, says what to do. */
export function startUnderNewerNode({ oldest, entry }: { readonly oldest: Version; readonly entry: URL }): void {
  const file = fileURLToPath(entry);
  const node = installedNode(path.dirname(file), oldest);
  if (node === null) {
    const message = `Savepoint needs Node ${oldest.join('.')} or newer; this is ${process.versions.node}. Install it, or: npm install node@24`;
    if (process.argv.includes('--json')) {
      process.stdout.write(`${JSON.stringify({ kind: 'error', code: 'node-version', message, data: null })}\n`);
    } else process.stderr.write(`${message}\n`);
    process.exitCode = 2;
    return;
  }
  const child = spawn(node, [file, ...process.argv.slice(2)], {
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
function installedNode(own: string, oldest: Version): string | null {
  for (const from of [own, process.cwd()]) {
    for (let folder = from; ; folder = path.dirname(folder)) {
      const home = path.join(folder, 'node_modules', 'node');
      const program = path.join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
      if (existsSync(program) && newEnough(path.join(home, 'package.json'), oldest)) return program;
      if (path.dirname(folder) === folder) break;
    }
  }
  return null;
}

function newEnough(manifest: string, oldest: Version): boolean {
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string };
  const [itsMajor = 0, itsMinor = 0] = version.split('.').map(Number);
  return itsMajor > oldest[0] || (itsMajor === oldest[0] && itsMinor >= oldest[1]);
}
