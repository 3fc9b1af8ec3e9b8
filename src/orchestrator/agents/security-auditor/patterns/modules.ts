import { posix } from 'node:path';
import { isScript, type ParsedSource } from '../../../workspace/parsed-source.ts';

/** Other files of the workspace, already parsed, by how a file names them. */
export interface Modules {
  find(from: string, specifier: string): ParsedSource | null;
}

export const NO_MODULES: Modules = { find: () => null };

/** Files that are looked into for one file's sake. */
const MAX_MODULES = 40;
const MAX_DEPTH = 3;
const IMPORTS = /(?:\bfrom\s*|\brequire\(\s*|\bimport\s*\(?\s*)['"](\.{1,2}\/[^'"\n]+)['"]/g;
/** Without any of these nothing comes from outside, and what a file calls elsewhere does not matter. */
const MAY_HAVE_SOURCES =
  /\breq\b|[rR]equest|\bctx\b|\bc\.req|\bevent\b|searchParams|location\.|\bargs\b|@(?:Body|Query|Param)\b|process\.argv|\bmessage\b|\bquery\b|\bparams\b/;

export interface ModuleReader {
  /** Every file of the workspace. */
  readonly files: ReadonlySet<string>;
  readonly parse: (file: string) => Promise<ParsedSource | null>;
}

/** Parses what this file imports from the workspace, and what that imports, nearest first. */
export async function modulesFor(
  { file, text }: { readonly file: string; readonly text: string },
  { files, parse }: ModuleReader,
): Promise<Modules> {
  const parsed = new Map<string, ParsedSource>();
  if (!MAY_HAVE_SOURCES.test(text)) return NO_MODULES;
  let wave = [{ file, text }];
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    const next: { file: string; text: string }[] = [];
    for (const one of wave) {
      for (const found of importedFiles(one, files)) {
        if (found === file || parsed.has(found) || parsed.size >= MAX_MODULES) continue;
        const source = await parse(found);
        if (!source) continue;
        parsed.set(found, source);
        next.push({ file: found, text: source.text });
      }
    }
    wave = next;
  }
  return {
    find: (from, specifier) => {
      const found = specifier.startsWith('.') ? resolved(from, specifier, files) : null;
      return found === null ? null : (parsed.get(found) ?? null);
    },
  };
}

function importedFiles(
  { file, text }: { readonly file: string; readonly text: string },
  files: ReadonlySet<string>,
): readonly string[] {
  return [...text.matchAll(IMPORTS)].flatMap(([, specifier = '']) => resolved(file, specifier, files) ?? []);
}

const ENDINGS = ['', '.ts', '.tsx', '.js', '.jsx', '.mjs', '.cjs', '.mts', '/index.ts', '/index.tsx', '/index.js'];

/** `./db.js` may be db.ts; `./db` may be db/index.js. */
function resolved(from: string, specifier: string, files: ReadonlySet<string>): string | null {
  const path = posix.join(posix.dirname(from), specifier);
  const bare = path.replace(/\.[cm]?jsx?$/, '');
  const candidates = [...ENDINGS.map((ending) => path + ending), ...ENDINGS.map((ending) => bare + ending)];
  return (
    candidates.find((candidate) => files.has(candidate) && isScript(candidate) && !candidate.endsWith('.d.ts')) ?? null
  );
}
