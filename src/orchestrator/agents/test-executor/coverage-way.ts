import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Suite } from './suite.ts';

/** How a suite's runner tells which code its tests ran. */
export type CoverageWay =
  | { readonly kind: 'found'; readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> }
  | { readonly kind: 'missing'; readonly why: string };

/** What to add to the runner's call so that it writes coverage into `folder` (absolute, of ours), and nowhere else. */
export function coverageWay(suite: Suite, at: { readonly cwd: string; readonly folder: string }): CoverageWay {
  switch (suite.runner) {
    case 'mocha':
    case 'node:test':
      return { kind: 'found', argv: [], env: { NODE_V8_COVERAGE: at.folder } };
    case 'jest':
      return {
        kind: 'found',
        argv: ['--coverage', '--coverageReporters=json', `--coverageDirectory=${at.folder}`, '--coverageThreshold={}'],
        env: {},
      };
    case 'vitest':
      return vitestWay(at);
  }
}

const NO_THRESHOLDS = ['lines', 'functions', 'branches', 'statements'].map((one) => `--coverage.thresholds.${one}=0`);

function vitestWay({ cwd, folder }: { readonly cwd: string; readonly folder: string }): CoverageWay {
  const provider = (['v8', 'istanbul'] as const).find((one) => isInstalled(`@vitest/coverage-${one}`, cwd));
  if (provider === undefined)
    return { kind: 'missing', why: 'vitest needs @vitest/coverage-v8 (or -istanbul) for it, which is not installed' };
  const argv = [
    '--coverage.enabled=true',
    `--coverage.provider=${provider}`,
    '--coverage.reporter=json',
    `--coverage.reportsDirectory=${folder}`,
    '--coverage.reportOnFailure=true',
    ...NO_THRESHOLDS,
  ];
  return { kind: 'found', argv, env: {} };
}

/** As Node finds packages: in this folder's node_modules, or one above. */
function isInstalled(name: string, from: string): boolean {
  if (existsSync(join(from, 'node_modules', name, 'package.json'))) return true;
  const above = dirname(from);
  return above !== from && isInstalled(name, above);
}
