import { median, percentile, type Bench } from './lib/bench.ts';
import { EMPTY_EXTENSION, probeVscode } from './lib/vscode-probe.ts';

const STARTS = 12;

/** What VS Code took for one extension, by its own clock. Whole milliseconds. */
interface Activation {
  /** Reading and running its main file. */
  readonly load: number;
  /** `activate()` until it returns. */
  readonly call: number;
}

/** One start of an extension host: what Savepoint took longer than an extension that does nothing, and that one. */
interface Start {
  readonly added: Activation;
  readonly floor: Activation;
}

let known: Promise<readonly Start[]> | null = null;

/**
 * Starts of extension hosts as people have them, where extensions start together. VS Code counts what is loaded between into each
 * one's loading; it loads the empty one just before Savepoint, so that the difference is Savepoint's own.
 */
function measureStarts(): NonNullable<typeof known> {
  return (known ??= (async () => {
    await measureStart(); // Reads the files of both into memory.
    const starts: Start[] = [];
    while (starts.length < STARTS) starts.push(await measureStart());
    return starts;
  })());
}

async function measureStart(): Promise<Start> {
  const page = await probeVscode({
    savepoint: true,
    measure: async (vscode) => {
      const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));
      while (vscode.extensions.getExtension('savepoint.savepoint')?.isActive !== true) await pause();
      // The table that "Developer: Startup Performance" shows people.
      await vscode.commands.executeCommand('perfview.show');
      for (;;) {
        const text = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'perf')?.getText() ?? '';
        if (text.includes('| savepoint.savepoint ')) return text;
        await pause();
      }
    },
  });
  const [own, floor] = [activationOf('savepoint.savepoint', page), activationOf(EMPTY_EXTENSION, page)];
  return { added: { load: own.load - floor.load, call: own.call - floor.call }, floor };
}

/** From the row "| id | startup | load code | call activate | finish activate | …". */
function activationOf(id: string, page: string): Activation {
  const row = page.split('\n').find((line) => line.startsWith(`| ${id} `));
  const [load, call] = row?.split('|').slice(3, 5).map(Number) ?? [];
  if (!Number.isInteger(load) || !Number.isInteger(call)) throw new Error(`VS Code's page has no times of ${id}`);
  return { load: load ?? NaN, call: call ?? NaN };
}

const whole = ({ load, call }: Activation): number => load + call;
const p95 = (values: readonly number[]): number => percentile(values, 0.95);

const figure = (
  bench: Omit<Bench, 'run'>,
  { of, by }: { readonly of: (activation: Activation) => number; readonly by: (values: readonly number[]) => number },
): Bench => ({
  ...bench,
  async run() {
    const starts = await measureStarts();
    const [value, floor] = [by(starts.map(({ added }) => of(added))), by(starts.map(({ floor }) => of(floor)))];
    return { value, unit: 'ms', floor, ratio: null };
  },
});

export const benches: readonly Bench[] = [
  figure(
    {
      name: 'activate',
      about: `loading and activate() beyond an extension that does nothing, by VS Code’s own clock; median of ${STARTS} starts`,
      goal: { kind: 'most', value: 50 },
    },
    { of: whole, by: median },
  ),
  figure({ name: 'activate-p95', about: 'the same, p95', goal: { kind: 'most', value: 100 } }, { of: whole, by: p95 }),
  figure({ name: 'activate-load', about: 'of it loading, median', goal: null }, { of: ({ load }) => load, by: median }),
  figure(
    { name: 'activate-call', about: 'of it activate(), median', goal: null },
    { of: ({ call }) => call, by: median },
  ),
];
