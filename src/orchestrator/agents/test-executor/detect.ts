import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import picomatch from 'picomatch';
import type { ImportGraph } from '../../workspace/import-graph.ts';
import { packageManagerOf } from '../../workspace/package-manager.ts';
import { jsonProblem } from '../../workspace/json-problem.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { readTestScripts } from './script-calls.ts';
import type { Installed, MochaOptions, RunnerCall, RunnerId, Suite } from './suite.ts';
import { configFilesOf, findTests, runnerByImport } from './test-files.ts';

export interface Detection {
  readonly suites: readonly Suite[];
  /** Tests that are there and cannot be run, and why. */
  readonly notChecked: readonly { readonly what: string; readonly why: string }[];
  /** For the log. */
  readonly notes: readonly string[];
}

export interface DetectDeps {
  readonly workspace: Workspace;
  readonly graph: ImportGraph;
  readonly files: readonly string[];
  /** Asks the Mocha in `folder` what its configuration says; null when it could not. */
  readonly mochaOptions: (mocha: Installed, cwd: string, call: RunnerCall) => Promise<MochaOptions | null>;
}

interface Package {
  readonly folder: string;
  readonly manifest: Manifest;
}
interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: ReadonlySet<string>;
  readonly keys: ReadonlySet<string>;
  readonly workspaces: readonly string[] | null;
}
interface Candidate {
  readonly runner: RunnerId;
  readonly folder: string;
  readonly call: RunnerCall;
  readonly configs: readonly string[];
  /** From the package's own script, or from a configuration of several projects: it speaks for the folders below as well. */
  readonly speaksForAll: boolean;
  readonly fromScript: boolean;
  readonly variant: string;
  /** The call names its configuration: others in the folder are not its. */
  readonly onlyThese: boolean;
}

const NPM_RUNNERS = ['vitest', 'jest', 'mocha'] as const;

/** Which runners this workspace has, where, and which files they take for tests. */
export async function detectSuites(deps: DetectDeps): Promise<Detection> {
  const notChecked: { what: string; why: string }[] = [];
  const packages = await findPackages(deps, notChecked);
  const notes: string[] = [];
  const candidates: Candidate[] = [];
  for (const one of packages) {
    const { calls, repeated, unsupported } = readTestScripts(one.manifest.scripts);
    if (repeated > 0)
      notes.push(
        `the test scripts run the same tests ${String(repeated)} more times under other settings: not repeated`,
      );
    for (const program of unsupported) notChecked.push(notSupported(program, one.folder));
    candidates.push(...(await candidatesOf(one, calls, deps)));
  }
  notChecked.push(...otherLanguages(deps.files));
  const suites: Suite[] = [];
  for (const candidate of withOwners(candidates)) {
    const suite = await toSuite(candidate, candidates, deps);
    if ('why' in suite) notChecked.push(suite);
    else if (suite.testFiles.length > 0 || candidate.fromScript) suites.push(suite);
  }
  return { suites, notChecked, notes };
}

const FIXTURE_FOLDER = /(?:^|\/)(?:__fixtures__|__tests__|fixtures?|templates?|testdata|samples?|tests?|spec)(?:\/|$)/;

/** Names packages whose manifest cannot be read among what is not checked: their tests are not known. */
async function findPackages(
  { workspace, files }: DetectDeps,
  notChecked: { what: string; why: string }[],
): Promise<readonly Package[]> {
  const found: Package[] = [];
  for (const file of files.filter((one) => posix.basename(one) === 'package.json')) {
    const text = (await workspace.read(file)) ?? '';
    const manifest = readManifest(text);
    const folder = file === 'package.json' ? '' : posix.dirname(file);
    if (manifest !== null) found.push({ folder, manifest });
    else if (!FIXTURE_FOLDER.test(folder))
      notChecked.push({
        what: `tests that ${file} names`,
        why: `${jsonProblem(text) ?? 'it cannot be read'}; correct it first`,
      });
  }
  const root = found.find((one) => one.folder === '');
  const declared = root?.manifest.workspaces ?? (await pnpmPackages(workspace, files));
  const isMember =
    declared === null
      ? null
      : picomatch([...declared], { ignore: declared.filter((one) => one.startsWith('!')).map((one) => one.slice(1)) });
  return found.filter(
    ({ folder }) => folder === '' || (isMember === null ? !FIXTURE_FOLDER.test(folder) : isMember(folder)),
  );
}

