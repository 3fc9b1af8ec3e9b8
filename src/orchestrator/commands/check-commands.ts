import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { contextCommand, trustCommand, validateCommand } from '../../contract/commands/catalogue.ts';
import { EXIT, FAILURES, fail, ok, type Result } from '../../contract/failures.ts';
import type { Json, JsonObject } from '../../contract/json.ts';
import { countWords } from '../../contract/words.ts';
import { nothingWrong, type Problem } from '../definitions/problem.ts';
import { placeOf, type WrittenCommand } from '../integration/registry.ts';
import { callsOf, createPlan } from '../workflow/plan.ts';
import { refuse, type CommandContext, type Handler, type Item } from './handler.ts';
import type { Services } from './services.ts';

export const validate: Handler<typeof validateCommand> = async function* ({ files }, { services }) {
  const checked = files.length === 0 ? await checkAll(services) : await checkNamed(services, files);
  if (!checked.ok) return yield* refuse(checked.failure);
  const { problems, count } = checked.value;
  for (const { file, range, message } of problems) yield { kind: 'problem', file, range, message };
  if (problems.length > 0) return FAILURES.definition;
  yield { kind: 'note', text: nothingWrong(count) };
  return EXIT.clean;
};

interface Checked {
  readonly problems: readonly Problem[];
  readonly count: number;
}

async function checkAll({ library, registry }: Services): Promise<Result<Checked>> {
  const problems = [...(await registry.problems()), ...(await library.problems())];
  const workflows = await library.own();
  return ok({ problems, count: workflows.length + (await registry.files()).length });
}

/** Files wherever they lie: with `steps` a workflow, else an agent. */
async function checkNamed({ workspace, registry }: Services, files: readonly string[]): Promise<Result<Checked>> {
  const [{ parseWorkflow }, { parseAgentFiles }] = await Promise.all([
    import('../workflow/definitions.ts'),
    import('../integration/parse-agent-files.ts'),
  ]);
  const known = await registry.known();
  const agents = new Map([...known].map(([id, { operations }]) => [id, operations]));
  const problems: Problem[] = [];
  for (const file of files) {
    const content = contentOf(path.resolve(workspace.root, file));
    if (!content.ok) return content;
    const source = { file, content: content.value };
    const workflow = /^\s*["']?steps["']?\s*:/m.test(content.value.toString('utf8')) || file.includes('workflows/');
    if (!workflow) problems.push(...parseAgentFiles([source], registry.builtIn).problems);
    else {
      const parsed = parseWorkflow(source, agents);
      if (!parsed.ok) problems.push(...parsed.problems);
    }
  }
  return ok({ problems, count: files.length });
}

function contentOf(file: string): Result<Buffer> {
  try {
    return ok(readFileSync(file));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return fail('usage', `${file} cannot be read: ${error.message}.`);
  }
}

export const trust: Handler<typeof trustCommand> = async function* ({ yes, approve = [] }, { services, ask }) {
  const { registry } = services;
  const commands = await writtenCommands(services);
  if (commands.length === 0)
    yield { kind: 'note', text: 'No agent or workflow file of this workspace starts a command.' };
  /** The same command may stand in two files. */
  const kept = new Set<string>();
  let open = 0;
  for (const command of commands) {
    const before = command.approved || kept.has(command.hash);
    const named = yes || approve.includes(command.hash);
    const approved = before || named || (approve.length === 0 && ask !== null && (await askFor(command, ask)));
    if (approved && !before) {
      registry.keepApproval(command);
      kept.add(command.hash);
    }
    if (!approved) open++;
    yield itemOf(command, approved);
  }
  const unknown = approve.filter((hash) => !commands.some((command) => command.hash === hash));
  if (unknown.length > 0)
    return yield* refuse({
      code: 'approval',
      message: `${countWords(unknown.length, 'command')} changed since you looked and ${unknown.length === 1 ? 'was' : 'were'} not approved. Look again.`,
    });
  if (open === 0) return EXIT.clean;
  yield {
    kind: 'note',
    text: `${countWords(open, 'command')} not approved. Approve all that are listed with: savepoint trust --yes`,
  };
  return FAILURES.approval;
};

/** Every command that a file of the workspace would start, each with its file. */
export async function writtenCommands({ library, registry }: Services): Promise<readonly WrittenCommand[]> {
  const known = await registry.known();
  const calls = (await library.own()).flatMap(({ definition, file }) =>
    callsOf(createPlan(definition, known), {}).map((call) => ({ ...call, where: file })),
  );
  return registry.commands(calls);
}

const itemOf = (written: WrittenCommand, approved: boolean): Item => {
  const { agent, command, where, hash, replacesBuiltIn, approvedBefore } = written;
  return { kind: 'command', agent, command, file: where, approved, hash, approvedBefore, replacesBuiltIn };
};

async function askFor(written: WrittenCommand, ask: NonNullable<CommandContext['ask']>): Promise<boolean> {
  const question = `${placeOf(written)} would start, in this workspace: ${written.command.join(' ')}`;
  const answer = await ask(question, [
    { value: 'approve', label: 'Approve it, until it changes' },
    { value: 'leave', label: 'Not now' },
  ]);
  return answer === 'approve';
}

export const context: Handler<typeof contextCommand> = async function* ({ task, budget }, { services, signal }) {
  const { workspace, invoker, stateDir, env } = services;
  const scope = await workspace.scope({});
  if (!scope.ok) return yield* refuse(scope.failure);
  const id = env.random.uuid();
  const outcome = await invoker.invoke(
    {
      ...{ run: id, step: 'context', attempt: 1, idempotencyKey: id, needs: {} },
      ...{ workspace: workspace.root, stateDir, agent: 'context-optimizer', operation: 'optimize' },
      scope: scope.value,
      with: { budget, ...(task === undefined ? {} : { task }) },
      timeoutMs: CONTEXT_TIMEOUT_MS,
    },
    { signal, onMessage: () => undefined },
  );
  if (!outcome.ok)
    return yield* refuse({ code: 'internal', message: `The context could not be collected: ${outcome.error.message}` });
  const bundle = outcome.data;
  if (!isObject(bundle) || typeof bundle['text'] !== 'string') throw new Error('the context optimizer gave no bundle');
  yield { kind: 'context', bundle, text: bundle['text'] };
  return EXIT.clean;
};

/** Nobody waits longer for a page to read. */
const CONTEXT_TIMEOUT_MS = 120_000;

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
