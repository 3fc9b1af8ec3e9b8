import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';

const suiteSchema = z.object({
  /** Test files that the runner ran in its last full run: content id and number of tests. */
  ran: z.record(z.string(), z.object({ id: z.string(), tests: z.number() })),
  /** Files that were taken for tests then, run or not. */
  considered: z.array(z.string()),
});
const schema = z.record(z.string(), suiteSchema);
export type KnownSuite = z.infer<typeof suiteSchema>;

/** What full runs taught about a suite (by its name): which files the runner itself takes for tests, and how many are in each. */
export interface KnownTests {
  get(suite: string): KnownSuite | null;
  /** Keeps what a run said: a full run replaces, a part only adds to what ran. */
  learn(suite: string, seen: KnownSuite, full: boolean): void;
  save(): Promise<void>;
}

/** Reads the file (absolute, in the state folder); a damaged or missing one knows nothing, and costs nothing but the knowledge. */
export async function loadKnownTests(path: string): Promise<KnownTests> {
  const suites = new Map(Object.entries(await read(path)));
  return {
    get: (suite) => suites.get(suite) ?? null,
    learn: (suite, seen, full) => {
      const before = suites.get(suite);
      if (full) suites.set(suite, seen);
      else suites.set(suite, { considered: before?.considered ?? [], ran: { ...before?.ran, ...seen.ran } });
    },
    save: async () => {
      const own = `${path}.${String(process.pid)}`;
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeFile(own, JSON.stringify(Object.fromEntries(suites)), { mode: 0o600 });
        await rename(own, path);
      } catch (error) {
        // A full or read-only disk costs the knowledge only; what must be kept says so itself.
        if (!(error instanceof Error && 'code' in error)) throw error;
      }
    },
  };
}

async function read(path: string): Promise<z.infer<typeof schema>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  try {
    return schema.safeParse(JSON.parse(text)).data ?? {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
