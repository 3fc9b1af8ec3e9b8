import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createNodeEnv } from '../../src/orchestrator/host/node-env.ts';
import { openJournal } from '../../src/orchestrator/journal/open-journal.ts';
import { createJournalReader } from '../../src/orchestrator/journal/reader.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { proves } from '../requirements.ts';

const KILLS = 12;
const WRITER = path.join(import.meta.dirname, '../support/journal-writer.ts');

/** Runs a writer until it has acknowledged so many events, kills it, and returns the ids it printed. */
async function killedAfter(stateDir: string, events: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [WRITER, stateDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const printed: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    printed.push(line);
    if (printed.length === events) child.kill('SIGKILL');
  }
  await ended;
  return printed.filter((line) => line.split('/').length === 4);
}

describe(proves('D6', 'journal: real processes killed with SIGKILL'), function () {
  this.timeout(120_000);
  const folder = tempFolder('journal-kill');
  after(() => folder.remove());
  const env = createNodeEnv({ version: '0.0.0-test' });
  const stateDir = path.join(folder.path, 'state');

  it(`have every acknowledged event once and in order after ${KILLS} kills`, async () => {
    const acknowledged: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) acknowledged.push(...(await killedAfter(stateDir, 10 + kill * 23)));
    const reader = createJournalReader({ env, stateDir });
    const ids = [...reader.events({ types: ['test.event'] })].map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    const stored = new Set(ids);
    assert.deepEqual(
      acknowledged.filter((id) => !stored.has(id)),
      [],
    );
    const lastIndex = new Map<string, number>();
    for (const id of ids) {
      const [session, producer, index] = id.split('/');
      const key = `${session}/${producer}`;
      assert(Number(index) >= (lastIndex.get(key) ?? 0), id);
      lastIndex.set(key, Number(index));
    }
    assert.deepEqual(
      reader.repairs().flatMap(({ lost }) => lost),
      [],
    );
    assert.deepEqual(
      reader.sessions().map(({ epoch, live }) => [epoch, live]),
      Array.from({ length: KILLS }, (_, index) => [index + 1, false]),
    );
  });

  it('leave files that the next session closes', async () => {
    const opened = openJournal({ env, stateDir });
    assert(opened.ok);
    await opened.value.append([{ source: 'test', type: 'test.last', data: {} }]);
    await opened.value.close();
    const names = env.files.readDir(path.join(stateDir, 'sessions'));
    assert.deepEqual(
      names.filter((name) => name.endsWith('.lock')),
      [],
    );
    for (const name of names) {
      const text = env.files.readFile(path.join(stateDir, 'sessions', name)).toString();
      assert(!text.includes('\n\n'), name);
    }
  });

  it('are live to others until then', async () => {
    const child = spawn(process.execPath, [WRITER, stateDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    const reader = createJournalReader({ env, stateDir });
    assert.equal(reader.sessions().at(-1)?.live, true);
    const other = openJournal({ env, stateDir });
    assert(other.ok);
    await other.value.close();
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    child.stdout.resume();
    await ended;
    assert.equal(
      createJournalReader({ env, stateDir })
        .sessions()
        .some(({ live }) => live),
      false,
    );
  });
});
