import type { AgentOutcome } from '../../../contract/agents.ts';
import { countWords } from '../../../contract/words.ts';
import { inspection, type Inspected } from '../inspection.ts';
import { NO_IMPORTS } from './select.ts';
import type { Session } from './session.ts';
import { suiteName } from './suite.ts';

/** Which runners a run would use here, as the run itself detects them. */
export function inspectRunners({ detection, context, graph }: Session): AgentOutcome {
  const suites = detection.suites.map((suite): Inspected => {
    const version = suite.installed === null ? `Node ${context.node.version}` : suite.installed.version;
    const files = countWords(suite.testFiles.length, 'test file');
    return {
      name: 'tests',
      status: 'ok',
      message: `${suiteName(suite)}, ${version}, ${suite.complete ? files : `at least ${files}`}`,
    };
  });
  const missing = detection.notChecked.map(({ what, why }): Inspected => ({
    name: 'tests',
    status: 'warning',
    message: `${what}: ${why}`,
  }));
  const selection: Inspected = { name: 'tests', status: 'warning', message: `All tests run: ${NO_IMPORTS}` };
  const none: Inspected = {
    name: 'tests',
    status: 'note',
    message: 'No test runner was found in the scripts, the packages or the test files.',
  };
  return inspection(
    suites.length + missing.length === 0 ? [none] : [...suites, ...missing, ...(graph.complete ? [] : [selection])],
  );
}