function readManifest(text: string): Manifest | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(json)) return null;
  const workspaces = isRecord(json['workspaces']) ? json['workspaces']['packages'] : json['workspaces'];
  return {
    scripts: strings(json['scripts']),
    dependencies: new Set(
      [json['dependencies'], json['devDependencies'], json['peerDependencies']].flatMap((one) =>
        Object.keys(strings(one)),
      ),
    ),
    keys: new Set(Object.keys(json)),
    workspaces: Array.isArray(workspaces)
      ? workspaces.filter((one) => typeof one === 'string').map((one) => one.replace(/^\.\//, '').replace(/\/$/, ''))
      : null,
  };
}

async function pnpmPackages(workspace: Workspace, files: readonly string[]): Promise<readonly string[] | null> {
  if (!files.includes('pnpm-workspace.yaml')) return null;
  const block = /^packages:\s*\r?\n((?:[ \t]+-.*\r?\n?|[ \t]*(?:#.*)?\r?\n)*)/m.exec(
    (await workspace.read('pnpm-workspace.yaml')) ?? '',
  )?.[1];
  return block === undefined ? null : [...block.matchAll(/-\s*['"]?([^'"\s#]+)/g)].map((match) => match[1] ?? '');
}

async function candidatesOf(
  { folder, manifest }: Package,
  calls: readonly RunnerCall[],
  deps: DetectDeps,
): Promise<readonly Candidate[]> {
  const found: Candidate[] = [];
  for (const runner of [...NPM_RUNNERS, 'node:test'] as const) {
    const own = calls.filter((call) => call.runner === runner);
    const configs = await configFilesOf({ runner, folder, hasKey: manifest.keys.has(runner) }, deps);
    for (const call of own) {
      const variant = own.length === 1 ? '' : [...call.options, ...call.positional].join(' ');
      const named = namedConfig(call, folder, deps.files);
      found.push({
        runner,
        folder,
        variant,
        call,
        configs: named ?? configs.files,
        onlyThese: named !== null,
        ...FROM_SCRIPT,
      });
    }
    const evident = runner !== 'node:test' && (configs.files.length > 0 || manifest.dependencies.has(runner));
    const imported =
      runner === 'node:test' &&
      folder === '' &&
      deps.graph.files.some((file) => runnerByImport(deps.graph, file) === runner);
    if (own.length === 0 && (evident || imported)) {
      const call: RunnerCall = { runner, env: {}, nodeFlags: [], options: [], positional: [] };
      found.push({
        runner,
        folder,
        variant: '',
        call,
        configs: configs.files,
        onlyThese: false,
        speaksForAll: configs.projects,
        fromScript: false,
      });
    }
  }
  return found;
}

const FROM_SCRIPT = { speaksForAll: true, fromScript: true } as const;

/** The configuration that the call names itself; null without one. */
function namedConfig(call: RunnerCall, folder: string, files: readonly string[]): readonly string[] | null {
  const at = call.options.findIndex((option) => /^(?:-c|--config)(?:=|$)/.test(option));
  if (at < 0) return null;
  const value = call.options[at]?.split('=')[1] ?? call.options[at + 1] ?? '';
  const path = posix.join(folder, value);
  return files.includes(path) ? [path] : null;
}

/** Each test has one owner: where the root speaks for all, its packages do not; else the packages do, and not the root. */
function withOwners(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.filter((one) => {
    const others = candidates.filter((other) => other.runner === one.runner);
    const root = others.find((other) => other.folder === '' && other.speaksForAll);
    if (one.folder !== '') return root === undefined;
    return one.speaksForAll || others.every((other) => other.folder === '');
  });
}

async function toSuite(
  candidate: Candidate,
  all: readonly Candidate[],
  deps: DetectDeps,
): Promise<Suite | { what: string; why: string }> {
  const { runner, folder, call } = candidate;
  const cwd = join(deps.workspace.root, folder);
  const where = folder === '' ? '' : ` in ${folder}`;
  const installed = runner === 'node:test' ? null : await findInstalled(runner, cwd);
  if (runner !== 'node:test' && installed === null) {
    return {
      what: `${runner} tests${where}`,
      why: `${runner} is not installed; install the packages of this workspace (${packageManagerOf(deps.workspace.root).install})`,
    };
  }
  const mocha = runner === 'mocha' && installed !== null ? await deps.mochaOptions(installed, cwd, call) : null;
  if (runner === 'mocha' && mocha === null)
    return {
      what: `mocha tests${where}`,
      why: 'Mocha could not read its own configuration; run it by hand to see why',
    };
  const alone = all.filter((one) => one.folder === folder).every((one) => one.runner === runner);
  const tests = await findTests({ ...candidate, mocha, alone }, deps);
  return { runner, folder, variant: candidate.variant, installed, call, mocha, ...tests };
}

/** The package as Node would find it from the folder: in it or above, links followed. */
async function findInstalled(name: string, from: string): Promise<Installed | null> {
  for (let folder = from; ; folder = dirname(folder)) {
    const at = join(folder, 'node_modules', name);
    const text = await readFile(join(at, 'package.json'), 'utf8').catch(() => null);
    const version = text === null ? undefined : /"version"\s*:\s*"([^"]+)"/.exec(text)?.[1];
    if (version !== undefined) return { folder: await realpath(at), version };
    if (dirname(folder) === folder) return null;
  }
}

function notSupported(program: string, folder: string): { what: string; why: string } {
  return {
    what: `${program} tests${folder === '' ? '' : ` in ${folder}`}`,
    why: `tests run by ${program} are not supported yet`,
  };
}

const LANGUAGES: readonly { readonly tool: string; readonly tests: RegExp }[] = [
  { tool: 'pytest', tests: /(?:^|\/)(?:test_[^/]*|[^/]*_test)\.py$/ },
  { tool: 'go test', tests: /_test\.go$/ },
  { tool: 'cargo test', tests: /(?:^|\/)Cargo\.toml$/ },
];

function otherLanguages(files: readonly string[]): readonly { what: string; why: string }[] {
  return LANGUAGES.filter(({ tests }) => files.some((file) => tests.test(file))).map(({ tool }) =>
    notSupported(tool, ''),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function strings(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
