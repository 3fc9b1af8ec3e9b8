import type { AgentRequest } from '../../../contract/agents.ts';
import type { Finding } from '../../../contract/findings.ts';
import { fingerprinted, type FindingDraft } from '../../workspace/fingerprint.ts';
import { applyScopePolicy, type ScopedFindings } from '../../workspace/scope-policy.ts';
import type { AgentContext } from '../agent.ts';
import { lookAtFile, type FileLook, type LookDeps } from './look.ts';

export interface LookingInScope {
  readonly request: AgentRequest;
  readonly context: AgentContext;
  readonly looking: LookDeps;
}

export interface LookedInScope extends ScopedFindings {
  /** Everything found in the file, said or not. */
  readonly all: readonly Finding[];
  /** What its input does in other files. */
  readonly elsewhere: readonly FindingDraft[];
}

/** One file of the scope. The base is only asked where there is something to compare. */
export async function lookInScope(
  file: string,
  text: string,
  { request, context, looking }: LookingInScope,
): Promise<LookedInScope> {
  const { scope } = request;
  const { workspace } = context;
  const { findings, elsewhere, gaps } = await lookAtFile(file, text, looking);
  for (const why of gaps) context.emit({ kind: 'not-checked', what: file, why });
  if (findings.length === 0) return { reported: [], older: 0, silenced: 0, all: findings, elsewhere };
  const isCompared = scope.kind === 'changed';
  const base = isCompared ? await lookAtBase(file, { request, context, looking }) : null;
  const scoped = applyScopePolicy({
    scope,
    text,
    findings,
    base: base?.findings ?? [],
    changed: isCompared ? await workspace.changedLines(scope, file) : [],
    dismissed: workspace.dismissed(),
  });
  return { ...scoped, all: findings, elsewhere };
}

/** Where a finding is, and which. */
export const placeOf = ({ file, rule, range }: FindingDraft): string =>
  `${file}:${rule}:${String(range.start.line)}:${String(range.start.character)}`;

/**
 * Harm that input of one file does in another one of the scope. What the base said of such a flow is not asked: it counts as
 * new where it stands on a changed line.
 */
export async function lookElsewhere(
  drafts: readonly FindingDraft[],
  { request, context, files }: Omit<LookingInScope, 'looking'> & { readonly files: readonly string[] },
): Promise<readonly ScopedFindings[]> {
  const { workspace } = context;
  const unique = new Map(drafts.filter((one) => files.includes(one.file)).map((one) => [placeOf(one), one]));
  const byFile = Map.groupBy(unique.values(), (one) => one.file);
  const scoped: ScopedFindings[] = [];
  for (const [file, own] of byFile) {
    const text = await workspace.read(file);
    if (text === null) continue;
    const changed = request.scope.kind === 'changed' ? await workspace.changedLines(request.scope, file) : [];
    scoped.push(
      applyScopePolicy({
        scope: request.scope,
        text,
        findings: fingerprinted(own, text),
        base: [],
        changed,
        dismissed: workspace.dismissed(),
      }),
    );
  }
  return scoped;
}

async function lookAtBase(file: string, { request, context, looking }: LookingInScope): Promise<FileLook | null> {
  const { base } = request.scope;
  const text = base === null ? null : await context.workspace.readBase(base, file);
  if (base === null || text === null) return null;
  return lookAtFile(file, text, { ...looking, readOther: (other) => context.workspace.readBase(base, other) });
}
