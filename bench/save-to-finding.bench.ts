import { createRequire } from 'node:module';
import type { WorkspaceEdit } from 'vscode';
import { median, type Bench } from './lib/bench.ts';
import { probeVscode } from './lib/vscode-probe.ts';

const TIMES = 5;
/** The quiet period after a single save: the shortest there is (CONTRACT, settle gate). */
const QUIET_MS = 1200;

export const benches: readonly Bench[] = [
  {
    name: 'save-to-finding',
    about: `from a save to what the look at types found in Problems; floor: ${QUIET_MS} ms of quiet and tsc by hand`,
    goal: { kind: 'max', ratio: 1.1 },
    async run() {
      const pairs = await probeVscode({
        savepoint: true,
        input: { times: TIMES, tsc: createRequire(import.meta.filename).resolve('typescript/lib/tsc.js') },
        measure: async (vscode, { folder, times, tsc }) => {
          const { spawn } = await import('node:child_process');
          const document = await vscode.workspace.openTextDocument(`${folder}/src/config.ts`);
          await vscode.window.showTextDocument(document);
          const ours = (): boolean =>
            vscode.languages
              .getDiagnostics(document.uri)
              .some(
                ({ source, code }) =>
                  source === 'savepoint' && typeof code === 'object' && code.value === 'promise.floating',
              );
          const until = (holds: () => boolean): Promise<void> =>
            new Promise((resolve, reject) => {
              const late = setTimeout(() => reject(new Error('no finding within 60 s')), 60_000);
              const look = (): void => {
                if (!holds()) return;
                clearTimeout(late);
                listener.dispose();
                resolve();
              };
              const listener = vscode.languages.onDidChangeDiagnostics(look);
              look();
            });
          const edit = async (change: (edit: WorkspaceEdit) => void): Promise<void> => {
            const all = new vscode.WorkspaceEdit();
            change(all);
            await vscode.workspace.applyEdit(all);
          };
          const byHand = (): Promise<number> =>
            new Promise((resolve, reject) => {
              const from = performance.now();
              const child = spawn(process.execPath, [String(tsc), '--noEmit', '-p', folder], { stdio: 'ignore' });
              child.once('error', reject);
              child.once('exit', () => resolve(performance.now() - from));
            });
          const start = new vscode.Position(0, 0);
          const found: { readonly saved: number; readonly byHand: number }[] = [];
          for (let time = 0; time <= Number(times); time++) {
            // The type error is VS Code's to show; what the same step says of the line below it is only ours.
            const wrong = `export const wrong${time}: number = 'text';\nexport const run${time} = async () => { Promise.resolve(); };\n`;
            await edit((all) => all.insert(document.uri, start, wrong));
            const from = performance.now();
            await document.save();
            await until(ours);
            const saved = performance.now() - from;
            found.push({ saved, byHand: await byHand() });
            await edit((all) => all.delete(document.uri, new vscode.Range(0, 0, 2, 0)));
            await document.save();
            await until(() => !ours());
            // The run that the second save starts is over: it must not meet the next.
            await new Promise((resolve) => setTimeout(resolve, 10_000));
          }
          return found.slice(1);
        },
      });
      const value = median(pairs.map(({ saved }) => saved));
      const floor = QUIET_MS + median(pairs.map(({ byHand }) => byHand));
      return { value, unit: 'ms', floor, ratio: median(pairs.map(({ saved, byHand }) => saved / (QUIET_MS + byHand))) };
    },
  },
];
