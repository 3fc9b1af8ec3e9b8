// An editor's window as a process: opens the folder that it is told, starts the workflow, and stays until it is killed.
import { composeServices } from '../../src/orchestrator/host/compose.ts';
import { value } from './triggers-rig.ts';

const [folder = '', workflow = ''] = process.argv.slice(2);
const { services } = value(await composeServices(folder, { host: 'editor' }));
const { runner } = value(await services.openRunner());
const { done } = value(
  await runner.startRun({ workflow, trigger: { kind: 'activity', activities: [], lineage: null, beside: [] } }),
);
await done;
