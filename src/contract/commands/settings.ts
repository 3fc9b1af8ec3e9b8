import type { SettingContribution } from '../contribution-types.ts';

/**
 * Settings of the editor and, with the same keys, of the command line (`settings.json` in the user's config folder). All are the
 * user's own: no folder's settings file can weaken or widen what runs.
 */
export const SETTINGS = [
  {
    key: 'savepoint.automaticRuns',
    type: 'boolean',
    default: true,
    description:
      'Start checks by themselves after a burst of edits, on save, after a commit or on schedule, as the workflows say. Without it they start only by hand.',
    scope: 'application',
  },
  {
    key: 'savepoint.maxAutomaticRunsPerHour',
    type: 'integer',
    default: 120,
    minimum: 1,
    maximum: 3600,
    description: 'At most so many runs start by themselves in an hour. Runs by hand do not count.',
    scope: 'application',
  },
  {
    key: 'savepoint.maxProblems',
    type: 'integer',
    default: 50,
    minimum: 1,
    maximum: 1000,
    description: 'At most so many findings of one burst of edits stand in Problems. The run lists all of them.',
    scope: 'application',
  },
  {
    key: 'savepoint.quietPeriod.shortest',
    type: 'number',
    default: 1.2,
    minimum: 0.2,
    maximum: 60,
    description: 'Seconds without an edit, at least, before checks start. Slower bursts are waited for longer.',
    scope: 'application',
  },
  {
    key: 'savepoint.quietPeriod.longest',
    type: 'number',
    default: 5,
    minimum: 0.2,
    maximum: 300,
    description: 'Seconds without an edit after which checks start in any case.',
    scope: 'application',
  },
  {
    key: 'savepoint.quietPeriod.afterAutoSave',
    type: 'number',
    default: 5,
    minimum: 0.2,
    maximum: 300,
    description: 'Seconds without an edit before checks start where the editor saves by itself after a delay.',
    scope: 'application',
  },
  {
    key: 'savepoint.longestWait',
    type: 'number',
    default: 300,
    minimum: 5,
    maximum: 3600,
    description: 'Seconds after the first edit of a burst at which checks start although it still goes on.',
    scope: 'application',
  },
  {
    key: 'savepoint.maxHops',
    type: 'integer',
    default: 3,
    minimum: 0,
    maximum: 20,
    description: 'How many runs may follow from each other’s writes before Savepoint stops the loop.',
    scope: 'application',
  },
  {
    key: 'savepoint.historyDays',
    type: 'integer',
    default: 30,
    minimum: 1,
    maximum: 3650,
    description: 'Days for which runs and events are kept.',
    scope: 'application',
  },
] as const satisfies readonly SettingContribution[];

export type SettingKey = (typeof SETTINGS)[number]['key'];

/** What a person wrote, by key: anything may stand there. */
export type WrittenSettings = Readonly<Partial<Record<SettingKey, unknown>>>;
