/** Takes the lock of argv[2], says "held" or "taken", and stays until it is killed. */
import { createNodeEnv } from '../../src/orchestrator/host/node-env.ts';

const [, , file = ''] = process.argv;
console.log(createNodeEnv({ version: '0.0.0-test' }).locks.acquire(file) ? 'held' : 'taken');
process.stdin.resume();
