import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentMessage, AgentOutcome, AgentRequest } from '../../../contract/agents.ts';
import type { StepError } from '../../../contract/failures.ts';
import type { ProcessEnd } from '../../process/processes.ts';
import { isScript, isTooDeep } from '../../workspace/parsed-source.ts';
import type { AgentContext } from '../agent.ts';
import { huntOtherLanguages } from './lint/languages.ts';
import { lintWithOxlint } from './lint/oxlint.ts';
import { lintWithOwnTools } from './lint/own-tools.ts';
import type { BrokenTool, Hunt } from './hunt-state.ts';
import { createReport } from './report.ts';
import { huntRemoved } from './removed.ts';
import { huntSuspicious } from './suspicious/hunt.ts';
import { checkTypes } from './types/check.ts';
import type { FoundCompiler } from './types/compiler.ts';
import { huntConfigs } from './types/configs.ts';
import type { Overlay, ProgramCache } from './types/programs.ts';
import { findProjects } from './types/projects.ts';

export interface HuntDeps {
  readonly compilerOf: (folder: string) => FoundCompiler;
  readonly programs: ProgramCache;
}

/** Findings in the result's data, for later steps; a run with more has other worries. */
const HANDED_ON = 100;

export async function hunt(request: AgentRequest, context: AgentContext, deps: HuntDeps): Promise<AgentOutcome> {
  const failures: StepError[] = [];
  const looked = { parts: 0 };
  let state: Hunt;
  try {
    state = await prepare(request, context, failures);
    const scripts = state.files.filter(isScript);
    looked.parts += await huntRemoved(state);
    looked.parts += await huntConfigs(state, deps.compilerOf);
    if (scripts.length > 0) {
      looked.parts += await huntScripts(state, scripts, deps);
      const own = await lintWithOwnTools(state, scripts);
      await lintWithOxlint(state, scripts, own);
      looked.parts += scripts.filter((file) => !state.packed.has(file)).length;
    }
    looked.parts += await huntOtherLanguages(state);
  } catch (error) {
    if (!context.signal.aborted) throw error;
    return { ok: false, error: { code: 'cancelled', message: 'The hunt was stopped.' } };
  }
  const { reported, older } = state.report.totals();
  const [failure] = failures;
  if (failure) return { ok: false, error: failure };
  return {
    ok: true,
    data: {
      findings: reported.slice(0, HANDED_ON).map(({ file, rule, message }) => ({ file, rule, message })),
      found: reported.length,
      older,
      files: state.files.length,
    },
    summary: summaryOf(reported.length, looked.parts),
    older,
    ...(looked.parts === 0 ? { nothingChecked: true } : {}),
  };
}

function summaryOf(findings: number, parts: number): string {
  if (parts === 0) return 'nothing to look at';
  return findings === 0 ? 'nothing found' : `${String(findings)} ${findings === 1 ? 'finding' : 'findings'}`;
}

async function prepare(request: AgentRequest, context: AgentContext, failures: StepError[]): Promise<Hunt> {
  const { workspace } = context;
  const emit = (message: AgentMessage): void => context.emit(message);
  const { files, packed, unread } = await readScope(request, context);
  for (const { file, why } of workspace.skipped()) if (unread.has(file)) emit({ kind: 'not-checked', what: file, why });
  for (const file of packed) {
    const why = 'it looks generated: very long lines';
    emit({ kind: 'not-checked', what: `lint and suspicious code in ${file}`, why });
  }
  return {
    request,
    context,
    root: workspace.root,
    report: createReport({ request, workspace, emit }),
    files,
    packed,
    overlay: await overlayOf(request, context),
    changedLines: (file) => workspace.changedLines(request.scope, file),
    progress: (message) => emit({ kind: 'progress', message }),
    notChecked: (what, why) => emit({ kind: 'not-checked', what, why }),
    fail: (broken) => failures.push(stepError(broken)),
  };
}

/** Files to look at; those whose text could not be read are left out. */
async function readScope(
  { scope }: AgentRequest,
  { workspace, signal }: AgentContext,
): Promise<Pick<Hunt, 'files' | 'packed'> & { readonly unread: ReadonlySet<string> }> {
  const files: string[] = [];
  const packed = new Set<string>();
  const unread = new Set<string>();
  for (const file of scope.files) {
    signal.throwIfAborted();
    const text = isScript(file) ? await workspace.read(file) : '';
    if (text === null) unread.add(file);
    else files.push(file);
    if (text !== null && isPacked(file, text)) packed.add(file);
  }
  return { files, packed, unread };
}

/** A line of code is not that long: generated or packed files are left out. */
const MAX_LINE_LENGTH = 2000;

function isPacked(file: string, text: string): boolean {
  return (
    /\.min\.[cm]?js$/.test(file) ||
    text.split('\n').some((line) => line.length > MAX_LINE_LENGTH && !line.includes('data:'))
  );
}

async function overlayOf({ scope }: AgentRequest, { workspace }: AgentContext): Promise<Overlay | null> {
  if (scope.kind !== 'changed' || scope.base === null) return null;
  const overlay = new Map<string, string | null>();
  for (const file of [...scope.files, ...(await workspace.removed(scope))]) {
    if (isScript(file) || file.endsWith('.json'))
      overlay.set(join(workspace.root, file), await workspace.readBase(scope.base, file));
  }
  return overlay;
}

/** Reads the programs that a hunt in these files will ask, and what is the same in every look at them. */
export function loadPrograms(
  { root, files }: { readonly root: string; readonly files: readonly string[] },
  { compilerOf, programs }: HuntDeps,
): void {
  const scripts = files.filter(isScript).map((file) => join(root, file));
  for (const project of findProjects({ root, files: scripts.filter(existsSync), compilerOf })) {
    try {
      programs.programs(project, null).now.getTypeChecker();
    } catch (error) {
      // The hunt says so.
      if (!isTooDeep(error)) throw error;
    }
  }
}

/** Returns how many projects the compiler could follow to the end. */
async function huntScripts(state: Hunt, scripts: readonly string[], deps: HuntDeps): Promise<number> {
  const { root } = state;
  let followed = 0;
  const projects = findProjects({ root, files: scripts.map((file) => join(root, file)), compilerOf: deps.compilerOf });
  for (const [index, project] of projects.entries()) {
    state.context.signal.throwIfAborted();
    state.context.emit({
      kind: 'progress',
      message: `types and suspicious code: ${project.label}`,
      fraction: index / projects.length,
    });
    try {
      const programs = deps.programs.programs(project, state.overlay);
      await checkTypes(state, project, programs);
      await huntSuspicious(state, project, programs);
      followed += 1;
    } catch (error) {
      if (!isTooDeep(error)) throw error;
      const what = `types and suspicious code, in part (${project.label})`;
      state.notChecked(what, 'some code in it is nested too deeply for the compiler');
    }
  }
  return followed;
}

/** The failure of the step when a tool broke. */
function stepError({ what, command, end }: BrokenTool): StepError {
  return {
    code: end.how === 'spawn' ? 'spawn' : 'exit',
    message: `${what} could not look at the files: it ${howItEnded(end)}. Run the command below to see why; often its configuration is wrong.`,
    command,
    exitCode: end.exitCode,
    lastLines: end.lastLines,
  };
}

function howItEnded(end: ProcessEnd): string {
  if (end.how === 'spawn') return `could not be started (${end.message ?? 'unknown reason'})`;
  return end.signal === null ? `ended with exit code ${String(end.exitCode)}` : `was ended by ${end.signal}`;
}
