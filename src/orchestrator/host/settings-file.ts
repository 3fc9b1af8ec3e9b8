import { readFileSync } from 'node:fs';
import path from 'node:path';
import envPaths from 'env-paths';
import { settingProblem } from '../../contract/commands/setting-values.ts';
import { SETTINGS, type WrittenSettings } from '../../contract/commands/settings.ts';
import { fail, ok, type Result } from '../../contract/failures.ts';
import { didYouMean } from '../definitions/did-you-mean.ts';
import { jsonProblem } from '../workspace/json-problem.ts';

/** Absolute path of the user's settings.json: in their config folder, never in the repository. It need not exist. */
export const settingsFile = (): string => path.join(envPaths('savepoint', { suffix: '' }).config, 'settings.json');

/** What the user wrote there, with the keys of the editor's settings; nothing where there is no file. `usage` names the first mistake and its line. */
export function readSettingsFile(file = settingsFile()): Result<WrittenSettings> {
  const text = textOf(file);
  if (!text.ok || text.value === null) return text.ok ? ok({}) : text;
  const broken = jsonProblem(text.value);
  if (broken !== null) return fail('usage', `${file} cannot be read: ${broken}. Correct it, or delete it.`);
  const written = JSON.parse(text.value) as Readonly<Record<string, unknown>>;
  for (const [key, value] of Object.entries(written)) {
    const problem = problemOf(key, value);
    if (problem !== null) return fail('usage', `${file}, line ${lineOf(text.value, key)}: ${problem}`);
  }
  return ok(written);
}

function problemOf(key: string, value: unknown): string | null {
  const setting = SETTINGS.find((one) => one.key === key);
  const problem = setting ? settingProblem(setting.key, value) : null;
  if (setting) return problem === null ? null : `${JSON.stringify(key)} ${problem}.`;
  const near = didYouMean(
    key,
    SETTINGS.map((one) => one.key),
  );
  return `${JSON.stringify(key)} is no setting of Savepoint.${near}`;
}

/** The line of a key, from 1. */
const lineOf = (text: string, key: string): number =>
  text.slice(0, text.indexOf(JSON.stringify(key))).split('\n').length;

function textOf(file: string): Result<string | null> {
  try {
    return ok(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return ok(null);
    return fail('usage', `${file} cannot be read: ${error.message}.`);
  }
}
