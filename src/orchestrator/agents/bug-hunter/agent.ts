import type { Agent } from '../agent.ts';
import { hunt, loadPrograms } from './hunt.ts';
import { inspectTools } from './inspect.ts';
import { AGENT_ID } from './report.ts';
import { createCompilerFinder } from './types/compiler.ts';
import { createProgramCache } from './types/programs.ts';

/** Type errors, lint and suspicious code that a change brings. Keeps programs between hunts, so the second one is quick. */
export function createAgent(): Agent {
  const deps = { compilerOf: createCompilerFinder(), programs: createProgramCache() };
  return {
    id: AGENT_ID,
    prepare: (about) => loadPrograms(about, deps),
    operations: {
      hunt: (request, context) => hunt(request, context, deps),
      inspect: (_request, { workspace }) => inspectTools(workspace, deps.compilerOf),
    },
  };
}
