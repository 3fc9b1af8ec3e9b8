import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, posix } from 'node:path';
import { importRequests, isCodeFile, type ImportRequest, type RequestKind } from './import-requests.ts';
import { createImportResolver, type ImportResolver, type WorkspacePackage } from './import-resolver.ts';
import { oxcParser, oxcResolver } from './native-parts.ts';
import type { Workspace } from './workspace.ts';

/** Which code file of a workspace uses which other. JavaScript, TypeScript, JSX, and the scripts of Vue, Svelte and Astro files. */
export interface ImportGraph {
  /** False where the native parts that follow imports are missing: an edge that is not there then proves nothing. */
  readonly complete: boolean;
  /** Every code file, sorted. */
  readonly files: readonly string[];
  /** What the file itself uses, by kind; empty for files that are not in the graph. */
  uses(file: string): readonly ImportEdge[];
  /** What the file asks for as written, packages included. */
  requests(file: string): readonly ImportRequest[];
  /** Who uses the file directly. */
  usedBy(file: string): readonly ImportEdge[];
  /**
   * Every file whose run can be touched by these ones: themselves (0) and all that use them over any number of edges, with the
   * least number of edges. Erased type imports do not count.
   */
  reaching(files: Iterable<string>): ReadonlyMap<string, number>;
  /** The same, downwards: what a run of these files can load. */
  reachedBy(files: Iterable<string>): ReadonlyMap<string, number>;
  /** Files that import, by a relative path, what is not there: a deletion changes them without touching them. */
  readonly broken: readonly string[];
  readonly packages: readonly WorkspacePackage[];
  /** How much work this answer took; `unreadable`: code files whose text could not be read, which therefore use nothing. */
  readonly made: { readonly parsed: number; readonly resolved: number; readonly unreadable: readonly string[] };
}

export interface ImportEdge {
  readonly file: string;
  readonly kind: RequestKind;
}

const COMPLETE = oxcParser !== null && oxcResolver !== null;
/** Another for each meaning of requests and resolution; with and without native parts they differ. */
const FORMAT = COMPLETE ? 2 : 3;
/** Files whose change can change where an import leads. */
const LAYOUT =
  /(?:^|\/)(?:package\.json|[jt]sconfig[^/]*\.json|package-lock\.json|pnpm-lock\.yaml|pnpm-workspace\.yaml|yarn\.lock|bun\.lockb?)$/;
const READ_AT_ONCE = 32;

interface CachedFile {
  readonly id: string;
  readonly requests: readonly ImportRequest[];
  readonly edges: readonly ImportEdge[];
  /** A relative import leads nowhere. */
  readonly broken: boolean;
}
interface Cache {
  readonly format: number;
  /** Hash of the file list and the layout files: resolved edges of unchanged files hold only as long as it does. */
  readonly layout: string;
  readonly files: Readonly<Record<string, CachedFile>>;
}

/**
 * The graph of the workspace as it is now. `cacheFile` (absolute, in the state folder) keeps what was parsed and resolved, by
 * content; damage or another format only costs the time to make it again.
 */
export async function loadImportGraph(deps: {
  readonly workspace: Workspace;
  readonly cacheFile: string;
}): Promise<ImportGraph> {
  const { workspace } = deps;
  const all = await workspace.files();
  const code = all.filter(isCodeFile);
  const layoutFiles = all.filter((file) => LAYOUT.test(file));
  const ids = await workspace.contentIds([...code, ...layoutFiles], { reuse: true });
  const layout = layoutHash(all, layoutFiles, ids);
  const cache = await readCache(deps.cacheFile);
  const packages = await findPackages(workspace, layoutFiles);
  const resolver = createImportResolver({ root: workspace.root, files: new Set(all), packages });
  const unreadable: string[] = [];
  const made = await makeFiles({ workspace, code, ids, cache, layout, resolver, unreadable });
  if (made.parsed + made.resolved > 0 || Object.keys(cache.files).length !== made.files.size) {
    await writeCache(deps.cacheFile, { format: FORMAT, layout, files: Object.fromEntries(made.files) });
  }
  return graphOf(made.files, packages, { parsed: made.parsed, resolved: made.resolved, unreadable });
}

function layoutHash(all: readonly string[], layoutFiles: readonly string[], ids: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256').update(all.join('\n'));
  for (const file of layoutFiles) hash.update(`\n${file} ${ids.get(file) ?? ''}`);
  return hash.digest('hex');
}

async function findPackages(
  workspace: Workspace,
  layoutFiles: readonly string[],
): Promise<readonly WorkspacePackage[]> {
  const manifests = layoutFiles.filter((file) => posix.basename(file) === 'package.json');
  const found = await inBatches(manifests, async (file): Promise<WorkspacePackage | null> => {
    const name = /"name"\s*:\s*"([^"]+)"/.exec((await workspace.read(file)) ?? '')?.[1];
    return name === undefined ? null : { name, folder: posix.dirname(file).replace(/^\.$/, '') };
  });
  return found.filter((one) => one !== null);
}

