import type { AgentRequest } from '../../../contract/agents.ts';
import type { Finding } from '../../../contract/findings.ts';
import { fingerprinted, type FindingDraft } from '../../workspace/fingerprint.ts';
import { applyScopePolicy, type ScopedFindings } from '../../workspace/scope-policy.ts';
import { touches } from '../../workspace/workspace.ts';
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
  const spoken = isCompared ? findings : await withoutOldGuesses(file, findings, { request, context });
  const scoped = applyScopePolicy({
    scope,
    text,
    findings: spoken,
    base: base?.findings ?? [],
    changed: isCompared ? await workspace.changedLines(scope, file) : [],
    dismissed: workspace.dismissed(),
  });
  return { ...scoped, older: scoped.older + findings.length - spoken.length, all: findings, elsewhere };
}

/** A possible secret is only said on a line that differs from HEAD, whatever was asked for; without git all lines do. */
async function withoutOldGuesses(
  file: string,
  findings: readonly Finding[],
  { request, context }: Omit<LookingInScope, 'looking'>,
): Promise<readonly Finding[]> {
  const isGuess = ({ rule, confidence }: Finding): boolean => rule.startsWith('secret.') && confidence === 'possible';
  if (!findings.some(isGuess)) return findings;
  const head = (await context.workspace.git())?.head ?? null;
  const changed = await context.workspace.changedLines({ ...request.scope, kind: 'changed', base: head }, file);
  return findings.filter((one) => !isGuess(one) || touches(changed, one.range.start.line, one.range.end.line));
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
