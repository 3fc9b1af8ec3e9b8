import { posix } from 'node:path';
import type { RunnerCall, RunnerId } from './suite.ts';
import { escapeRegExp } from './escape-regexp.ts';

export interface ScriptReading {
  readonly calls: readonly RunnerCall[];
  /** Calls that run tests of `calls` once more, under other variables or as a part: not run again. */
  readonly repeated: number;
  /** Programs that look like test runners of which this agent has no adapter. */
  readonly unsupported: readonly string[];
}

type Variables = Readonly<Record<string, string>>;

const RUNNER_PROGRAM = /^(vitest|jest|_?mocha)(?:\.[cm]?js)?$/;
const OTHER_RUNNERS =
  /^(?:ava|tap|tape|uvu|borp|qunit|jasmine|karma|lab|playwright|cypress|react-scripts|wtr|web-test-runner|japa|poku|pytest|deno|bun)$/;
const DEEPEST = 4;

/** The runners that a package's test scripts start, scripts called from scripts included. Pure reading: no shell runs. */
export function readTestScripts(scripts: Readonly<Record<string, string>>): ScriptReading {
  const calls: RunnerCall[] = [];
  const unsupported = new Set<string>();
  const visit = (name: string, depth: number, outer: Variables): void => {
    const script = scripts[name];
    if (script === undefined || depth > DEEPEST) return;
    for (const words of commandsOf(script)) {
      const env = { ...outer, ...assignmentsOf(words) };
      const call = runnerCall(words, env);
      if (call !== null) calls.push(call);
      else if (isOtherRunner(words)) unsupported.add(programOf(words));
      for (const called of calledScripts(words, scripts)) visit(called, depth + 1, env);
    }
  };
  for (const name of startScripts(scripts)) visit(name, 0, {});
  const kept = withoutRepeats(calls);
  return { calls: kept, repeated: calls.length - kept.length, unsupported: [...unsupported] };
}

/** Of calls with equal options, one without file names covers those with some; those that differ by variables only are one. */
function withoutRepeats(calls: readonly RunnerCall[]): readonly RunnerCall[] {
  const optionsOf = (call: RunnerCall): string => JSON.stringify([call.runner, call.nodeFlags, call.options]);
  const whole = new Set(calls.filter((call) => call.positional.length === 0).map(optionsOf));
  const needed = calls.filter((call) => call.positional.length === 0 || !whole.has(optionsOf(call)));
  // The call with the fewest variables is the plainest; where equal, the first.
  const plainest = [...needed].sort((a, b) => Object.keys(a.env).length - Object.keys(b.env).length);
  const first = new Map(
    plainest.toReversed().map((call) => [`${optionsOf(call)} ${JSON.stringify(call.positional)}`, call]),
  );
  return needed.filter((call) => [...first.values()].includes(call));
}

/** `test`; without one that runs anything, scripts that are named like tests. */
function startScripts(scripts: Readonly<Record<string, string>>): readonly string[] {
  const test = scripts['test'];
  if (test !== undefined && !/no test specified/.test(test)) return ['test'];
  return Object.keys(scripts).filter((name) =>
    /^(?:tests?|unit|specs?)(?:[:.-](?!watch|e2e|browser|bench|coverage)|$)/.test(name),
  );
}

