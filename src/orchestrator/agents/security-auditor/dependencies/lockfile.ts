/** One package as a lockfile pins it. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Where it is fetched from; null when the lockfile leaves it to the registry. */
  readonly resolved: string | null;
  readonly hasIntegrity: boolean;
  readonly hasInstallScript: boolean;
  /** The maintainer's words; null when it is not deprecated. */
  readonly deprecated: string | null;
  /** The name it is installed under, when that is another one. */
  readonly alias: string | null;
  /** 0-based lines of its entry, end inclusive. */
  readonly startLine: number;
  readonly endLine: number;
}

export interface Lockfile {
  readonly kind: 'npm' | 'pnpm' | 'yarn';
  readonly packages: readonly LockedPackage[];
  /** `name@range` of what the project itself asks for, as far as the lockfile repeats it; null when it does not. */
  readonly asked: ReadonlySet<string> | null;
}

const NAMES: Readonly<Record<string, Lockfile['kind']>> = {
  'package-lock.json': 'npm',
  'npm-shrinkwrap.json': 'npm',
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'yarn',
};

/** Names a lockfile may have. */
export const LOCKFILE_NAMES: readonly string[] = Object.keys(NAMES);

export function lockfileKind(file: string): Lockfile['kind'] | null {
  return NAMES[file.slice(file.lastIndexOf('/') + 1)] ?? null;
}

/** Reads a lockfile line by line, which gives every package its place. Null when it is not one that this version understands. */
export function parseLockfile(kind: Lockfile['kind'], text: string): Lockfile | null {
  const lines = text.split(/\r?\n/);
  if (kind === 'npm') return parseNpm(text, lines);
  return kind === 'pnpm' ? parsePnpm(lines) : parseYarn(lines);
}

interface Block {
  readonly key: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly body: readonly string[];
}

/** Entries that begin with a line matching `opening` and go on while lines are indented deeper, or empty. */
function blocks(
  lines: readonly string[],
  opening: RegExp,
  within: { readonly from: number; readonly to: number },
): readonly Block[] {
  const found: Block[] = [];
  for (let at = within.from; at < within.to; at += 1) {
    const match = opening.exec(lines[at] ?? '');
    if (!match) continue;
    const indent = match[1] ?? '';
    let end = at + 1;
    while (end < within.to && (lines[end] ?? '').startsWith(`${indent} `)) end += 1;
    found.push({ key: match[2] ?? '', startLine: at, endLine: end - 1, body: lines.slice(at + 1, end) });
  }
  return found;
}

function parseNpm(text: string, lines: readonly string[]): Lockfile | null {
  const start = lines.findIndex((line) => /^\s+"packages": \{/.test(line));
  if (start < 0 || !/"lockfileVersion":\s*[23]/.test(text.slice(0, 2_000))) return null;
  const entries = blocks(lines, /^(\s{2,8})"([^"]*)": \{\s*$/, { from: start + 1, to: lines.length });
  const root = entries.find((entry) => entry.key === '');
  const packages = entries
    .filter(
      (entry) => /(?:^|\/)node_modules\//.test(entry.key) && !entry.body.some((line) => /^\s+"link": true/.test(line)),
    )
    .map((entry) => npmPackage(entry));
  return { kind: 'npm', packages, asked: root ? askedByNpm(root) : null };
}

