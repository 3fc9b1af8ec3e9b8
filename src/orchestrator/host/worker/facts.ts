import path from 'node:path';
import type { DefinitionProblem, HealthRow, UnapprovedCommand } from '../../../contract/board.ts';
import type { WorkerSettings } from '../../../contract/worker.ts';
import { countWords } from '../../../contract/words.ts';
import type { Pauses } from '../../activity/pauses.ts';
import type { BoardFacts } from '../../board/board-fold.ts';
import { isAutomatic, whenWords } from '../../board/workflow-words.ts';
import { writtenCommands } from '../../commands/check-commands.ts';
import type { Services } from '../../commands/services.ts';
import { WORKFLOWS_DIR } from '../../definitions/folders.ts';
import { PLACES } from '../places.ts';

type Workflows = BoardFacts['workflows'];

export interface FolderFacts {
  readonly workflows: Workflows;
  readonly definitions: readonly DefinitionProblem[];
  readonly unapproved: readonly UnapprovedCommand[];
  readonly paused: boolean;
  /** What is wrong in agent files. */
  readonly agents: HealthRow;
}

/** What the workspace's own files and the state folder say, read anew: none of it is in events. */
export async function readFacts(
  services: Services,
  { pauses, settings }: { readonly pauses: Pauses; readonly settings: WorkerSettings },
): Promise<FolderFacts> {
  const { library, registry, workspace } = services;
  const paused = pauses.read();
  const [known, problems, commands, agentProblems] = await Promise.all([
    library.list(),
    library.problems(),
    writtenCommands(services),
    registry.problems(),
  ]);
  const sound = known.map(({ definition, file }): Workflows[number] => {
    const { id, name = id, description, on } = definition;
    const isPaused = paused.all || paused.workflows.has(id);
    return {
      ...{ id, name, builtIn: file === null },
      ...(description === undefined ? {} : { about: description }),
      file: file === null ? path.join(PLACES.workflows, `${id}.yaml`) : path.join(workspace.root, file),
      when: whenWords(on, { paused: isPaused, setting: !settings.automaticRuns }),
      automatic: isAutomatic(on),
      paused: isPaused,
      problem: null,
    };
  });
  const unapproved = commands
    .filter(({ approved }) => !approved)
    .map(({ agent, command, where }) => ({ agent, command, file: where }));
  return {
    workflows: [...sound, ...brokenRows(problems, workspace.root)],
    definitions: [...problems, ...agentProblems].map(({ file, range, message }) => ({
      ...{ file: path.join(workspace.root, file), range, message },
    })),
    unapproved,
    paused: paused.all,
    agents: agentsRow(known.length, { agentProblems: agentProblems.map(wordsOf), unapproved: unapproved.length }),
  };
}

type Problem = Awaited<ReturnType<Services['library']['problems']>>[number];

const wordsOf = ({ file, range, message }: Problem): string => `${file}, line ${range.start.line + 1}: ${message}`;

/** A broken file has no id to trust: its name stands for it. */
function brokenRows(problems: readonly Problem[], root: string): Workflows {
  const first = new Map(problems.toReversed().map((problem) => [problem.file, problem]));
  return [...first.values()]
    .filter(({ file }) => file.startsWith(WORKFLOWS_DIR))
    .map(({ file, message, range }) => {
      const id = path.posix.basename(file).replace(/\.ya?ml$/, '');
      return {
        ...{ id, name: id, file: path.join(root, file), builtIn: false },
        ...{ when: `line ${range.start.line + 1}: ${message}`, automatic: false, paused: false },
        problem: { message, range },
      };
    })
    .toReversed();
}

function agentsRow(
  workflows: number,
  { agentProblems, unapproved }: { readonly agentProblems: readonly string[]; readonly unapproved: number },
): HealthRow {
  if (agentProblems.length > 0) {
    const files = countWords(new Set(agentProblems.map((problem) => problem.split(', line')[0])).size, 'agent file');
    return { id: 'agents', status: 'warning', message: `something is wrong in ${files}`, details: agentProblems };
  }
  if (unapproved > 0) {
    const message = `${countWords(unapproved, 'command waits', 'commands wait')} for your approval`;
    return { id: 'agents', status: 'note', message, details: [] };
  }
  return { id: 'agents', status: 'ok', message: `ready, for ${countWords(workflows, 'workflow')}`, details: [] };
}
