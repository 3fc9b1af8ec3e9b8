import type { ChangedSince } from '../../contract/runs.ts';
import type { StepResult } from './run-events.ts';
import type { CheckedFiles } from './checked-files.ts';
import { differences, sha256, type Manifest } from './inputs.ts';

export interface CachedResult {
  readonly run: string;
  readonly number: number;
  readonly result: StepResult;
}

/** Of which step of which workflow; differences are told against its own last completion. */
export interface StepName {
  readonly workflow: string;
  readonly step: string;
}

export interface Completion {
  readonly of: StepName;
  readonly manifest: Manifest;
  readonly run: string;
  readonly number: number;
  /** ISO time. */
  readonly at: string;
  readonly stale: boolean;
}

/** Results by the hash of their inputs, and per step what it last completed on. Everything in it can be made again. */
export interface ResultCache {
  find(hash: string): CachedResult | 'missing' | 'damaged';
  keep(hash: string, cached: CachedResult): void;
  /** Remembers what the step completed on; cheap when that is what is remembered. */
  completed(completion: Completion): void;
  /** The first input that differs from the last completion, or what else was wrong with it; null when nothing is known. */
  missedBecause(of: StepName, manifest: Manifest): string | null;
  /** The same in full, for a step that failed. */
  changedSince(of: StepName, manifest: Manifest): ChangedSince | null;
}

interface LastCompletion {
  readonly hash: string;
  readonly filesHash: string;
  readonly facts: Manifest['facts'];
  readonly run: string;
  readonly number: number;
  readonly at: string;
  readonly stale: boolean;
}

const MAX_NAMED = 50;

export function createResultCache(checked: CheckedFiles): ResultCache {
  /** What this process wrote last of each step: mostly the same again. */
  const written = new Map<string, string>();

  function last(of: StepName): LastCompletion | null {
    const read = checked.read<LastCompletion>(lastName(of));
    return read.kind === 'found' ? read.value : null;
  }

  function differ(before: LastCompletion, manifest: Manifest, limit: number): ReturnType<typeof differences> {
    if (before.filesHash === manifest.filesHash)
      return differences({ facts: before.facts, files: manifest.files }, manifest, limit);
    const read = checked.read<readonly (readonly [string, string])[]>(filesName(before.filesHash));
    if (read.kind === 'found') return differences({ facts: before.facts, files: new Map(read.value) }, manifest, limit);
    const facts = differences({ facts: before.facts, files: manifest.files }, manifest, limit - 1);
    return { names: [...facts.names, 'files'], total: facts.total + 1 };
  }

  return {
    find(hash) {
      const read = checked.read<CachedResult>(resultName(hash));
      return read.kind === 'found' ? read.value : read.kind;
    },
    keep(hash, cached) {
      checked.write(resultName(hash), cached);
    },
    completed({ of, manifest, run, number, at, stale }) {
      const { hash, filesHash, facts } = manifest;
      const name = lastName(of);
      if (written.get(name) === `${hash} ${stale}`) return;
      written.set(name, `${hash} ${stale}`);
      const before = last(of);
      if (before?.hash === hash && before.stale === stale) return;
      if (!checked.has(filesName(filesHash))) checked.write(filesName(filesHash), [...manifest.files]);
      const now: LastCompletion = { hash, filesHash, facts, run, number, at, stale };
      checked.write(name, now);
    },
    missedBecause(of, manifest) {
      const before = last(of);
      if (!before) return null;
      if (before.hash !== manifest.hash) return differ(before, manifest, 1).names[0] ?? null;
      return before.stale
        ? `files changed while run ${before.number} looked at them`
        : `the result of run ${before.number} is not kept`;
    },
    changedSince(of, manifest) {
      const before = last(of);
      if (!before) return null;
      const { names, total } = differ(before, manifest, MAX_NAMED);
      return { run: before.run, number: before.number, at: before.at, inputs: names, total };
    },
  };
}

function resultName(hash: string): string {
  return `results/${hash}.json`;
}
function filesName(hash: string): string {
  return `files/${hash.replaceAll(' ', '-')}.json`;
}
function lastName({ workflow, step }: StepName): string {
  return `last/${sha256(`${workflow}\0${step}`).slice(0, 32)}.json`;
}
