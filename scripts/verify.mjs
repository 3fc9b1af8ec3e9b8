// `npm run verify`: everything that can be checked without running the product. Stops at the end, so that one run shows all.
import { spawnSync } from 'node:child_process';
import { ROOT, ensureInstalled } from './setup.mjs';

const CHECKS = [
  ['format', ['prettier', '--check', '--log-level', 'warn', '.']],
  ['types', ['tsc', '-p', '.']],
  ['lint', ['eslint', '--max-warnings', '0', '.']],
  ['boundaries', ['depcruise', '--config', '.dependency-cruiser.mjs', 'src', 'test', 'bench', 'scripts']],
  ['dead code', ['knip']],
  ['requirements', ['node', 'test/requirements-gate.ts']],
  ['documentation', ['node', 'scripts/command-reference.ts', '--check']],
  ['manifest', ['node', 'scripts/manifest.ts', '--check']],
  ['bundle', ['node', 'scripts/build.ts']],
  ['package listing', ['node', 'scripts/package-listing.ts']],
];

const env = ensureInstalled();
const failed = CHECKS.filter(([name, [command, ...args]]) => {
  const started = performance.now();
  const { status, error } = spawnSync(command, args, {
    cwd: ROOT,
    env,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const good = !error && status === 0;
  process.stdout.write(`${good ? 'ok  ' : 'FAIL'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
  return !good;
});
process.exitCode = failed.length === 0 ? 0 : 1;
