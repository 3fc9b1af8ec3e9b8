import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentMessage, AgentOutcome, AgentRequest, Scope } from '../../src/contract/agents.ts';
import type { TestCase } from '../../src/contract/findings.ts';
import type { JsonObject } from '../../src/contract/json.ts';
import type { Agent, AgentContext, History } from '../../src/orchestrator/agents/agent.ts';
import { createMasker } from '../../src/orchestrator/agents/security-auditor/secrets/masker.ts';
import { createNodeEnv } from '../../src/orchestrator/host/node-env.ts';
import { createProcesses } from '../../src/orchestrator/process/create-processes.ts';
import { createGroups } from '../../src/orchestrator/process/groups.ts';
import { createWorkspace } from '../../src/orchestrator/workspace/create-workspace.ts';

export interface AgentCall {
  readonly outcome: AgentOutcome;
  readonly messages: readonly AgentMessage[];
  readonly cases: readonly TestCase[];
  /** `file > name: status`, sorted. */
  readonly lines: readonly string[];
  readonly log: string;
}

export interface AskedOf {
  readonly operation: string;
  readonly files?: readonly string[];
  readonly all?: boolean;
  readonly with?: JsonObject;
  readonly needs?: AgentRequest['needs'];
  readonly history?: History;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly onMessage?: (message: AgentMessage) => void;
  readonly node?: AgentContext['node'];
}

/** Calls an agent as the tool host does, on a real folder with real processes. The state folder lies beside the workspace. */
export async function callAgent(agent: Agent, root: string, asked: AskedOf): Promise<AgentCall> {
  const stateDir = `${root}.state`;
  mkdirSync(stateDir, { recursive: true });
  const env = createNodeEnv({ version: '0.0.0-test' });
  const processes = createProcesses({
    groups: createGroups({ ...env, folder: join(stateDir, 'groups') }),
    clock: env.clock,
  });
  const workspace = createWorkspace({ ...env, root, stateDir });
  const found = await workspace.scope({ files: asked.files, all: asked.all });
  if (!found.ok) throw new Error(found.failure.message);
  const messages: AgentMessage[] = [];
  const context: AgentContext = {
    workspace,
    processes,
    clock: env.clock,
    signal: asked.signal ?? new AbortController().signal,
    emit: (message) => {
      messages.push(message);
      asked.onMessage?.(message);
    },
    history: async () => asked.history ?? { tests: {}, steps: {} },
    exclusive: async () => () => undefined,
    mask: createMasker(),
    node: asked.node ?? { path: process.execPath, version: process.version },
  };
  try {
    const outcome = await run(agent, asked, { root: workspace.root, stateDir, scope: found.value }, context);
    const cases = messages.flatMap((message) => (message.kind === 'test' ? [message.test] : []));
    return {
      outcome,
      messages,
      cases,
      lines: cases.map((test) => `${test.file} > ${test.name}: ${test.status}`).sort(),
      log: messages.flatMap((message) => (message.kind === 'log' ? [message.text] : [])).join('\n'),
    };
  } finally {
    await processes.close();
  }
}

// eslint-disable-next-line max-params -- the call's four parts
async function run(
  agent: Agent,
  asked: AskedOf,
  at: { root: string; stateDir: string; scope: Scope },
  context: AgentContext,
): Promise<AgentOutcome> {
  const operation = agent.operations[asked.operation];
  if (operation === undefined) throw new Error(`${agent.id} has no operation ${asked.operation}`);
  const request: AgentRequest = {
    run: 'run',
    step: 'step',
    attempt: 1,
    idempotencyKey: 'key',
    workspace: at.root,
    stateDir: at.stateDir,
    agent: agent.id,
    operation: asked.operation,
    scope: at.scope,
    with: asked.with ?? {},
    needs: asked.needs ?? {},
    ...(asked.timeoutMs === undefined ? {} : { timeoutMs: asked.timeoutMs }),
  };
  return operation(request, context);
}
