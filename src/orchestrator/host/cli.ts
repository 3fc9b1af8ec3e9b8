import { statSync } from 'node:fs';
import path from 'node:path';
import { settingValues } from '../../contract/commands/setting-values.ts';
import { EXIT, FAILURES, fail, ok, type ExitCode, type Failure, type Result } from '../../contract/failures.ts';
import type { CommandContext } from '../commands/handler.ts';
import { handlerOf } from '../commands/handlers.ts';
import { parseArguments, type Invocation } from './cli/arguments.ts';
import { askOnTerminal } from './cli/ask.ts';
import { helpText } from './cli/help.ts';
import { printTo, type Print } from './cli/standard-output.ts';
import { createHumanOutput, type HumanOutput } from './cli/human-output.ts';
import { jsonLine } from '../commands/json-line.ts';
import { shellWords } from '../../contract/shell-words.ts';
import { terminalOf } from './cli/terminal.ts';
import { composeServices, type Composed } from './compose.ts';
import { readSettingsFile } from './settings-file.ts';
import { unusableState } from './state-dir.ts';
import { VERSION } from './places.ts';

type CommandInvocation = Extract<Invocation, { readonly kind: 'command' }>;

/** The command line. Sets the process's exit code; ends when nothing is left to do. */
export async function main(argv: readonly string[]): Promise<void> {
  const parsed = parseArguments(argv);
  const json = parsed.ok ? parsed.value.kind === 'command' && parsed.value.json : argv.includes('--json');
  const isOnlyStreaming = parsed.ok && parsed.value.kind === 'command' && parsed.value.command === 'events';
  const print = printTo(process.stdout, { isOnlyStreaming });
  // What moves there is for whoever watches, and nobody else could be told.
  process.stderr.on('error', () => undefined);
  const report = (failure: Failure): ExitCode => reportFailure(failure, json ? print : null);
  process.on('uncaughtException', (error: unknown) => process.exit(report(bugIn(error))));
  if (!parsed.ok) process.exitCode = report(parsed.failure);
  else if (parsed.value.kind === 'help') print(helpText(parsed.value.command));
  else if (parsed.value.kind === 'version') print(`${VERSION}\n`);
  else process.exitCode = await runCommand(parsed.value, { print, report });
}

interface Outlets {
  readonly print: Print;
  readonly report: (failure: Failure) => ExitCode;
}

async function runCommand(invocation: CommandInvocation, { print, report }: Outlets): Promise<ExitCode> {
  const folder = workspaceOf(invocation.workspace);
  if (!folder.ok) return report(folder.failure);
  const settings = readSettingsFile();
  if (!settings.ok) return report(settings.failure);
  const { 'savepoint.historyDays': historyDays } = settingValues(settings.value);
  const composed = await composeServices(folder.value, { historyDays });
  if (!composed.ok) return report(composed.failure);
  const { services, close, place, earlier, tellDamage } = composed.value;
  const stopping = new AbortController();
  const context: CommandContext = {
    services,
    signal: stopping.signal,
    ask:
      process.stdin.isTTY && !invocation.json
        ? (question, choices) => askOnTerminal(question, choices, stopping.signal)
        : null,
  };
  const output = await createOutput(invocation, { services, place, earlier, print });
  const release = onStopSignals(services.env.host.platform, () => {
    if (stopping.signal.aborted) process.exit(EXIT.interrupted);
    output.stopping();
    stopping.abort();
  });
  try {
    const handler = await handlerOf(invocation.command);
    const items = handler(invocation.input, context);
    for (;;) {
      const next = await items.next();
      if (next.done) {
        for (const repair of await tellDamage()) output.repaired(repair);
        return next.value;
      }
      output.show(next.value);
    }
  } catch (error) {
    const failure = unusableState(error, services.stateDir);
    if (failure === null) throw error;
    output.show({ kind: 'error', failure });
    return FAILURES[failure.code];
  } finally {
    output.close();
    await close();
    release();
  }
}

async function createOutput(
  { command, json, input, workspace }: CommandInvocation,
  { services, place, earlier, print }: Pick<Composed, 'services' | 'place' | 'earlier'> & Pick<Outlets, 'print'>,
): Promise<HumanOutput> {
  const { env, platform } = { env: services.env.host.env, platform: services.env.host.platform };
  const err = terminalOf(process.stderr, env, platform);
  const live = command === 'run' || command === 'resume' || command === 'retry';
  const human = createHumanOutput({
    out: json ? err : { ...terminalOf(process.stdout, env, platform), write: print },
    err,
    command,
    now: () => services.env.clock.now(),
    every: (ms, callback) => {
      const timer = setInterval(callback, ms);
      timer.unref();
      return () => clearInterval(timer);
    },
    where: workspace === null ? '' : ` --workspace ${shellWords([workspace])}`,
    place: live && err.live ? await place() : '',
    earlier: live && err.live && typeof input['workflow'] === 'string' ? earlier(input['workflow']) : [],
  });
  if (!json) return human;
  return {
    show(item) {
      const line = jsonLine(item);
      if (line) print(`${JSON.stringify(line)}\n`);
      // With --json the live tree and the report still go to standard error, for whoever watches a script.
      if (live && (item.kind !== 'error' || err.live)) human.show(item);
    },
    repaired: (repair) => human.repaired(repair),
    stopping: () => human.stopping(),
    close: () => human.close(),
  };
}

function workspaceOf(given: string | null): Result<string> {
  const folder = path.resolve(given ?? '.');
  const found = statSync(folder, { throwIfNoEntry: false });
  if (!found) return fail('no-workspace', `There is no folder ${folder}.`);
  if (!found.isDirectory()) return fail('no-workspace', `${folder} is a file, not a folder.`);
  return ok(folder);
}

/** The first signal lets the run be stored as cut off; the second leaves at once. */
function onStopSignals(platform: NodeJS.Platform, stop: () => void): () => void {
  const signals: readonly NodeJS.Signals[] =
    platform === 'win32' ? ['SIGINT', 'SIGBREAK'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, stop);
  return () => {
    for (const signal of signals) process.off(signal, stop);
  };
}

/** Only bugs come this way: no stack trace unless it is asked for. */
function bugIn(error: unknown): Failure {
  const bug = error instanceof Error ? error : new Error(String(error));
  if (process.env['SAVEPOINT_DEBUG'] !== undefined) process.stderr.write(`${bug.stack ?? bug.message}\n`);
  const message = `This is a bug in Savepoint: ${bug.message}. What was stored is safe. Report it with what SAVEPOINT_DEBUG=1 savepoint … prints.`;
  return { code: 'internal', message };
}

/** `printJson`: null where people read. */
function reportFailure({ code, message, data }: Failure, printJson: Print | null): ExitCode {
  if (printJson) printJson(`${JSON.stringify({ kind: 'error', code, message, data: data ?? null })}\n`);
  else process.stderr.write(`${message}\n`);
  return FAILURES[code];
}
