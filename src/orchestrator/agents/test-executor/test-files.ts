import { posix } from 'node:path';
import picomatch from 'picomatch';
import type { ImportGraph } from '../../workspace/import-graph.ts';
import { isCodeFile } from '../../workspace/import-requests.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { readConfigLiterals, type ConfigLiterals } from './config-literals.ts';
import type { MochaOptions, RunnerCall, RunnerId, Suite } from './suite.ts';

interface Look {
  readonly workspace: Workspace;
  readonly graph: ImportGraph;
  readonly files: readonly string[];
}

const CONFIG_NAMES: Readonly<Record<RunnerId, RegExp>> = {
  vitest: /^(?:vitest\.(?:config|workspace|projects)(?:\.\w+)?|vite\.config)\.[cm]?[jt]s(?:on)?$/,
  jest: /^jest(?:\.\w+)?\.config(?:\.\w+)?\.(?:[cm]?[jt]s|json)$/,
  mocha: /^\.mocharc\.(?:[cm]?js|jsonc?|ya?ml)$/,
  'node:test': /^(?!)/,
};

/** Configuration files of the runner in the folder, and whether they speak of several projects. */
export async function configFilesOf(
  { runner, folder, hasKey }: { readonly runner: RunnerId; readonly folder: string; readonly hasKey: boolean },
  { workspace, files }: Look,
): Promise<{ readonly files: readonly string[]; readonly projects: boolean }> {
  const inFolder = files.filter((file) => folderOf(file) === folder && CONFIG_NAMES[runner].test(posix.basename(file)));
  // A vite.config alone may only build; it configures tests where it says so.
  const texts = await Promise.all(inFolder.map(async (file) => [file, (await workspace.read(file)) ?? ''] as const));
  const kept = texts.filter(
    ([file, text]) => !posix.basename(file).startsWith('vite.config') || /\btest\s*[:(]|vitest/.test(text),
  );
  const projects = kept.some(
    ([file, text]) => /\.workspace\.|\.projects\./.test(file) || /\bprojects\b["']?\s*:/.test(text),
  );
  return { files: [...kept.map(([file]) => file), ...(hasKey ? [posix.join(folder, 'package.json')] : [])], projects };
}

const IMPORTS: Readonly<Record<string, RunnerId | 'other'>> = {
  vitest: 'vitest',
  '@jest/globals': 'jest',
  mocha: 'mocha',
  'node:test': 'node:test',
  ava: 'other',
  'bun:test': 'other',
  tap: 'other',
  tape: 'other',
  uvu: 'other',
  '@playwright/test': 'other',
};

/** The runner that a test file names by its imports; null where it takes its functions from the global scope. */
export function runnerByImport(graph: ImportGraph, file: string): RunnerId | 'other' | null {
  for (const { text } of graph.requests(file)) {
    const runner = Object.hasOwn(IMPORTS, text) ? IMPORTS[text] : undefined;
    if (runner !== undefined) return runner;
  }
  return null;
}

const DEFAULT_TESTS: Readonly<Record<Exclude<RunnerId, 'mocha'>, RegExp>> = {
  vitest: /(?:^|\/)[^/]*\.(?:test|spec)\.[cm]?[jt]sx?$/,
  jest: /(?:^|\/)(?:__tests__\/.*|(?:[^/]*\.)?(?:test|spec))\.[cm]?[jt]sx?$/,
  'node:test': /(?:^|\/)(?:test\/.*\.[cm]?js|(?:test|test-[^/]*|[^/]*[._-]test)\.[cm]?[jt]s)$/,
};
const CONFIG_KEYS = [
  ...['test.include', 'test.exclude', 'test.setupFiles', 'test.globalSetup'],
  ...['testMatch', 'testRegex', 'setupFiles', 'setupFilesAfterEnv', 'globalSetup', 'globalTeardown'],
];
const PATTERN_KEYS = ['test.include', 'testMatch', 'testRegex'];

interface Wanted {
  readonly runner: RunnerId;
  readonly folder: string;
  readonly call: RunnerCall;
  readonly configs: readonly string[];
  readonly mocha: MochaOptions | null;
  /** No other runner in the same folder: files that name none by import are then its own. */
  readonly alone: boolean;
  readonly fromScript: boolean;
  readonly onlyThese: boolean;
}

/** The files that the runner takes for tests, as far as its configuration says so in plain strings. */
export async function findTests(wanted: Wanted, look: Look): Promise<Pick<Suite, 'testFiles' | 'complete' | 'setup'>> {
  const { runner, folder, call, configs } = wanted;
  const below = look.files.filter((file) => isCodeFile(file) && (folder === '' || file.startsWith(`${folder}/`)));
  const read = await readConfigs(wanted, look);
  const matches = matcherOf(wanted, read);
  const testFiles = below.filter((file) => {
    if (!matches(file)) return false;
    const named = runnerByImport(look.graph, file);
    if (named !== null) return named === runner;
    return wanted.alone || (runner === 'node:test' ? call.positional.length > 0 : wanted.fromScript);
  });
  const named = [...read.values()].flatMap(({ values }) =>
    Object.entries(values).flatMap(([key, value]) => (/setup|teardown/i.test(key) ? value : [])),
  );
  const mentioned = [...named, ...(wanted.mocha?.setup ?? []), ...call.nodeFlags, ...call.options];
  const setup = mentioned.flatMap((text) => existing(text, folder, look.files));
  const complete =
    runner === 'node:test' ||
    runner === 'mocha' ||
    ![...read.values()].some(({ computed }) => PATTERN_KEYS.some((key) => computed.has(key)));
  return { testFiles, complete, setup: [...new Set([...configs, ...setup])] };
}

/** Every configuration at or below the folder: those below are the root's projects. */
async function readConfigs(
  { runner, folder, configs, onlyThese }: Wanted,
  { workspace, files }: Look,
): Promise<ReadonlyMap<string, ConfigLiterals>> {
  const below = files.filter(
    (file) => file.startsWith(folder === '' ? '' : `${folder}/`) && CONFIG_NAMES[runner].test(posix.basename(file)),
  );
  const entries = [...new Set([...configs, ...(onlyThese ? [] : below)])].filter(
    (file) => runner !== 'mocha' && /\.(?:[cm]?[jt]s|json)$/.test(file),
  );
  const texts = await Promise.all(entries.map(async (file) => [file, await workspace.read(file)] as const));
  return new Map(
    texts.flatMap(([file, text]) =>
      text === null ? [] : [[file, readConfigLiterals(file, text, CONFIG_KEYS)] as const],
    ),
  );
}

type Matcher = (file: string) => boolean;

function matcherOf({ runner, folder, call, mocha }: Wanted, read: ReadonlyMap<string, ConfigLiterals>): Matcher {
  if (runner === 'mocha') return mochaMatcher(folder, mocha);
  if (runner === 'node:test' && call.positional.length > 0) {
    const named = globMatcher(folder, call.positional);
    const within = globMatcher(
      folder,
      call.positional.map((one) => `${one.replace(/\/$/, '')}/**`),
    );
    return (file) => named(file) || (within(file) && DEFAULT_TESTS[runner].test(file));
  }
  const configured = [...read].flatMap(([file, { values }]) => [
    ...globs(folderOf(file), values['test.include'] ?? []),
    ...globs(folderOf(file), values['testMatch'] ?? []),
    ...(values['testRegex'] ?? []).map((source) => regexMatcher(source)),
  ]);
  const excluded = [...read].flatMap(([file, { values }]) => globs(folderOf(file), values['test.exclude'] ?? []));
  const isTest: Matcher =
    configured.length === 0
      ? (file) => DEFAULT_TESTS[runner].test(file)
      : (file) => configured.some((matches) => matches(file));
  const asked = call.positional.map((text): Matcher =>
    runner === 'jest' ? regexMatcher(text) : (file) => file.includes(text.replace(/^\.\//, '')),
  );
  return (file) =>
    isTest(file) &&
    !excluded.some((matches) => matches(file)) &&
    (asked.length === 0 || asked.some((matches) => matches(file)));
}

function mochaMatcher(folder: string, mocha: MochaOptions | null): Matcher {
  const specs = mocha === null || mocha.spec.length === 0 ? ['test'] : mocha.spec;
  const extensions = mocha?.extension.map((one) => one.replace(/^\./, '')) ?? ['js', 'cjs', 'mjs'];
  const patterns = specs.flatMap((spec) => {
    const plain = spec.replace(/^\.\//, '').replace(/\/$/, '');
    if (/[*?{[]/.test(plain) || /\.[cm]?[jt]sx?$/.test(plain)) return [plain];
    return extensions.map((extension) => `${plain}/${mocha?.recursive === true ? '**/' : ''}*.${extension}`);
  });
  const matches = globMatcher(folder, patterns);
  const ignored = globMatcher(folder, mocha?.ignore ?? []);
  return (file) => matches(file) && !ignored(file);
}

function globMatcher(folder: string, patterns: readonly string[]): Matcher {
  const all = globs(folder, patterns);
  return (file) => all.some((matches) => matches(file));
}

/** Matchers of globs that are relative to the folder; `<rootDir>` is Jest's name for it. */
function globs(folder: string, patterns: readonly string[]): readonly Matcher[] {
  return patterns.map((pattern) => {
    const matches = picomatch(pattern.replace(/^(?:<rootDir>\/|\.\/)/, ''), { dot: true });
    return (file) => {
      const inside = folder === '' ? file : posix.relative(folder, file);
      return !inside.startsWith('../') && matches(inside);
    };
  });
}

/** Jest matches against absolute paths; a pattern that is no regular expression matches nothing. */
function regexMatcher(source: string): Matcher {
  try {
    const pattern = new RegExp(source.replace('<rootDir>', ''));
    return (file) => pattern.test(`/${file}`);
  } catch (error) {
    if (error instanceof SyntaxError) return () => false;
    throw error;
  }
}

/** The workspace file that a configuration means, if it is one. */
function existing(text: string, folder: string, files: readonly string[]): readonly string[] {
  const plain = text.replace(/^--[\w-]+=/, '').replace(/^<rootDir>\//, '');
  if (plain === '' || plain.startsWith('/')) return [];
  const path = posix.join(folder, plain);
  return files.filter(
    (file) => file === path || (file.startsWith(`${path}.`) && isCodeFile(file) && folderOf(file) === folderOf(path)),
  );
}

function folderOf(file: string): string {
  const folder = posix.dirname(file);
  return folder === '.' ? '' : folder;
}
