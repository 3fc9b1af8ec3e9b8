/** A Savepoint to be killed: runs the given JavaScript as a child process and prints its lines. argv: folder, code. */
import { join } from 'node:path';
import { createNodeEnv } from '../../src/orchestrator/host/node-env.ts';
import { createProcesses } from '../../src/orchestrator/process/create-processes.ts';
import { createGroups } from '../../src/orchestrator/process/groups.ts';

const [, , folder = '', code = ''] = process.argv;
const env = createNodeEnv({ version: '0.0.0-test' });
const processes = createProcesses({
  groups: createGroups({ ...env, folder: join(folder, 'groups') }),
  clock: env.clock,
});
await processes.run({
  argv: [process.execPath, '-e', code],
  cwd: folder,
  environment: 'caller',
  onLine: (line) => process.stdout.write(`${line}\n`),
});
