import { percentile, type Bench } from './lib/bench.ts';
import { probeVscode } from './lib/vscode-probe.ts';

const SAVES = 100;

let known: Promise<{ readonly without: readonly number[]; readonly added: readonly number[] }> | null = null;

/** Saves in one extension host, before Savepoint starts in it and after. Milliseconds each. */
function measureSaves(): NonNullable<typeof known> {
  return (known ??= probeVscode({
    savepoint: true,
    startsByItself: false,
    input: { saves: SAVES },
    measure: async (vscode, { folder, saves }) => {
      const document = await vscode.workspace.openTextDocument(`${folder}/src/config.ts`);
      await vscode.window.showTextDocument(document);
      const save = async (): Promise<number> => {
        const edit = new vscode.WorkspaceEdit();
        edit.insert(document.uri, new vscode.Position(0, 0), '// saved\n');
        await vscode.workspace.applyEdit(edit);
        const from = performance.now();
        await document.save();
        return performance.now() - from;
      };
      const series = async (): Promise<number[]> => {
        const times: number[] = [];
        for (let count = 0; count < Number(saves); count++) times.push(await save());
        return times;
      };
      for (let count = 0; count < 20; count++) await save(); // Warms up.
      const without = await series();
      await vscode.extensions.getExtension('savepoint.savepoint')?.activate();
      await new Promise((resolve) => setTimeout(resolve, 3000)); // Its worker has started.
      return { without, added: await series() };
    },
  }));
}

const added = (name: string, share: number, goal: Bench['goal']): Bench => ({
  name: `save-latency-${name}`,
  about: `what a save takes longer with the extension, ${name} of ${SAVES}; floor: without`,
  goal,
  async run() {
    const saves = await measureSaves();
    const floor = percentile(saves.without, share);
    return { value: percentile(saves.added, share) - floor, unit: 'ms', floor, ratio: null };
  },
});

export const benches: readonly Bench[] = [added('p50', 0.5, null), added('p95', 0.95, { kind: 'most', value: 2 })];
