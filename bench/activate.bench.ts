import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { median, type Bench } from './lib/bench.ts';
import { probeVscode } from './lib/vscode-probe.ts';

const HOSTS = 5;
const LOADS = 15;
const root = path.dirname(import.meta.dirname);

/** Times `require` of a file in a process of its own, where `vscode` has every name and does nothing. Milliseconds. */
const LOADER = `
  const module = require('node:module');
  const load = module._load;
  const vscode = new Proxy(function () {}, {
    get: (target, name) => (name === 'prototype' ? target.prototype : vscode),
    getPrototypeOf: () => vscode,
    construct: () => ({}),
  });
  module._load = (request, ...rest) => (request === 'vscode' ? vscode : load(request, ...rest));
  const from = performance.now();
  require(process.argv[1]);
  process.stdout.write(String(performance.now() - from));
`;

export const benches: readonly Bench[] = [
  {
    name: 'activate',
    about:
      'what loading and activate() take longer than for an extension that does nothing (the floor: VS Code’s own way there)',
    goal: { kind: 'most', value: 50 },
    async run() {
      const hosts: { readonly floor: number; readonly value: number }[] = [];
      for (let host = 0; host < HOSTS; host++) {
        hosts.push(
          await probeVscode({
            savepoint: true,
            startsByItself: false,
            measure: async (vscode) => {
              const activate = async (id: string): Promise<number> => {
                const extension = vscode.extensions.getExtension(id);
                if (extension === undefined || extension.isActive)
                  throw new Error(`${id} is not there, or active by itself`);
                const from = performance.now();
                await extension.activate();
                return performance.now() - from;
              };
              await activate('savepoint-bench.empty'); // Warms up.
              return {
                floor: await activate('savepoint-bench.empty-too'),
                value: await activate('savepoint.savepoint'),
              };
            },
          }),
        );
      }
      return {
        value: median(hosts.map(({ value, floor }) => value - floor)),
        unit: 'ms',
        floor: median(hosts.map(({ floor }) => floor)),
        ratio: null,
      };
    },
  },
  {
    name: 'activate-load',
    about: 'loading dist/extension.cjs in a plain Node; floor: an empty file',
    goal: null,
    run: () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'savepoint-bench-'));
      try {
        const empty = path.join(folder, 'empty.cjs');
        writeFileSync(empty, '');
        const load = (file: string): number =>
          Number(execFileSync(process.execPath, ['-e', LOADER, file], { encoding: 'utf8' }));
        const pairs = Array.from(
          { length: LOADS },
          () => [load(empty), load(path.join(root, 'dist/extension.cjs'))] as const,
        );
        const floor = median(pairs.map(([one]) => one));
        const value = median(pairs.map(([, one]) => one));
        return Promise.resolve({ value, unit: 'ms', floor, ratio: null });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  },
];
