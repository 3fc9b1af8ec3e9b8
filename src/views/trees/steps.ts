import type { RunRow } from '../../contract/board.ts';
import { byLevel, failureWords, lookOfStep, openNeeds } from '../../contract/run-words.ts';
import type { StepView } from '../../contract/runs.ts';
import { STATES, countWords, durationWords } from '../../contract/words.ts';
import { cutName, joined, treeNode, type TreeNode } from './node.ts';
import type { FolderFacts } from '../../extension/folder-facts.ts';
import type { Scene } from '../../extension/scene.ts';

interface Place {
  /** Of the run's row. */
  readonly id: string;
  readonly folder: FolderFacts;
  readonly run: RunRow;
  /** Whether the failed step shows its own rows at once. */
  readonly open: boolean;
}

/** Steps of a run in order, those that can run side by side next to each other. Later steps that did not run are one row. */
export function stepNodes(place: Place, scene: Scene): readonly TreeNode[] {
  const steps = byLevel(place.run.steps).map(({ step }) => step);
  const lastAtWork = steps.findLastIndex(({ status }) => status !== 'skipped');
  const rest = steps.length - 1 - lastAtWork;
  const folded = rest > 1 && lastAtWork >= 0;
  const shown = folded ? steps.slice(0, lastAtWork + 1) : steps;
  const rows = shown.map((step) => stepNode(place, step, scene));
  if (!folded) return rows;
  const names = steps.slice(lastAtWork + 1).map(({ id }) => id);
  return [
    ...rows,
    treeNode({
      id: `${place.id}/rest`,
      label: `${rest} later steps`,
      description: STATES.skipped.word,
      icon: { name: STATES.skipped.icon, tone: STATES.skipped.tone },
      tooltip: names.slice(0, 12),
      context: 'step',
      target: { folder: place.folder.uri, run: place.run.run },
    }),
  ];
}

function stepNode(place: Place, step: StepView, scene: Scene): TreeNode {
  const look = lookOfStep(step);
  const { folder, run } = place;
  const id = `${place.id}/${step.id}`;
  const words = stepWords(place, step, scene);
  const target = { folder: folder.uri, run: run.run, workflow: run.workflow, step: step.id };
  const failed = step.status === 'failed';
  const children = failed ? failureNodes({ ...place, id }, step, scene) : [];
  const retry = failed && folder.state.kind === 'ready' && (run.status === 'failed' || run.status === 'compensated');
  return treeNode({
    id,
    label: cutName(step.id),
    description: words,
    icon: { name: look.icon, tone: look.tone },
    tooltip: stepTooltip(step, words),
    context: retry ? 'step:retry' : 'step',
    collapsible: children.length === 0 ? 'none' : place.open ? 'expanded' : 'collapsed',
    children,
    command: { kind: 'run-page', number: run.number },
    aria: joined(step.id, failed ? 'failed' : '', words).replaceAll(' · ', ', '),
    target,
  });
}

function stepWords({ folder, run }: Place, step: StepView, { times, now }: Scene): string {
  const took = step.durationMs > 0 ? durationWords(step.durationMs) : '';
  const progress = run.progress[step.id] ?? '';
  switch (step.status) {
    case 'pending': {
      const open = openNeeds(step, run.steps).length;
      return open === 0 ? STATES.pending.word : `waits for ${countWords(open, 'step')}`;
    }
    case 'running': {
      const doing =
        progress === '' ? (step.attempts > 1 ? `running, try ${step.attempts}` : STATES.running.word) : progress;
      return joined(doing, step.startedAt === null ? '' : secondsSince(step.startedAt, now));
    }
    case 'retrying':
      return step.nextTryAt === null ? STATES.retrying.word : `tries again ${times.exact(step.nextTryAt)}`;
    case 'waiting':
      return STATES.waiting.word;
    case 'interrupted':
      if (folder.state.kind !== 'restarting') return STATES.interrupted.word;
      return progress === '' ? 'cut off' : `was at ${progress}`;
    case 'completed':
      return joined(step.summary, step.stale ? 'out of date' : '', took);
    case 'cached':
      return step.cachedNumber === null ? STATES.cached.word : `${STATES.cached.word}, run ${step.cachedNumber}`;
    case 'failed':
      return failureWords(step);
    case 'cancelled':
      return at(STATES.cancelled.word, step.endedAt === null ? '' : times.short(step.endedAt, now));
    case 'compensated':
      return at(STATES.compensated.word, step.endedAt === null ? '' : times.exact(step.endedAt));
    case 'compensating':
    case 'skipped':
      return STATES[step.status].word;
  }
}

const at = (word: string, time: string): string => (time === '' ? word : `${word} ${time}`);

/** Whole seconds, so that the row changes once a second; none in the first. */
function secondsSince(iso: string, now: number): string {
  const seconds = Math.floor((now - Date.parse(iso)) / 1000);
  return seconds < 1 ? '' : durationWords(seconds * 1000);
}

const stepTooltip = (step: StepView, words: string): readonly string[] => [
  step.id,
  ...(words === '' ? [] : [words]),
  ...(step.error === null ? [] : [step.error.message]),
  ...(step.missedBecause === null ? [] : [`Ran because of ${step.missedBecause}`]),
  ...(step.error?.lastLines ?? []).slice(-5),
  `${step.status} · ${step.agent}`,
];

/** Paths of the folder as they are in it. */
function within(folder: string, command: string): string {
  const root = decodeURIComponent(new URL(folder).pathname);
  return command.replaceAll(`${root}/`, '');
}

/** Under a failed step: its command, and the first file that differs from when it last passed. */
function failureNodes({ id, folder, run }: Place, step: StepView, { times, now }: Scene): readonly TreeNode[] {
  const target = { folder: folder.uri, run: run.run, step: step.id };
  const since = step.changedSince;
  const first = since?.inputs[0];
  // The board names the command of the first step that failed.
  const isFirst = run.steps.find(({ status }) => status === 'failed')?.id === step.id;
  return [
    ...(run.failedCommand === null || !isFirst
      ? []
      : [
          treeNode({
            id: `${id}/command`,
            label: cutName(within(folder.uri, run.failedCommand)),
            icon: { name: 'terminal', tone: null },
            tooltip: [run.failedCommand],
            context: 'command',
            aria: `Command ${run.failedCommand}`,
            target,
          }),
        ]),
    ...(since === null || first === undefined
      ? []
      : [
          treeNode({
            id: `${id}/changed`,
            label: cutName(first),
            description: `changed since ${times.short(since.at, now)}`,
            icon: { name: 'diff', tone: null },
            tooltip: [
              `Changed since it last passed (run ${since.number})`,
              ...since.inputs.slice(0, 5),
              ...(since.total > 5 ? [`and ${since.total - 5} more`] : []),
            ],
            context: 'changed',
            command: { kind: 'open', file: first, line: null },
            target,
          }),
        ]),
  ];
}
