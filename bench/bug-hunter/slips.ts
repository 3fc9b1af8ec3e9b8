/**
 * Seeds one editing slip at a time into real code and asks the bug hunter's compiler and rules about it.
 * node bench/bug-hunter/slips.ts FOLDER [how many of each class] [glob-less path prefix]
 * Prints, per class, how many were seeded, how many were said on the changed lines, and by what.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { touches } from '../../src/orchestrator/workspace/workspace.ts';
import { createCompilerFinder } from '../../src/orchestrator/agents/bug-hunter/types/compiler.ts';
import { findMissing } from '../../src/orchestrator/agents/bug-hunter/types/dependencies.ts';
import { errorsIn, newErrors } from '../../src/orchestrator/agents/bug-hunter/types/errors.ts';
import { createProgramCache } from '../../src/orchestrator/agents/bug-hunter/types/programs.ts';
import { findProjects, type Project } from '../../src/orchestrator/agents/bug-hunter/types/projects.ts';
import { SUSPICION_RULES } from '../../src/orchestrator/agents/bug-hunter/suspicious/rules.ts';
import { suspect } from '../../src/orchestrator/agents/bug-hunter/suspicious/run.ts';
import { SLIPS, type Edit } from './slip-kinds.ts';

const [, , root = '.', each = '10', prefix = 'src/'] = process.argv;
const random = seeded(20261121);
const folder = resolve(root);
const compilerOf = createCompilerFinder();
const files = ts.sys
  .readDirectory(folder, ['.ts', '.tsx', '.js', '.mjs'], ['**/node_modules/**', '**/*.d.ts', '**/dist/**'], ['**/*'])
  .filter((file) => relative(folder, file).startsWith(prefix) && !/\.(?:test|spec)\.|__tests__|\/test\//.test(file));
const cache = createProgramCache();
const totals = new Map<string, { seeded: number; types: number; suspicious: number; missed: string[] }>();
for (const project of findProjects({ root: folder, files, compilerOf })) measure(project);
for (const [name, { seeded: count, types, suspicious, missed }] of totals) {
  console.log(
    `${name.padEnd(28)} seeded ${String(count).padStart(3)}  said ${String(types + suspicious).padStart(3)}  (types ${types}, suspicious ${suspicious})`,
  );
  if (process.env['SHOW_MISSED'] !== undefined)
    for (const line of missed.slice(0, 6)) console.log(`      missed ${line}`);
}

function measure(project: Project): void {
  const { now } = cache.programs(project, null);
  const missing = findMissing({
    compiler: ts,
    program: now,
    folder: dirname(project.config ?? join(folder, 'x')),
    root: folder,
  });
  const sources = project.files.flatMap((file) => now.getSourceFile(file) ?? []);
  for (const kind of SLIPS) {
    const { name } = kind;
    const edits = shuffled(sources.flatMap((source) => kind.find(source).map((edit) => ({ source, edit }))));
    const total = totals.get(name) ?? { seeded: 0, types: 0, suspicious: 0, missed: [] };
    totals.set(name, total);
    for (const { source, edit } of edits.slice(0, Math.max(0, Number(each) - total.seeded))) {
      total.seeded += 1;
      const said = askAbout({ project, now, missing, source, edit });
      if (said === 'types') total.types += 1;
      else if (said === 'suspicious') total.suspicious += 1;
      else
        total.missed.push(
          `${relative(folder, source.fileName)}:${source.getLineAndCharacterOfPosition(edit.start).line + 1} ${source.text.slice(edit.start, edit.end).slice(0, 60).replace(/\s+/g, ' ')} → ${edit.text.slice(0, 60).replace(/\s+/g, ' ')}`,
        );
    }
  }
}

interface Asked {
  readonly project: Project;
  readonly now: ts.Program;
  readonly missing: ReturnType<typeof findMissing>;
  readonly source: ts.SourceFile;
  readonly edit: Edit;
}

function askAbout({ project, missing, source, edit, now }: Asked): 'types' | 'suspicious' | null {
  const { start, end } = wholeLine(source.text, edit);
  const text = source.text.slice(0, start) + edit.text + source.text.slice(end);
  const program = programWith({ project, now, file: source.fileName, text });
  const changed = program.getSourceFile(source.fileName);
  if (!changed) return null;
  const first = changed.getLineAndCharacterOfPosition(start).line;
  const last = changed.getLineAndCharacterOfPosition(start + edit.text.length).line;
  const lines = [[first, edit.text === '' ? first : last + 1] as const];
  const types = project.config !== null;
  const errors = newErrors(
    errorsIn({ compiler: project.found.compiler, program, source: changed, missing, types }),
    errorsIn({ compiler: project.found.compiler, program: now, source, missing, types }),
  );
  if (errors.length > 0) return 'types';
  const base = ts.createSourceFile(source.fileName, source.text, ts.ScriptTarget.Latest, true);
  const found = suspect({
    compiler: project.found.compiler,
    program,
    source: changed,
    base,
    lines,
    rules: SUSPICION_RULES,
  });
  const spoken = found.filter(({ span }) =>
    touches(
      lines,
      changed.getLineAndCharacterOfPosition(span.start).line,
      changed.getLineAndCharacterOfPosition(span.end).line,
    ),
  );
  return spoken.length > 0 ? 'suspicious' : null;
}

interface Slipped {
  readonly project: Project;
  readonly now: ts.Program;
  readonly file: string;
  readonly text: string;
}

/** What is removed goes with its line where nothing else stands on it, as in an editor. */
function wholeLine(text: string, { start, end, text: put }: Edit): { readonly start: number; readonly end: number } {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const to = text.indexOf('\n', end);
  const alone = to !== -1 && text.slice(from, start).trim() === '' && text.slice(end, to).trim() === '';
  return put === '' && alone ? { start: from, end: to + 1 } : { start, end };
}

function programWith({ project, now, file, text }: Slipped): ts.Program {
  const { compiler } = project.found;
  const host = compiler.createCompilerHost(project.options, true);
  return compiler.createProgram({
    rootNames: [...project.rootNames],
    options: project.options,
    oldProgram: now,
    host: {
      ...host,
      readFile: (name) => (name === file ? text : readFileSync(name, 'utf8')),
      getSourceFile: (name, version, ...rest) =>
        name === file
          ? compiler.createSourceFile(name, text, version, true)
          : (now.getSourceFile(name) ?? host.getSourceFile(name, version, ...rest)),
    },
  });
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function shuffled<T>(items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
