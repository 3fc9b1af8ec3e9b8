import type { Range } from '../../contract/findings.ts';
import { countWords } from '../../contract/words.ts';

/** Something wrong in a file that the user wrote: where, what, and what to do. Printed by `validate`, underlined by the editor. */
export interface Problem {
  /** Relative to the workspace, with `/`. */
  readonly file: string;
  readonly range: Range;
  readonly message: string;
}

/** What is told of this many files where there is no problem. */
export const nothingWrong = (count: number): string =>
  count === 0
    ? 'There is no workflow and no agent file in .savepoint.'
    : `Nothing wrong in ${countWords(count, 'file')}.`;
