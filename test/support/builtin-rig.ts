/** A Savepoint to be killed while a built-in agent of it hangs: prints the agent's process. argv: folder, tool host entry. */
import { join } from 'node:path';
import { createNodeEnv } from '../../src/orchestrator/host/node-env.ts';
import { createBuiltinProtocol } from '../../src/orchestrator/integration/protocols/builtin.ts';
import { createGroups } from '../../src/orchestrator/process/groups.ts';
import { agentRequest } from './agent-request.ts';

const [, , folder = '', entry = ''] = process.argv;
const env = createNodeEnv({ version: '0.0.0-test' });
const stateDir = join(folder, 'state');
const protocol = createBuiltinProtocol({
  groups: createGroups({ ...env, folder: join(stateDir, 'groups') }),
  clock: env.clock,
  argv: [process.execPath, entry],
  setup: { workspace: folder, stateDir, version: '0', node: { path: '', version: '' }, slotPath: join(folder, 'slot') },
  history: async () => ({ tests: {}, steps: {} }),
});
await protocol.invoke(agentRequest({ workspace: folder, stateDir, with: { do: 'hang' } }), {
  signal: new AbortController().signal,
  onMessage: (message) => {
    if (message.kind === 'progress') process.stdout.write(`${message.message}\n`);
  },
});
