import type { ActivityView } from '../../contract/activities.ts';
import type { Board } from '../../contract/board.ts';
import { countWords } from '../../contract/words.ts';
import type { Problems } from '../problems/diagnostics.ts';
import type { Pages, PageWriter } from '../pages/report-document.ts';
import type { Scene } from '../scene.ts';
import { decisionWords, findingText, whyText } from '../pages/why-view.ts';
import { answer } from './answers.ts';
import { gather } from './gather.ts';
import { runItems, workflowItems, type PickItem } from './items.ts';
import { pick, workingFolder, type CommandDeps } from './pick.ts';

/** Activities, and runs, that are offered. */
const OFFERED = 20;

export function whyPages(problems: Problems, scene: () => Scene): Readonly<Record<string, PageWriter>> {
  return {
    why: async (folder, { what = '', title }, token) =>
      whyText(await gather(folder, { command: 'why', input: { what }, token }), title, scene()),
    finding: async (folder, { fingerprint = '' }) => {
      const mark = problems.byFingerprint(folder, fingerprint);
      if (!mark) return 'This finding is not known any more: its line was edited, or it is gone.\n';
      const { finding } = mark;
      const { runs = [], activities = [] } = folder.board ?? {};
      return findingText({ finding, row: runs.find(({ run }) => run === finding.run), activities }, scene());
    },
  };
}

/** Why something ran, or did not, and why a finding is told. */
export function createWhyCommand(deps: CommandDeps & { readonly pages: Pages }) {
  const { pages } = deps;
  return {
    'savepoint.why': async (argument: unknown) => {
      const ready = await workingFolder(deps, argument);
      if (!ready) return;
      const { board, target, scene } = ready;
      const folder = ready.folder.root.uri.toString();
      if (target.fingerprint !== undefined) {
        await pages.open({ kind: 'finding', folder, title: 'Why am I told this', fingerprint: target.fingerprint });
        return;
      }
      const what = target.event ?? target.activity ?? target.run ?? target.workflow ?? (await ask(board, scene));
      if (what !== undefined) await pages.open({ kind: 'why', folder, what, title: whyTitle(board, what) });
    },
  };
}

async function ask(board: Board, scene: Scene): Promise<string | undefined> {
  const items = whyItems(board, scene);
  if (items.length > 0) return pick(items, { title: 'Why did this run, or not?' });
  await answer({ text: 'Nothing seen yet. Save a file, and this tells what came of it.', ways: [] });
  return undefined;
}

function whyItems(board: Board, scene: Scene): readonly PickItem<string>[] {
  const runs = runItems(board.runs.slice(0, OFFERED), scene).map((item) => ({ ...item, value: item.value.run }));
  const activities = board.activities.slice(0, OFFERED).map((one) => ({
    label: activityLabel(one),
    description: `${one.decisions.map(decisionWords)[0] ?? 'not decided yet'} · ${scene.times.short(one.lastAt, scene.now)}`,
    value: one.id,
  }));
  return [...activities, ...runs, ...(activities.length + runs.length === 0 ? [] : workflowItems(board.workflows))];
}

function activityLabel({ origin, files, total, label }: ActivityView): string {
  if (origin === 'git') return label;
  const who = origin === 'human' ? 'You' : origin === 'unknown' ? 'Not known' : origin.replace(/^\w+:/, '');
  const [only] = files;
  return `${who} · ${total === 1 && only ? only.path : countWords(total, 'file')}`;
}

function whyTitle(board: Board, what: string): string {
  const row = board.runs.find(({ run, number }) => run === what || String(number) === what);
  if (row) return `Why did run ${row.number} start?`;
  if (board.workflows.some(({ id }) => id === what)) return `Why did ${what} run, or not?`;
  const activity = board.activities.find(({ id }) => id === what);
  return activity?.decisions.some(({ run }) => run !== null) === false
    ? 'Why did nothing run?'
    : 'Why did this run, or not?';
}
