import type * as vscode from 'vscode';
import type { Standing } from '../../contract/view-contributions.ts';
import type { OpenView } from './open-view.ts';

/**
 * Unfolds Health, once each time that Savepoint stops or cannot write, without the focus: only where a person has Savepoint's views
 * before them, because nothing opens by itself.
 */
export function createHealthOpener({
  runs,
  health,
  log,
}: {
  readonly runs: Pick<OpenView['view'], 'visible'>;
  readonly health: OpenView;
  readonly log: Pick<vscode.LogOutputChannel, 'debug'>;
}): (standing: Standing) => void {
  let opened = false;
  return (standing) => {
    const isStopped = standing === 'stopped' || standing === 'full';
    if (!isStopped) opened = false;
    const [row] = health.provider.top();
    if (!isStopped || opened || !runs.visible || row === undefined) return;
    opened = true;
    health.view.reveal(row, { select: false, focus: false }).then(undefined, (error: unknown) => {
      // The row went away meanwhile: nothing is stopped any more.
      log.debug(`Health was not unfolded: ${String(error)}`);
    });
  };
}
