import { posix } from 'node:path';
import type { whyCommand } from '../../contract/commands/catalogue.ts';
import { EXIT, type ExitCode } from '../../contract/failures.ts';
import { createPauses } from '../activity/pauses.ts';
import { whyEvent, whyFile, whyRun, whyWorkflow, type Why } from '../activity/why.ts';
import { whenWords } from '../board/workflow-words.ts';
import { refuse, type CommandContext, type Handler, type Item } from './handler.ts';

/** Decisions that are told of a workflow. */
const NEWEST = 20;

export const why: Handler<typeof whyCommand> = async function* ({ what }, context) {
  const { services } = context;
  const reader = services.reader();
  const asked = services.runs.find(what);
  if (asked.ok) return yield* tell(whyRun(reader, asked.value));
  const workflows = await services.library.list();
  const definition = workflows.find((one) => one.definition.id === what)?.definition;
  const ofWorkflow = whyWorkflow(reader, what, NEWEST);
  if (definition) {
    yield { kind: 'note', text: `${what} starts ${whenWords(definition.on, offOf(context, what))}.` };
    if (ofWorkflow.decisions.length === 0)
      yield { kind: 'note', text: 'Nothing has asked for it since the history begins.' };
  }
  if (definition || ofWorkflow.decisions.some(({ workflow }) => workflow === what)) return yield* tell(ofWorkflow);
  const ofEvent = whyEvent(reader, what) ?? whyFile(reader, posix.normalize(what));
  if (ofEvent !== null && 'run' in ofEvent) {
    const run = services.runs.find(ofEvent.run);
    if (run.ok) return yield* tell(whyRun(reader, run.value));
  } else if (ofEvent !== null) return yield* tell(ofEvent);
  const broken = await services.library.find(what);
  if (!broken.ok && broken.failure.code === 'definition') return yield* refuse(broken.failure);
  const ids = workflows.map((one) => one.definition.id).join(', ');
  return yield* refuse({
    code: 'not-found',
    message: `${what} is no run, workflow, edited file, activity or event of this workspace. Workflows: ${ids}. See the others with: savepoint runs, savepoint events`,
  });
};

function offOf({ services }: CommandContext, workflow: string): Parameters<typeof whenWords>[1] {
  const paused = createPauses({ files: services.env.files, stateDir: services.stateDir }).read();
  return { paused: paused.all || paused.workflows.has(workflow), setting: false };
}

async function* tell({ story, decisions }: Why): AsyncGenerator<Item, ExitCode> {
  for (const text of story) yield { kind: 'note', text };
  for (const { workflow, decision, why: words, run, number, at, activity, files, origin } of decisions)
    yield { kind: 'decision', workflow, decision, why: words, run, number, at, activity, files, origin };
  return EXIT.clean;
}
