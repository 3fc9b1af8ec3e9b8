import type { TestsWanted } from '../../contract/worker.ts';

/** A file, group or test of the tree, as far as running it goes. */
export interface TestTarget {
  readonly file: string;
  /** Full name, parents joined by ` > `; null for the whole file. */
  readonly name: string | null;
  /** Full names of the tests in it: itself, where it is one. */
  readonly tests: readonly string[];
}

/**
 * The request for what a person chose and did not leave out. Where a whole file is among it, names are not narrowed: tests whose
 * names are made at run time have no item of their own.
 */
export function wantedTests(
  included: readonly TestTarget[],
  excluded: readonly TestTarget[],
): Pick<TestsWanted, 'files' | 'names'> {
  const out = (target: TestTarget): boolean =>
    excluded.some(
      ({ file, name }) =>
        file === target.file &&
        (name === null || name === target.name || (target.name?.startsWith(`${name} > `) ?? false)),
    );
  const left = included.filter((target) => !out(target));
  const files = [...new Set(left.map(({ file }) => file))].sort();
  const narrowed = (target: TestTarget): boolean =>
    target.name !== null || excluded.some(({ file }) => file === target.file);
  const excludedNames = new Set(excluded.flatMap(({ tests }) => tests));
  const names = left.flatMap(({ tests }) => tests).filter((name) => !excludedNames.has(name));
  return { files, names: left.every(narrowed) ? [...new Set(names)].sort() : [] };
}
