import type { Range } from '../../contract/findings.ts';

/** Something wrong in a file that the user wrote: where, what, and what to do. Printed by `validate`, underlined by the editor. */
export interface Problem {
  /** Relative to the workspace, with `/`. */
  readonly file: string;
  readonly range: Range;
  readonly message: string;
}
