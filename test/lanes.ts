// Test files in processes beside each other. A file has its process to itself while it runs; state that it leaves in the process is the
// next one's, so that nothing starts anew for each of them.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { NOTHING, sumOf, type SuiteCount } from './suite-count.ts';

const LANE = path.join(import.meta.dirname, 'lane.ts');

export interface FileResult extends SuiteCount {
  /** What the reporter says of it. */
  readonly text: string;
}

export interface LanesResult extends SuiteCount {
  /** In the order in which they ended. */
  readonly failedFiles: readonly string[];
}

/** Whichever lane is through with one takes the next. Prints each file at its end. */
export async function runInLanes(files: readonly string[], lanes: number): Promise<LanesResult> {
  const queue = [...files];
  const failedFiles: string[] = [];
  const tell = (file: string, result: FileResult): void => {
    process.stdout.write(result.text);
    if (result.failed > 0) failedFiles.push(file);
  };
  const counts = await Promise.all(Array.from({ length: lanes }, () => runLane(queue, tell)));
  return { ...sumOf(counts), failedFiles };
}

async function runLane(queue: string[], tell: (file: string, result: FileResult) => void): Promise<SuiteCount> {
  let sum = NOTHING;
  while (queue.length > 0) {
    const lane = fork(LANE);
    const death = once(lane, 'exit');
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const answer = once(lane, 'message').then(([result]) => result as FileResult);
      // One that is dead by now shows by its exit.
      lane.send(file, () => undefined);
      const result = await Promise.race([answer, death.then(([code, signal]) => ended(file, code ?? signal))]);
      tell(file, result);
      sum = sumOf([sum, result]);
      if (!lane.connected) break;
    }
    if (lane.connected) lane.disconnect();
  }
  return sum;
}

function ended(file: string, how: unknown): FileResult {
  return { ...NOTHING, failed: 1, text: `\n  ${file}\n    its process ended with ${String(how)}\n` };
}
