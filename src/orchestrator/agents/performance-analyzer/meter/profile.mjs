// CPU profiles of exactly what is measured, from inside the process: runners do not hand --cpu-prof on to where they measure.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { threadId } from 'node:worker_threads';

const folder = process.env.SAVEPOINT_METER_PROFILE;
const INTERVAL_US = 250;
let count = 0;

// Functions that are compiled into their callers would not be seen.
if (folder !== undefined) {
  for (const flag of ['--no-turbo-inlining', '--no-maglev-inlining']) setFlagsFromString(flag);
}

/** Begins to sample when a profile is wanted. Returns the end, which writes it; without a profile it does nothing. */
export function startProfile() {
  if (folder === undefined) return () => undefined;
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
  session.post('Profiler.start');
  return () => {
    session.post('Profiler.stop', (error, result) => {
      if (error) throw error;
      count += 1;
      const name = `${process.pid}-${threadId}-${count}.cpuprofile`;
      writeFileSync(path.join(folder, name), JSON.stringify(result.profile));
    });
    session.disconnect();
  };
}
