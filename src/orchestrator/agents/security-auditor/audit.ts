import { setImmediate as nextTurn } from 'node:timers/promises';
import ts from 'typescript';
import type { AgentOutcome, AgentRequest, NeedResult } from '../../../contract/agents.ts';
import type { Finding } from '../../../contract/findings.ts';
import type { Json, JsonObject } from '../../../contract/json.ts';
import { countWords } from '../../../contract/words.ts';
import { parsedSourcesOf, type ParsedSource } from '../../workspace/parsed-source.ts';
import type { FindingDraft } from '../../workspace/fingerprint.ts';
import { otherLanguagesIn } from '../../workspace/languages.ts';
import type { ScopedFindings } from '../../workspace/scope-policy.ts';
import type { AgentContext } from '../agent.ts';
import { lockfileKind } from './dependencies/lockfile.ts';
import { lookElsewhere, lookInScope, placeOf } from './in-scope.ts';
import type { LookDeps, LookName } from './look.ts';
import { PATTERN_RULES } from './patterns/scan.ts';
import { secretNames } from './secrets/key.ts';
import { SECRETLINT_VERSION } from './secrets/secretlint.ts';
import { TOKEN_RULES } from './secrets/tokens.ts';

/** Fingerprints handed to later steps; a run with more has other worries. */
const MAX_KNOWN = 2_000;
/** Milliseconds between two progress messages, and between two looks at the signal. */
const BREATH_MS = 100;

export interface Audit {
  readonly request: AgentRequest;
  readonly context: AgentContext;
  /** Files to look at, relative. */
  readonly files: readonly string[];
  /** Fingerprints of what was said already. */
  readonly known: ReadonlySet<string>;
}

/** Looks at the files one by one: what the scope's policy lets through is emitted at once. */
export async function audit({ request, context, files, known }: Audit): Promise<AgentOutcome> {
  const { clock, signal, workspace } = context;
  const times = new Map<LookName, number>();
  const looking = await lookDeps({ request, context }, times);
  const said: Finding[] = [];
  const unread = new Set<string>();
  const elsewhere: FindingDraft[] = [];
  const seen = new Set<string>();
  let older = 0;
  const say = (scoped: ScopedFindings): void => {
    older += scoped.older;
    for (const finding of scoped.reported) {
      if (known.has(finding.fingerprint)) continue;
      said.push(finding);
      context.emit({ kind: 'finding', finding });
    }
  };
  let breath = clock.monotonic();
  for (const [index, file] of files.entries()) {
    if (clock.monotonic() - breath > BREATH_MS) {
      context.emit({
        kind: 'progress',
        message: `${String(index)} of ${String(files.length)} files`,
        fraction: index / files.length,
      });
      await nextTurn();
      breath = clock.monotonic();
    }
    if (signal.aborted)
      return {
        ok: false,
        error: {
          code: 'cancelled',
          message: `The audit was stopped after ${String(index)} of ${String(files.length)} files.`,
        },
      };
    const text = await workspace.read(file);
    if (text === null) {
      unread.add(file);
      continue;
    }
    const scoped = await lookInScope(file, text, { request, context, looking });
    elsewhere.push(...scoped.elsewhere);
    for (const finding of scoped.all) seen.add(placeOf(finding));
    say(scoped);
  }
  for (const scoped of await lookElsewhere(
    elsewhere.filter((one) => !seen.has(placeOf(one))),
    { request, context, files },
  ))
    say(scoped);
  tellGaps(context, { unread, files });
  tellEvidence(context, { times, files });
  const looked = files.length - unread.size;
  return {
    ok: true,
    data: {
      files: looked,
      older,
      findings: [...known, ...said.map((finding) => finding.fingerprint)].slice(0, MAX_KNOWN),
    },
    summary: summaryOf(said.length, looked),
    older,
    ...(looked === 0 ? { nothingChecked: true } : {}),
  };
}

function summaryOf(findings: number, looked: number): string {
  if (looked === 0) return 'nothing to look at';
  return findings === 0 ? 'nothing found' : `${String(findings)} ${findings === 1 ? 'finding' : 'findings'}`;
}

