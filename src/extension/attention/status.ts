import type { Board, RunRow } from '../../contract/board.ts';
import { standingResults } from '../../contract/run-words.ts';
import type { Target } from '../../contract/target.ts';
import { OUTCOMES, STATES, countWords } from '../../contract/words.ts';
import { cannotWork, onlyFollows, whyReadOnly, type FolderFacts } from '../folder-facts.ts';
import { ofRun, resultStatus } from './run-status.ts';
import type { Scene } from '../scene.ts';
import { NOTHING, STATUS_KINDS, status, type Status } from './status-item.ts';

export interface StatusOptions extends Scene {
  /** Runs that a person took out of Failed. */
  readonly dismissed: ReadonlySet<string>;
  /** The person does not want to hear of commands that wait for approval. */
  readonly commandsMuted: boolean;
}

/** Of several folders the one that is worst off speaks; one in which nothing was checked speaks only where none has more to say. */
export function statusOf(folders: readonly FolderFacts[], options: StatusOptions): Status {
  const all = folders.map((folder) => folderStatus(folder, options));
  const rank = ({ kind }: Status): number => (kind === 'unchecked' ? STATUS_KINDS.length : STATUS_KINDS.indexOf(kind));
  const [worst] = all.toSorted((a, b) => rank(a) - rank(b));
  if (worst === undefined) return status({ ...NOTHING, outcome: 'No folder is open' });
  const name = folders.length > 1 ? folders.find(({ uri }) => uri === worst.folder)?.name : undefined;
  if (name === undefined) return worst;
  const inFolder = (words: string): string => (words === '' ? name : `${words}, in ${name}`);
  return status({ ...worst, about: inFolder(worst.about), spoken: inFolder(worst.spoken) });
}

function folderStatus(folder: FolderFacts, options: StatusOptions): Status {
  const { state, board, uri } = folder;
  const target = { folder: uri };
  switch (state.kind) {
    case 'untrusted':
      return status({
        kind: 'untrusted',
        text: 'Off: folder not trusted',
        icon: 'shield',
        folder: uri,
        links: [{ label: 'Manage workspace trust', command: 'workbench.trust.manage', target: null }],
      });
    case 'virtual':
      return status({ ...NOTHING, outcome: 'This folder is not on a disk Savepoint can reach', folder: uri });
    case 'stopped':
      return stopped(uri, `Savepoint stopped at ${options.times.short(state.at, options.now)}`, state.reason);
    case 'restarting':
      return status({
        kind: 'restarting',
        text: 'Starting again',
        icon: 'debug-disconnect',
        outcome: `Starting again. This is how it stood at ${options.times.exact(state.since)}`,
        folder: uri,
      });
    case 'starting':
    case 'ready':
      if (board === null) return status({ ...NOTHING, folder: uri });
      if (cannotWork(board)) {
        return stopped(
          uri,
          `Savepoint cannot write to disk: ${whyReadOnly(board)}`,
          'Checks are stopped, nothing is lost.',
        );
      }
      return atWork(board, target, options) ?? atRest(board, target, options);
  }
}

const stopped = (folder: string, outcome: string, reason: string): Status =>
  status({
    kind: 'stopped',
    text: 'Savepoint stopped',
    icon: 'warning',
    background: 'error',
    outcome,
    lines: [{ icon: 'info', text: reason }],
    links: [
      { label: 'Start again', command: 'savepoint.startAgain', target: { folder } },
      { label: 'Show what happened', command: 'savepoint.showOutput', target: { folder } },
    ],
    folder,
  });

