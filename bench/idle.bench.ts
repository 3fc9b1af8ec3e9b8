import type { Bench } from './lib/bench.ts';
import { probeVscode } from './lib/vscode-probe.ts';

/** SAVEPOINT_BENCH_IDLE_S makes it shorter, for trying. */
const SECONDS = Number(process.env['SAVEPOINT_BENCH_IDLE_S'] ?? 300);
/** VS Code itself is busy after its start. */
const SETTLE_MS = 30_000;

interface Idle {
  /** Of one core. */
  readonly percent: number;
  readonly megabytes: number;
}

let known: Promise<{ readonly without: Idle; readonly withIt: Idle }> | null = null;

/** Two hosts at the same time, so that what else the machine does meets both: processor time and memory of host and children. */
function measureIdle(): NonNullable<typeof known> {
  return (known ??= Promise.all([idle(false), idle(true)]).then(([without, withIt]) => ({ without, withIt })));
}

async function idle(savepoint: boolean): Promise<Idle> {
  let seen: Idle = { percent: NaN, megabytes: NaN };
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  await probeVscode({
    savepoint,
    measure: () => Promise.resolve(null),
    async watch({ usage }) {
      await pause(SETTLE_MS);
      const before = usage();
      await pause(SECONDS * 1000);
      const after = usage();
      seen = { percent: (100 * (after.cpuSeconds - before.cpuSeconds)) / SECONDS, megabytes: after.megabytes };
    },
  });
  return seen;
}

const added = (what: {
  readonly name: keyof Idle;
  readonly about: string;
  readonly unit: string;
  readonly most: number;
}): Bench => ({
  name: `idle-${what.name}`,
  about: `${what.about} that the extension adds to an idle host, ${SECONDS} s; floor: the host without it`,
  goal: { kind: 'most', value: what.most },
  async run() {
    const { without, withIt } = await measureIdle();
    return { value: withIt[what.name] - without[what.name], unit: what.unit, floor: without[what.name], ratio: null };
  },
});

export const benches: readonly Bench[] = [
  added({ name: 'percent', about: 'processor time', unit: '% of a core', most: 0.5 }),
  added({ name: 'megabytes', about: 'resident memory', unit: 'MB', most: 60 }),
];
