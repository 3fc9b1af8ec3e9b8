import { workerSettings } from '../../../contract/commands/setting-values.ts';
import type { WorkerEvents, WorkerSettings } from '../../../contract/worker.ts';
import { readSettingsFile } from '../settings-file.ts';

/** The editor's settings, and where nothing was written there, what stands in the user's settings.json. A broken file counts for nothing, and that is told. */
export function withSettingsFile(
  settings: WorkerSettings,
  tell: (event: 'log', data: WorkerEvents['log']) => void,
): WorkerSettings {
  const file = readSettingsFile();
  if (file.ok) return workerSettings(settings.written, file.value);
  tell('log', { level: 'warn', text: `${file.failure.message} The editor goes on with its own settings.` });
  return settings;
}
