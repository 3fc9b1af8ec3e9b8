import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { uncaughtIn } from '../../../src/orchestrator/agents/test-executor/uncaught.ts';
import { proves } from '../../requirements.ts';

const REPORTER = join(
  import.meta.dirname,
  '../../../src/orchestrator/agents/test-executor/reporters/vitest-reporter.mjs',
);

describe(proves('A12', 'test executor: the error of a file that does not load'), () => {
  it('is told by vitest 3 only when the run ends, and told once', () => {
    // Given what vitest 3.2 calls: nothing for the file until the end of the run.
    const script = `
      import Reporter from ${JSON.stringify(REPORTER)};
      const module = (name, errors) => ({ id: name, moduleId: '/w/' + name, errors: () => errors, children: { allTests: () => [] } });
      const broken = module('part.test.ts', [new Error('boom')]);
      const told = module('told.test.ts', [new Error('bang')]);
      const reporter = new Reporter();
      reporter.onInit({ config: {} });
      reporter.onTestRunStart();
      reporter.onTestModuleEnd(told);
      reporter.onTestRunEnd([broken, told], []);
    `;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => /"t":"(\w+)"(?:,"file":"([^"]+)","message":"(\w+)")?/.exec(line)?.slice(1));
    assert.deepEqual(lines, [
      ['begin', undefined, undefined],
      ['broken', '/w/told.test.ts', 'bang'],
      ['broken', '/w/part.test.ts', 'boom'],
      ['end', undefined, undefined],
    ]);
  });

  it('is read from what Node wrote, the last of several, its message without the stack', () => {
    const output = [
      'TypeError: printed by the test itself',
      '    at file:///w/a.test.js:1:1',
      'file:///w/b.test.js:3',
      "throw new Error('boom')",
      '^',
      '',
      'Error: boom',
      'and more',
      '    at file:///w/b.test.js:3:7',
      '',
      'Node.js v24.21.0',
    ];
    assert.deepEqual(uncaughtIn(output), {
      message: 'boom\nand more',
      stack: '    at /w/b.test.js:3:1\n    at file:///w/b.test.js:3:7',
    });
  });

  it('has the place above it where the file cannot be read as a program', () => {
    const output = [
      ' Exception during run: /w/c.test.js:2',
      ' call( ;',
      '       ^',
      '',
      "SyntaxError: Unexpected token ';'",
    ];
    assert.deepEqual(uncaughtIn(output), {
      message: "SyntaxError: Unexpected token ';'",
      stack: '    at /w/c.test.js:2:8',
    });
  });

  it('is not invented where the output tells of none', () => {
    assert.equal(uncaughtIn(['', 'Uncaught:', "'a word'", '0 errors']), null);
  });
});
