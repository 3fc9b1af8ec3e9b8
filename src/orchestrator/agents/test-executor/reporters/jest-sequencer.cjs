'use strict';
// Jest's own order, with the files that SAVEPOINT_FIRST names (a file of absolute paths, one a line) before all others. Without it
// nothing but Jest's own order: the command is quoted as evidence, and a person runs it without our environment.
const { readFileSync, realpathSync } = require('node:fs');
const { createRequire } = require('node:module');

// Resolved from the Jest that runs: its version belongs to it.
const fromJest = createRequire(realpathSync(process.argv[1]));
const fromJestCore = createRequire(fromJest.resolve('@jest/core'));
const exported = createRequire(fromJestCore.resolve('jest-config'))('@jest/test-sequencer');
const Sequencer = exported.default ?? exported;

module.exports = class RelevantFirst extends Sequencer {
  async sort(tests) {
    if (process.env.SAVEPOINT_FIRST === undefined) return super.sort(tests);
    const rank = new Map(
      readFileSync(process.env.SAVEPOINT_FIRST, 'utf8')
        .split('\n')
        .map((path, index) => [path, index]),
    );
    const of = (test) => rank.get(test.path) ?? rank.size;
    return [...(await super.sort(tests))].sort((a, b) => of(a) - of(b));
  }
};
