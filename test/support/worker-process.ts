// A process of its own with one worker, as another window has: `node worker-process.ts FOLDER`. Prints its role and the numbers and
// states of its runs as one JSON line after each change; ends when it is killed.
import { startWorker } from './worker-rig.ts';

const folder = process.argv[2] ?? '';
const worker = await startWorker(folder);
let last = '';
setInterval(() => {
  const { role, runs } = worker.board();
  const line = JSON.stringify({ role, runs });
  if (line !== last) process.stdout.write(`${line}\n`);
  last = line;
}, 20);
