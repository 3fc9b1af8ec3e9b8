import type { JsonObject } from '../../contract/json.ts';
import type { Failure } from '../../contract/failures.ts';
import type { Folder } from '../folder.ts';
import { answer } from './answers.ts';
import { begin } from './begin.ts';
import type { Way } from './guard.ts';
import { decisionItems, RESUMABLE, RETRYABLE, retryItems, STOPPABLE, type RetryChoice } from './items.ts';
import { chooseRun, chooseWorkflow, pick, pickEqual, writableFolder, type CommandDeps } from './pick.ts';

/** The workflow that looks at what changed without being asked. */
const ON_SAVE_CHECKS = 'on-save-checks';

/** Commands that start, stop and go on with runs. Their progress is in the Runs view and the status bar, so nothing opens here. */
export function createRunCommands(deps: CommandDeps) {
  return {
    'savepoint.run': async (argument: unknown) => {
      const ready = await writableFolder(deps, argument);
      const workflow = ready && (await chooseWorkflow(ready, 'Which workflow? It looks at what changed.'));
      if (ready && workflow !== undefined && workflow !== null) await start(ready.folder, 'run', { workflow });
    },
    'savepoint.runChecksNow': async (argument: unknown) => {
      const ready = await writableFolder(deps, argument);
      if (ready) await start(ready.folder, 'run', { workflow: ON_SAVE_CHECKS });
    },
    'savepoint.runAgain': async (argument: unknown) => {
      const ready = await writableFolder(deps, argument);
      const row =
        ready &&
        (await chooseRun(ready, { title: 'Run what again?', none: 'Nothing has run here yet', fits: () => true }));
      if (ready && row) await start(ready.folder, 'run', { workflow: row.workflow, all: row.scope.kind === 'all' });
    },
    'savepoint.cancel': async (argument: unknown) => {
      const ready = await writableFolder(deps, argument);
      const row =
        ready &&
        (await chooseRun(ready, {
          title: 'Stop which run?',
          none: 'No run is at work or waits',
          fits: ({ status }) => STOPPABLE.includes(status),
        }));
      if (ready && row) await start(ready.folder, 'cancel', { run: row.run });
    },
    'savepoint.resume': async (argument: unknown) => {
      const ready = await writableFolder(deps, argument);
      const row =
        ready &&
        (await chooseRun(ready, {
          title: 'Go on with which run?',
          none: 'No run was cut off or waits for you',
          fits: ({ status }) => RESUMABLE.includes(status),
        }));
      if (!ready || !row) return;
      if (row.needsDecision === null) {
        await start(ready.folder, 'resume', { run: row.run });
        return;
      }
      const chosen = await pickEqual(decisionItems(row.needsDecision.step), { title: row.needsDecision.question });
      if (chosen) await start(ready.folder, 'resume', { run: row.run, ...chosen });
    },
    'savepoint.retry': async (argument: unknown) => {
      const ready = await writableFolder(deps, argument);
      const row =
        ready &&
        (await chooseRun(ready, {
          title: 'Retry which run?',
          none: 'No run broke off or was stopped; Run Again repeats one that has finished',
          fits: ({ status }) => RETRYABLE.includes(status),
        }));
      if (!ready || !row) return;
      const { step, run } = ready.target;
      // A row's own button retries at once; the palette asks where to begin.
      const choice: RetryChoice | undefined =
        step !== undefined
          ? { from: step }
          : run !== undefined
            ? {}
            : await pick(retryItems(row), { title: `Retry run ${row.number} from where?` });
      if (choice) await start(ready.folder, 'retry', { run: row.run, ...choice });
    },
  };
}

/** Starts it and says only why it could not be; how it goes is seen in the Runs view. */
async function start(folder: Folder, command: string, input: JsonObject): Promise<void> {
  const failure = await begin(folder, command, input);
  if (failure) await answer({ text: wordsOf(failure), ways: waysOn(failure, folder) });
}

/** The terminal's ways on mean nothing here. */
const wordsOf = ({ code, message }: Failure): string =>
  code === 'approval'
    ? 'It would start commands of this folder that you have not approved. Nothing was started.'
    : message;

/** What can be done about a failure. */
function waysOn({ code }: Failure, folder: Folder): readonly Way[] {
  const argument = { folder: folder.root.uri.toString() };
  switch (code) {
    case 'approval':
      return [{ label: 'Show Commands', command: 'savepoint.showCommands', argument }];
    case 'definition':
      return [{ label: 'Check Workflow Files', command: 'savepoint.validate', argument }];
    case 'usage':
    case 'not-found':
    case 'no-workspace':
    case 'node-version':
    case 'run-live':
    case 'not-retryable':
    case 'not-cancellable':
    case 'needs-decision':
      return [];
    case 'disk-full':
    case 'read-only':
    case 'journal-failed':
    case 'event-too-large':
    case 'lock-unavailable':
    case 'out-of-memory':
    case 'internal':
      return [{ label: 'Doctor', command: 'savepoint.doctor', argument }];
  }
}
