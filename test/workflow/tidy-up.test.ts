import assert from 'node:assert/strict';
import { openStepLog } from '../../src/orchestrator/workflow/step-log.ts';
import { tidyUp } from '../../src/orchestrator/workflow/tidy-up.ts';
import { createSimulatedMachine } from '../support/simulated-env.ts';
import { proves } from '../requirements.ts';

describe(proves('A9', 'what runs leave in the state folder'), () => {
  it('keeps the newest files of each kind', () => {
    const machine = createSimulatedMachine({ seed: 1 });
    const { files } = machine.start().env;
    files.makeDir('/state/logs');
    for (let at = 0; at < 14; at++) {
      files.open(`/state/logs/${at}.log`, 'create').close();
      machine.clock.advance(1000);
    }
    tidyUp({ files, stateDir: '/state', kept: { logs: 12 } });
    assert.equal(files.readDir('/state/logs').length, 14, 'a few too many are left alone');
    tidyUp({ files, stateDir: '/state', kept: { logs: 10, other: 1 } });
    assert.deepEqual(
      [...files.readDir('/state/logs')].map((name) => parseInt(name, 10)).sort((a, b) => a - b),
      [4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
    );
  });

  it('cuts a step’s log at its limit with a marker, and goes on after a restart', () => {
    const { files } = createSimulatedMachine({ seed: 1 }).start().env;
    const first = openStepLog({ files, file: '/state/logs/run.step.log', limit: 1000 });
    first.line('first');
    assert.deepEqual(first.close(), { problem: null, diskFull: false });
    const second = openStepLog({ files, file: '/state/logs/run.step.log', limit: 1000 });
    for (let at = 0; at < 500; at++) second.line(`line ${at}`);
    assert.match(second.close().problem ?? '', /cut/);
    const text = files.readFile('/state/logs/run.step.log').toString();
    assert.match(text, /^first\nline 0\n/);
    assert.match(text, /… cut: more than 0\.001 MB\n$/);
    assert.ok(text.length < 1100);
  });

  it('costs no file when the step says nothing', () => {
    const { files } = createSimulatedMachine({ seed: 1 }).start().env;
    openStepLog({ files, file: '/state/logs/run.step.log' }).close();
    assert.equal(files.stat('/state/logs'), null);
  });
});
