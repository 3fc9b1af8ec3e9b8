import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { coverageWay, type CoverageWay } from './coverage-way.ts';
import { escapeRegExp } from './escape-regexp.ts';
import type { Suite } from './suite.ts';

/** How one call of a runner starts. */
export interface RunnerCommand {
  readonly argv: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  readonly extraEnv: Readonly<Record<string, string>>;
}

export interface CommandDeps {
  /** Absolute path of the workspace. */
  readonly root: string;
  /** Absolute path of a folder of ours for files that a command needs. */
  readonly scratch: string;
  /** Absolute folder of the reporters. */
  readonly reporters: string;
  /** Path of the Node that runs the workspace's tools. */
  readonly node: string;
  /** Where programs are looked up, as the caller has it. */
  readonly path: string;
  /** Full names of the tests to run, parents joined by ` > `; empty: all in the files. */
  readonly only: readonly string[];
  /** Absolute folder of ours that runners write coverage to; null when nobody asked for it. */
  readonly coverage: string | null;
}

export interface WantedTests {
  /** Relative to the workspace, in the order to run; null: all that the runner finds. */
  readonly files: readonly string[] | null;
  /** Only for all: these before the others. */
  readonly first: readonly string[];
}

/** The command that runs these tests of the suite by the runner's own entry file, with our reporter and without writing. */
export async function runnerCommand(suite: Suite, wanted: WantedTests, deps: CommandDeps): Promise<RunnerCommand> {
  const cwd = join(deps.root, suite.folder);
  const bins = [...new Set([cwd, deps.root])].map((folder) => join(folder, 'node_modules', '.bin'));
  const env = { ...suite.call.env, PATH: [...bins, deps.path].join(delimiter) };
  const input: Input = { suite, wanted, deps, files: wanted.files?.map((file) => join(deps.root, file)) ?? null };
  const { argv, extraEnv } = await BUILD[suite.runner](input);
  return { argv: [deps.node, ...argv], cwd, extraEnv: { ...env, ...extraEnv, ...coverageOf(input)?.env } };
}

/** Null where coverage was not asked for, or cannot be had (session.ts says so). */
function coverageOf({ suite, deps }: Input): Extract<CoverageWay, { kind: 'found' }> | null {
  if (deps.coverage === null) return null;
  const way = coverageWay(suite, { cwd: join(deps.root, suite.folder), folder: deps.coverage });
  return way.kind === 'found' ? way : null;
}

interface Input {
  readonly suite: Suite;
  readonly wanted: WantedTests;
  readonly deps: CommandDeps;
  /** Absolute. */
  readonly files: readonly string[] | null;
}
interface Built {
  readonly argv: readonly string[];
  readonly extraEnv: Readonly<Record<string, string>>;
}

const BUILD: Readonly<Record<Suite['runner'], (input: Input) => Promise<Built>>> = {
  vitest: async (input) => ({
    argv: [
      ...input.suite.call.nodeFlags,
      await entryOf(input.suite, 'vitest'),
      'run',
      `--reporter=${join(input.deps.reporters, 'vitest-reporter.mjs')}`,
      ...(coverageOf(input)?.argv ?? ['--coverage.enabled=false']),
      ...input.suite.call.options,
      ...nameFilter('-t', input),
      ...(input.files ?? input.suite.call.positional),
    ],
    extraEnv: await firstOf(input),
  }),
  jest: async (input) => {
    const first = await firstOf(input);
    // The option exists since 24.7; older ones run in their own order.
    const canOrder = Number((input.suite.installed?.version ?? '0').split('.')[0]) >= 25;
    const order =
      canOrder && Object.keys(first).length > 0
        ? [`--testSequencer=${join(input.deps.reporters, 'jest-sequencer.cjs')}`]
        : [];
    return {
      argv: [
        ...input.suite.call.nodeFlags,
        await entryOf(input.suite, 'jest'),
        '--ci',
        ...(coverageOf(input)?.argv ?? ['--coverage=false']),
        '--watchAll=false',
        `--reporters=${join(input.deps.reporters, 'jest-reporter.cjs')}`,
        ...order,
        ...input.suite.call.options,
        ...nameFilter('-t', input),
        ...(input.files === null ? input.suite.call.positional : ['--runTestsByPath', ...input.files]),
      ],
      extraEnv: first,
    };
  },
  mocha: async (input) => ({
    argv: [
      ...(input.suite.mocha?.nodeFlags ?? []),
      join(input.suite.installed?.folder ?? '', 'lib', 'cli', 'cli.js'),
      '--no-package',
      '--config',
      await mochaConfig(input),
      '--reporter',
      join(input.deps.reporters, 'mocha-reporter.cjs'),
      ...nameFilter('--grep', input),
      ...(input.files ?? firstThenAll(input)),
    ],
    extraEnv: {},
  }),
  'node:test': async (input) => ({
    argv: [
      ...input.suite.call.nodeFlags,
      '--test',
      `--test-reporter=${join(input.deps.reporters, 'node-reporter.mjs')}`,
      '--test-reporter-destination=stdout',
      ...nodeNameFilter(input),
      ...(input.files ?? input.suite.testFiles.map((file) => join(input.deps.root, file))),
    ],
    extraEnv: {},
  }),
};

