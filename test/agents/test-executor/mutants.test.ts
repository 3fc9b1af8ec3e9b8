import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAgent } from '../../../src/orchestrator/agents/test-executor/agent.ts';
import { proves } from '../../requirements.ts';
import { callAgent } from '../../support/agent-rig.ts';
import { makeFolder, removeFolder, writeFiles } from '../../support/folder-workspace.ts';
import { mutantsOf } from '../../support/mutants.ts';
import { linkPackage } from '../../support/runner-fixture.ts';

/** Narrow imports, a re-export, a program that is started and not imported, a required JSON and a package-like self reference. */
const FILES = {
  'package.json': JSON.stringify({ name: 'till', scripts: { test: 'mocha' }, exports: './src/index.js' }),
  'src/money.js': 'exports.add = (a, b) => a + b;\nexports.isDebt = (a) => a < 0;\n',
  'src/tax.js': `const { add } = require('./money');\nexports.withTax = (net) => add(net, net * 0.5);\n`,
  'src/discount.js': 'exports.discount = (count) => (count >= 10 ? 2 : 0);\n',
  'src/format.js': 'exports.format = (cents) => { if (cents === 0) return "nothing"; return cents + " ct"; };\n',
  'src/index.js': `module.exports = { ...require('./tax'), ...require('./format') };\n`,
  'bin/till.js': `const { format } = require('../src/format');\nconst shout = process.argv[2] === 'loud' && true;\nprocess.stdout.write(format(5) + (shout ? '!' : ''));\n`,
  'src/lazy.js': 'exports.later = async () => require("./format").format(1) + 1;\n',
  'test/money.js': test(
    `const m = require('../src/money')`,
    `assert.deepEqual([m.add(1, 2), m.isDebt(-1), m.isDebt(0)], [3, true, false])`,
  ),
  'test/tax.js': test(`const { withTax } = require('../src/tax')`, `assert.equal(withTax(4), 6)`),
  'test/discount.js': test(
    `const { discount } = require('../src/discount')`,
    `assert.deepEqual([9, 10, 11].map(discount), [0, 2, 2])`,
  ),
  'test/format.js': test(
    `const { format } = require('till')`,
    `assert.deepEqual([format(0), format(2)], ['nothing', '2 ct'])`,
  ),
  'test/till.js': test(
    `const { execFileSync } = require('node:child_process'); const path = require('node:path')`,
    `const run = (...args) => String(execFileSync(process.execPath, [path.join(__dirname, '..', 'bin', 'till.js'), ...args]));
     assert.deepEqual([run(), run('loud')], ['5 ct', '5 ct!'])`,
  ),
  'test/lazy.js': `const assert = require('node:assert');\nit('lazy', async () => assert.equal(await (await import('../src/lazy.js')).default.later(), '1 ct1'));\n`,
  'test/unrelated-a.js': test('', 'assert.ok(true)'),
  'test/unrelated-b.js': test('', 'assert.ok(true)'),
};

function test(head: string, body: string): string {
  return `const assert = require('node:assert');\n${head};\nit('works', () => {\n${body};\n});\n`;
}

describe(proves('A12', 'test executor: selected tests find what the whole suite finds'), function () {
  this.timeout(240_000);
  let root = '';
  before(() => {
    root = makeFolder(FILES);
    linkPackage(root, 'mocha');
  });
  after(() => [root, `${root}.state`].forEach(removeFolder));

  const failing = async (
    files?: readonly string[],
  ): Promise<{ readonly failed: readonly string[]; readonly ran: number }> => {
    const { outcome, cases } = await callAgent(createAgent(), root, {
      operation: 'run',
      ...(files === undefined ? { all: true } : { files }),
    });
    assert.ok(outcome.ok, JSON.stringify(outcome));
    return { failed: cases.filter((one) => one.status === 'failed').map((one) => one.file), ran: cases.length };
  };

  it('every mutant that the whole suite kills is killed by a selected test, and parts are run', async () => {
    const missed: string[] = [];
    const shares: number[] = [];
    let killed = 0;
    const sources = Object.keys(FILES).filter((file) => /^(?:src|bin)\//.test(file));
    for (const file of sources) {
      const original = readFileSync(join(root, file), 'utf8');
      for (const mutant of mutantsOf(file, original)) {
        writeFiles(root, { [file]: mutant.text });
        const whole = await failing();
        if (whole.failed.length === 0) continue;
        killed += 1;
        const selected = await failing([file]);
        shares.push(selected.ran / whole.ran);
        if (selected.failed.length === 0) missed.push(`${file}:${String(mutant.line)} ${mutant.what}`);
      }
      writeFiles(root, { [file]: original });
    }
    assert.deepEqual(missed, []);
    assert.ok(killed >= 20, `only ${String(killed)} mutants were killed`);
    assert.ok(
      (shares.sort()[shares.length >> 1] ?? 1) <= 0.5,
      `half of the time more than half of the tests ran: ${shares.join(' ')}`,
    );
  });
});
