import type { WorkflowDefinition } from '../../contract/definitions.ts';

type Triggers = NonNullable<WorkflowDefinition['on']>;

/** Whether something else than a person can start it. */
export const isAutomatic = (on: Triggers | undefined): boolean =>
  Object.keys(on ?? {}).some((trigger) => trigger !== 'manual');

/** When a workflow runs, in a few words: "after edits in src/**, after a commit", "by hand". */
export function whenWords(
  on: Triggers | undefined,
  off: { readonly paused: boolean; readonly setting: boolean },
): string {
  if (isAutomatic(on) && off.paused) return 'off, you paused it';
  if (isAutomatic(on) && off.setting) return 'off in the settings';
  const { save, activity, commit, schedule } = on ?? {};
  const words = [
    activity && `after edits${inPaths(activity.paths)}`,
    save && `on every save${inPaths(save.paths)}`,
    commit && `after a commit${inPaths(commit.paths)}`,
    on?.['agent-turn'] && 'after an agent’s turn',
    schedule && `on schedule ${schedule.cron}`,
  ].filter((word) => typeof word === 'string');
  return words.length === 0 ? 'by hand' : words.join(', ');
}

const inPaths = (paths: readonly string[] | undefined): string =>
  paths === undefined || paths.length === 0 ? '' : ` in ${paths.join(', ')}`;
