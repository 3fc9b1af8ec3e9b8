import { relative } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type ts from 'typescript';
import type { Hunt } from '../hunt-state.ts';
import { rangeOf, type Draft } from '../report.ts';
import type { ProjectPrograms } from '../types/programs.ts';
import type { Project } from '../types/projects.ts';
import type { SuspicionRule } from './rule.ts';
import { SUSPICION_RULES } from './rules.ts';
import { suspect, type Suspicion } from './run.ts';

/** Slips on the changed lines of the project's files. */
export async function huntSuspicious(hunt: Hunt, project: Project, programs: ProjectPrograms): Promise<void> {
  for (const absolute of project.files) {
    await nextTurn();
    hunt.context.signal.throwIfAborted();
    const source = programs.now.getSourceFile(absolute);
    if (!source || source.isDeclarationFile) continue;
    const file = relative(hunt.root, absolute);
    if (!hunt.packed.has(file)) await huntFile(hunt, { project, programs, source, file });
  }
}

interface FileHunt {
  readonly project: Project;
  readonly programs: ProjectPrograms;
  readonly source: ts.SourceFile;
  readonly file: string;
}

async function huntFile(hunt: Hunt, { project, programs, source, file }: FileHunt): Promise<void> {
  const { compiler } = project.found;
  const baseText = hunt.overlay?.get(source.fileName) ?? null;
  const found = suspect({
    compiler,
    program: programs.now,
    source,
    base:
      baseText === null
        ? null
        : compiler.createSourceFile(source.fileName, baseText, compiler.ScriptTarget.Latest, true),
    lines: hunt.overlay === null ? null : await hunt.changedLines(file),
    rules: SUSPICION_RULES,
  });
  const said = onceAPlace(found, source).filter((one) => !hunt.report.spokeAbout(file, one.range.start.line));
  if (said.length === 0) return;
  const rules = new Set(found.map(({ rule }) => rule));
  await hunt.report.file(file, {
    now: said,
    before: baseText === null ? [] : draftsBefore({ project, programs, source, rules }),
  });
}

/** The same rules on the file as it was. Those that compare with the base have nothing to compare with there. */
function draftsBefore(input: {
  readonly project: Project;
  readonly programs: ProjectPrograms;
  readonly source: ts.SourceFile;
  readonly rules: ReadonlySet<SuspicionRule>;
}): readonly Draft[] {
  const program = input.programs.before();
  const source = program?.getSourceFile(input.source.fileName);
  if (!program || !source) return [];
  const { compiler } = input.project.found;
  return onceAPlace(suspect({ compiler, program, source, base: null, lines: null, rules: [...input.rules] }), source);
}

/** Where two rules speak about the same place, the one that stands first in the table does. */
function onceAPlace(found: readonly Suspicion[], source: ts.SourceFile): readonly Draft[] {
  const places = new Map<string, Suspicion>();
  for (const one of found) {
    const key = String(source.getLineAndCharacterOfPosition(one.span.start).line);
    const other = places.get(key);
    if (!other || SUSPICION_RULES.indexOf(one.rule) < SUSPICION_RULES.indexOf(other.rule)) places.set(key, one);
  }
  return [...places.values()].map(({ rule, message, span, edits }) => ({
    rule: rule.id,
    severity: rule.severity,
    confidence: rule.confidence,
    message,
    range: rangeOf(source, span),
    ...(edits.length === 0
      ? {}
      : { edit: edits.map(({ text, ...where }) => ({ range: rangeOf(source, where), newText: text })) }),
  }));
}
