import type { Board, RunRow, WorkflowRow } from '../../contract/board.ts';
import { isAlive, isBad, lookOfResult, resultWords } from '../../contract/run-words.ts';
import { OUTCOMES, STATES, type Look } from '../../contract/words.ts';
import { cutName, drawnBoard, treeNode, type TreeNode } from './node.ts';
import type { FolderFacts } from '../../extension/folder-facts.ts';
import type { Scene } from '../../extension/scene.ts';

/** What can run, when, and what it came to. Where nothing may start, the files alone, off. */
export function workflowsTree(folder: FolderFacts, files: readonly string[], scene: Scene): readonly TreeNode[] {
  if (folder.state.kind === 'untrusted') return files.map((file) => untrustedNode(folder, file));
  const board = drawnBoard(folder);
  if (board === null) return [];
  return board.workflows.map((row) =>
    row.problem === null ? workflowNode(folder, row, { board, scene }) : brokenNode(folder, row),
  );
}

const baseName = (file: string): string => file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);

interface Drawn {
  readonly board: Board;
  readonly scene: Scene;
}

function workflowNode(folder: FolderFacts, row: WorkflowRow, { board, scene }: Drawn): TreeNode {
  const own = board.runs.filter(({ workflow }) => workflow === row.id);
  const live = own.find((run) => isAlive(run) || run.status === 'waiting' || run.status === 'interrupted');
  const last = own.find(({ run }) => run === row.last?.run);
  const outOfDate = row.automatic && board.unchecked > 0 ? `, ${OUTCOMES.stale.word}` : '';
  const look = lookOf(row, { live, last, outOfDate: outOfDate !== '' });
  return treeNode({
    id: `${folder.uri}/${row.id}`,
    label: cutName(row.id),
    description: row.when,
    icon: { name: look.icon, tone: look.tone },
    tooltip: [
      row.name,
      ...(row.about === undefined || row.about === '' ? [] : [row.about]),
      last
        ? `Last: ${lastWords(last)}${outOfDate}, run ${last.number}, ${scene.times.short(last.startedAt, scene.now)}`
        : board.olderRuns > 0
          ? 'None of the newest runs is of it'
          : 'Has not run yet',
      row.builtIn ? 'Comes with Savepoint; a file of the same id in .savepoint/workflows replaces it' : row.file,
    ],
    context: `workflow:${row.automatic ? (row.paused ? 'off' : 'on') : 'hand'}`,
    command: { kind: 'open', file: row.file, line: null },
    aria: `${row.id}, ${live ? STATES[live.status].word : last ? `${lastWords(last)}${outOfDate}` : OUTCOMES.unchecked.word}, ${row.when}`,
    target: { folder: folder.uri, workflow: row.id },
  });
}

const lastWords = (run: RunRow): string => (run.status === 'completed' ? resultWords(run) : STATES[run.status].word);

function lookOf(
  row: WorkflowRow,
  {
    live,
    last,
    outOfDate,
  }: { readonly live?: RunRow | undefined; readonly last?: RunRow | undefined; readonly outOfDate: boolean },
): Pick<Look, 'icon' | 'tone'> {
  if (live) return STATES[live.status];
  // What starts only by hand is not paused with the rest.
  if (row.paused && row.automatic) return { icon: 'bell-slash', tone: 'muted' };
  if (last === undefined) return OUTCOMES.unchecked;
  return outOfDate && !isBad(last) ? OUTCOMES.stale : lookOfResult(last);
}

function brokenNode(folder: FolderFacts, { file, problem }: WorkflowRow): TreeNode {
  const line = problem?.range.start.line ?? 0;
  const message = problem?.message ?? '';
  return treeNode({
    id: `${folder.uri}/${file}`,
    label: cutName(baseName(file)),
    description: `line ${line + 1}: ${message}`,
    icon: { name: 'warning', tone: 'attention' },
    tooltip: [baseName(file), `Line ${line + 1}: ${message}`, file],
    context: 'broken',
    command: { kind: 'open', file, line },
    target: { folder: folder.uri },
  });
}

/** Without a worker nobody has read the file: its name stands for it. */
function untrustedNode(folder: FolderFacts, file: string): TreeNode {
  return treeNode({
    id: `${folder.uri}/${file}`,
    label: cutName(baseName(file).replace(/\.ya?ml$/, '')),
    description: 'off until trusted',
    icon: { name: 'circle-slash', tone: 'muted' },
    context: 'workflow-untrusted',
    command: { kind: 'open', file, line: null },
    target: { folder: folder.uri },
  });
}
