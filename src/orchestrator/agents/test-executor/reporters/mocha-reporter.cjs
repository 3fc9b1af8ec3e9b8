'use strict';
const { send, describeError, joinName } = require('./sink.cjs');

/** Mocha from 6 on; in parallel mode as well, where the events come from the workers. */
module.exports = class SavepointMochaReporter {
  constructor(runner) {
    send({ t: 'begin' });
    const report = (test, status, error) =>
      send({
        t: 'test',
        name: joinName(test.titlePath ? test.titlePath() : [test.fullTitle ? test.fullTitle() : test.title]),
        file: test.file ?? test.parent?.file ?? '',
        status,
        ms: test.duration ?? 0,
        ...(error === undefined ? {} : describeError(error)),
      });
    runner.on('pass', (test) => report(test, 'passed'));
    runner.on('fail', (test, error) => report(test, 'failed', error));
    runner.on('pending', (test) => report(test, 'skipped'));
    runner.on('end', () => send({ t: 'end' }));
  }
};
