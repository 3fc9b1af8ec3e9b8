import { isBuiltin } from 'node:module';
import { posix, relative, sep } from 'node:path';
import type { NapiResolveOptions } from 'oxc-resolver';
import type { ImportRequest } from './import-requests.ts';
import { oxcResolver } from './native-parts.ts';

/** A package of the workspace (its root package included). */
export interface WorkspacePackage {
  readonly name: string;
  /** Relative to the workspace; '' for the root. */
  readonly folder: string;
}

export interface ImportResolver {
  /** Files of the workspace that the request may load; empty for packages, built-ins and what does not exist. */
  resolve(from: string, request: ImportRequest): readonly string[];
}

const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.vue', '.svelte', '.astro', '.json'];
const OPTIONS: NapiResolveOptions = {
  extensions: [...EXTENSIONS, '.d.ts'],
  extensionAlias: {
    '.js': ['.ts', '.tsx', '.js', '.jsx'],
    '.jsx': ['.tsx', '.jsx'],
    '.mjs': ['.mts', '.mjs'],
    '.cjs': ['.cts', '.cjs'],
  },
  conditionNames: ['source', 'development', 'import', 'node', 'module', 'require', 'default'],
  mainFields: ['source', 'module', 'main'],
};
/** Folders whose content a build makes from sources beside them. */
const BUILT = /(^|\/)(?:dist|lib|build|out|output|es|esm|cjs|umd|\.output)(?=\/)/;

