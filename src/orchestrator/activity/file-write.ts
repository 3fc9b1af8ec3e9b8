import type { NewEvent, Origin, StoredEvent } from '../../contract/events.ts';
import type { Json, JsonObject } from '../../contract/json.ts';
import type { SaveReason } from '../../contract/worker.ts';

/** A file's content as far as it is known: its git blob id, null where there is no file, undefined where nobody looked. */
export type Content = string | null | undefined;

/** One write as its event tells it. Paths are relative to the workspace, with `/`. */
export interface FileWrite {
  readonly type: 'file.created' | 'file.modified' | 'file.deleted';
  readonly path: string;
  readonly via: 'editor' | 'watcher' | 'run';
  readonly reason: SaveReason | 'renamed' | null;
  /** Of a rename's new file: where it was. */
  readonly from: string | null;
  readonly size: number | null;
  readonly before: Content;
  readonly after: Content;
  readonly origin: Origin;
  /** Null where the window that stored it does not lead: the leader then takes it in. */
  readonly activity: string | null;
  /** Named by .gitignore: in no activity. */
  readonly ignored: boolean;
  /** Runs that were at work and may have written it. */
  readonly runs: readonly string[];
}

export const FILE_TYPES: readonly string[] = ['file.created', 'file.modified', 'file.deleted'];

/** Null for an event of another kind. */
export function writeOf(event: StoredEvent): FileWrite | null {
  const { type, data } = event;
  const path = data['path'];
  if (!isFileType(type) || typeof path !== 'string') return null;
  const via = data['via'];
  const reason = data['reason'];
  const content = data['content'];
  return {
    type,
    path,
    via: via === 'editor' || via === 'watcher' ? via : 'run',
    reason: isReason(reason) ? reason : null,
    from: textOrNull(data['from']),
    size: typeof data['size'] === 'number' ? data['size'] : null,
    before: typeof data['before'] === 'string' ? data['before'] : type === 'file.created' ? null : undefined,
    after: type === 'file.deleted' ? null : typeof content === 'string' ? content : undefined,
    origin: event.origin,
    activity: textOrNull(data['activity']),
    ignored: data['ignored'] === true,
    runs: Array.isArray(data['runs']) ? data['runs'].filter((run): run is string => typeof run === 'string') : [],
  };
}

/** The event of a write that the editor told of or that was seen on disk. */
export function writtenFile(write: FileWrite, id: string): NewEvent {
  const { type, path, via, reason, from, size, before, after, activity, ignored, runs } = write;
  const data: JsonObject = {
    path,
    via,
    ...(reason === null ? {} : { reason }),
    ...(from === null ? {} : { from }),
    size,
    content: after ?? null,
    ...(typeof before === 'string' ? { before } : {}),
    activity,
    ...(ignored ? { ignored } : {}),
    ...(runs.length === 0 ? {} : { runs }),
  };
  return { id, source: 'savepoint/activity', type, subject: path, data, origin: write.origin };
}

/** Which kind of event leads from one content to another. */
export function typeOf(before: Content, after: Content): FileWrite['type'] {
  if (after === null) return 'file.deleted';
  return before === null ? 'file.created' : 'file.modified';
}

function isFileType(type: string): type is FileWrite['type'] {
  return FILE_TYPES.includes(type);
}

function isReason(value: Json | undefined): value is SaveReason | 'renamed' {
  return value === 'manual' || value === 'after-delay' || value === 'focus-out' || value === 'renamed';
}

function textOrNull(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
