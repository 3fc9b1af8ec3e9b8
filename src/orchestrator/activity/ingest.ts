import type { NewEvent, StoredEvent } from '../../contract/events.ts';
import { ok, type Result } from '../../contract/failures.ts';
import type { EditorWrite } from '../../contract/worker.ts';
import { breathe } from '../breath.ts';
import type { Env } from '../env.ts';
import type { Journal } from '../journal/journal.ts';
import type { OnDisk, WorkTree } from '../workspace/work-tree.ts';
import type { Bursts } from './bursts.ts';
import type { SeenChange } from './disk-look.ts';
import { filesOf, type EditorChange, type Locate } from './editor-writes.ts';
import { typeOf, writeOf, writtenFile, type Content, type FileWrite } from './file-write.ts';
import { ignoredSave } from './engine-decisions.ts';
import type { KnownContents } from './known-contents.ts';
import type { PeopleWrites } from './people-writes.ts';
import type { RunWrites } from './run-writes.ts';

/**
 * Makes durable events of what was written, each with its writer and its activity. Its methods are called one after another: each
 * starts from what is known after the one before.
 */
export interface Ingest {
  /** Files that differ from what was last told of them (their content then, by path): a save of one is told with that. */
  begin(untold: ReadonlyMap<string, string | null>): void;
  /** What this window's editor did, `at` (ISO time). Resolves when it is stored. */
  editor(writes: readonly EditorWrite[], at: string): Promise<Result<null>>;
  /** What was seen to have changed on disk; `at`: when it was hinted at, by the wall clock, milliseconds. */
  seen(changes: readonly SeenChange[], at: number): Promise<Result<null>>;
  /** A file that a step wrote which may: the run's own word for it. */
  runWrote(event: StoredEvent): Promise<void>;
  /** A save of a window that does not lead; false where it is none, or is in an activity already. */
  otherWindow(event: StoredEvent): Promise<boolean>;
  /** Takes in what was held while a step was at work that may write, if none is any more. */
  release(): Promise<Result<null>>;
}

export interface IngestDeps {
  readonly env: Pick<Env, 'clock' | 'random'>;
  readonly journal: Journal;
  readonly tree: WorkTree;
  readonly locate: Locate;
  readonly known: KnownContents;
  readonly bursts: Bursts;
  readonly runs: RunWrites;
  readonly people: PeopleWrites;
  /** Only who leads knows what was there before, and puts writes into activities. */
  readonly leads: () => boolean;
  /** A save that was stored, in this window or another. */
  readonly onSaved: (save: { readonly path: string; readonly event: string }) => void;
}

/** Writes that are worked on at a stretch, and wait for the disk together: a storm holds neither thread nor memory. */
const AT_ONCE = 100;
/** The watcher's delay at most. */
const SANE_MS = 5000;

