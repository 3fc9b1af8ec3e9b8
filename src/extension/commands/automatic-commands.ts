import { answer } from './answers.ts';
import { pick, writableFolder, type CommandDeps } from './pick.ts';

/** Pausing what starts by itself: all of a folder, or one workflow. Runs by hand still start. */
export function createAutomaticCommands(deps: CommandDeps) {
  const setAll = async (argument: unknown, paused: boolean): Promise<void> => {
    const ready = await writableFolder(deps, argument);
    if (ready) await ready.folder.request('pause', { workflow: null, paused });
  };
  const setOne = async (argument: unknown, paused: boolean): Promise<void> => {
    const ready = await writableFolder(deps, argument);
    if (!ready) return;
    const rows = ready.board.workflows.filter((row) => row.automatic && row.paused !== paused);
    if (ready.target.workflow === undefined && rows.length === 0) {
      await answer({ text: paused ? 'No workflow starts by itself.' : 'No workflow is turned off.', ways: [] });
      return;
    }
    const workflow =
      ready.target.workflow ??
      (await pick(
        rows.map(({ id, when }) => ({ label: id, description: when, value: id })),
        {
          title: paused ? 'Which workflow starts only by hand from now on?' : 'Which workflow starts by itself again?',
        },
      ));
    if (workflow !== undefined) await ready.folder.request('pause', { workflow, paused });
  };
  return {
    'savepoint.pauseAutomaticRuns': (argument: unknown) => setAll(argument, true),
    'savepoint.resumeAutomaticRuns': (argument: unknown) => setAll(argument, false),
    'savepoint.turnAutomaticRunsOff': (argument: unknown) => setOne(argument, true),
    'savepoint.turnAutomaticRunsOn': (argument: unknown) => setOne(argument, false),
  };
}
