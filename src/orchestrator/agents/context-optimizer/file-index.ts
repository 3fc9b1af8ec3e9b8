import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, extname, posix } from 'node:path';
import { isScript } from '../../workspace/parsed-source.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { scriptDefinitions, type Definition } from './definitions.ts';
import type { OtherLanguages } from './other-languages.ts';
import { identifiersOf } from './words.ts';

/** What ranking and rendering know of a file without its text. */
export interface FileFacts {
  readonly file: string;
  readonly definitions: readonly Definition[];
  /** Every name and word in it and how often. */
  readonly names: ReadonlyMap<string, number>;
  /** Characters. */
  readonly size: number;
}

/** Raised whenever the facts of an unchanged file would come out differently. */
const FORMAT = 1;
const READ_AT_ONCE = 32;
/** Larger files are data or generated; they can still be found by their path. */
const MOST_CHARACTERS = 400_000;
const NOT_READ =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?|Cargo\.lock|go\.sum|poetry\.lock|composer\.lock)$|\.min\.[cm]?js$|\.(?:map|snap|svg|csv|tsv|lock|pem|wasm|patch)$/;
const NOT_TEXT =
  /\.(?:png|jpe?g|gif|webp|avif|ico|icns|pdf|zip|gz|tgz|bz2|xz|7z|jar|woff2?|ttf|otf|eot|mp[34]|webm|ogg|wav|mov|exe|dll|so|dylib|node|bin|class|pyc|sqlite|db)$/i;

interface CachedFile {
  readonly id: string;
  readonly size: number;
  /** Number of the name in `names`, count, … */
  readonly names: readonly number[];
  readonly definitions: readonly Definition[];
}
interface Cache {
  readonly format: number;
  readonly names: readonly string[];
  readonly files: Readonly<Record<string, CachedFile>>;
}

/**
 * Facts of every text file of the workspace, in its order; those of unchanged content come from `cacheFile` (absolute, in the
 * state folder; damage only costs the time to make it again).
 */
export async function loadFileIndex(deps: {
  readonly workspace: Workspace;
  readonly cacheFile: string;
  readonly languages: OtherLanguages;
}): Promise<readonly FileFacts[]> {
  const { workspace } = deps;
  const files = (await workspace.files({ reuse: true })).filter((file) => !NOT_TEXT.test(file));
  const ids = await workspace.contentIds(files, { reuse: true });
  const cache = await readCache(deps.cacheFile);
  let made = 0;
  const facts = await inBatches(files, async (file) => {
    const known = cache.files[file];
    if (known !== undefined && known.id === ids.get(file)) return fromCache(file, known, cache.names);
    made += 1;
    return readFacts(file, NOT_READ.test(file) ? null : await workspace.read(file), deps.languages);
  });
  if (made > 0 || Object.keys(cache.files).length !== facts.length)
    await writeCache(deps.cacheFile, toCache(facts, ids));
  return facts;
}

async function readFacts(file: string, text: string | null, languages: OtherLanguages): Promise<FileFacts> {
  if (text === null || text.length > MOST_CHARACTERS)
    return { file, definitions: [], names: new Map(), size: text?.length ?? 0 };
  return {
    file,
    definitions: await definitionsOf(file, text, languages),
    names: identifiersOf(text),
    size: text.length,
  };
}

async function definitionsOf(file: string, text: string, languages: OtherLanguages): Promise<readonly Definition[]> {
  if (isScript(file)) return scriptDefinitions(file, text);
  if (languages.knows(file)) return languages.definitions(file, text);
  return extname(file) === '.md' ? headings(text) : [];
}

/** A text's outline. */
function headings(text: string): readonly Definition[] {
  return text.split('\n').flatMap((line, index) => {
    const title = /^#{1,3} +(.+)/.exec(line)?.[1];
    return title === undefined ? [] : [{ name: title, line: index, endLine: index, signature: line.trim() }];
  });
}

function fromCache(file: string, cached: CachedFile, names: readonly string[]): FileFacts {
  const counts = new Map<string, number>();
  for (let at = 0; at < cached.names.length; at += 2) {
    counts.set(names[cached.names[at] ?? -1] ?? '', cached.names[at + 1] ?? 0);
  }
  return { file, definitions: cached.definitions, names: counts, size: cached.size };
}

function toCache(facts: readonly FileFacts[], ids: ReadonlyMap<string, string>): Cache {
  const numbers = new Map<string, number>();
  const numberOf = (name: string): number => {
    const known = numbers.get(name) ?? numbers.size;
    numbers.set(name, known);
    return known;
  };
  const files = facts.map(({ file, size, names, definitions }): readonly [string, CachedFile] => [
    file,
    {
      id: ids.get(file) ?? '',
      size,
      definitions,
      names: [...names].flatMap(([name, count]) => [numberOf(name), count]),
    },
  ]);
  return { format: FORMAT, files: Object.fromEntries(files), names: [...numbers.keys()] };
}

async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += READ_AT_ONCE) {
    results.push(...(await Promise.all(items.slice(start, start + READ_AT_ONCE).map(work))));
  }
  return results;
}

async function readCache(path: string): Promise<Cache> {
  const empty: Cache = { format: FORMAT, names: [], files: {} };
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const end = text.indexOf('\n');
  const body = text.slice(end + 1);
  if (end < 0 || text.slice(0, end) !== checksum(body)) return empty;
  // The checksum proves that a Savepoint wrote it whole; `format` that it is one of ours.
  const cache = JSON.parse(body) as Cache;
  return cache.format === FORMAT ? cache : empty;
}

/** Under a name of its own, then renamed: two writers at once leave one whole file. */
async function writeCache(path: string, cache: Cache): Promise<void> {
  const body = JSON.stringify(cache);
  const own = posix.join(dirname(path), `${posix.basename(path)}.${String(process.pid)}.${String(Date.now())}`);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(own, `${checksum(body)}\n${body}`, { mode: 0o600 });
  await rename(own, path);
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
