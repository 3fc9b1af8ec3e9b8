import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Finding } from '../../../src/contract/findings.ts';
import { createCompilerFinder } from '../../../src/orchestrator/agents/bug-hunter/types/compiler.ts';
import { errorsIn, type TypeError } from '../../../src/orchestrator/agents/bug-hunter/types/errors.ts';
import { createTypeFixes } from '../../../src/orchestrator/agents/bug-hunter/types/fixes.ts';
import { createProgramCache } from '../../../src/orchestrator/agents/bug-hunter/types/programs.ts';
import { findProjects } from '../../../src/orchestrator/agents/bug-hunter/types/projects.ts';
import { writeTree } from '../../support/git-repository.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const TSCONFIG = JSON.stringify({
  compilerOptions: { strict: true, module: 'nodenext', target: 'es2023', types: [] },
  include: ['src'],
});
const NOTHING_MISSING = { packages: [], nothingInstalled: false, incomplete: new Set<string>() };

type Ways = Pick<Finding, 'fix' | 'edit' | 'fixes'>;

describe('what puts a type error right', function () {
  this.timeout(180_000);
  let folder: ReturnType<typeof tempFolder>;
  beforeEach(() => {
    folder = tempFolder('type-fixes');
  });
  afterEach(() => folder.remove());

  /** Errors of src/a.ts among these files, and what puts them right; looking for that takes no time unless the clock says so. */
  function look(
    files: Readonly<Record<string, string>>,
    monotonic: () => number = () => 0,
  ): { readonly errors: readonly TypeError[]; readonly ways: readonly Ways[] } {
    const root = folder.path;
    writeTree(root, { 'tsconfig.json': TSCONFIG, 'package.json': '{"type":"module"}', ...files });
    const file = join(root, 'src/a.ts');
    const [project] = findProjects({ root, files: [file], compilerOf: createCompilerFinder() });
    assert.ok(project);
    const { now: program } = createProgramCache().programs(project, null);
    const source = program.getSourceFile(file);
    assert.ok(source);
    const { compiler } = project.found;
    const errors = errorsIn({ compiler, program, source, missing: NOTHING_MISSING, types: true });
    const fixes = createTypeFixes({ project, program, clock: { monotonic } });
    return { errors, ways: errors.map((error) => fixes.of(error)) };
  }

  for (const { name, text, files = {}, says, result } of [
    {
      name: 'a name that is nearly right',
      text: 'export const shown = (1.5).toFixd(1);\n',
      says: "Change spelling to 'toFixed'",
      result: 'export const shown = (1.5).toFixed(1);\n',
    },
    {
      name: 'a missing import, in the quotes and line breaks of the file',
      files: { 'src/b.ts': 'export const fetchAll = 1;\n' },
      text: "import { other } from './c.js';\r\nexport const all = [other, fetchAll];\r\n",
      says: 'Add import from "./b.js"',
      result:
        "import { fetchAll } from './b.js';\r\nimport { other } from './c.js';\r\nexport const all = [other, fetchAll];\r\n",
    },
    {
      name: 'a forgotten await',
      text: 'declare function count(): Promise<number>;\nexport async function run() {\n  return count().toFixed(1);\n}\n',
      says: "Add 'await'",
      result:
        'declare function count(): Promise<number>;\nexport async function run() {\n  return (await count()).toFixed(1);\n}\n',
    },
    {
      name: 'an await in a function that is not async',
      text: 'declare function count(): Promise<number>;\nexport function run() {\n\tawait count();\n}\n',
      says: 'Add async modifier to containing function',
      result: 'declare function count(): Promise<number>;\nexport async function run() {\n\tawait count();\n}\n',
    },
    {
      name: 'properties left out',
      text: 'interface Point {\n    x: number;\n    y: number;\n}\nexport const at: Point = {\n    x: 1,\n};\n',
      says: 'Add missing properties',
      result:
        'interface Point {\n    x: number;\n    y: number;\n}\nexport const at: Point = {\n    x: 1,\n    y: 0\n};\n',
    },
  ]) {
    it(`is known for ${name}`, () => {
      const others = { 'src/c.ts': 'export const other = 2;\n', ...files };
      const { ways } = look({ ...others, 'src/a.ts': text });
      const [way] = ways;
      assert.ok(way?.edit, JSON.stringify(ways));
      assert.equal(way.fix, says);
      assert.equal(apply(text, way.edit), result);
      assert.deepEqual(look({ ...others, 'src/a.ts': result }).errors, []);
    });
  }

  it('is several ways where there are several, each of them with its words', () => {
    const { ways } = look({
      'src/b.ts': 'export const total = 1;\n',
      'src/c.ts': 'export const total = 2;\n',
      'src/a.ts': 'export const twice = [total];\n',
    });
    assert.deepEqual(
      ways[0]?.fixes?.map(({ title }) => title),
      ['Add import from "./b.js"', 'Add import from "./c.js"'],
    );
    assert.equal(ways[0]?.edit, undefined);
  });

  it('is nothing where another file would change, where it only makes quiet, or where nobody knows', () => {
    const { errors, ways } = look({
      'src/b.ts': 'const hidden = 1;\nexport const shown = hidden;\n',
      'src/a.ts':
        "import { hidden } from './b.js';\nexport const wrong: number = 'text';\nexport const as = 'x' as number;\nexport { hidden };\n",
    });
    assert.equal(errors.length, 3);
    assert.deepEqual(ways, [{}, {}, {}]);
  });

  it('is not looked for when looking took too long already', () => {
    let time = 0;
    const { ways } = look(
      { 'src/a.ts': 'export const one = (1.5).toFixd(1);\nexport const two = (1.5).toFixd(1);\n' },
      () => (time += 400),
    );
    assert.deepEqual(
      ways.map(({ edit }) => edit !== undefined),
      [true, true],
    );
    assert.deepEqual(
      look({ 'src/a.ts': 'export const one = (1.5).toFixd(1);\nexport const two = (1.5).toFixd(1);\n' }, () => {
        return (time += 600);
      }).ways.map(({ edit }) => edit !== undefined),
      [true, false],
    );
  });
});

function apply(text: string, edits: NonNullable<Finding['edit']>): string {
  const offset = ({ line, character }: Finding['range']['start']): number =>
    text
      .split('\n')
      .slice(0, line)
      .reduce((sum, row) => sum + row.length + 1, 0) + character;
  return edits
    .toSorted((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce(
      (left, { range, newText }) => left.slice(0, offset(range.start)) + newText + left.slice(offset(range.end)),
      text,
    );
}