/** Somebody is asked, or something is going on. */
function atWork(board: Board, target: Target, options: StatusOptions): Status | null {
  const withStatus = (wanted: RunRow['status']): RunRow | undefined => board.runs.find((run) => run.status === wanted);
  const { times, now } = options;
  const { unapproved } = board;
  const waiting = withStatus('waiting');
  const needsYou = {
    kind: 'needs-you',
    text: 'Savepoint needs you',
    icon: STATES.waiting.icon,
    background: 'warning',
  } as const;
  if (waiting) {
    const question = waiting.needsDecision?.question;
    const lines = question === undefined ? [] : [{ icon: STATES.waiting.icon, text: question }];
    return ofRun({ ...needsYou, outcome: `Run ${waiting.number} needs you`, lines }, { run: waiting, target, options });
  }
  if (unapproved.length > 0 && !options.commandsMuted) {
    return status({
      ...needsYou,
      outcome: `${countWords(unapproved.length, 'command waits', 'commands wait')} for your approval`,
      lines: unapproved.slice(0, 3).map(({ agent }) => ({ icon: 'terminal', text: agent })),
      links: [{ label: 'Show commands', command: 'savepoint.showCommands', target }],
      folder: target.folder,
    });
  }
  const undoing = withStatus('compensating');
  if (undoing) {
    const text = `Undoing run ${undoing.number}`;
    return ofRun({ kind: 'undoing', text, icon: STATES.compensating.icon }, { run: undoing, target, options });
  }
  const running = withStatus('running');
  if (running) {
    const text = running.scope.files > 0 ? `Checking ${countWords(running.scope.files, 'file')}` : 'Checking';
    return ofRun({ kind: 'checking', text, icon: 'sync~spin' }, { run: running, target, options });
  }
  const retrying = withStatus('retrying');
  if (!retrying) return null;
  const next = retrying.steps.map(({ nextTryAt }) => nextTryAt).find((at) => at !== null);
  const text = next == null ? 'Tries again soon' : `Tries again at ${times.short(next, now)}`;
  return ofRun({ kind: 'retrying', text, icon: STATES.retrying.icon }, { run: retrying, target, options });
}

/** What the newest results say; nothing is going on. */
function atRest(board: Board, target: Target, options: StatusOptions): Status {
  const results = toldResults(board, options.dismissed).map((run) => resultStatus({ run, target, options }));
  const rank = ({ kind }: Status): number => STATUS_KINDS.indexOf(kind);
  const [worst] = results.toSorted((a, b) => rank(a) - rank(b));
  const others: Status[] = [];
  if (worst !== undefined && board.unchecked > 0) {
    others.push({
      ...worst,
      ...status({
        kind: 'stale',
        text: 'Checks out of date',
        icon: OUTCOMES.stale.icon,
        outcome: `${countWords(board.unchecked, 'file')} changed since, and not checked`,
        about: worst.about,
        spoken: worst.spoken,
        links: worst.links,
        run: worst.run,
        folder: target.folder,
      }),
    });
  }
  if (onlyFollows(board)) {
    others.push(
      status({
        kind: 'following',
        text: 'Following another window',
        icon: 'link',
        outcome: `Another window of this folder does the work. This one cannot write to disk: ${whyReadOnly(board)}`,
        folder: target.folder,
      }),
    );
  }
  if (board.paused) {
    const then = board.unchecked === 0 ? '' : '; what was edited meanwhile will be checked then';
    const outcome = `Automatic runs are paused until you resume${then}`;
    others.push(
      status({ kind: 'paused', text: 'Savepoint paused', icon: 'bell-slash', outcome, folder: target.folder }),
    );
  }
  if (worst === undefined) others.push(status({ ...NOTHING, folder: target.folder }));
  const [first] = [...others, ...(worst ? [worst] : [])].sort((a, b) => rank(a) - rank(b));
  const pause = board.paused
    ? { label: 'Resume automatic runs', command: 'savepoint.resumeAutomaticRuns', target }
    : { label: 'Pause automatic runs', command: 'savepoint.pauseAutomaticRuns', target };
  const chosen = first ?? status({ ...NOTHING, folder: target.folder });
  const more = others.filter(({ kind }) => kind !== chosen.kind && kind !== 'unchecked');
  return { ...withOthers(chosen, more), links: [...chosen.links, pause] };
}

/** A failure keeps the one place, and still tells that it is out of date, or that nothing starts by itself. */
function withOthers(chosen: Status, others: readonly Status[]): Status {
  if (others.length === 0) return chosen;
  const ending = others.some(({ kind }) => kind === 'paused') ? ', paused' : '';
  const told = others.slice(0, 2).map(({ icon, outcome }) => ({ icon, text: outcome }));
  return status({
    ...chosen,
    text: `${chosen.text}${ending}`,
    outcome: `${chosen.outcome}${ending}`,
    lines: [...chosen.lines.slice(0, 3 - told.length), ...told],
  });
}

/**
 * The newest result, and that of every workflow that starts by itself: a run by hand of something else neither hides what the
 * checks said, nor do its own older failures come back once the checks have run.
 */
function toldResults({ runs, workflows }: Board, dismissed: ReadonlySet<string>): readonly RunRow[] {
  const automatic = new Set(workflows.filter((row) => row.automatic).map(({ id }) => id));
  return standingResults(runs)
    .filter(({ run }) => !dismissed.has(run))
    .filter(({ workflow }, index) => index === 0 || automatic.has(workflow));
}
