import picomatch from 'picomatch';
import type { TriggerFilter } from '../../contract/definitions.ts';
import { didYouMean } from '../definitions/did-you-mean.ts';

/** Filters of `on`: what they let through, and what is wrong with them. Pure. */

const OPTIONS = { dot: true, strictBrackets: true } as const;

/** Whether a path relative to the workspace passes: some glob (or none is given) and none of those with `!`. */
export function pathFilter(globs: TriggerFilter['paths']): (path: string) => boolean {
  const wanted = (globs ?? []).filter((glob) => !glob.startsWith('!'));
  const unwanted = (globs ?? []).filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1));
  const isWanted = wanted.length === 0 ? () => true : picomatch(wanted, OPTIONS);
  const isUnwanted = unwanted.length === 0 ? () => false : picomatch(unwanted, OPTIONS);
  return (path) => isWanted(path) && !isUnwanted(path);
}

/** What is wrong with a glob, as a sentence; null when nothing is. */
export function globProblem(given: string): string | null {
  const glob = given.startsWith('!') ? given.slice(1) : given;
  if (glob === '') return 'This pattern is empty. Write one such as src/**, or remove it.';
  if (glob.startsWith('/') || /^[A-Za-z]:/.test(glob) || glob.split('/').includes('..'))
    return 'Patterns are relative to the workspace and stay in it. Write one such as src/**.';
  try {
    picomatch.makeRe(glob, OPTIONS);
    return null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return `This pattern cannot be read: ${error.message}.`;
  }
}

/** Whether an event type passes. */
export function typeFilter(types: TriggerFilter['types']): (type: string) => boolean {
  if (!types) return () => true;
  return (type) => types.some((one) => one === type || (one.endsWith('.*') && type.startsWith(one.slice(0, -1))));
}

const FILE_TYPES = ['file.created', 'file.modified', 'file.deleted', 'file.*'];
const TYPES = { save: FILE_TYPES, activity: FILE_TYPES, commit: ['git.commit', 'git.*'], 'agent-turn': null } as const;
export type FilteredTrigger = keyof typeof TYPES;

/** What is wrong with a type of this trigger, as a sentence; null when nothing is. */
export function typeProblem(trigger: FilteredTrigger, type: string): string | null {
  const known: readonly string[] | null = TYPES[trigger];
  if (known === null || known.includes(type)) return null;
  return `on.${trigger} knows no event type ${type}.${didYouMean(type, known)} Types: ${known.join(', ')}.`;
}
