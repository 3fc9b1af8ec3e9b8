import { dirname, relative, sep } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type ts from 'typescript';
import { typeRule } from '../../../../contract/rule-names.ts';
import { touches } from '../../../workspace/workspace.ts';
import type { Hunt } from '../hunt-state.ts';
import type { Draft } from '../report.ts';
import { groupBroken, type Broken, type ChangedText } from './breakage.ts';
import { findDependents, isGlobal, ownSources, type Dependent } from './dependents.ts';
import { findMissing, isAnythingMissing, type MissingDependencies } from './dependencies.ts';
import { errorsIn, newErrors, type TypeError } from './errors.ts';
import { createTypeFixes, type TypeFixes } from './fixes.ts';
import { confirmed, isAnswer, runNative } from './native.ts';
import type { ProjectPrograms } from './programs.ts';
import { reshaped } from './shape.ts';
import type { Project } from './projects.ts';

/** How long files that depend on the change are looked at; the changed ones always are. A third of the agent's 45 s. */
const DEPENDENTS_BUDGET_MS = 15_000;
/** Declared and never used: not wrong, and often only half written. */
const UNUSED: ReadonlySet<number> = new Set([6133, 6138, 6192, 6196, 6198, 6199, 6205]);

interface Check {
  readonly hunt: Hunt;
  readonly project: Project;
  readonly programs: ProjectPrograms;
  readonly missing: MissingDependencies;
}

/** Type errors that the change brought, in the changed files and in those that depend on them. */
export async function checkTypes(hunt: Hunt, project: Project, programs: ProjectPrograms): Promise<void> {
  const { context, root } = hunt;
  const from = context.clock.monotonic();
  const { compiler } = project.found;
  const folder = project.config === null ? root : dirname(project.config);
  const missing = findMissing({ compiler, program: programs.now, folder, root });
  const check: Check = { hunt, project, programs, missing };
  sayLimits(check);
  const inScope = project.files.flatMap((file) => programs.now.getSourceFile(file) ?? []);
  const found = [...(await errorsInScope(check, inScope))];
  const dependents = hunt.overlay === null || !checksTypes(project) ? [] : dependentsOf(check, inScope);
  const known = new Set(inScope);
  const others = dependents.filter(({ source }) => !known.has(source));
  found.push(...(await errorsInDependents(check, others)));
  const settled = await settle(check, found);
  context.emit({
    kind: 'evidence',
    evidence: {
      tool: `built in: types by ${project.found.origin === 'bundled' ? 'our' : 'the workspace’s'} TypeScript, ${project.label}`,
      version: project.found.version,
      command: [],
      cwd: folder,
      exitCode: null,
      durationMs: Math.round(context.clock.monotonic() - from),
    },
  });
  await tell(check, settled, dependents);
}

/** With settings that are not known (no tsconfig, or its base is missing) only syntax errors are certain. */
function checksTypes(project: Project): boolean {
  return project.config !== null && project.missingBase === null;
}

function errorsNow(check: Check, source: ts.SourceFile): readonly TypeError[] {
  const { compiler } = check.project.found;
  return errorsIn({
    compiler,
    program: check.programs.now,
    source,
    missing: check.missing,
    types: checksTypes(check.project),
  });
}

async function errorsInScope(check: Check, sources: readonly ts.SourceFile[]): Promise<readonly TypeError[]> {
  const found: TypeError[] = [];
  for (const [index, source] of sources.entries()) {
    await turn(check);
    if (index % 50 === 49) check.hunt.progress(`types: ${String(index + 1)} of ${String(sources.length)} files`);
    found.push(...errorsNow(check, source));
  }
  return found;
}

/** Checking a file blocks this process: between files an abort gets its turn. */
async function turn({ hunt }: Check): Promise<void> {
  await nextTurn();
  hunt.context.signal.throwIfAborted();
}

/** Files that may break by the change although they did not change themselves; some may be in scope all the same, to be looked at again. */
function dependentsOf({ project, programs }: Check, inScope: readonly ts.SourceFile[]): readonly Dependent[] {
  const { compiler } = project.found;
  const before = programs.before();
  if (!before) return [];
  const changed = inScope.filter(({ fileName, text }) => before.getSourceFile(fileName)?.text !== text);
  const globals = changed.filter((source) => isGlobal(compiler, source));
  const seen = [...new Set([...reshaped(programs.now, before, changed), ...globals])];
  const reached = findDependents(compiler, programs.now, { seen, changed });
  const [globalOne] = globals.filter((source) => source.isDeclarationFile);
  if (!globalOne) return reached;
  const known = new Set([...reached.map(({ source }) => source), ...changed]);
  const others = ownSources(programs.now).filter((source) => !known.has(source));
  return [...reached, ...others.map((source) => ({ source, from: globalOne.fileName }))];
}

async function errorsInDependents(check: Check, dependents: readonly Dependent[]): Promise<readonly TypeError[]> {
  const { context } = check.hunt;
  const deadline = context.clock.monotonic() + DEPENDENTS_BUDGET_MS;
  const found: TypeError[] = [];
  for (const [index, { source }] of dependents.entries()) {
    await turn(check);
    if (context.clock.monotonic() > deadline) {
      check.hunt.notChecked(
        `types in ${String(dependents.length - index)} of ${String(dependents.length)} files that depend on the change (${check.project.label})`,
        `stopped after ${String(DEPENDENTS_BUDGET_MS / 1000)} s`,
      );
      break;
    }
    if (index % 50 === 0)
      check.hunt.progress(`types: ${String(index)} of ${String(dependents.length)} files that depend on the change`);
    found.push(...errorsNow(check, source));
  }
  return found;
}

interface Settled {
  readonly fresh: readonly TypeError[];
  readonly older: number;
}