async function makeFiles(input: {
  readonly workspace: Workspace;
  readonly code: readonly string[];
  readonly ids: ReadonlyMap<string, string>;
  readonly cache: Cache;
  readonly layout: string;
  readonly resolver: ImportResolver;
  readonly unreadable: string[];
}): Promise<{ readonly files: ReadonlyMap<string, CachedFile>; readonly parsed: number; readonly resolved: number }> {
  let parsed = 0;
  let resolved = 0;
  const entries = await inBatches(input.code, async (file): Promise<readonly [string, CachedFile]> => {
    const id = input.ids.get(file) ?? '';
    const known = input.cache.files[file];
    const same = known !== undefined && id !== '' && known.id === id;
    if (same && input.cache.layout === input.layout) return [file, known];
    const requests = same ? known.requests : await readRequests(input.workspace, file);
    if (requests === null) input.unreadable.push(file);
    if (!same) parsed += 1;
    resolved += 1;
    // Without its text the file has no id either: it is looked at again the next time.
    return [
      file,
      {
        id: requests === null ? '' : id,
        requests: requests ?? [],
        ...resolveAll(input.resolver, file, requests ?? []),
      },
    ];
  });
  return { files: new Map(entries), parsed, resolved };
}

async function readRequests(workspace: Workspace, file: string): Promise<readonly ImportRequest[] | null> {
  const text = await workspace.read(file);
  return text === null ? null : importRequests(file, text);
}

function resolveAll(
  resolver: ImportResolver,
  file: string,
  requests: readonly ImportRequest[],
): Pick<CachedFile, 'edges' | 'broken'> {
  const edges = new Map<string, ImportEdge>();
  let broken = false;
  for (const request of requests) {
    const targets = resolver.resolve(file, request);
    broken ||= targets.length === 0 && request.kind === 'import' && /^\.{1,2}\//.test(request.text);
    for (const target of targets) {
      if (target === file || !isCodeFile(target)) continue;
      const earlier = edges.get(target);
      if (earlier === undefined || earlier.kind === 'type') edges.set(target, { file: target, kind: request.kind });
    }
  }
  return { edges: [...edges.values()], broken };
}

function graphOf(
  files: ReadonlyMap<string, CachedFile>,
  packages: readonly WorkspacePackage[],
  made: ImportGraph['made'],
): ImportGraph {
  const users = new Map<string, ImportEdge[]>();
  for (const [file, { edges }] of files) {
    for (const edge of edges) {
      const list = users.get(edge.file);
      if (list === undefined) users.set(edge.file, [{ file, kind: edge.kind }]);
      else list.push({ file, kind: edge.kind });
    }
  }
  const uses = (file: string): readonly ImportEdge[] => files.get(file)?.edges ?? [];
  const usedBy = (file: string): readonly ImportEdge[] => users.get(file) ?? [];
  return {
    complete: COMPLETE,
    files: [...files.keys()],
    uses,
    requests: (file) => files.get(file)?.requests ?? [],
    usedBy,
    reaching: (start) => walk(start, usedBy),
    reachedBy: (start) => walk(start, uses),
    broken: [...files].flatMap(([file, { broken }]) => (broken ? [file] : [])),
    packages,
    made,
  };
}

function walk(start: Iterable<string>, next: (file: string) => readonly ImportEdge[]): ReadonlyMap<string, number> {
  const steps = new Map<string, number>();
  for (const file of start) steps.set(file, 0);
  // A Map is iterated in the order of insertion, later entries included: breadth first.
  for (const [file, step] of steps) {
    for (const edge of next(file)) if (edge.kind !== 'type' && !steps.has(edge.file)) steps.set(edge.file, step + 1);
  }
  return steps;
}

async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += READ_AT_ONCE) {
    results.push(...(await Promise.all(items.slice(start, start + READ_AT_ONCE).map(work))));
  }
  return results;
}

async function readCache(path: string): Promise<Cache> {
  const empty: Cache = { format: FORMAT, layout: '', files: {} };
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  const [sum, body] = text === null ? [] : splitOnce(text);
  if (body === undefined || sum !== checksum(body)) return empty;
  // The checksum proves that a Savepoint wrote it whole; `format` that it is one of ours.
  const cache = JSON.parse(body) as Cache;
  return cache.format === FORMAT ? cache : empty;
}

/** Under a name of its own, then renamed: two writers at once leave one whole file. */
async function writeCache(path: string, cache: Cache): Promise<void> {
  const body = JSON.stringify(cache);
  const own = `${path}.${String(process.pid)}.${String(Date.now())}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(own, `${checksum(body)}\n${body}`, { mode: 0o600 });
    await rename(own, path);
  } catch (error) {
    // A full or read-only disk costs the cache only; what must be kept says so itself.
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

function splitOnce(text: string): readonly [string?, string?] {
  const at = text.indexOf('\n');
  return at < 0 ? [] : [text.slice(0, at), text.slice(at + 1)];
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
