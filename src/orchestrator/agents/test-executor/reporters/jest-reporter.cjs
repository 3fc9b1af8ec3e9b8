'use strict';
const { send, cut, joinName } = require('./sink.cjs');

const STATUS = { passed: 'passed', failed: 'failed' };

/** Jest from 26 on. Results of circus come one by one; skipped tests, and all of other test runners, with their file's result. */
module.exports = class SavepointJestReporter {
  constructor() {
    this.sent = new Map();
    send({ t: 'begin' });
  }

  onTestCaseResult(test, result) {
    this.report(test.path, result);
  }

  onTestResult(test, fileResult) {
    const sent = this.sent.get(test.path) ?? new Set();
    for (const result of fileResult.testResults) {
      if (!sent.has(key(result))) this.report(test.path, result);
    }
    this.sent.delete(test.path);
    // Jest collects what the tests print and leaves it to its reporters.
    for (const { message, type } of fileResult.console ?? []) {
      (type === 'error' || type === 'warn' ? process.stderr : process.stdout).write(`${message}\n`);
    }
    if (fileResult.testExecError !== undefined && fileResult.testExecError !== null) {
      send({
        t: 'broken',
        file: test.path,
        // Jest puts a heading above what it writes for its own report.
        message: cut((fileResult.failureMessage || fileResult.testExecError.message).replace(/^\s*● .*\n+/, '')),
        stack: '',
      });
    }
  }

  onRunComplete() {
    send({ t: 'end' });
  }

  report(file, result) {
    const sent = this.sent.get(file) ?? new Set();
    this.sent.set(file, sent.add(key(result)));
    const failure = (result.failureMessages ?? []).join('\n\n');
    send({
      t: 'test',
      name: joinName([...result.ancestorTitles, result.title]),
      file,
      status: STATUS[result.status] ?? 'skipped',
      ms: result.duration ?? 0,
      // A jest failure is its message followed by its stack.
      ...(failure === '' ? {} : { message: cut(failure.split(/\n\s+at /)[0]), stack: cut(failure) }),
    });
  }
};

function key(result) {
  return JSON.stringify([result.ancestorTitles, result.title, result.location ?? null]);
}
