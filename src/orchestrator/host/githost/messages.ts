import type { GitEnd, GitProcess } from '../../workspace/git-command.ts';

/** From the worker to the git host. Any number of calls at a time. */
export interface ToGitHost {
  readonly call: number;
  readonly git: GitProcess;
}

/** From the git host to the worker: standard output as it comes, then the end without it. */
export type FromGitHost =
  | { readonly call: number; readonly kind: 'chunk'; readonly bytes: Uint8Array }
  | { readonly call: number; readonly kind: 'end'; readonly end: GitEnd }
  /** Nothing could be started. */
  | { readonly call: number; readonly kind: 'refused' };
