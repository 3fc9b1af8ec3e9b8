import assert from 'node:assert/strict';
import { createMachineLoad } from '../../src/orchestrator/bus/machine-load.ts';
import { createSimulatedClock } from '../support/simulated-env.ts';
import { proves } from '../requirements.ts';

describe(proves('D8', 'the load of the machine'), () => {
  it('is a share of processors and memory, looked at most once a second', () => {
    const clock = createSimulatedClock();
    const load = createMachineLoad({ clock });
    const first = load();
    assert.equal(first.cpu, 0);
    assert(first.memory > 0 && first.memory <= 1);
    clock.advance(999);
    assert.equal(load(), first);
    clock.advance(1);
    const second = load();
    assert.notEqual(second, first);
    assert(second.cpu >= 0 && second.cpu <= 1);
  });
});
