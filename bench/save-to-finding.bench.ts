import { createRequire } from 'node:module';
import type { WorkspaceEdit } from 'vscode';
import { median, type Bench, type Figure } from './lib/bench.ts';
import { probeVscode } from './lib/vscode-probe.ts';

/** Saves that count, after one that warms up; and starts of VS Code with one save each. */
const TIMES = 5;
const STARTS = 3;
/** The quiet period after a single save: the shortest there is (CONTRACT, settle gate). */
const QUIET_MS = 1200;

/** Milliseconds. */
interface Pair {
  readonly saved: number;
  readonly byHand: number;
}

/** Saves in one VS Code, one after another, each with the tool by hand right after it. The first is the first after opening. */
function measureSaves(saves: number): Promise<readonly Pair[]> {
  return probeVscode({
    savepoint: true,
    input: { saves, tsc: createRequire(import.meta.filename).resolve('typescript/lib/tsc.js') },
    measure: async (vscode, { folder, saves, tsc }) => {
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
      for (let time = 0; time < Number(saves); time++) {
        // VS Code has opened all; the run that the save before this one started is over.
        await new Promise((resolve) => setTimeout(resolve, 10_000));
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
      }
      return found;
    },
  });
}

function figureOf(pairs: readonly Pair[]): Omit<Figure, 'name'> {
  const value = median(pairs.map(({ saved }) => saved));
  const floor = QUIET_MS + median(pairs.map(({ byHand }) => byHand));
  return { value, unit: 'ms', floor, ratio: median(pairs.map(({ saved, byHand }) => saved / (QUIET_MS + byHand))) };
}

const FLOOR = `floor: ${QUIET_MS} ms of quiet and tsc by hand`;

export const benches: readonly Bench[] = [
  {
    name: 'save-to-finding',
    about: `from a save to what the look at types found in Problems; ${FLOOR}`,
    goal: { kind: 'max', ratio: 1.1 },
    run: async () => figureOf((await measureSaves(TIMES + 1)).slice(1)),
  },
  {
    name: 'save-to-finding-cold',
    about: `the same for the first save after VS Code opened, ${STARTS} times; ${FLOOR}`,
    goal: { kind: 'max', ratio: 1.1 },
    async run() {
      const pairs: Pair[] = [];
      for (let start = 0; start < STARTS; start++) pairs.push(...(await measureSaves(1)));
      return figureOf(pairs);
    },
  },
];
