import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Bench } from './lib/bench.ts';

const root = path.dirname(import.meta.dirname);
const run = (script: string, ...args: readonly string[]): void => {
  execFileSync(process.execPath, [path.join(root, 'scripts', script), ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
};

const bundle = (name: string, about: string): Bench => ({
  name: `size-${name.replace(/\..*$/, '')}`,
  about,
  goal: null,
  run: () => {
    run('build.ts');
    return Promise.resolve({
      value: statSync(path.join(root, 'dist', name)).size / 1e3,
      unit: 'kB',
      floor: null,
      ratio: null,
    });
  },
});

export const benches: readonly Bench[] = [
  bundle('extension.cjs', 'what the extension host loads at the start'),
  bundle('worker.cjs', 'the engine, which its thread loads'),
  bundle('cli.cjs', 'the command line'),
  {
    name: 'size-vsix',
    about: 'the package for this machine',
    goal: { kind: 'most', value: 40 },
    run: () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'savepoint-bench-'));
      try {
        const vsix = path.join(folder, 'savepoint.vsix');
        run('package.ts', '--out', vsix);
        return Promise.resolve({ value: statSync(vsix).size / 1e6, unit: 'MB', floor: null, ratio: null });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  },
];
