import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { FileCoverage } from '../../../contract/coverage.ts';

/** Coverage of this many runs is kept. */
const KEPT_RUNS = 10;

/** Folder in the state folder with one file for each run that measured coverage: `<run>.json`, a list of FileCoverage. */
export const coverageFolder = (stateDir: string): string => join(stateDir, 'agents', 'test-executor', 'coverage');

export interface CoverageFound {
  /** Sorted by file. */
  readonly files: readonly FileCoverage[];
  /** Files that a runner did not finish writing. */
  readonly damaged: number;
}

export interface CoverageSource {
  /** Absolute folder that the runners wrote to: V8's raw files, or Istanbul's coverage-final.json, in it or one below. */
  readonly folder: string;
  /** Absolute path of the workspace. */
  readonly root: string;
  /** Sources to tell of: relative paths. Tests are not. */
  readonly sources: ReadonlySet<string>;
}

/** Everything that the runners wrote, summed over processes. */
export async function readCoverage({ folder, root, sources }: CoverageSource): Promise<CoverageFound> {
  const sums = new Map<string, Sum>();
  let damaged = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith('.json')) continue;
    const content = jsonIn(await readFile(join(folder, name), 'utf8'));
    if (content === undefined) damaged++;
    const found = name.endsWith('coverage-final.json')
      ? readIstanbul(content ?? {})
      : await readV8(content ?? { result: [] }, { root, sources });
    for (const one of found) {
      const file = relative(root, one.path).split(sep).join('/');
      if (sources.has(file)) sums.set(file, addTo(sums.get(file), one));
    }
  }
  const files = [...sums].map(([file, sum]) => toCoverage(file, sum));
  return { files: files.sort((a, b) => (a.file < b.file ? -1 : 1)), damaged };
}

/** A runner that was killed leaves half a file: undefined. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Keeps a run's coverage for the editor, whole or not at all, and drops that of the oldest runs. */
export async function keepCoverage(stateDir: string, run: string, files: readonly FileCoverage[]): Promise<void> {
  const folder = coverageFolder(stateDir);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${run}.json`);
  await writeFile(`${path}.new`, JSON.stringify(files), { mode: 0o600 });
  await rename(`${path}.new`, path);
  const kept = (await readdir(folder)).map((name) => join(folder, name));
  const aged = await Promise.all(kept.map(async (file) => ({ file, at: (await stat(file)).mtimeMs })));
  aged.sort((a, b) => b.at - a.at);
  for (const { file } of aged.slice(KEPT_RUNS)) await rm(file, { force: true });
}

const place = z.object({ line: z.int(), column: z.int().nullable() });
const span = z.object({ start: place, end: place });
const fileSchema = z.object({
  path: z.string(),
  statementMap: z.record(z.string(), span),
  s: z.record(z.string(), z.number()),
  fnMap: z.record(z.string(), z.object({ name: z.string(), loc: span })),
  f: z.record(z.string(), z.number()),
});
type IstanbulFile = z.infer<typeof fileSchema>;
type Span = z.infer<typeof span>;

const readIstanbul = (content: unknown): readonly IstanbulFile[] =>
  Object.values(z.record(z.string(), fileSchema).parse(content));

const block = z.object({ startOffset: z.int(), endOffset: z.int(), count: z.int() });
const v8Schema = z.object({
  result: z.array(
    z.object({
      scriptId: z.string(),
      url: z.string(),
      functions: z.array(z.object({ functionName: z.string(), isBlockCoverage: z.boolean(), ranges: z.array(block) })),
    }),
  ),
  'source-map-cache': z
    .record(z.string(), z.object({ data: z.unknown(), lineLengths: z.array(z.int()).optional() }))
    .optional(),
});

/** One process's raw coverage, brought back to the sources through the source maps that its loaders left. */
async function readV8(
  content: unknown,
  { root, sources }: Pick<CoverageSource, 'root' | 'sources'>,
): Promise<readonly IstanbulFile[]> {
  const parsed = v8Schema.parse(content);
  const { default: v8ToIstanbul } = await import('v8-to-istanbul');
  const found: IstanbulFile[] = [];
  for (const { url, functions } of parsed.result) {
    if (!url.startsWith('file:')) continue;
    const path = fileURLToPath(url);
    const inside = relative(root, path);
    if (isAbsolute(inside) || inside.startsWith('..') || inside.split(sep).includes('node_modules')) continue;
    const map = mapOf(parsed['source-map-cache']?.[url]);
    // Without a map, what ran is the file itself.
    if (map === null && !sources.has(inside.split(sep).join('/'))) continue;
    const original = await readFile(path, 'utf8');
    const converter =
      map === null
        ? v8ToIstanbul(path, 0, { source: original })
        : v8ToIstanbul(path, 0, {
            source: generated(map),
            originalSource: original,
            sourceMap: { sourcemap: map.data },
          });
    await converter.load();
    converter.applyCoverage(functions);
    found.push(...z.array(fileSchema).parse(Object.values(converter.toIstanbul())));
    converter.destroy();
  }
  return found;
}

interface LoaderMap {
  readonly data: z.infer<typeof mapSchema>;
  readonly lineLengths: readonly number[];
}

const mapSchema = z.object({
  version: z.literal(3),
  mappings: z.string(),
  sources: z.array(z.string()),
  sourceRoot: z.string().default(''),
  names: z.array(z.string()).default([]),
});

function mapOf(cached: { data: unknown; lineLengths?: number[] | undefined } | undefined): LoaderMap | null {
  const data = mapSchema.safeParse(cached?.data).data;
  return data === undefined || cached?.lineLengths === undefined ? null : { data, lineLengths: cached.lineLengths };
}

/** Stands for the code that a loader made: of it only the lengths of its lines are known, and needed. */
const generated = ({ lineLengths }: LoaderMap): string => lineLengths.map((length) => ' '.repeat(length)).join('\n');

interface Sum {
  readonly statements: Map<string, { readonly span: Span; count: number }>;
  readonly functions: Map<string, { readonly name: string; readonly span: Span; count: number }>;
}

function addTo(sum: Sum | undefined, file: IstanbulFile): Sum {
  const { statements, functions }: Sum = sum ?? { statements: new Map(), functions: new Map() };
  for (const [id, at] of Object.entries(file.statementMap)) {
    const key = JSON.stringify(at);
    const count = (statements.get(key)?.count ?? 0) + (file.s[id] ?? 0);
    statements.set(key, { span: at, count });
  }
  for (const [id, { name, loc }] of Object.entries(file.fnMap)) {
    const key = JSON.stringify([name, loc]);
    const count = (functions.get(key)?.count ?? 0) + (file.f[id] ?? 0);
    functions.set(key, { name, span: loc, count });
  }
  return { statements, functions };
}

const toCoverage = (file: string, { statements, functions }: Sum): FileCoverage => ({
  file,
  statements: [...statements.values()].map(({ span: at, count }) => ({ range: toRange(at), count })),
  functions: [...functions.values()].map(({ name, span: at, count }) => ({ name, range: toRange(at), count })),
});

/** Istanbul counts lines from 1, and says null (once Infinity) where the line's end is meant. */
const toRange = ({ start, end }: Span): FileCoverage['statements'][number]['range'] => ({
  start: { line: start.line - 1, character: Math.max(0, start.column ?? 0) },
  end: { line: end.line - 1, character: end.column ?? 10_000 },
});
