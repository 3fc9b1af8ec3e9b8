import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileCoverage } from '../../../src/contract/coverage.ts';
import type { TestNode } from '../../../src/contract/test-catalogue.ts';
import { createAgent } from '../../../src/orchestrator/agents/test-executor/agent.ts';
import { coverageFolder } from '../../../src/orchestrator/agents/test-executor/coverage.ts';
import { testsIn } from '../../../src/orchestrator/agents/test-executor/discover.ts';
import { proves } from '../../requirements.ts';
import { callAgent, type AgentCall, type AskedOf } from '../../support/agent-rig.ts';
import { removeFolder } from '../../support/folder-workspace.ts';
import { RUNNER_FIXTURES } from '../../support/runner-fixture.ts';

const folders: string[] = [];
afterEach(() => {
  for (const root of folders.splice(0)) for (const folder of [root, `${root}.state`]) removeFolder(folder);
});

async function call(root: string, asked: Partial<AskedOf>): Promise<AgentCall> {
  folders.push(root);
  return callAgent(createAgent(), root, { operation: 'run', all: true, ...asked });
}

function coverageIn(root: string): readonly FileCoverage[] {
  return JSON.parse(readFileSync(join(coverageFolder(`${root}.state`), 'run.json'), 'utf8')) as readonly FileCoverage[];
}

/** 0-based lines of the file on which something could run and nothing did. */
function missed(coverage: readonly FileCoverage[], file: string): readonly number[] {
  const found = coverage.find((one) => one.file === file);
  assert.ok(found, `no coverage of ${file}: ${coverage.map((one) => one.file).join(', ')}`);
  return found.statements.filter(({ count }) => count === 0).map(({ range }) => range.start.line);
}

const outline = (nodes: readonly TestNode[]): unknown =>
  nodes.map(({ name, range, children }) => [
    name,
    range.start.line,
    ...(children.length > 0 ? [outline(children)] : []),
  ]);

describe(proves('A12', 'test executor: what Test Explorer asks for'), function () {
  this.timeout(180_000);

  for (const fixture of RUNNER_FIXTURES) {
    describe(fixture.runner, () => {
      it('runs one test by its full name and tells of no other', async () => {
        const root = fixture.make();
        const { lines, outcome } = await call(root, {
          with: { select: 'exact', files: ['test/add.test.js'], names: ['add > adds'] },
        });
        assert.deepEqual(lines, ['test/add.test.js > add > adds: passed']);
        assert.ok(outcome.ok && outcome.tests?.verdict === 'passed' && outcome.tests.total === null);
      });

      it('runs the files that it was asked for and no others', async () => {
        const { cases } = await call(fixture.make(), { with: { select: 'exact', files: ['test/greet.test.js'] } });
        assert.deepEqual([...new Set(cases.map(({ file }) => file))], ['test/greet.test.js']);
      });

      it('tells which lines ran, or why it cannot', async () => {
        const source =
          fixture.runner === 'node:test' || fixture.runner === 'vitest'
            ? 'export function pick(x) {\n  if (x) {\n    return 1;\n  }\n  return 2;\n}\n'
            : 'function pick(x) {\n  if (x) {\n    return 1;\n  }\n  return 2;\n}\nmodule.exports = { pick };\n';
        const load =
          fixture.runner === 'node:test' || fixture.runner === 'vitest'
            ? `const { pick } = await import('../src/pick.js');`
            : `const { pick } = require('../src/pick.js');`;
        const root = fixture.make({
          'src/pick.js': source,
          'test/pick.test.js': fixture.test('picks', `${load}\nif (pick(1) !== 1) throw new Error('no');`),
        });
        const { outcome, messages } = await call(root, {
          with: { select: 'exact', files: ['test/pick.test.js'], coverage: true },
        });
        assert.ok(outcome.ok, JSON.stringify(outcome));
        const missing = messages.filter(({ kind }) => kind === 'not-checked');
        if (fixture.runner === 'vitest') {
          assert.match(JSON.stringify(missing), /coverage of vitest.*@vitest\/coverage-v8/);
          assert.deepEqual(coverageIn(root), []);
        } else {
          assert.deepEqual(missing, []);
          assert.deepEqual(
            missed(coverageIn(root), 'src/pick.js').filter((line) => line !== 3 && line !== 5),
            [4],
          );
        }
        assert.ok(!coverageIn(root).some(({ file }) => file.startsWith('test/')));
      });

      it('lists test files, and what is written in those it is asked about', async () => {
        const { outcome } = await call(fixture.make(), {
          operation: 'discover',
          with: { files: ['test/add.test.js'] },
        });
        assert.ok(outcome.ok);
        const data = outcome.data as unknown as { readonly files: { file: string; tests: TestNode[] | null }[] };
        assert.deepEqual(
          data.files.map(({ file, tests }) => [file, tests === null ? null : tests.map(({ name }) => name)]),
          [
            ['test/add.test.js', ['add']],
            ['test/greet.test.js', null],
            ['test/sub.test.js', null],
          ],
        );
      });
    });
  }

  it('reads groups and tests with plain names, and leaves out those made at run time', () => {
    const text = [
      `describe('a', () => {`,
      `  it('one', () => {});`,
      '  it.skip(`two`, () => {});',
      '  it.each([1, 2])("%i", () => {});',
      `  describe.only('b', () => { test.concurrent('three', () => {}); });`,
      `  for (const n of [1]) it(\`n \${n}\`, () => {});`,
      `});`,
      `describe(name(), () => { it('hidden', () => {}); });`,
      `it('top');`,
      `items.it('no');`,
    ].join('\n');
    assert.deepEqual(outline(testsIn('x.test.ts', text)), [
      [
        'a',
        0,
        [
          ['one', 1],
          ['two', 2],
          ['b', 4, [['three', 4]]],
        ],
      ],
      ['top', 8],
    ]);
  });
});