/** An option's value must stay well below what a command line may hold; with more names the whole files run. */
const LONGEST_PATTERN = 32_000;

/** One expression for the full names; runners join a name's parts by spaces, newer vitest by ` > `. */
function namePattern(names: readonly string[]): string | null {
  const whole = names.map((name) => name.split(' > ').map(escapeRegExp).join('(?: > | )'));
  const pattern = `^(?:${whole.join('|')})$`;
  return names.length === 0 || pattern.length > LONGEST_PATTERN ? null : pattern;
}

function nameFilter(option: string, { deps }: Input): readonly string[] {
  const pattern = namePattern(deps.only);
  return pattern === null ? [] : [option, pattern];
}

/** Node takes what stands between slashes for an expression. */
function nodeNameFilter({ deps }: Input): readonly string[] {
  const pattern = namePattern(deps.only);
  return pattern === null ? [] : [`--test-name-pattern=/${pattern}/`];
}

/** Mocha is always given its files and keeps their order: the relevant ones, then the rest. */
function firstThenAll({ suite, wanted, deps }: Input): readonly string[] {
  return [...new Set([...wanted.first, ...suite.testFiles])].map((file) => join(deps.root, file));
}

/** The file that the package names as its program. */
async function entryOf(suite: Suite, program: string): Promise<string> {
  const folder = suite.installed?.folder ?? '';
  const manifest = await readFile(join(folder, 'package.json'), 'utf8');
  const bin = new RegExp(`"bin"\\s*:\\s*(?:\\{[^}]*"${program}"\\s*:\\s*)?"([^"]+)"`).exec(manifest)?.[1];
  if (bin === undefined) throw new Error(`${folder}/package.json names no program ${program}`);
  return join(folder, bin);
}

/** The files to run before all others, where a sequencer of ours reads them. */
async function firstOf({ wanted, deps, suite }: Input): Promise<Readonly<Record<string, string>>> {
  if (wanted.files !== null || wanted.first.length === 0) return {};
  const path = await scratchFile(deps, suite, 'first');
  await writeFile(path, wanted.first.map((file) => join(deps.root, file)).join('\n'), { mode: 0o600 });
  return { SAVEPOINT_FIRST: path };
}

/** Options that choose files or reporters: these are given anew. */
const NOT_KEPT = new Set([
  '_',
  'spec',
  'config',
  'package',
  'opts',
  'node-option',
  'n',
  'watch',
  'w',
  'watch-files',
  'watchFiles',
  'watch-ignore',
  'watchIgnore',
]);
const REPORTER_OPTION = /^(?:R|O|reporter.*|colors?|c|C|dry-run|forbid-only)$/;

/** Mocha adds the files of its configuration to those it is given; so it gets its options in a file of ours, without them. */
async function mochaConfig({ suite, deps }: Input): Promise<string> {
  const path = `${await scratchFile(deps, suite, 'mocha')}.json`;
  const options = Object.entries(suite.mocha?.options ?? {}).filter(
    ([name]) => !NOT_KEPT.has(name) && !REPORTER_OPTION.test(name),
  );
  await writeFile(path, JSON.stringify(Object.fromEntries(options)), { mode: 0o600 });
  return path;
}

async function scratchFile(deps: CommandDeps, suite: Suite, kind: string): Promise<string> {
  await mkdir(deps.scratch, { recursive: true, mode: 0o700 });
  return join(deps.scratch, `${kind}-${suite.folder.replace(/[^\w.-]/g, '_') || 'root'}`);
}
