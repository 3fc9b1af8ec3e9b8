import { join } from 'node:path';
import { createNodeEnv } from '../../src/orchestrator/host/node-env.ts';
import { createBuiltinProtocol } from '../../src/orchestrator/integration/protocols/builtin.ts';
import { runCommandAgent } from '../../src/orchestrator/integration/protocols/command.ts';
import { createProcesses } from '../../src/orchestrator/process/create-processes.ts';
import { createGroups, type Groups } from '../../src/orchestrator/process/groups.ts';
import { createWorkspace } from '../../src/orchestrator/workspace/create-workspace.ts';
import { agentRequest } from '../support/agent-request.ts';
import { writeTree } from '../support/git-repository.ts';
import { itConforms, type ProtocolUnderTest, type Script } from '../support/protocol-conformance.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { proves } from '../requirements.ts';

const env = createNodeEnv({ version: '0.0.0-test' });
const SUPPORT = join(import.meta.dirname, '../support');

describe(proves('A1', 'protocols'), () => {
  let folder: ReturnType<typeof tempFolder>;
  let stateDir: string;
  const groups = (): Groups => createGroups({ ...env, folder: join(stateDir, 'groups') });
  const request = (script: Script) => agentRequest({ workspace: folder.path, stateDir, with: { do: script } });

  beforeEach(() => {
    folder = tempFolder('conformance');
    stateDir = join(folder.path, 'state');
    writeTree(folder.path, { 'a.ts': 'a\n' });
  });
  afterEach(() => folder.remove());

  function command(): ProtocolUnderTest {
    const processes = createProcesses({ groups: groups(), clock: env.clock });
    const workspace = createWorkspace({ root: folder.path, stateDir, files: env.files, host: env.host });
    return {
      invoke: (script, context) => {
        const argv = [process.execPath, join(SUPPORT, 'fake-command.mjs'), script];
        const agent = { id: 'fake', command: argv, report: 'changed' } as const;
        return runCommandAgent({ processes, workspace, agent }, request(script), context);
      },
      close: () => processes.close(),
    };
  }

  function builtin(): ProtocolUnderTest {
    const node = { path: process.execPath, version: process.version };
    const protocol = createBuiltinProtocol({
      groups: groups(),
      clock: env.clock,
      argv: [process.execPath, join(SUPPORT, 'scripted-toolhost.ts')],
      setup: { workspace: folder.path, stateDir, version: '0', node, slotPath: join(stateDir, 'slot') },
      history: async () => ({ tests: {}, steps: {} }),
    });
    return { invoke: (script, context) => protocol.invoke(request(script), context), close: () => protocol.close() };
  }

  describe('command', () => itConforms(command));
  describe('builtin', () => itConforms(builtin));
});