/** Leaves out what the base had too; a workspace's TypeScript 7 has the last word on what is an error at all. */
async function settle(check: Check, found: readonly TypeError[]): Promise<Settled> {
  const { native } = check.project.found;
  const { config } = check.project;
  if (found.length === 0 && !native) return { fresh: [], older: 0 };
  const before = errorsBefore(check, new Set(found.map(({ file }) => file)));
  const fresh = newErrors(found, before);
  if (!native || config === null || !checksTypes(check.project)) return { fresh, older: found.length - fresh.length };
  const answer = await runNative(native, config, check.hunt.context);
  check.hunt.context.emit({
    kind: 'evidence',
    evidence: {
      tool: 'TypeScript',
      version: native.version,
      command: answer.command,
      cwd: dirname(config),
      exitCode: answer.end.exitCode,
      durationMs: Math.round(answer.end.durationMs),
    },
  });
  if (!isAnswer(answer.end)) {
    check.hunt.fail({ what: `TypeScript ${native.version}`, command: answer.command, end: answer.end });
    return { fresh: [], older: 0 };
  }
  const agreed = confirmed(fresh, answer.errors);
  const onlyNative = isAnythingMissing(check.missing) ? [] : onlyIn(answer.errors, found, check.project.files);
  return {
    fresh: [...agreed, ...newErrors(onlyNative, errorsBefore(check, new Set(onlyNative.map(({ file }) => file))))],
    older: found.length - fresh.length,
  };
}

/** What only the workspace's compiler sees, in files in scope. */
function onlyIn(
  native: readonly TypeError[],
  found: readonly TypeError[],
  files: readonly string[],
): readonly TypeError[] {
  const known = confirmed(native, found);
  const inScope = new Set(files);
  return native.filter((error) => inScope.has(error.file) && !known.includes(error));
}

function errorsBefore(check: Check, files: ReadonlySet<string>): readonly TypeError[] {
  const program = files.size === 0 ? null : check.programs.before();
  if (!program) return [];
  const { compiler } = check.project.found;
  return [...files].flatMap((file) => {
    const source = program.getSourceFile(file);
    return source ? errorsIn({ compiler, program, source, missing: check.missing, types: true }) : [];
  });
}

async function tell(check: Check, { fresh, older }: Settled, dependents: readonly Dependent[]): Promise<void> {
  const { hunt } = check;
  hunt.report.older(older);
  const changed = new Map<string, ChangedText>();
  const own = new Map<string, Draft[]>();
  const broken: Broken[] = [];
  const { project, programs } = check;
  const fixes = createTypeFixes({ project, program: programs.now, clock: hunt.context.clock });
  const reachedFrom = new Map(dependents.map(({ source, from }) => [source.fileName, from]));
  for (const file of check.project.files) {
    const path = toRelative(hunt.root, file);
    changed.set(path, { text: (await hunt.context.workspace.read(path)) ?? '', lines: await hunt.changedLines(path) });
  }
  for (const error of fresh) {
    const file = toRelative(hunt.root, error.file);
    if (hunt.report.spokeAbout(file, error.range.start.line)) continue;
    const here = changed.get(file);
    const onChangedLine =
      here !== undefined &&
      (hunt.overlay === null || touches(here.lines, error.range.start.line, error.range.end.line));
    if (onChangedLine) own.set(file, [...(own.get(file) ?? []), toDraft(error, check, fixes)]);
    else broken.push({ error, file, from: toRelative(hunt.root, reachedFrom.get(error.file) ?? error.file) });
  }
  for (const [file, drafts] of own) await hunt.report.file(file, { now: drafts, before: [] });
  for (const [file, drafts] of groupBroken(broken, changed)) await hunt.report.file(file, { now: drafts, before: [] });
}

function toDraft(error: TypeError, { missing, project }: Check, fixes: TypeFixes): Draft {
  return {
    rule: typeRule(error.code),
    severity: UNUSED.has(error.code) ? 'warning' : 'error',
    confidence: isAnythingMissing(missing) ? 'possible' : 'certain',
    message: `${error.text} (TypeScript ${project.found.native?.version ?? project.found.version}, ${project.label})`,
    range: error.range,
    ...fixes.of(error),
  };
}

function sayLimits({ hunt, project, missing }: Check): void {
  const files = `${String(project.files.length)} ${project.files.length === 1 ? 'file' : 'files'}`;
  if (project.found.note !== null)
    hunt.context.emit({
      kind: 'log',
      stream: 'note',
      text: `${project.found.note}: TypeScript ${project.found.version} of Savepoint is used instead`,
    });
  if (project.configError !== null)
    hunt.notChecked(`settings behind a syntax error in ${project.label}`, `${project.configError} Correct it first.`);
  if (project.config === null) {
    const typed = project.files.filter((file) => /\.[cm]?tsx?$/.test(file));
    if (typed.length > 0)
      hunt.notChecked(
        `types of ${String(typed.length)} TypeScript ${typed.length === 1 ? 'file' : 'files'}`,
        'no tsconfig.json includes them; only syntax was checked',
      );
  } else if (project.missingBase !== null) {
    hunt.notChecked(`types of ${files} (${project.label})`, `${project.missingBase} Install the dependencies.`);
  } else if (isAnythingMissing(missing)) {
    const names =
      missing.packages.slice(0, 3).join(', ') +
      (missing.packages.length > 3 ? ` and ${String(missing.packages.length - 3)} more` : '');
    const which = missing.nothingInstalled ? 'node_modules is missing' : `${names} cannot be found`;
    hunt.notChecked(
      `types that come from dependencies (${project.label})`,
      `types checked without dependencies: ${which}. Install them.`,
    );
  }
}

function toRelative(root: string, file: string): string {
  return relative(root, file).split(sep).join('/');
}