/** The commands of a shell line, each as words without quotes. */
function commandsOf(script: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  for (const [word] of script.matchAll(/&&|\|\||[;|&]|(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s;&|"'])+/g)) {
    if (/^[;&|]+$/.test(word)) commands.push([]);
    else commands.at(-1)?.push(unquoted(word));
  }
  return commands.filter((words) => words.length > 0);
}

function unquoted(word: string): string {
  const pieces = word.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)|([^"'\\]+)/g);
  return [...pieces]
    .map(([, double, single, escaped, plain]) => double?.replace(/\\(.)/g, '$1') ?? single ?? escaped ?? plain ?? '')
    .join('');
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s;

/** Variables set before the program, by the shell or by cross-env. */
function assignmentsOf(words: readonly string[]): Variables {
  const end = words.findIndex((word) => !ASSIGNMENT.test(word) && !/^(?:cross-env(?:-shell)?|env|npx)$/.test(word));
  const pairs = words.slice(0, end < 0 ? words.length : end).map((word) => ASSIGNMENT.exec(word));
  return Object.fromEntries(pairs.flatMap((match) => (match === null ? [] : [[match[1] ?? '', match[2] ?? '']])));
}

function runnerCall(words: readonly string[], env: Variables): RunnerCall | null {
  const nodeFlags: string[] = [];
  let started = false;
  for (const [index, word] of words.entries()) {
    const program = posix.basename(word);
    const call = { nodeFlags, rest: words.slice(index + 1), env };
    if (!started && (program === 'node' || program === 'tsx')) {
      started = true;
      if (program === 'tsx') nodeFlags.push('--import', 'tsx');
    } else if (started && word === '--test') return finish('node:test', call);
    else if (RUNNER_PROGRAM.test(program)) return namedRunner(program, call);
    else if (started) nodeFlags.push(word);
  }
  return null;
}

interface FoundCall {
  readonly nodeFlags: readonly string[];
  readonly rest: readonly string[];
  readonly env: Variables;
}

function namedRunner(program: string, call: FoundCall): RunnerCall | null {
  const runner = (RUNNER_PROGRAM.exec(program)?.[1] ?? '').replace('_', '') as Exclude<RunnerId, 'node:test'>;
  const subcommand = runner === 'vitest' ? (call.rest[0] ?? '') : '';
  if (['bench', 'list', 'init', 'typecheck'].includes(subcommand)) return null;
  const given = ['run', 'watch', 'dev', 'related'].includes(subcommand);
  return finish(runner, given ? { ...call, rest: call.rest.slice(1) } : call);
}

function finish(runner: RunnerId, { nodeFlags, rest, env }: FoundCall): RunnerCall {
  const { NODE_OPTIONS, ...kept } = env;
  const fromEnv =
    NODE_OPTIONS === undefined
      ? []
      : NODE_OPTIONS.split(/\s+/).filter((flag) => flag.startsWith('--') && !flag.includes('$'));
  const parsed = sortArguments(runner, rest);
  const readable = Object.fromEntries(Object.entries(kept).filter(([, value]) => !value.includes('$')));
  const flags = [...fromEnv, ...nodeFlags, ...(runner === 'node:test' ? parsed.options : [])].filter(
    (flag) => !DROPPED_NODE.test(flag),
  );
  return {
    runner,
    env: readable,
    nodeFlags: flags,
    options: runner === 'node:test' ? [] : parsed.options,
    positional: parsed.positional,
  };
}

/** Would watch, attach a debugger, or write coverage and snapshots. */
const DROPPED_NODE =
  /^--(?:watch|inspect|experimental-test-coverage|test-coverage|test-reporter|test-update-snapshots|test-only$)/;
const DROPPED: Readonly<Record<RunnerId, RegExp>> = {
  vitest:
    /^(?:-w|-u|-o|--(?:watch|run|coverage\w*|reporter|outputFile|ui|open|update|changed|shard|silent|color|no-color|inspect|api|standalone|passWithNoTests)\b)/,
  jest: /^(?:-o|-u|-f|-b|--(?:watch\w*|coverage\w*|collectCoverage\w*|reporters|json|outputFile|updateSnapshot|verbose|silent|colors?|no-colors?|ci|no-ci|notify|onlyChanged|onlyFailures|lastCommit|changedSince|findRelatedTests|shard|passWithNoTests|listTests|openHandlesTimeout)\b)/,
  mocha: /^(?:-w|-R|-c|-C|-O|--(?:watch|reporter|reporter-options?|colors?|no-colors?|inspect|dry-run|forbid-only)\b)/,
  'node:test': DROPPED_NODE,
};
const VALUED: Readonly<Record<RunnerId, RegExp>> = {
  vitest:
    /^(?:-c|-r|-t|--(?:config|root|dir|project|reporter|outputFile|environment|pool|mode|retry|testNamePattern|exclude|shard|maxWorkers|minWorkers|testTimeout|hookTimeout|bail|workspace|configLoader))$/,
  jest: /^(?:-c|-t|-w|--(?:config|rootDir|roots|env|testEnvironment|testPathPatterns?|testPathIgnorePatterns|testNamePattern|selectProjects|ignoreProjects|maxWorkers|reporters|outputFile|coverageDirectory|coverageReporters|collectCoverageFrom|coverageProvider|preset|setupFiles|setupFilesAfterEnv|shard|testTimeout|changedSince|projects|testMatch|testRegex|transform|workerThreads))$/,
  mocha:
    /^(?:-r|-t|-g|-f|-u|-R|-s|-j|-O|--(?:require|timeout|grep|fgrep|ui|reporter|reporter-options?|slow|jobs|config|package|file|spec|extension|ext|ignore|exclude|retries|import|loader|experimental-loader|node-option|conditions|watch-files|watch-ignore|global|globals))$/,
  'node:test':
    /^(?:-r|-C|--(?:import|require|loader|experimental-loader|conditions|env-file|env-file-if-exists|test-reporter|test-reporter-destination|test-name-pattern|test-skip-pattern|test-concurrency|test-timeout|test-shard|test-global-setup|experimental-default-type))$/,
};

/** Splits a runner's arguments; what the shell would have to fill in (`$X`) is left out. */
function sortArguments(
  runner: RunnerId,
  words: readonly string[],
): { readonly options: string[]; readonly positional: string[] } {
  const options: string[] = [];
  const positional: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--' || word.includes('$') || /^[<>\d]*[<>]/.test(word)) continue;
    if (!word.startsWith('-')) {
      positional.push(word);
      continue;
    }
    const value = VALUED[runner].test(word) ? words[(index += 1)] : undefined;
    const unknown = value?.includes('$') === true;
    if (!unknown && !DROPPED[runner].test(word)) options.push(word, ...(value === undefined ? [] : [value]));
  }
  return { options, positional };
}

const SCRIPT_STARTER = /^(?:npm|pnpm|yarn|bun|run-s|run-p|npm-run-all2?|wireit)$/;

/** Scripts of the same package that the command starts: `npm run test:unit`, `yarn unit`, `run-s test:*`. */
function calledScripts(words: readonly string[], scripts: Readonly<Record<string, string>>): readonly string[] {
  const starter = words.findIndex((word) => SCRIPT_STARTER.test(posix.basename(word)));
  // With one of these the scripts of other packages are meant.
  const elsewhere =
    /^(?:-ws|-w|-r|-C|--workspaces?(?:=.*)?|--recursive|--filter(?:=.*)?|--prefix(?:=.*)?|workspaces?)$/;
  if (starter < 0 || words.some((word) => elsewhere.test(word))) return [];
  return words.slice(starter + 1).flatMap((word) => {
    // pnpm takes /…/ for a regular expression, run-s and kin take *.
    const expression = /^\/(.*)\/$/.exec(word)?.[1];
    if (expression === undefined && !word.includes('*')) return word in scripts ? [word] : [];
    const pattern = new RegExp(expression ?? `^${word.split('*').map(escapeRegExp).join('.*')}$`);
    return Object.keys(scripts).filter((name) => pattern.test(name));
  });
}

function isOtherRunner(words: readonly string[]): boolean {
  const program = programOf(words);
  if (program === 'bun' || program === 'deno') return words.includes('test');
  return OTHER_RUNNERS.test(program);
}

/** The first word that is a program, past assignments and launchers. */
function programOf(words: readonly string[]): string {
  const launchers = /^(?:npx|pnpx|bunx|cross-env(?:-shell)?|env|c8|nyc|exec|dlx|yarn|pnpm|npm|dotenv|--)$/;
  const word = words.find(
    (one) => !ASSIGNMENT.test(one) && !one.startsWith('-') && !launchers.test(posix.basename(one)),
  );
  return posix.basename(word ?? '');
}