export function createIngest(deps: IngestDeps): Ingest {
  const { env, journal, tree, known, bursts, runs, people } = deps;
  /** Path → its content before the step that may write, and the runs that had one. */
  let held = new Map<string, { readonly before: Content; readonly runs: readonly string[] }>();

  /** Path → its content before writes that nobody told of. */
  const untold = new Map<string, string | null>();

  const nowIso = (): string => new Date(env.clock.now()).toISOString();

  async function editor(writes: readonly EditorWrite[], at: string): Promise<Result<null>> {
    const below = deps.leads() ? (folder: string) => known.below(folder) : belowCommit;
    const groups = await filesOf({ tree, locate: deps.locate, below }, writes);
    const paths = [...new Set(groups.flat().map((change) => change.path))];
    const [ignored, disk] = await Promise.all([
      tree.ignored(paths, (path) => known.isCommitted(path)),
      tree.onDisk(paths),
    ]);
    if (deps.leads()) await known.of(paths);
    const stored: NewEvent[][] = [];
    const saves: { path: string; event: string }[] = [];
    for (const group of groups) {
      const events: NewEvent[] = [];
      for (const change of group) {
        const id = env.random.uuid();
        const write = await editorWrite(change, { disk: disk.get(change.path), ignored: ignored.has(change.path) });
        if (write === null) continue;
        const activity = write.ignored || !deps.leads() ? null : bursts.add(write, { at, fresh: env.random.uuid() });
        events.push(writtenFile({ ...write, activity }, id));
        if (write.ignored) events.push(ignoredSave({ path: change.path, event: id, at }));
        else if (change.kind === 'saved') saves.push({ path: change.path, event: id });
      }
      if (events.length > 0) stored.push(events);
    }
    const result = await store(stored);
    if (result.ok && deps.leads()) for (const save of saves) deps.onSaved(save);
    return result;
  }

  /** Null for what was told already. */
  async function editorWrite(
    change: EditorChange,
    of: { readonly disk: OnDisk | undefined; readonly ignored: boolean },
  ): Promise<FileWrite | null> {
    const { kind, path, reason, from } = change;
    const file = of.disk?.kind === 'file' ? of.disk : null;
    const after = kind === 'deleted' ? null : (file?.id ?? undefined);
    const before = await contentBefore(change, after);
    if (before === after && kind === 'created' && typeof after === 'string' && people.wrote(path, after)) return null;
    if (typeof after === 'string') people.note(path, after);
    const type = kind === 'saved' ? typeOf(before, after) : (`file.${kind}` as const);
    const { ignored } = of;
    return {
      ...{
        type: type === 'file.deleted' && kind === 'saved' ? 'file.modified' : type,
        path,
        via: 'editor',
        reason,
        from,
      },
      ...{ size: file?.size ?? null, before, after, origin: 'human', activity: null, ignored, runs: [] },
    };
  }

  /** The watcher may have been faster, or the first look of all: then what was seen is this very write. */
  async function contentBefore({ path }: EditorChange, after: Content): Promise<Content> {
    if (!deps.leads() || !known.isReady()) return undefined;
    const before = (await known.of([path])).get(path) ?? null;
    if (after === undefined) return before;
    const claimed = before === after ? bursts.disown(path, after) : false;
    known.set(path, after);
    held.delete(path);
    const earlier = untold.get(path);
    untold.delete(path);
    if (claimed) return claimed.before;
    return before === after && earlier !== undefined ? earlier : before;
  }

  async function belowCommit(folder: string): Promise<readonly string[]> {
    return [...(await tree.committed(await tree.head(), [folder])).keys()].filter((path) => path !== folder);
  }

  async function seen(changes: readonly SeenChange[], hintedAt: number): Promise<Result<null>> {
    const gone = new Set(changes.flatMap(({ before, after }) => (after === null ? [before] : [])));
    // What was moved keeps the time of its content.
    const isMoved = ({ after }: SeenChange): boolean => after !== null && gone.has(after);
    const timed = changes.map((change) => ({
      change,
      at: timeOf(isMoved(change) ? null : change.mtimeMs, hintedAt),
    }));
    await breathe();
    timed.sort((one, other) => (one.at < other.at ? -1 : 1));
    for (let from = 0; from < timed.length; from += AT_ONCE) {
      await breathe();
      const stored = await store(timed.slice(from, from + AT_ONCE).flatMap(seenEvents));
      if (!stored.ok) return stored;
    }
    return ok(null);
  }

  function seenEvents({ change, at }: { readonly change: SeenChange; readonly at: string }): readonly NewEvent[][] {
    untold.delete(change.path);
    const writer = runs.writerOf(change.path, at);
    if (writer.kind === 'known') return [[watched(change, { ...writer, at })]];
    const before = held.get(change.path) ?? { before: change.before, runs: [] };
    held.set(change.path, { before: before.before, runs: [...new Set([...before.runs, ...writer.runs])] });
    return [];
  }

  function watched(
    change: Pick<SeenChange, 'path' | 'before' | 'after' | 'size'>,
    by: Pick<FileWrite, 'origin' | 'runs'> & { readonly at: string },
  ): NewEvent {
    const { path, before, after, size } = change;
    const { origin, runs: maybe } = by;
    const write: FileWrite = {
      ...{ type: typeOf(before, after), path, via: 'watcher', reason: null, from: null, size, before, after },
      ...{ origin, activity: null, ignored: false, runs: maybe },
    };
    const activity = bursts.add(write, { at: by.at, fresh: env.random.uuid() });
    return writtenFile({ ...write, activity }, env.random.uuid());
  }

  async function runWrote(event: StoredEvent): Promise<void> {
    const write = writeOf(event);
    if (write === null) return;
    const { path } = write;
    const disk = (await tree.onDisk([path])).get(path);
    const after = write.after ?? (disk?.kind === 'file' ? disk.id : null);
    const before = (await known.of([path])).get(path) ?? null;
    known.set(path, after);
    const first = held.get(path);
    held.delete(path);
    // A person saved it while the step was at work.
    if (after !== null && people.wrote(path, after)) return;
    // The look at a hint may end after the step did: then what it saw, as nobody's, is this very write.
    const seen = first ?? (before === after ? bursts.disown(path, after) : { before });
    if (seen) bursts.add({ ...write, before: seen.before, after }, { at: event.time, fresh: event.id });
  }

  async function otherWindow(event: StoredEvent): Promise<boolean> {
    const write = writeOf(event);
    if (write === null || write.origin !== 'human' || write.activity !== null || write.ignored) return false;
    const { path, after } = write;
    const before = (await known.of([path])).get(path) ?? null;
    const claimed = after !== undefined && before === after ? bursts.disown(path, after) : false;
    if (after !== undefined) known.set(path, after);
    if (typeof after === 'string') people.note(path, after);
    held.delete(path);
    bursts.add({ ...write, before: claimed ? claimed.before : before }, { at: event.time, fresh: event.id });
    if (write.type !== 'file.deleted' && write.reason !== null && write.reason !== 'renamed')
      deps.onSaved({ path, event: event.id });
    return true;
  }

  async function release(): Promise<Result<null>> {
    if (held.size === 0 || !runs.isQuiet()) return ok(null);
    const entries = held;
    held = new Map();
    const disk = await tree.onDisk([...entries.keys()]);
    await known.of([...entries.keys()]);
    const events = [...entries].flatMap(([path, { before, runs: maybe }]) => {
      const found = disk.get(path);
      const file = found?.kind === 'file' ? found : null;
      const after = file?.id ?? null;
      known.set(path, after);
      if (before === after) return [];
      // A run's look names what it wrote; of what it took away nothing is left to compare.
      const [only] = maybe.length === 1 && after === null ? maybe : [];
      const by =
        only === undefined
          ? ({ origin: 'unknown', runs: maybe } as const)
          : { origin: `run:${only}` as const, runs: [] };
      return [[watched({ path, before, after, size: file?.size ?? null }, { ...by, at: nowIso() })]];
    });
    return store(events);
  }

  /** A file may carry any time: only one shortly before the hint says when it was written. */
  function timeOf(mtimeMs: number | null, hintedAt: number): string {
    const isSane = mtimeMs !== null && mtimeMs <= env.clock.now() && hintedAt - mtimeMs <= SANE_MS;
    return new Date(isSane ? mtimeMs : hintedAt).toISOString();
  }

  async function store(groups: readonly (readonly NewEvent[])[]): Promise<Result<null>> {
    for (let at = 0; at < groups.length; at += AT_ONCE) {
      const results = await Promise.all(groups.slice(at, at + AT_ONCE).map((group) => journal.append(group)));
      for (const result of results) if (!result.ok) return result;
    }
    return ok(null);
  }

  return {
    begin(found) {
      for (const [path, before] of found) untold.set(path, before);
    },
    ...{ editor, seen, runWrote, otherWindow, release },
  };
}
