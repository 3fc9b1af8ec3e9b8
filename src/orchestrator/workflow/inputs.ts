import { createHash } from 'node:crypto';
import type { NeedResult, Scope } from '../../contract/agents.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { ScopeRequest } from '../workspace/workspace.ts';
import type { PinnedStep } from './plan.ts';
import type { WorkspaceLook } from './workspace-look.ts';

/** Everything that a step's result depends on, as name → hash, in the order in which a difference is told. */
export interface Manifest {
  readonly hash: string;
  readonly filesHash: string;
  readonly files: ReadonlyMap<string, string>;
  /** What is not a file. */
  readonly facts: readonly (readonly [name: string, hash: string])[];
}

export interface ManifestRequest {
  readonly step: PinnedStep;
  readonly scope: Scope;
  readonly scopeRequest: ScopeRequest;
  readonly needs: Readonly<Record<string, NeedResult>>;
  readonly look: WorkspaceLook;
  /** Of the agent as it is now, which for a resumed run may not be the pinned one. */
  readonly agentHash: string;
  readonly nodeVersion: string;
  readonly savepointVersion: string;
  /** Installed version of each declared tool; null for a missing one. */
  readonly tools: readonly (readonly [name: string, version: string | null])[];
}

/**
 * Hashes a step's inputs. A step that declares none is hashed over the request alone (never over what happens to lie in the
 * workspace): enough for a retry to take its result over, and its results are never cached.
 */
export async function createManifest(request: ManifestRequest): Promise<Manifest> {
  const { step, look } = request;
  const { files, hash: filesHash } = await look.inputFiles(step.inputs.files, request.scope);
  const facts = factsOf(request);
  // The step's id too: the agent is told it, so its result may depend on it.
  const hash = sha256(JSON.stringify([step.id, step.agent, step.operation, facts, filesHash]));
  return { hash, filesHash, files, facts };
}

/** Names of inputs that differ, the first one first; at most `limit`, with how many there are. */
export function differences(
  before: Pick<Manifest, 'files' | 'facts'>,
  now: Pick<Manifest, 'files' | 'facts'>,
  limit: number,
): { readonly names: readonly string[]; readonly total: number } {
  const names = [
    ...differingKeys(factsOfKind(before.facts, true), factsOfKind(now.facts, true)),
    ...differingKeys(before.files, now.files).sort(),
    ...differingKeys(factsOfKind(before.facts, false), factsOfKind(now.facts, false)),
  ];
  return { names: names.slice(0, limit), total: names.length };
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function factsOf(request: ManifestRequest): readonly (readonly [string, string])[] {
  const { step, scope, scopeRequest, needs } = request;
  const declared = step.inputs.files !== null;
  const scopeFact = declared ? { kind: scope.kind, base: scope.base, files: scope.files } : scopeRequest;
  return [
    ...withFacts(step.with),
    ...request.tools.map(([name, version]): [string, string] => [`${name} version`, version ?? 'missing']),
    ['node version', request.nodeVersion],
    ...Object.entries(needs).map(([id, result]): [string, string] => [
      `result of step ${id}`,
      sha256(JSON.stringify(result)),
    ]),
    ['scope', sha256(JSON.stringify(scopeFact))],
    ['agent definition', request.agentHash],
    ['savepoint version', request.savepointVersion],
  ];
}

function withFacts(values: JsonObject): readonly [string, string][] {
  return Object.keys(values)
    .sort()
    .map((key) => [`with.${key}`, sha256(JSON.stringify(values[key]))]);
}

/** What somebody set by hand is told before files; what follows from files or the machine after them. */
function factsOfKind(facts: Manifest['facts'], byHand: boolean): ReadonlyMap<string, string> {
  return new Map(facts.filter(([name]) => name.startsWith('with.') === byHand));
}

function differingKeys(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string[] {
  const keys = new Set([...now.keys(), ...before.keys()]);
  return [...keys].filter((key) => before.get(key) !== now.get(key));
}
