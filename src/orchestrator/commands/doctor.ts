import { existsSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { doctorCommand } from '../../contract/commands/catalogue.ts';
import { EXIT } from '../../contract/failures.ts';
import { countWords } from '../../contract/words.ts';
import { jsonProblem } from '../workspace/json-problem.ts';
import { packageManagerOf } from '../workspace/package-manager.ts';
import { writtenCommands } from './check-commands.ts';
import type { CheckItem, CommandContext, Handler } from './handler.ts';
import type { Services } from './services.ts';

export const doctor: Handler<typeof doctorCommand> = async function* (_input, context) {
  const { services } = context;
  yield check('Savepoint', 'ok', `version ${services.env.host.version}, Node ${services.env.host.nodeVersion}`);
  yield await gitCheck(services);
  yield await packageManagerCheck(services);
  const replaced = (await services.registry.commands([])).filter(({ replacesBuiltIn }) => replacesBuiltIn);
  for (const agent of ['test-executor', 'bug-hunter'])
    if (!replaced.some((written) => written.agent === agent)) yield* await agentChecks(agent, context);
  for (const { agent, where, command } of replaced)
    yield check(agent, 'note', `${agent} is replaced by ${where}, which starts: ${command.join(' ')}`);
  yield await definitionsCheck(services);
  for (const { definition, file } of await services.library.replacing())
    yield check(definition.id, 'note', `The built-in workflow ${definition.id} is replaced by ${file}.`);
  yield await approvalCheck(services);
  yield stateCheck(services);
  yield journalCheck(services);
  return EXIT.clean;
};

const check = (name: string, status: CheckItem['status'], message: string): CheckItem => ({
  kind: 'check',
  name,
  status,
  message,
  repairs: [],
});

async function gitCheck({ workspace }: Services): Promise<CheckItem> {
  if (await workspace.gitMissing()) {
    return check(
      'git',
      'warning',
      'git is not installed, so every file counts as changed. Get it from https://git-scm.com or your package manager.',
    );
  }
  const git = await workspace.git();
  if (!git)
    return check(
      'git',
      'note',
      'This folder is not under git, so every file counts as changed. To change that: git init',
    );
  if (git.head === null)
    return check('git', 'note', `version ${git.version}; no commit yet, so every file counts as changed`);
  const where = git.branch === null ? 'no branch checked out' : `on ${git.branch}`;
  return check(
    'git',
    'ok',
    `version ${git.version}, ${where}${git.top === workspace.root ? '' : `; the repository is ${git.top}, Savepoint looks at this folder only`}`,
  );
}

async function packageManagerCheck({ workspace }: Services): Promise<CheckItem> {
  const has = (file: string): boolean => existsSync(path.join(workspace.root, file));
  if (!has('package.json'))
    return check(
      'packages',
      'note',
      'There is no package.json here: tests and benchmarks of npm packages are not looked for.',
    );
  const text = await workspace.read('package.json');
  const problem = text === null ? null : jsonProblem(text);
  if (problem !== null) return check('packages', 'error', `package.json cannot be read: ${problem}. Correct it first.`);
  const { name, lockfile, install } = packageManagerOf(workspace.root);
  if (!has('node_modules') && text !== null && !namesPackages(text))
    return check('packages', 'ok', 'package.json names no packages: there is nothing to install');
  if (!has('node_modules')) {
    return check(
      'packages',
      'warning',
      `${lockfile === null ? 'No lockfile' : `${lockfile} says ${name}`}, and node_modules is missing. Get it with: ${install}`,
    );
  }
  if (lockfile === null)
    return check('packages', 'note', 'installed, without a lockfile: dependencies are not checked');
  return check('packages', 'ok', `${name} (${lockfile}), installed`);
}

const PACKAGE_LISTS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies', 'workspaces'];

/** Of a package.json that can be read: whether an install would bring anything. */
function namesPackages(text: string): boolean {
  const manifest = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  return PACKAGE_LISTS.some((list) => Object.keys(manifest[list] ?? {}).length > 0);
}

const inspectionSchema = z.object({
  checks: z.array(
    z.object({ name: z.string(), status: z.enum(['ok', 'note', 'warning', 'error']), message: z.string() }),
  ),
});

/** What an agent finds here to work with, told by the agent itself so that it cannot differ from what a run uses. */
async function agentChecks(agent: string, { services, signal }: CommandContext): Promise<readonly CheckItem[]> {
  const { env, workspace, stateDir, invoker } = services;
  const scope = await workspace.scope({ all: true });
  if (!scope.ok) return [check(agent, 'error', scope.failure.message)];
  const id = env.random.uuid();
  const outcome = await invoker.invoke(
    {
      ...{ run: id, step: 'doctor', attempt: 1, idempotencyKey: id, needs: {}, with: {} },
      ...{ workspace: workspace.root, stateDir, agent, operation: 'inspect', scope: scope.value },
    },
    { signal, onMessage: () => undefined },
  );
  if (!outcome.ok) return [check(agent, 'error', outcome.error.message)];
  return inspectionSchema.parse(outcome.data).checks.map(({ name, status, message }) => check(name, status, message));
}

async function definitionsCheck({ library, registry }: Services): Promise<CheckItem> {
  const problems = [...(await registry.problems()), ...(await library.problems())];
  const ids = (await library.list()).map(({ definition }) => definition.id);
  if (problems.length > 0)
    return check(
      'workflows',
      'error',
      `${countWords(problems.length, 'problem')} in .savepoint. See them with: savepoint validate`,
    );
  return check('workflows', 'ok', ids.join(', '));
}

async function approvalCheck(services: Services): Promise<CheckItem> {
  const open = (await writtenCommands(services)).filter(({ approved }) => !approved);
  if (open.length === 0) return check('approvals', 'ok', 'no command waits for your approval');
  return check(
    'approvals',
    'warning',
    `${countWords(open.length, 'command')} of agent and workflow files not approved. Look at them with: savepoint trust`,
  );
}

function stateCheck({ stateDir, env }: Services): CheckItem {
  const stat = env.files.stat(stateDir);
  return check('state folder', 'ok', stat ? stateDir : `${stateDir} (made at the first run)`);
}

function journalCheck({ reader }: Services): CheckItem {
  const journal = reader();
  const alerts = [...journal.events({ types: ['system.alert'] })];
  const sessions = journal.sessions();
  const events = sessions.reduce((sum, session) => sum + session.events, 0);
  const words = `${countWords(events, 'event')} in ${countWords(sessions.length, 'session')}`;
  // What was put in order is told by events; what this reading has just met is not yet.
  const told = alerts.flatMap(({ data }) => repairSchema.safeParse(data).data ?? []);
  const fresh = journal
    .repairs()
    .filter(
      ({ file, lost }) => !told.some((one) => isDeepStrictEqual({ file, lost }, { file: one.file, lost: one.lost })),
    );
  const repairs = [
    ...told,
    ...fresh.map(({ file, lost, keptAside }) => ({
      file,
      lost: lost.map(([from, to]) => [from, to] as const),
      keptAside,
    })),
  ];
  if (repairs.length === 0) return check('journal', 'ok', `${words}, nothing damaged`);
  const lost = repairs.flatMap((repair) => repair.lost).reduce((sum, [from, to]) => sum + to - from + 1, 0);
  const kept = repairs.map(({ keptAside, file }) => keptAside ?? file).join(', ');
  const message = `${words}; damaged in ${countWords(repairs.length, 'place')}, ${countWords(lost, 'event')} lost. The damaged part is kept aside: ${kept}`;
  return { kind: 'check', name: 'journal', status: 'warning', message, repairs };
}

const repairSchema = z.object({
  file: z.string(),
  lost: z.array(z.tuple([z.int(), z.int()])),
  keptAside: z.string().nullable(),
});