async function lookDeps(
  { request, context }: Pick<Audit, 'request' | 'context'>,
  times: Map<LookName, number>,
): Promise<LookDeps> {
  const { clock, workspace } = context;
  const add = (look: LookName, started: number): void => {
    times.set(look, (times.get(look) ?? 0) + clock.monotonic() - started);
  };
  const sources = parsedSourcesOf(workspace);
  const parsed = new Map<string, Promise<ParsedSource | null>>();
  const parse = (file: string): Promise<ParsedSource | null> => {
    const known =
      parsed.get(file) ?? workspace.read(file).then((text) => (text === null ? null : sources.parse(file, text)));
    parsed.set(file, known);
    return known;
  };
  return {
    root: workspace.root,
    isWhole: request.scope.kind !== 'changed',
    sources,
    modules: { files: new Set(await workspace.files({ reuse: true })), parse },
    nameOf: await secretNames(request.stateDir),
    readOther: (file) => workspace.read(file),
    timed: (look, work) => {
      const started = clock.monotonic();
      const result = work();
      if (result instanceof Promise)
        void result.then(
          () => add(look, started),
          () => add(look, started),
        );
      else add(look, started);
      return result;
    },
  };
}

interface Unread {
  readonly unread: ReadonlySet<string>;
  readonly files: readonly string[];
}

/** Binary files have no text to look at: they are no gap. */
function tellGaps(context: AgentContext, { unread, files }: Unread): void {
  for (const { file, why } of context.workspace.skipped()) {
    if (unread.has(file) && why !== 'binary') context.emit({ kind: 'not-checked', what: file, why });
  }
  for (const [language, count] of otherLanguagesIn(files)) {
    const what = `insecure patterns of ${countWords(count, `${language} file`)}`;
    context.emit({ kind: 'not-checked', what, why: 'the rules know JavaScript, TypeScript and JSX only' });
  }
  if (files.some((file) => lockfileKind(file) !== null)) {
    context.emit({
      kind: 'not-checked',
      what: 'known advisories of dependencies',
      why: 'they need data from the network; your package manager’s audit command has them',
    });
  }
}

interface Timed {
  readonly times: ReadonlyMap<LookName, number>;
  readonly files: readonly string[];
}

function tellEvidence(context: AgentContext, { times, files }: Timed): void {
  const tell = (look: LookName, tool: string, version: string): void => {
    const durationMs = times.get(look);
    if (durationMs === undefined) return;
    context.emit({
      kind: 'evidence',
      evidence: {
        tool,
        version,
        command: [],
        cwd: context.workspace.root,
        exitCode: null,
        durationMs: Math.round(durationMs),
      },
    });
  };
  if (files.length === 0) return;
  tell('secrets', `built in: secrets (${String(TOKEN_RULES.length)} token shapes, secretlint)`, SECRETLINT_VERSION);
  tell('patterns', `built in: insecure patterns (${String(PATTERN_RULES.length)} rules)`, `typescript ${ts.version}`);
  tell('dependencies', 'built in: dependencies', 'lockfile');
}

/** Fingerprints in the data of earlier audits among the needs. */
export function knownFindings(needs: AgentRequest['needs']): ReadonlySet<string> {
  return new Set(
    Object.values(needs)
      .flatMap((need) => listIn(need, 'findings'))
      .filter((one) => typeof one === 'string'),
  );
}

/** Files that an analysis of the task named; null when no need names any. */
export function namedFiles(needs: AgentRequest['needs']): readonly string[] | null {
  const files = Object.values(needs)
    .flatMap((need) => listIn(need, 'files'))
    .map((item) => (isObject(item) ? item['file'] : item))
    .filter((file) => typeof file === 'string');
  return files.length > 0 ? [...new Set(files)].toSorted() : null;
}

function listIn(need: NeedResult, member: string): readonly Json[] {
  const list = isObject(need) ? need[member] : undefined;
  const items: readonly Json[] = Array.isArray(list) ? list : [];
  return items;
}

function isObject(value: NeedResult): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('error' in value);
}
