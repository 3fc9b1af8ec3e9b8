import * as vscode from 'vscode';
import type { RunRow } from '../../contract/board.ts';
import type { Problem } from '../../orchestrator/definitions/problem.ts';
import { checkHere } from './check-here.ts';
import { commandsText, contextText, doctorText, eventsText, problemsOf, sessionsText } from '../pages/page-texts.ts';
import type { Scene } from '../scene.ts';
import { runPage, type Pages, type PageWriter } from '../pages/report-document.ts';
import { answer, withPatience } from './answers.ts';
import { gather } from './gather.ts';
import { hasWorker } from './guard.ts';
import { askedFolder, chooseRun, workingFolder, type Ready, type CommandDeps } from './pick.ts';

/** Events on one page: more are for `savepoint events`. */
const EVENTS_SHOWN = 1000;

/** How the pages of these commands are written. */
export const lookPages = (scene: () => Scene): Readonly<Record<string, PageWriter>> => ({
  run: (folder, { run = '' }) => folder.request('report', { run }),
  doctor: async (folder, _address, token) => doctorText(await gather(folder, { command: 'doctor', input: {}, token })),
  events: async (folder, { run }, token) =>
    eventsText(
      await gather(folder, {
        command: 'events',
        input: { limit: EVENTS_SHOWN, ...(run === undefined ? {} : { run }) },
        token,
      }),
    ),
  sessions: async (folder, _address, token) =>
    sessionsText(await gather(folder, { command: 'sessions', input: {}, token }), scene()),
  commands: async (folder, { what = '' }, token) =>
    commandsText(
      await gather(folder, { command: 'trust', input: {}, token }),
      what.split(',').filter((hash) => hash !== ''),
    ),
  context: async (folder, { task }, token) =>
    contextText(
      await withPatience('Savepoint collects the context', (patience) =>
        gather(folder, {
          command: 'context',
          input: task === undefined ? {} : { task },
          token: either(token, patience),
        }),
      ),
    ),
});

/** Commands that only look: each opens a page, except Check Workflow Files, whose answer stands in Problems. */
export function createLookCommands(
  deps: CommandDeps & {
    readonly pages: Pages;
    /** Puts what is wrong in a folder's workflow and agent files in Problems, in place of what was said of them before. */
    readonly showProblems: (root: vscode.Uri, problems: readonly Problem[]) => void;
    /** Bundle that checks workflow and agent files without a worker. */
    readonly definitionsEntry: string;
  },
) {
  const { folders, pages, showProblems, definitionsEntry } = deps;
  const openRun = async (argument: unknown): Promise<void> => {
    const ready = await workingFolder(deps, argument);
    const row =
      ready &&
      (olderRun(ready) ??
        (await chooseRun(ready, { title: 'Open which run?', none: 'Nothing has run here yet', fits: () => true })));
    if (!ready || !row) return;
    await pages.open(runPage(ready.folder.root.uri.toString(), row));
  };
  const openPage = async (argument: unknown, kind: string, title: string): Promise<void> => {
    const ready = await workingFolder(deps, argument);
    if (!ready) return;
    const folder = ready.folder.root.uri.toString();
    const named = folders.all.length > 1 ? `${title} · ${ready.folder.root.name}` : title;
    const { run } = ready.target;
    await pages.open({ kind, folder, title: named, ...(run === undefined ? {} : { run }) });
  };
  return {
    'savepoint.openRun': openRun,
    'savepoint.show': openRun,
    'savepoint.runs': openRun,
    'savepoint.doctor': (argument: unknown) => openPage(argument, 'doctor', 'Doctor'),
    'savepoint.events': (argument: unknown) => openPage(argument, 'events', 'Events'),
    'savepoint.sessions': (argument: unknown) => openPage(argument, 'sessions', 'Sessions'),
    'savepoint.context': async (argument: unknown) => {
      const ready = await workingFolder(deps, argument);
      if (!ready) return;
      const task = await vscode.window.showInputBox({
        title: 'Collect what one must read',
        prompt: 'What is to be done, in words. Leave it empty for the current change.',
      });
      if (task === undefined) return;
      const about = task.trim() === '' ? {} : { task: task.trim() };
      await pages.open({ kind: 'context', folder: ready.folder.root.uri.toString(), title: 'Context', ...about });
    },
    'savepoint.validate': async (argument: unknown) => {
      const folder = await askedFolder(deps, argument);
      if (!folder) return;
      const { uri } = folder.root;
      if (hasWorker(folder.state) && !(await workingFolder(deps, { folder: uri.toString() }))) return;
      const gathered = await withPatience('Savepoint checks the workflow files', (token) =>
        hasWorker(folder.state)
          ? gather(folder, { command: 'validate', input: {}, token })
          : checkHere(uri, { entry: definitionsEntry, token }),
      );
      const problems = problemsOf(gathered);
      showProblems(uri, problems);
      if (problems.length > 0) await vscode.commands.executeCommand('workbench.actions.view.problems');
      else await answer({ text: gathered.failure ?? gathered.notes.join(' '), ways: [] });
    },
  };
}

/** Cancelled as soon as one of both is. */
function either(one: vscode.CancellationToken, other: vscode.CancellationToken): vscode.CancellationToken {
  const source = new vscode.CancellationTokenSource();
  for (const token of [one, other]) token.onCancellationRequested(() => source.cancel());
  return source.token;
}

/** The run of a row that the board does not hold any more: its page can be written all the same. */
function olderRun({ board, target }: Ready): Pick<RunRow, 'run' | 'number' | 'workflow'> | null {
  const { run, number, workflow } = target;
  if (run === undefined || number === undefined || workflow === undefined) return null;
  return board.runs.some((row) => row.run === run) ? null : { run, number, workflow };
}
