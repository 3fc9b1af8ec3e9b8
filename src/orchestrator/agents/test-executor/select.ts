import type { ImportGraph } from '../../workspace/import-graph.ts';
import { isCodeFile } from '../../workspace/import-requests.ts';
import { NO_NATIVE_PARTS } from '../../workspace/native-parts.ts';
import type { Suite } from './suite.ts';

/** Which tests of one suite to run, and why. */
export interface Selection {
  readonly suite: Suite;
  readonly kind: 'all' | 'related' | 'none';
  /** Most relevant first; for `all` these come before the rest. */
  readonly files: readonly string[];
  /** For people: "src/a.ts changed …". */
  readonly why: string;
}

/** Above this share of the files, running a part saves too little to be worth an incomplete answer. */
const MOST = 0.6;

/** Files that no test reads, unless they lie among tests. */
const IDLE_FILE =
  /(?:^|\/)(?:\.github|\.vscode|\.idea|\.savepoint|\.husky|\.changeset)\/|\.(?:md|mdx|txt|rst|adoc|png|jpe?g|gif|svg|ico|pdf)$|(?:^|\/)(?:LICEN[CS]E|CODEOWNERS|\.gitignore|\.gitattributes|\.editorconfig|\.prettierrc[^/]*|\.prettierignore|\.npmignore|\.mailmap)$/i;
const AMONG_TESTS = /(?:^|\/)(?:__tests__|__fixtures__|__snapshots__|tests?|specs?|fixtures?|testdata|mocks?)\//;
const MOCK_FOLDER = /(?:^|\/)__mocks__\//;
/** Code that no run of the product's tests loads by any way. */
const IDLE_CODE =
  /(?:^|\/)(?:bench(?:marks?)?|docs?|examples?|\.storybook)\/|(?:^|\/)(?:eslint|prettier|commitlint|stylelint|knip|\.dependency-cruiser)[^/]*\.[cm]?[jt]s$|\.stories\.[cm]?[jt]sx?$|\.d\.[cm]?ts$/;

/** Pure: for each suite, the tests that a change of these files can touch. */
export function selectTests(input: {
  readonly suites: readonly Suite[];
  readonly changed: readonly string[];
  readonly graph: ImportGraph;
}): readonly Selection[] {
  const { suites, changed, graph } = input;
  const code = changed.filter(isCodeFile);
  const reaching = graph.reaching(code);
  const everyTest = new Set(suites.flatMap((suite) => suite.testFiles));
  // What no import leads to from a test may still be used by one (a fixture, a configuration, a program that is started).
  const loose = [
    ...changed
      .filter((file) => !isCodeFile(file) && (!IDLE_FILE.test(file) || AMONG_TESTS.test(file)))
      .map((file) => ({ file, why: NOT_CODE })),
    ...code.filter((file) => MOCK_FOLDER.test(file)).map((file) => ({ file, why: MOCK })),
    ...code.filter((file) => !isReached(file, everyTest, graph)).map((file) => ({ file, why: UNREACHED })),
  ];
  const selections = suites.map((suite): Selection => {
    const reached = [...reaching.keys()].filter((file) => suite.testFiles.includes(file));
    const all = (why: string): Selection => ({ suite, kind: 'all', files: reached, why });
    if (!graph.complete) return all(NO_IMPORTS);
    const setup = setUpBy(suite, graph);
    const shared = changed.find((file) => setup.has(file));
    if (shared !== undefined) return all(`${shared} changed, which sets up every test`);
    const concerning = loose.find(({ file }) => concerns(file, { suite, suites, graph }));
    if (concerning !== undefined) return all(concerning.why(concerning.file));
    if (reached.length === 0 && suites.length > 1) {
      return { suite, kind: 'none', files: [], why: `no test of it reaches ${nameSome(code)}` };
    }
    if (reached.length === 0) return all('no test is known to reach the change');
    if (!suite.complete) return all('the configuration says in code which files are tests');
    if (reached.length > suite.testFiles.length * MOST) {
      return all(`${String(reached.length)} of ${String(suite.testFiles.length)} test files reach the change`);
    }
    return { suite, kind: 'related', files: reached, why: `they reach ${nameSome(code)}` };
  });
  if (selections.some((one) => one.kind !== 'none')) return selections;
  return selections.map((one) => ({ ...one, kind: 'all', why: 'no test is known to reach the change' }));
}

/** Why nothing is left out where imports cannot be followed. */
export const NO_IMPORTS = `which tests reach the change is not known: ${NO_NATIVE_PARTS}`;
const NOT_CODE = (file: string): string => `${file} changed, which is not code, so any test may depend on it`;
const MOCK = (file: string): string => `${file} changed, which may stand for a module in any test`;
const UNREACHED = (file: string): string => `no test is known to reach ${file}`;

/** Also true for files that no run can be touched by: declarations, and those that are only used as erased types. */
function isReached(file: string, tests: ReadonlySet<string>, graph: ImportGraph): boolean {
  if (IDLE_CODE.test(file)) return true;
  const users = graph.usedBy(file);
  if (users.length > 0 && users.every((edge) => edge.kind === 'type')) return true;
  for (const reaching of graph.reaching([file]).keys()) if (tests.has(reaching)) return true;
  return false;
}

/** Whether a file that no import explains can matter to the suite: it lies in its package, in one that it uses, or in none. */
function concerns(
  file: string,
  { suite, suites, graph }: { readonly suite: Suite; readonly suites: readonly Suite[]; readonly graph: ImportGraph },
): boolean {
  const owner = [...new Set([...graph.packages, ...suites].map((one) => one.folder))]
    .filter((folder) => folder !== '' && file.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0];
  if (owner === undefined || suite.folder === '' || suite.folder === owner || owner.startsWith(`${suite.folder}/`))
    return true;
  return [...graph.reachedBy(suite.testFiles).keys()].some((used) => used.startsWith(`${owner}/`));
}

/** The suite's configuration and set-up files with all that runs when they do. */
function setUpBy(suite: Suite, graph: ImportGraph): ReadonlySet<string> {
  const configs = suite.setup.filter((file) => /(?:config|workspace|projects|mocharc)[^/]*$/.test(file));
  const ran = suite.setup.filter((file) => !configs.includes(file));
  // A configuration names entry points and aliases in strings; only what it imports runs with it.
  const imported = configs.flatMap((file) =>
    graph
      .uses(file)
      .filter((edge) => edge.kind === 'import')
      .map((edge) => edge.file),
  );
  return new Set([...configs, ...graph.reachedBy([...ran, ...imported]).keys()]);
}

function nameSome(files: readonly string[]): string {
  const [first = 'the change', ...rest] = files;
  return rest.length === 0 ? first : `${first} and ${String(rest.length)} more`;
}
