/** A writer to be killed: four producers store events without end; a line "<id>" is printed once an event is acknowledged. argv: state folder. */
import { writeSync } from 'node:fs';
import { createNodeEnv } from '../../src/orchestrator/host/node-env.ts';
import { openJournal } from '../../src/orchestrator/journal/open-journal.ts';

const [, , stateDir = ''] = process.argv;
const opened = openJournal({
  env: createNodeEnv({ version: '0.0.0-test' }),
  stateDir,
  limits: { segmentBytes: 20_000, firstFillBytes: 4096 },
});
if (!opened.ok) throw new Error(opened.failure.message);
const journal = opened.value;

async function produce(producer: number): Promise<void> {
  for (let index = 0; ; index++) {
    const ids = Array.from(
      { length: 1 + (index % 3) },
      (_, place) => `${journal.session}/${producer}/${index}/${place}`,
    );
    const stored = await journal.append(
      ids.map((id) => ({ id, source: 'test', type: 'test.event', data: { padding: 'x'.repeat(index % 700) } })),
    );
    if (!stored.ok) throw new Error(stored.failure.message);
    // Synchronous, so that what is acknowledged and not printed is at most one write.
    writeSync(1, `${ids.join('\n')}\n`);
  }
}

await Promise.all([0, 1, 2, 3].map(produce));
