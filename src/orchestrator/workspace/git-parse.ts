/** Parsers of git's machine formats. Pure. */

export interface StatusEntry {
  /** Relative to the top of the work tree. */
  readonly path: string;
  /** How the work tree differs from the index: `.` not at all, `D` deleted, `u` unmerged. */
  readonly workTree: string;
  /** Blob of the file at HEAD; null where none was there, or a link. */
  readonly headId: string | null;
  /** Path at HEAD where git saw a staged rename. */
  readonly renamedFrom: string | null;
  readonly deleted: boolean;
}

export interface GitStatus {
  readonly head: string | null;
  readonly branch: string | null;
  readonly entries: readonly StatusEntry[];
  readonly untracked: readonly string[];
  /** Folders that are repositories of their own: submodules and nested ones. */
  readonly repositories: readonly string[];
}

const NO_BLOB = /^0+$/;
const SUBMODULE = 'S';
const LINK_MODE = '120000';

/** Of `git status --porcelain=v2 -z --branch`. */
export function parseStatus(output: string): GitStatus {
  const records = output.split('\0');
  const entries: StatusEntry[] = [];
  const untracked: string[] = [];
  const repositories: string[] = [];
  let head: string | null = null;
  let branch: string | null = null;
  for (let at = 0; at < records.length; at++) {
    const record = records[at] ?? '';
    const kind = record.slice(0, 2);
    if (record.startsWith('# branch.oid ')) head = record.slice(13) === '(initial)' ? null : record.slice(13);
    else if (record.startsWith('# branch.head ')) branch = record.slice(14) === '(detached)' ? null : record.slice(14);
    else if (kind === '? ') (record.endsWith('/') ? repositories : untracked).push(record.slice(2));
    else if (kind === '1 ' || kind === '2 ' || kind === 'u ') {
      const from = kind === '2 ' ? (records[++at] ?? null) : null;
      const entry = parseEntry(record, from);
      if (typeof entry === 'string') repositories.push(entry);
      else entries.push(entry);
    }
  }
  return { head, branch, entries, untracked, repositories };
}

/** Fields before the path, by kind of record (git-status(1), porcelain format version 2). */
const FIELDS_BEFORE_PATH = { '1': 8, '2': 9, u: 10 } as const;

/** A submodule's is only its path. */
function parseEntry(record: string, from: string | null): StatusEntry | string {
  const kind = record.startsWith('u') ? 'u' : record.startsWith('2') ? '2' : '1';
  const fields = record.split(' ');
  const path = fields.slice(FIELDS_BEFORE_PATH[kind]).join(' ');
  if (fields[2]?.startsWith(SUBMODULE) === true) return path;
  const [staged = '.', changed = '.'] = fields[1] ?? '';
  const headId = kind === 'u' ? (fields[8] ?? '') : (fields[6] ?? '');
  const [modeAtHead, modeNow] = kind === 'u' ? [fields[4], fields[6]] : [fields[3], fields[5]];
  return {
    path,
    workTree: kind === 'u' ? 'u' : changed,
    headId: NO_BLOB.test(headId) || modeAtHead === LINK_MODE ? null : headId,
    renamedFrom: fields[kind === '2' ? 8 : 0]?.startsWith('R') === true ? from : null,
    deleted: modeNow === '000000' || modeNow === LINK_MODE || (staged === 'D' && changed === '.'),
  };
}

/** Files of the index: no links, no submodules. */
export interface IndexList {
  /** Path → blob id. */
  readonly ids: ReadonlyMap<string, string>;
  /** skip-worktree or assume-unchanged: `git status` says nothing about them. */
  readonly blind: readonly string[];
}

/** Of `git ls-files -s -v -z`: records "H 100644 <id> <stage>\t<path>". */
export function parseIndex(output: string): IndexList {
  const ids = new Map<string, string>();
  const blind: string[] = [];
  for (const record of output.split('\0')) {
    const tab = record.indexOf('\t');
    if (tab < 0 || !record.startsWith('100', 2)) continue;
    const tag = record[0] ?? 'H';
    const path = record.slice(tab + 1);
    if (tag === 'S' || tag !== tag.toUpperCase()) blind.push(path);
    else ids.set(path, record.slice(9, record.indexOf(' ', 9)));
  }
  return { ids, blind };
}

export interface RawChange {
  readonly path: string;
  /** Blob at the base; null where it was not there. */
  readonly baseId: string | null;
  /** Blob now; null where it is gone, and where git has not looked (files of the work tree). */
  readonly id: string | null;
  readonly renamedFrom: string | null;
  readonly deleted: boolean;
}

/** Of `git diff --raw -z -M`, and of `git diff-tree --raw -z`. */
export function parseRawDiff(output: string): readonly RawChange[] {
  const records = output.split('\0');
  const changes: RawChange[] = [];
  for (let at = 0; at + 1 < records.length; at++) {
    const fields = (records[at] ?? '').split(' ');
    const status = fields[4] ?? '';
    const renamed = status.startsWith('R') || status.startsWith('C');
    const first = records[++at] ?? '';
    const path = renamed ? (records[++at] ?? '') : first;
    if (fields[1] === '160000' || fields[0] === ':160000') continue;
    const [baseId = '', id = ''] = fields.slice(2);
    changes.push({
      path,
      baseId: NO_BLOB.test(baseId) ? null : baseId,
      id: NO_BLOB.test(id) ? null : id,
      renamedFrom: renamed ? first : null,
      deleted: status === 'D' || fields[1] === LINK_MODE,
    });
  }
  return changes;
}

/** Undoes git's quoting of unusual names: `"a\tb\303\274"`. */
export function unquotePath(name: string): string {
  if (!name.startsWith('"')) return name;
  const bytes: number[] = [];
  const inner = Buffer.from(name.slice(1, name.lastIndexOf('"')), 'utf8').toString('latin1');
  for (const [part, octal, letter] of inner.matchAll(/\\([0-7]{3})|\\(.)|[^\\]/gs)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (letter !== undefined) bytes.push((ESCAPES[letter] ?? letter).charCodeAt(0));
    else bytes.push(part.charCodeAt(0));
  }
  return Buffer.from(bytes).toString('utf8');
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', t: '\t', n: '\n', v: '\v', f: '\f', r: '\r' };
