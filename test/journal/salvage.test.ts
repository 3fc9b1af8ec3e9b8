import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { StoredEvent } from '../../src/contract/events.ts';
import { openJournal } from '../../src/orchestrator/journal/open-journal.ts';
import { createJournalReader } from '../../src/orchestrator/journal/reader.ts';
import { reportDamage } from '../../src/orchestrator/journal/report-damage.ts';
import { createSimulatedMachine, type SimulatedMachine } from '../support/simulated-env.ts';
import { proves } from '../requirements.ts';

const STATE_DIR = '/state';

/** A group as it was stored: its events, and where its records (without their line feeds) lie in the file. */
interface StoredGroup {
  readonly sequences: readonly number[];
  readonly records: readonly (readonly [number, number])[];
}

async function closedSession(
  sizes: readonly number[],
): Promise<{ readonly machine: SimulatedMachine; readonly file: string }> {
  const machine = createSimulatedMachine({ seed: 7 });
  const { env } = machine.start();
  const opened = openJournal({ env, stateDir: STATE_DIR });
  assert(opened.ok);
  for (const [index, size] of sizes.entries()) {
    const group = Array.from({ length: size }, () => ({
      source: 'test',
      type: 'test.event',
      data: { text: 'ü'.repeat(index) },
    }));
    assert((await opened.value.append(group)).ok);
  }
  await opened.value.close();
  return { machine, file: `/state/sessions/${opened.value.session}.1.jsonl` };
}

function groupsIn(content: Buffer, sizes: readonly number[]): readonly StoredGroup[] {
  const records: [number, number][] = [];
  for (let at = 0; at < content.length;) {
    const end = content.indexOf('\n', at);
    records.push([at, end]);
    at = end + 1;
  }
  let sequence = 0;
  return sizes.map((size) => {
    const sequences = Array.from({ length: size }, () => ++sequence);
    return { sequences, records: sequences.map((one) => records[one - 1] ?? [0, 0]) };
  });
}

function rangesOf(numbers: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
}

describe(proves('D6', 'journal: damage in a session that was closed'), () => {
  it('costs the groups it touches and no other, and says so to the number', async () => {
    const cases = fc.record({
      sizes: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 12 }),
      at: fc.double({ min: 0, max: 0.9999, noNaN: true }),
      flips: fc.array(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ sizes, at, flips }) => {
        const { machine, file } = await closedSession(sizes);
        const content = machine.disk.files.readFile(file);
        const from = Math.floor(at * content.length);
        const damaged = content.subarray(from, from + flips.length).map((byte, index) => byte ^ (flips[index] ?? 1));
        const groups = groupsIn(content, sizes);
        machine.disk.damage(file, from, damaged);

        const touched = ([start, end]: readonly [number, number]): boolean =>
          start < from + damaged.length && from < end;
        const lost = groups.filter(({ records }) => records.some(touched)).flatMap(({ sequences }) => sequences);
        const kept = groups.filter(({ records }) => !records.some(touched)).flatMap(({ sequences }) => sequences);
        const reader = createJournalReader({ env: machine.start().env, stateDir: STATE_DIR });
        assert.deepEqual(
          [...reader.events({})].map(({ sequence }) => sequence),
          kept,
        );
        const reported = reader.repairs().flatMap((repair) => repair.lost.map(([start, end]) => [start, end]));
        // What is missing at the very end cannot be counted where the damage ate line feeds.
        const endsEarly = lost.includes(groups.at(-1)?.sequences.at(-1) ?? 0);
        if (!endsEarly) assert.deepEqual(reported, rangesOf(lost));
        else assert(reported.length > 0);
      }),
      { numRuns: 300 },
    );
  });

  it('is stored once as an event, with the damaged bytes kept aside', async () => {
    const { machine, file } = await closedSession([1, 2, 1]);
    const content = machine.disk.files.readFile(file);
    const second = content.indexOf('\n') + 1;
    machine.disk.damage(file, second + 10, Buffer.from('###'));
    const { env } = machine.start();
    const alerts = (reader: ReturnType<typeof createJournalReader>): readonly StoredEvent[] => [
      ...reader.events({ types: ['system.*'] }),
    ];

    const opened = openJournal({ env, stateDir: STATE_DIR });
    assert(opened.ok);
    const reader = createJournalReader({ env, stateDir: STATE_DIR });
    assert.deepEqual(alerts(reader), []);
    for (let time = 0; time < 2; time++)
      assert((await reportDamage({ env, stateDir: STATE_DIR, journal: opened.value, reader })).ok);

    const [alert, ...more] = alerts(reader);
    assert.deepEqual(more, []);
    const name = file.slice(file.lastIndexOf('/') + 1);
    assert.deepEqual(alert?.data, {
      problem: 'journal-repaired',
      file: `sessions/${name}`,
      lost: [[2, 3]],
      keptAside: `damaged/${name}.${second}`,
    });
    assert.match(machine.disk.files.readFile(`/state/damaged/${name}.${second}`).toString(), /###/);
    assert.equal(reader.repairs()[0]?.keptAside, `damaged/${name}.${second}`);
  });
});
