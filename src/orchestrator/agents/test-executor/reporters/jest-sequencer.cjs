'use strict';
// Jest's own order, with the files that SAVEPOINT_FIRST names (a file of absolute paths, one a line) before all others.
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');

// Resolved from the workspace: its version belongs to its Jest.
const fromWorkspace = createRequire(join(process.env.SAVEPOINT_JEST, 'package.json'));
const fromJestCore = createRequire(fromWorkspace.resolve('@jest/core'));
const exported = createRequire(fromJestCore.resolve('jest-config'))('@jest/test-sequencer');
const Sequencer = exported.default ?? exported;

module.exports = class RelevantFirst extends Sequencer {
  async sort(tests) {
    const rank = new Map(
      readFileSync(process.env.SAVEPOINT_FIRST, 'utf8')
        .split('\n')
        .map((path, index) => [path, index]),
    );
    const of = (test) => rank.get(test.path) ?? rank.size;
    return [...(await super.sort(tests))].sort((a, b) => of(a) - of(b));
  }
};
