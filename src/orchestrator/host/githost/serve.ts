import { spawnGit } from '../../workspace/git-command.ts';
import type { FromGitHost, ToGitHost } from './messages.ts';

/** Serves one worker over this process's IPC channel and ends with it. Both ends are of one version: messages are not checked. */
export function serveGitHost(): void {
  const send = (message: FromGitHost): void => {
    // A channel that breaks here is that of a worker that ended.
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
  };
  process.on('message', ({ call, git }: ToGitHost) => {
    spawnGit(git, (bytes) => send({ call, kind: 'chunk', bytes })).then(
      (end) => send({ call, kind: 'end', end }),
      // The worker then tries itself, and meets the reason.
      () => send({ call, kind: 'refused' }),
    );
  });
  process.once('disconnect', () => process.exit());
}
