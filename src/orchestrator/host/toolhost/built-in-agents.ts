import type { Agent } from '../../agents/agent.ts';

/** Loaded one by one: each brings its own heavy libraries. */
const LOADERS: Readonly<Record<string, () => Promise<{ createAgent(): Agent }>>> = {
  'security-auditor': () => import('../../agents/security-auditor/agent.ts'),
  'bug-hunter': () => import('../../agents/bug-hunter/agent.ts'),
  'test-executor': () => import('../../agents/test-executor/agent.ts'),
  'performance-analyzer': () => import('../../agents/performance-analyzer/agent.ts'),
  'context-optimizer': () => import('../../agents/context-optimizer/agent.ts'),
};

export async function loadBuiltInAgent(id: string): Promise<Agent | null> {
  const module = await LOADERS[id]?.();
  return module?.createAgent() ?? null;
}
