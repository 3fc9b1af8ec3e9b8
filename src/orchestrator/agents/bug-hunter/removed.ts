import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { loadImportGraph, type ImportGraph } from '../../workspace/import-graph.ts';
import { isCodeFile } from '../../workspace/import-requests.ts';
import type { Hunt } from './hunt-state.ts';
import type { Draft } from './report.ts';

const REMOVED_FILE = 'imports.removed-file';
/** What code imports beside code. */
const IMPORTED = /\.(?:json|css|scss|less|svg|wasm)$/;
const LISTED = 5;

/** A line that imports a file which the change removed. */
interface Importer {
  readonly file: string;
  /** 0-based. */
  readonly line: number;
  readonly length: number;
}

/**
 * Files that the change deleted or renamed and that are still imported, by a relative path: those lines did not change, so no
 * other part looks at them, and where one does, this says more. One finding a removed file. Returns how many removed files were looked for.
 */
export async function huntRemoved(hunt: Hunt): Promise<number> {
  const { workspace } = hunt.context;
  const removed = (await workspace.removed(hunt.request.scope)).filter(
    (file) => (isCodeFile(file) || IMPORTED.test(file)) && !existsSync(join(hunt.root, file)),
  );
  if (removed.length === 0) return 0;
  const cacheFile = join(hunt.request.stateDir, 'agents', 'bug-hunter', 'import-graph.json');
  const graph = await loadImportGraph({ workspace, cacheFile });
  const there = new Set((await workspace.files({ reuse: true })).map(stemOf));
  for (const file of removed.filter((one) => !there.has(stemOf(one)))) {
    const importers: Importer[] = [];
    for (const from of graph.files) importers.push(...(await importsIn(from, file, { hunt, graph })));
    for (const one of importers) hunt.report.covers(one.file, one.line);
    const [first, ...others] = importers;
    if (first)
      await hunt.report.file(first.file, { now: [toDraft(file, first, others)], before: [], causedElsewhere: true });
  }
  return removed.length;
}

async function importsIn(
  from: string,
  removed: string,
  { hunt, graph }: { readonly hunt: Hunt; readonly graph: ImportGraph },
): Promise<readonly Importer[]> {
  const asked = graph
    .requests(from)
    .filter(({ kind, text }) => (kind === 'import' || kind === 'type') && /^\.{1,2}(?:\/|$)/.test(text))
    .filter(({ text }) => stemOf(posix.join(posix.dirname(from), text)) === stemOf(removed));
  if (asked.length === 0) return [];
  const lines = ((await hunt.context.workspace.read(from)) ?? '').split('\n');
  return asked.flatMap(({ text }) => {
    const line = lines.findIndex((one) => !COMMENT.test(one) && QUOTES.some((q) => one.includes(`${q}${text}${q}`)));
    return line < 0 ? [] : [{ file: from, line, length: (lines[line] ?? '').trimEnd().length }];
  });
}

const QUOTES = ["'", '"', '`'];
const COMMENT = /^\s*(?:\/[/*]|\*)/;

/** What a path is asked for by: `src/user` for src/user.ts and src/user/index.js. */
function stemOf(path: string): string {
  return path.replace(/(?:\.d)?\.(?:[cm]?[jt]sx?|vue|svelte|astro)$/, '').replace(/\/(?:index)?$/, '');
}

function toDraft(removed: string, first: Importer, others: readonly Importer[]): Draft {
  const listed = others.slice(0, LISTED).map(({ file, line }) => `${file}:${String(line + 1)}`);
  const more = others.length > LISTED ? ` and ${String(others.length - LISTED)} more` : '';
  const also = listed.length === 0 ? '' : ` So do ${listed.join(', ')}${more}.`;
  return {
    rule: REMOVED_FILE,
    severity: 'error',
    confidence: 'certain',
    message: `This imports ${removed}, which the change deleted or renamed, so it cannot be loaded.${also} Import what took its place, or bring the file back.`,
    range: { start: { line: first.line, character: 0 }, end: { line: first.line, character: first.length } },
    missing: [removed],
  };
}
