// Brings a fresh clone to where everything runs: Node 24 and the packages of package.json. Plain JavaScript for Node 20,
// because this is what runs before anything is installed. Does nothing when the packages are those that were installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const MODULES = path.join(ROOT, 'node_modules');
const STAMP = path.join(MODULES, '.cache', 'savepoint', 'installed');
const NODE_BIN = path.join(MODULES, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** Of what package.json says only the packages matter here; the rest changes with every command and view. */
const wanted = () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  return createHash('sha256')
    .update(JSON.stringify([dependencies, devDependencies]))
    .digest('hex');
};

function npm(args, env) {
  const windows = process.platform === 'win32';
  const { status, error } = spawnSync(
    windows ? 'npm.cmd' : 'npm',
    [...args, '--no-fund', '--no-audit', '--loglevel=error'],
    {
      cwd: ROOT,
      env,
      shell: windows,
      stdio: ['ignore', 2, 2],
    },
  );
  if (error || status !== 0) {
    process.stderr.write(
      `Setting up failed: npm ${args.join(' ')} ${error ? error.message : `ended with exit code ${status}`}.\n`,
    );
    process.exit(1);
  }
}

/** Some packages ask for Node 22 while they install: an older Node gets Node 24 from the registry first. */
function installEnvironment(version) {
  if (Number(process.versions.node.split('.')[0]) >= 22) return process.env;
  const prefix = path.join(MODULES, '.cache', 'savepoint', 'node');
  const bin = path.join(prefix, 'node_modules', 'node', 'bin');
  if (!existsSync(bin)) npm(['install', '--prefix', prefix, '--no-save', `node@${version}`], process.env);
  return { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` };
}

/** Installs what is missing and returns the environment in which `node` is Node 24. */
export function ensureInstalled() {
  if (!existsSync(STAMP) || !existsSync(NODE_BIN) || readFileSync(STAMP, 'utf8') !== wanted()) {
    process.stderr.write('Installing packages (once, about a minute)…\n');
    const { devDependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
    mkdirSync(path.dirname(STAMP), { recursive: true });
    npm(['install'], installEnvironment(devDependencies.node));
    mkdirSync(path.dirname(STAMP), { recursive: true });
    writeFileSync(STAMP, wanted());
  }
  return {
    ...process.env,
    PATH: `${path.join(MODULES, '.bin')}${path.delimiter}${path.dirname(NODE_BIN)}${path.delimiter}${process.env.PATH ?? ''}`,
  };
}

/** Runs a program of this repository under Node 24 and returns its exit code. */
export function runNode(args, options = {}) {
  const { status, signal, error } = spawnSync(NODE_BIN, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: ensureInstalled(),
    ...options,
  });
  if (error) throw error;
  return status ?? (signal === 'SIGINT' ? 130 : 1);
}

// `node scripts/setup.mjs FILE [ARG…]` runs FILE under Node 24 after setting up.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  ensureInstalled();
  process.exitCode = process.argv.length > 2 ? runNode(process.argv.slice(2)) : 0;
}
