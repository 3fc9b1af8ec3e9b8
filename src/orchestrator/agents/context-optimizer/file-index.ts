import { extname } from 'node:path';
import * as z from 'zod';
import { oxcParser } from '../../workspace/native-parts.ts';
import { isScript } from '../../workspace/parsed-source.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { scriptDefinitions, type Definition } from './definitions.ts';
import { readJsonCache, writeJsonCache } from './json-cache.ts';
import type { OtherLanguages } from './other-languages.ts';
import { identifiersOf, wordsOf } from './words.ts';

/** What ranking and rendering know of a file without its text. */
export interface FileFacts {
  readonly file: string;
  readonly definitions: readonly Definition[];
  /** Every name and word in it and how often: number in FileIndex.names, count, number, count, … */
  readonly names: readonly number[];
}

/** Facts of all files. Names and words are numbered, so that thousands of files are gone through in milliseconds. */
export interface FileIndex {
  readonly files: readonly FileFacts[];
  readonly names: readonly string[];
  readonly words: readonly string[];
  /** By number of the name: the numbers of the words in it. */
  readonly nameWords: readonly (readonly number[])[];
}

/** Another whenever the facts of an unchanged file would come out differently, as they do without the native parser. */
const FORMAT = oxcParser === null ? 4 : 3;
const READ_AT_ONCE = 32;
/** Larger files are data or generated; they can still be found by their path. */
const MOST_CHARACTERS = 400_000;
const NOT_READ =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?|Cargo\.lock|go\.sum|poetry\.lock|composer\.lock)$|\.min\.[cm]?js$|\.(?:map|snap|svg|csv|tsv|lock|pem|wasm|patch)$/;
const NOT_TEXT =
  /\.(?:png|jpe?g|gif|webp|avif|ico|icns|pdf|zip|gz|tgz|bz2|xz|7z|jar|woff2?|ttf|otf|eot|mp[34]|webm|ogg|wav|mov|exe|dll|so|dylib|node|bin|class|pyc|sqlite|db)$/i;

/** Passwords and keys of one machine, in shapes that no mask knows for sure; the examples kept for others hold none. */
const SETTINGS_OF_ONE_MACHINE = /(?:^|\/)\.env(?![^/]*\.(?:example|sample|template|dist)$)[^/]*$/;

/** Whether its text may be read at all: what is rendered goes to models elsewhere. */
export const mayBeShown = (file: string): boolean => !SETTINGS_OF_ONE_MACHINE.test(file);

interface CachedFile {
  readonly id: string;
  readonly names: readonly number[];
  readonly definitions: readonly Definition[];
}
interface Cache extends Omit<FileIndex, 'files'> {
  readonly format: number;
  readonly files: Readonly<Record<string, CachedFile>>;
}

/** The checksum proves that a Savepoint wrote it whole; `format` that it is one of ours. Checking each of a million numbers takes longer than making them. */
const cacheSchema = z.custom<Cache>(
  (value) => typeof value === 'object' && value !== null && 'format' in value && value.format === FORMAT,
);
const NOTHING: Cache = { format: FORMAT, names: [], words: [], nameWords: [], files: {} };

/**
 * Facts of every text file of the workspace, in its order; those of unchanged content come from `cacheFile` (absolute, in the
 * state folder; damage only costs the time to make it again).
 */
export async function loadFileIndex(deps: {
  readonly workspace: Workspace;
  readonly cacheFile: string;
  readonly languages: OtherLanguages;
  /** Applied to what the cache file keeps of a text. */
  readonly mask: (text: string) => string;
}): Promise<FileIndex> {
  const { workspace } = deps;
  const files = (await workspace.files({ reuse: true })).filter((file) => !NOT_TEXT.test(file));
  const ids = await workspace.contentIds(files, { reuse: true });
  const cache = (await readJsonCache(deps.cacheFile, cacheSchema)) ?? NOTHING;
  const isKnown = (file: string): boolean => cache.files[file] !== undefined && cache.files[file].id === ids.get(file);
  const fresh = await inBatches(
    files.filter((file) => !isKnown(file)),
    async (file) => readFresh(file, deps),
  );
  const known = files.flatMap((file): readonly FileFacts[] => {
    const cached = cache.files[file];
    return cached !== undefined && isKnown(file)
      ? [{ file, names: cached.names, definitions: cached.definitions }]
      : [];
  });
  if (fresh.length === 0 && known.length === Object.keys(cache.files).length) return { ...cache, files: known };
  const index = numbered(fresh, known, cache);
  const entries = index.files.map(({ file, names, definitions }) => [
    file,
    { id: ids.get(file) ?? '', names, definitions },
  ]);
  await writeJsonCache(deps.cacheFile, {
    ...index,
    format: FORMAT,
    files: Object.fromEntries(entries) as Cache['files'],
  });
  return index;
}

/** A file just read, its names not numbered yet. */
interface FreshFile {
  readonly file: string;
  readonly definitions: readonly Definition[];
  readonly names: ReadonlyMap<string, number>;
}

async function readFresh(
  file: string,
  { workspace, languages, mask }: Parameters<typeof loadFileIndex>[0],
): Promise<FreshFile> {
  const text = NOT_READ.test(file) || !mayBeShown(file) ? null : await workspace.read(file);
  if (text === null || text.length > MOST_CHARACTERS) return { file, definitions: [], names: new Map() };
  const found = await definitionsOf(file, text, languages);
  const definitions = found.map((one) => ({ ...one, signature: mask(one.signature) }));
  return { file, definitions, names: identifiersOf(mask(text)) };
}

/** Numbers the names of fresh files after those of the known ones. Names that nobody has any more stay until many are gone. */
function numbered(fresh: readonly FreshFile[], known: readonly FileFacts[], cache: Cache): FileIndex {
  const names = createNumbers(cache.names);
  const words = createNumbers(cache.words);
  const nameWords = [...cache.nameWords];
  const numberOfName = (name: string): number => {
    const number = names.of(name);
    nameWords[number] ??= wordsOf(name).map(words.of);
    return number;
  };
  const added = fresh.map(({ file, definitions, names: counts }): FileFacts => ({
    file,
    definitions,
    names: [...counts].flatMap(([name, count]) => [numberOfName(name), count]),
  }));
  const files = [...known, ...added].toSorted((a, b) => (a.file < b.file ? -1 : 1));
  return { files, names: names.list, words: words.list, nameWords };
}

function createNumbers(start: readonly string[]): { readonly list: string[]; readonly of: (text: string) => number } {
  const list = [...start];
  const numbers = new Map(list.map((text, number) => [text, number]));
  return {
    list,
    of(text) {
      const number = numbers.get(text) ?? list.length;
      if (number === list.length) {
        list.push(text);
        numbers.set(text, number);
      }
      return number;
    },
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

async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += READ_AT_ONCE) {
    results.push(...(await Promise.all(items.slice(start, start + READ_AT_ONCE).map(work))));
  }
  return results;
}
