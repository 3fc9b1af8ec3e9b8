/** Takes the lock of argv[2], says "held" or "taken", and stays until it is killed. */
import { createNodeEnv } from '../../src/orchestrator/host/node-env.ts';

const [, , file = ''] = process.argv;
const taken = createNodeEnv({ version: '0.0.0-test' }).locks.acquire(file) ? 'held' : 'taken';
// Nobody keeps what `acquire` gave: the lock must last all the same, whenever garbage is collected.
globalThis.gc?.();
console.log(taken);
process.stdin.resume();
