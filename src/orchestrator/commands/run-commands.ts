import type { resumeCommand, retryCommand, runCommand } from '../../contract/commands/catalogue.ts';
import type { AgentMessage } from '../../contract/agents.ts';
import type { StoredEvent } from '../../contract/events.ts';
import { EXIT, fail, ok, type ExitCode, type Failure, type Result } from '../../contract/failures.ts';
import type { Severity } from '../../contract/severities.ts';
import type { RunView } from '../../contract/runs.ts';
import type { ResumeAnswer, RunHandle, Runner } from '../workflow/api.ts';
import { asRunEvent } from '../workflow/run-events.ts';
import { evolve, type RunState } from '../workflow/run-state.ts';
import { exitCodeOf, viewRun } from '../workflow/run-view.ts';
import { createItemChannel } from './channel.ts';
import { refuse, type CommandContext, type Handler, type Item } from './handler.ts';
import { junitOf } from './junit.ts';
import { sarifOf } from './sarif.ts';

export const run: Handler<typeof runCommand> = async function* (input, context) {
  const { files, since, all, workflow, noCache, trust } = input;
  if ([files !== undefined, since !== undefined, all].filter(Boolean).length > 1) {
    return yield* refuse({ code: 'usage', message: 'Only one of --files, --since and --all can be given.' });
  }
  return yield* follow(context, input, (runner, watch) =>
    runner.startRun({ workflow, scope: { files, since, all }, with: input.with, noCache, trust, ...watch }),
  );
};

export const retry: Handler<typeof retryCommand> = async function* (input, context) {
  const { from, edited, noCache, trust } = input;
  return yield* follow(context, input, (runner, watch) =>
    runner.retryRun(input.run, { from, edited, noCache, trust, ...watch }),
  );
};

export const resume: Handler<typeof resumeCommand> = async function* (input, context) {
  const given = (['again', 'done', 'fail'] as const).filter((answer) => input[answer]);
  if (given.length > 1)
    return yield* refuse({ code: 'usage', message: 'Only one of --again, --done and --fail can be given.' });
  return yield* follow(context, input, async (runner, watch) => {
    const request = { trust: input.trust, ...watch };
    const first = await runner.resumeRun(input.run, { ...request, answer: given[0] });
    if (first.ok || first.failure.code !== 'needs-decision' || context.ask === null) return first;
    const answer = await askWhatToDo(context, first.failure);
    return answer === null ? first : runner.resumeRun(input.run, { ...request, answer });
  });
};

async function askWhatToDo({ ask }: CommandContext, failure: Failure): Promise<ResumeAnswer | null> {
  const choices = [
    { value: 'again', label: 'Run it once more' },
    { value: 'done', label: 'It is done: go on' },
    { value: 'fail', label: 'It failed' },
  ] as const;
  const answer = (await ask?.(failure.message, choices)) ?? null;
  return choices.find(({ value }) => value === answer)?.value ?? null;
}

interface Watch {
  readonly signal: AbortSignal;
  readonly onMessage: (step: string, message: AgentMessage) => void;
}

interface Reporting {
  readonly failOn: Severity | 'never';
  readonly sarif?: string | undefined;
  readonly junit?: string | undefined;
}

/** Starts something, gives its events as they are stored, and ends with its result. */
async function* follow(
  context: CommandContext,
  reporting: Reporting,
  start: (runner: Runner, watch: Watch) => Promise<Result<RunHandle>>,
): AsyncGenerator<Item, ExitCode> {
  const { services, signal } = context;
  const writable = withEvery(reportFiles(reporting).map((file) => services.checkUserFile(file)));
  if (!writable.ok) return yield* refuse(writable.failure);
  const opened = await services.openRunner();
  if (!opened.ok) return yield* refuse(opened.failure);
  const { runner, journal } = opened.value;
  const items = createItemChannel<Item>();
  let state: RunState | null = null;
  const show = (event: StoredEvent): void => {
    const own = asRunEvent(event);
    if (own) state = evolve(state, own);
    items.push({ kind: 'event', event });
    items.push({ kind: 'watch', view: () => state && viewRun(state, { session: journal.session, live: true }) });
  };
  // In an editor other runs are at work in the same session. Which events are this run's is known when it has started.
  const early: StoredEvent[] = [];
  let run: string | null = null;
  const unsubscribe = journal.subscribe((event) => {
    if (run === null) early.push(event);
    else if (event.data['run'] === run) show(event);
  });
  const finish = async (): Promise<Result<RunView>> => {
    try {
      const started = await start(runner, {
        signal,
        onMessage: (step, message) => items.push({ kind: 'message', step, message }),
      });
      const own = started.ok ? started.value.run : runIn(started.failure);
      run = own;
      for (const event of early) if (event.data['run'] === own) show(event);
      return started.ok ? await started.value.done : started;
    } finally {
      unsubscribe();
      items.close();
    }
  };
  const ending = finish();
  yield* items;
  const end = await ending;
  if (!end.ok) return yield* refuse(end.failure);
  yield { kind: 'result', view: end.value };
  const written = await writeReports(context, reporting, end.value);
  if (!written.ok) return yield* refuse(written.failure);
  return signal.aborted && end.value.status === 'interrupted'
    ? EXIT.interrupted
    : exitCodeOf(end.value, reporting.failOn);
}

/** The run that a refusal is about, where it says so; else an empty text, which is nobody's. */
function runIn({ data }: Failure): string {
  const about = typeof data === 'object' && data !== null && 'run' in data ? data.run : null;
  return typeof about === 'string' ? about : '';
}

async function writeReports(
  { services }: CommandContext,
  { sarif, junit }: Reporting,
  view: RunView,
): Promise<Result<null>> {
  const files = [
    ...(sarif === undefined ? [] : [[sarif, sarifOf(view, services.env.host.version)] as const]),
    ...(junit === undefined ? [] : [[junit, junitOf(view)] as const]),
  ];
  return withEvery(await Promise.all(files.map(([file, text]) => services.writeUserFile(file, text))));
}

const reportFiles = ({ sarif, junit }: Reporting): readonly string[] =>
  [sarif, junit].filter((file) => file !== undefined);

/** What failed, all of it: one report that cannot be written must not cost or hide the other. */
function withEvery(results: readonly Result<null>[]): Result<null> {
  const failures = results.flatMap((result) => (result.ok ? [] : [result.failure]));
  return failures.length === 0 ? ok(null) : fail('usage', failures.map(({ message }) => message).join(' '));
}
