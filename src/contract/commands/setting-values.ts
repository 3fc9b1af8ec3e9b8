import type { WorkerSettings } from '../worker.ts';
import { SETTINGS, type SettingKey, type WrittenSettings } from './settings.ts';

type ValueOf<Key extends SettingKey> = Extract<
  (typeof SETTINGS)[number],
  { readonly key: Key }
>['type'] extends 'boolean'
  ? boolean
  : number;
export type SettingValues = { readonly [Key in SettingKey]: ValueOf<Key> };

/** Why a value is none of this setting: "must be a number from 1 to 3600". Null when it is one. */
export function settingProblem(key: SettingKey, value: unknown): string | null {
  const setting = SETTINGS.find((one) => one.key === key);
  if (setting === undefined) return 'is no setting of Savepoint';
  if (setting.type === 'boolean') return typeof value === 'boolean' ? null : 'must be true or false';
  const { type, minimum, maximum } = setting;
  const isRight =
    typeof value === 'number' &&
    value >= minimum &&
    value <= maximum &&
    (type !== 'integer' || Number.isInteger(value));
  return isRight ? null : `must be a ${type === 'integer' ? 'whole number' : 'number'} from ${minimum} to ${maximum}`;
}

/** Every setting: what was written where it fits, else the default. The first that has a usable value wins. */
export function settingValues(...written: readonly WrittenSettings[]): SettingValues {
  const values = SETTINGS.map(({ key, default: usual }): readonly [SettingKey, unknown] => {
    const own = written
      .map((one) => one[key])
      .find((value) => value !== undefined && settingProblem(key, value) === null);
    return [key, own ?? usual];
  });
  return Object.fromEntries(values) as SettingValues;
}

/** What the worker obeys: of what was written, the first place wins (the editor's settings before the user's settings.json). */
export function workerSettings(...written: readonly WrittenSettings[]): WorkerSettings {
  const values = settingValues(...written);
  const ms = (key: SettingKey): number => Math.round(Number(values[key]) * 1000);
  const [shortest, longest] = [ms('savepoint.quietPeriod.shortest'), ms('savepoint.quietPeriod.longest')];
  return {
    automaticRuns: values['savepoint.automaticRuns'],
    maxRunsPerHour: values['savepoint.maxAutomaticRunsPerHour'],
    maxProblems: values['savepoint.maxProblems'],
    quietMinMs: Math.min(shortest, longest),
    quietMaxMs: Math.max(shortest, longest),
    autoSaveQuietMs: ms('savepoint.quietPeriod.afterAutoSave'),
    maxWaitMs: ms('savepoint.longestWait'),
    maxHops: values['savepoint.maxHops'],
    historyDays: values['savepoint.historyDays'],
    written: written[0] ?? {},
  };
}