function npmPackage({ key, startLine, endLine, body }: Block): LockedPackage {
  const field = (name: string): string | null => {
    const line = body.find((one) => new RegExp(`^\\s+"${name}":`).test(one));
    return line ? (/:\s*"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? null) : null;
  };
  const folder = key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const name = field('name') ?? folder;
  return {
    name,
    version: field('version') ?? '',
    resolved: field('resolved'),
    hasIntegrity: field('integrity') !== null || body.some((line) => /"inBundle": true/.test(line)),
    hasInstallScript: body.some((line) => /^\s+"hasInstallScript": true/.test(line)),
    deprecated: field('deprecated'),
    alias: name === folder ? null : folder,
    startLine,
    endLine,
  };
}

function askedByNpm({ body }: Block): ReadonlySet<string> {
  const asked = new Set<string>();
  let isInside = false;
  for (const line of body) {
    if (/^\s+"(?:dependencies|devDependencies|optionalDependencies|peerDependencies)": \{/.test(line)) isInside = true;
    else if (/^\s+\}/.test(line)) isInside = false;
    const match = isInside ? /^\s+"([^"]+)": "([^"]*)"/.exec(line) : null;
    if (match) asked.add(`${match[1] ?? ''}@${match[2] ?? ''}`);
  }
  return asked;
}

function parsePnpm(lines: readonly string[]): Lockfile | null {
  if (!/^lockfileVersion:/.test(lines.find((line) => line.trim() !== '') ?? '')) return null;
  const section = (name: string): { readonly from: number; readonly to: number } => {
    const from = lines.indexOf(`${name}:`) + 1;
    const end = lines.findIndex((line, index) => index >= from && /^\S/.test(line));
    return from === 0 ? { from: 0, to: 0 } : { from, to: end < 0 ? lines.length : end };
  };
  const packages = blocks(lines, /^( {2})['"]?\/?([^\s'"][^'"]*?)['"]?:\s*$/, section('packages')).flatMap((entry) =>
    pnpmPackage(entry),
  );
  return { kind: 'pnpm', packages, asked: askedByPnpm(lines, section('importers')) };
}

function pnpmPackage({ key, startLine, endLine, body }: Block): readonly LockedPackage[] {
  const text = body.join('\n');
  const at = key.indexOf('@', 1);
  const cut = at > 0 ? at : key.lastIndexOf('/');
  if (cut <= 0) return [];
  const version = key.slice(cut + 1).replace(/\(.*$/, '');
  const isAddress = /^(?:https?:|git\+|git@|github|file:|link:)/.test(version) || /tarball:/.test(text);
  return [
    {
      name: key.slice(0, cut),
      version,
      resolved:
        /tarball:\s*['"]?([^\s,'"}]+)/.exec(text)?.[1] ??
        /repo:\s*['"]?([^\s,'"}]+)/.exec(text)?.[1] ??
        (isAddress ? version : null),
      hasIntegrity: /integrity:/.test(text) || /type: git|commit:|directory:/.test(text),
      hasInstallScript: /^\s+requiresBuild: true/m.test(text),
      deprecated: /^\s+deprecated:\s*(.+)$/m.exec(text)?.[1] ?? null,
      alias: null,
      startLine,
      endLine,
    },
  ];
}

/** `name:` with `specifier: ^1.0.0` below it. */
function askedByPnpm(
  lines: readonly string[],
  { from, to }: { readonly from: number; readonly to: number },
): ReadonlySet<string> | null {
  if (from === to) return null;
  const asked = new Set<string>();
  for (let at = from; at < to; at += 1) {
    const specifier = /^\s+specifier:\s*['"]?(.+?)['"]?\s*$/.exec(lines[at] ?? '')?.[1];
    const name = /^\s+['"]?([^'"\s]+?)['"]?:\s*$/.exec(lines[at - 1] ?? '')?.[1];
    if (specifier && name) asked.add(`${name}@${specifier}`);
  }
  return asked;
}

/** Yarn 1 (`version "1.0.0"`) and later (`version: 1.0.0`). */
function parseYarn(lines: readonly string[]): Lockfile | null {
  const isLater = lines.some((line) => line.startsWith('__metadata:'));
  if (!isLater && !lines.some((line) => line.startsWith('# yarn lockfile v1'))) return null;
  const asked = new Set<string>();
  const packages = blocks(lines, /^()(\S.*):\s*$/, { from: 0, to: lines.length }).flatMap(
    (entry): readonly LockedPackage[] => {
      const field = (name: string): string | null =>
        new RegExp(`^\\s{2}"?${name}"?:?\\s+"?([^"]+)"?\\s*$`, 'm').exec(entry.body.join('\n'))?.[1] ?? null;
      const keys = entry.key.split(/,\s*/).map((key) => key.replace(/^"|"$/g, ''));
      for (const key of keys) asked.add(key.replace('@npm:', '@'));
      const [first = ''] = keys;
      const folder = first.slice(0, first.indexOf('@', 1));
      const version = field('version');
      if (
        version === null ||
        folder === '' ||
        /@workspace:|@link:|@portal:/.test(entry.key) ||
        entry.key.startsWith('__metadata')
      )
        return [];
      return [yarnPackage(entry, { field, folder, version, isLater, first })];
    },
  );
  return { kind: 'yarn', packages, asked };
}

interface YarnEntry {
  readonly field: (name: string) => string | null;
  readonly folder: string;
  readonly version: string;
  readonly isLater: boolean;
  readonly first: string;
}

function yarnPackage(
  { startLine, endLine }: Block,
  { field, folder, version, isLater, first }: YarnEntry,
): LockedPackage {
  const resolution = field(isLater ? 'resolution' : 'resolved');
  const aliased = /@npm:((?:@[^/]+\/)?[^@]+)@/.exec(first)?.[1] ?? null;
  const isRegistry = isLater && (resolution === null || /@(?:npm|patch):/.test(resolution));
  return {
    name: aliased ?? folder,
    version,
    resolved: isRegistry ? null : isLater ? (resolution?.slice(resolution.indexOf('@', 1) + 1) ?? null) : resolution,
    hasIntegrity: field(isLater ? 'checksum' : 'integrity') !== null || /#[0-9a-f]{40}$/.test(resolution ?? ''),
    hasInstallScript: false,
    deprecated: null,
    alias: aliased && aliased !== folder ? folder : null,
    startLine,
    endLine,
  };
}
