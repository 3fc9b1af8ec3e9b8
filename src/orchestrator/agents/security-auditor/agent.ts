import { countWords } from '../../../contract/words.ts';
import type { Agent, Operation } from '../agent.ts';
import { audit, knownFindings, namedFiles } from './audit.ts';
import { AGENT_ID } from './patterns/scan.ts';

const NOTHING_KNOWN: ReadonlySet<string> = new Set();

/** Secrets, insecure patterns and dependencies in scope. */
const preCheck: Operation = (request, context) =>
  audit({ request, context, files: request.scope.files, known: NOTHING_KNOWN });

/** The same look, less what an earlier audit of this run said. What the run wrote meanwhile is in the scope by then. */
const postCheck: Operation = (request, context) =>
  audit({ request, context, files: request.scope.files, known: knownFindings(request.needs) });

/** The files that the task concerns, as its analysis named them, and word of the scope's others; without one, the scope's. */
const validate: Operation = (request, context) => {
  const { files } = request.scope;
  const named = namedFiles(request.needs) ?? files;
  const others = files.filter((file) => !named.includes(file));
  const [example] = others;
  if (example !== undefined) {
    const count = countWords(others.length, request.scope.kind === 'changed' ? 'changed file' : 'file');
    const what = `${count} that the task does not concern${others.length === 1 ? ':' : ', e.g.'} ${example}`;
    context.emit({ kind: 'not-checked', what, why: 'not looked at' });
  }
  return audit({ request, context, files: named, known: NOTHING_KNOWN });
};

/** Right when it speaks, silent otherwise: see README.md here and docs/agents/security-auditor.md. */
export function createAgent(): Agent {
  return { id: AGENT_ID, operations: { 'pre-check': preCheck, 'post-check': postCheck, validate } };
}
