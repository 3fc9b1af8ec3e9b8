import { cpSync, globSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Implementation } from './crash-checker.ts';

/** A change of the journal's source that breaks one of its promises. */
export interface PlantedBug {
  readonly name: string;
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Where the checker meets it soon; 1 when left out. */
  readonly seed?: number;
}

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'acknowledges before the data is synced',
    file: 'segment-writer.ts',
    find: 'sync(() => segment.handle.dataSync());',
    replace: '',
  },
  {
    name: 'does not sync the folder of a new file',
    file: 'segment-writer.ts',
    find: 'sync(() => files.syncDir(deps.layout.sessions));',
    replace: '',
  },
  {
    name: 'tries a failed sync again on the same descriptor',
    file: 'segment-writer.ts',
    find: "throw new SyncFailed('the disk did not take the data', { cause: error });",
    replace: 'call();',
  },
  {
    name: 'takes a short write for a whole one',
    file: 'segment-writer.ts',
    find: 'if (written < batch.length) writeAll(segment.handle, batch.subarray(written), segment.position + written);',
    replace: '',
    seed: 14,
  },
  {
    name: 'does not check the checksum',
    file: 'frame.ts',
    find: 'if (crc32(bytes.subarray(start, crcAt)) !== stored) return null;',
    replace: '',
  },
  {
    name: 'shows what lies behind a hole in the last batch',
    file: 'session-scan.ts',
    find: "if (cutOff && batchStart <= expected && after === null && !laterBatch(at, batchStart)) return 'torn';",
    replace: '',
  },
  {
    name: 'gives a gap up for lost although a later file has it',
    file: 'session-scan.ts',
    find: "if (after !== null && startOfBatch(after) <= expected) return 'rewritten';",
    replace: '',
    seed: 17,
  },
  {
    name: 'shows what a later file repeats twice',
    file: 'session-scan.ts',
    find: 'if (sequence < expected) continue;',
    replace: '',
    seed: 6,
  },
  {
    name: 'shows a group before it is whole',
    file: 'session-scan.ts',
    find: 'if (inGroup < groupSize) return;',
    replace: '',
  },
  {
    name: 'shows what only memory holds',
    file: 'session-scan.ts',
    find: "beforeUse: request.writer !== 'closed' ? () => makeDurable(handle) : undefined,",
    replace: '',
  },
  {
    name: 'uses a sequence number twice',
    file: 'batches.ts',
    find: 'lastSequence += fresh.length;',
    replace: 'lastSequence += Math.min(fresh.length, 2);',
  },
  {
    name: 'cuts the end of a dead session too early',
    file: 'repair.ts',
    find: 'const from = segment === at.end.segment ? at.end.offset : 0;',
    replace: 'const from = segment === at.end.segment ? at.end.offset - 1 : 0;',
  },
  {
    name: 'forgets to sync what it repaired',
    file: 'repair.ts',
    find: `    handle.dataSync();
  } finally {
    handle.close();
  }
}

/** The event`,
    replace: `  } finally {
    handle.close();
  }
}

/** The event`,
  },
  {
    name: 'gives the number of a session twice',
    file: 'session-start.ts',
    find: 'env.files.syncDir(layout.epochs);',
    replace: '',
  },
  {
    name: 'calls a session closed whose last write failed',
    file: 'open-journal.ts',
    find: 'if (inOrder) removeFile(',
    replace: 'removeFile(',
  },
];

/** The journal with the bug, from a changed copy of its source in this folder. */
export async function journalWith(bug: PlantedBug, folder: string): Promise<Implementation> {
  const repository = fileURLToPath(new URL('../..', import.meta.url));
  const copied = path.join(folder, 'src/orchestrator/journal');
  // What lies beside the rooms is for each of them.
  const shared = globSync('src/orchestrator/*.ts', { cwd: repository });
  for (const place of ['src/orchestrator/journal', 'src/contract', 'package.json', ...shared])
    cpSync(path.join(repository, place), path.join(folder, place), { recursive: true });
  symlinkSync(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'));
  const file = path.join(copied, bug.file);
  const parts = readFileSync(file, 'utf8').split(bug.find);
  if (parts.length !== 2) throw new Error(`${bug.file} has the text of "${bug.name}" ${parts.length - 1} times`);
  writeFileSync(file, parts.join(bug.replace));
  const load = (name: string): Promise<unknown> => import(pathToFileURL(path.join(copied, name)).href);
  const [opening, reading] = await Promise.all([load('open-journal.ts'), load('reader.ts')]);
  // The copy has the types of the original.
  return { ...(opening as Implementation), ...(reading as Implementation) };
}
