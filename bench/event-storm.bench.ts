import type { Bench } from './lib/bench.ts';
import { probeVscode } from './lib/vscode-probe.ts';

/** Files that another process writes, and saves of the editor meanwhile: 5,000 events. */
const WRITES = 4950;
const SAVES = 50;

interface Storm {
  /** Delays of the extension host's event loop, milliseconds. */
  readonly longest: number;
  readonly p99: number;
  /** What the host's resident memory grew by from before the storm to its highest, megabytes. */
  readonly megabytes: number;
}

let known: Promise<{ readonly without: Storm; readonly withIt: Storm }> | null = null;

/** The same storm twice in one extension host, before Savepoint starts in it and after. */
function measureStorm(): NonNullable<typeof known> {
  return (known ??= probeVscode({
    savepoint: true,
    startsByItself: false,
    input: { writes: WRITES, saves: SAVES },
    measure: async (vscode, { folder, writes, saves }) => {
      const { spawn } = await import('node:child_process');
      const { monitorEventLoopDelay } = await import('node:perf_hooks');
      const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
      const document = await vscode.workspace.openTextDocument(`${folder}/src/config.ts`);
      await vscode.window.showTextDocument(document);
      const writer = `const fs = require('node:fs');
        for (let at = 0; at < ${writes}; at++) {
          const place = process.argv[1] + '/src/storm-' + (at % 40);
          fs.mkdirSync(place, { recursive: true });
          fs.writeFileSync(place + '/file-' + at + '.ts', 'export const value = ' + Math.random() + ';');
        }`;
      const storm = async (): Promise<Storm> => {
        const delay = monitorEventLoopDelay({ resolution: 1 });
        const before = process.memoryUsage.rss();
        let most = before;
        const look = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 100);
        delay.enable();
        const child = spawn(process.execPath, ['-e', writer, folder], { stdio: 'ignore' });
        const ended = new Promise((resolve) => child.once('exit', resolve));
        for (let count = 0; count < Number(saves); count++) {
          const edit = new vscode.WorkspaceEdit();
          edit.insert(document.uri, new vscode.Position(0, 0), '// saved\n');
          await vscode.workspace.applyEdit(edit);
          await document.save();
        }
        await ended;
        await pause(8000); // The watcher's last events, and what comes of them.
        delay.disable();
        clearInterval(look);
        return { longest: delay.max / 1e6, p99: delay.percentile(99) / 1e6, megabytes: (most - before) / 1e6 };
      };
      await storm(); // Warms up, and the files are there in both that count.
      const without = await storm();
      await vscode.extensions.getExtension('savepoint.savepoint')?.activate();
      await pause(5000);
      return { without, withIt: await storm() };
    },
  }));
}

const figure = ({
  name,
  about,
  unit,
  goal,
}: Omit<Bench, 'run'> & { readonly name: keyof Storm; readonly unit: string }): Bench => ({
  name: `storm-${name}`,
  about: `${about} in a storm of ${WRITES + SAVES} events; floor: without the extension`,
  goal,
  async run() {
    const { without, withIt } = await measureStorm();
    return { value: withIt[name], unit, floor: without[name], ratio: null };
  },
});

export const benches: readonly Bench[] = [
  figure({
    name: 'longest',
    about: 'longest stall of the extension host',
    unit: 'ms',
    goal: { kind: 'most', value: 20 },
  }),
  figure({ name: 'p99', about: 'p99 delay of the extension host’s event loop', unit: 'ms', goal: null }),
  figure({ name: 'megabytes', about: 'growth of the extension host’s memory', unit: 'MB', goal: null }),
];