/** Resolves like Node and TypeScript do, then leads packages of the workspace and built output back to their sources. */
export function createImportResolver(deps: {
  readonly root: string;
  readonly files: ReadonlySet<string>;
  readonly packages: readonly WorkspacePackage[];
}): ImportResolver {
  const { root, files } = deps;
  // Without it conventions alone lead from a request to a file: the graph is then not complete.
  const withTsconfig = oxcResolver === null ? null : new oxcResolver.ResolverFactory({ ...OPTIONS, tsconfig: 'auto' });
  const plain = withTsconfig?.cloneWithOptions({ ...OPTIONS });
  const packages = [...deps.packages].sort((a, b) => b.name.length - a.name.length);
  const folders = [...deps.packages].map((one) => one.folder).sort((a, b) => b.length - a.length);
  const bare = new Map<string, readonly string[]>();
  const bySuffix = lazy(() => suffixIndex(files));

  /** Null: the resolver found nothing. A path outside the workspace's files gives the sources it was built from, if any. */
  const lookUp = (from: string, text: string): readonly string[] | null => {
    const file = posix.join(root, from);
    // A tsconfig that extends or references a missing file makes the first answer "not found" for every import.
    const path = withTsconfig?.resolveFileSync(file, text).path ?? plain?.sync(posix.dirname(file), text).path;
    return path === undefined ? null : toSources(path.split(/[?#]/)[0] ?? path);
  };
  const toSources = (path: string): readonly string[] => {
    const inside = relative(root, path).split(sep).join('/');
    if (inside.startsWith('../')) return [];
    if (files.has(inside)) return [inside];
    return inside.includes('node_modules/') ? [] : sourcesOf(inside, files);
  };
  const resolveFile = (from: string, text: string): readonly string[] => {
    const found = lookUp(from, text);
    if (found !== null && found.length > 0) return found;
    return sourcesOf(posix.join(posix.dirname(from), text), files);
  };
  const resolveBare = (from: string, text: string): readonly string[] => {
    if (isBuiltin(text)) return [];
    const found = lookUp(from, text);
    if (found !== null && found.length > 0) return found;
    const owner = packages.find((one) => text === one.name || text.startsWith(`${one.name}/`));
    if (owner !== undefined) return packageSources(owner, text, files);
    return found === null ? bySuffix()(text) : [];
  };
  const resolveReference = (from: string, text: string): readonly string[] => {
    const owner = folders.find((folder) => folder === '' || from.startsWith(`${folder}/`)) ?? '';
    for (const base of text.startsWith('.') ? [posix.dirname(from), owner] : [owner, '', posix.dirname(from)]) {
      const path = posix.join(base, text);
      const found = files.has(path) ? [path] : sourcesOf(path, files);
      if (found.length > 0) return found;
    }
    return [];
  };

  return {
    resolve: (from, request) => {
      if (request.kind === 'folder') return inFolder(from, request.text, files);
      if (request.kind === 'reference') return resolveReference(from, request.text);
      if (/^\.{0,2}(?:\/|$)/.test(request.text)) return resolveFile(from, request.text);
      const key = `${posix.dirname(from)}\n${request.text}`;
      const known = bare.get(key);
      if (known !== undefined) return known;
      const found = resolveBare(from, request.text);
      bare.set(key, found);
      return found;
    },
  };
}

function inFolder(from: string, prefix: string, files: ReadonlySet<string>): readonly string[] {
  const start = prefix.startsWith('/') ? prefix.slice(1) : posix.join(posix.dirname(from), prefix);
  return [...files].filter((file) => file.startsWith(start) && file !== from);
}

/** The file, under another extension, as a folder's index, or where its source lies if the path is built output. */
function sourcesOf(path: string, files: ReadonlySet<string>): readonly string[] {
  if (path.startsWith('../')) return [];
  for (const candidate of [
    path,
    path.replace(BUILT, '$1src'),
    path.replace(BUILT, '$1').replace(/\/\//g, '/').replace(/^\//, ''),
  ]) {
    const found = underAnyExtension(candidate, files);
    if (found !== null) return [found];
  }
  return [];
}

function underAnyExtension(path: string, files: ReadonlySet<string>): string | null {
  if (files.has(path)) return path;
  const stem = path.replace(/(?:\.d)?\.(?:[cm]?[jt]sx?|json)$/, '');
  for (const extension of EXTENSIONS) if (files.has(stem + extension)) return stem + extension;
  for (const extension of EXTENSIONS) if (files.has(`${stem}/index${extension}`)) return `${stem}/index${extension}`;
  return null;
}

/** Sources of a package that is not linked or not built: the entry named by convention, else every source that it has. */
function packageSources(owner: WorkspacePackage, text: string, files: ReadonlySet<string>): readonly string[] {
  const rest = text.slice(owner.name.length + 1);
  for (const base of ['src', '', 'lib']) {
    const found = underAnyExtension(posix.join(owner.folder, base, rest || 'index'), files);
    if (found !== null) return [found];
  }
  const prefix = owner.folder === '' ? 'src/' : `${owner.folder}/`;
  return [...files].filter((file) => file.startsWith(prefix) && !/(?:^|[/.])(?:tests?|spec|__tests__)[/.]/.test(file));
}

/**
 * For names that only a bundler's configuration explains (`@/cart/total`): files whose path ends so. Two parts at least, so that
 * a package that is not installed is not taken for a file.
 */
function suffixIndex(files: ReadonlySet<string>): (text: string) => readonly string[] {
  const byName = new Map<string, string[]>();
  const stems = new Map<string, string>();
  for (const file of files) {
    const stem = file.replace(/(?:\/index)?\.[^./]+$/, '');
    stems.set(file, stem);
    const name = posix.basename(stem);
    byName.set(name, [...(byName.get(name) ?? []), file]);
  }
  return (text) => {
    const stem = text.replace(/(?:\/index)?(?:\.[cm]?[jt]sx?|\.vue|\.svelte)?$/, '');
    const parts = stem.split('/');
    if (parts.length < 2) return [];
    const candidates = byName.get(parts.at(-1) ?? '') ?? [];
    const matching = (suffix: string): string[] =>
      candidates.filter((file) => `/${stems.get(file) ?? ''}`.endsWith(`/${suffix}`));
    const whole = matching(stem);
    if (whole.length > 0) return whole;
    return /^[@~#$]/.test(text) ? matching(parts.slice(1).join('/')) : [];
  };
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}
