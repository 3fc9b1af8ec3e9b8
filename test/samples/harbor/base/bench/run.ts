import * as statement from './statement.bench.ts';

const WARM_UP = 10;
const BATCHES = 60;

for (const bench of [statement]) {
  for (let i = 0; i < WARM_UP; i++) bench.run();
  const times: number[] = [];
  for (let i = 0; i < BATCHES; i++) {
    const start = performance.now();
    bench.run();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)];
  console.log(`${bench.name}: min ${times[0].toFixed(3)} ms, median ${median.toFixed(3)} ms (${BATCHES} batches)`);
}
