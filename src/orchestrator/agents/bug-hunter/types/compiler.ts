import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import bundled from 'typescript';
import type { Compiler } from '../suspicious/rule.ts';

/** The compiler that types are asked of. */
export interface FoundCompiler {
  readonly compiler: Compiler;
  readonly version: string;
  /** The workspace's own, or the one that ships with Savepoint. */
  readonly origin: 'workspace' | 'bundled';
  /** A workspace's TypeScript 7 or later, which has no such API: its command line has the last word on errors. */
  readonly native: NativeCompiler | null;
  /** Why the workspace's own is not used, where there is one. */
  readonly note: string | null;
}

export interface NativeCompiler {
  readonly version: string;
  /** Absolute path of its `tsc` entry, a Node script. */
  readonly entry: string;
}

/** Older ones lack parts of the API that we use, and fit no supported Node types. */
const OLDEST = [5, 0] as const;
const FIRST_WITHOUT_API = 7;

/** Finds TypeScript as the folder's own code would. Each is loaded once, and again after another version was installed in its place. */
export function createCompilerFinder(): (folder: string) => FoundCompiler {
  const known = new Map<string, { readonly installed: Installed; readonly found: FoundCompiler }>();
  return (folder) => {
    const packageFile = resolveFrom(folder);
    if (packageFile === null) return ours(null, null);
    const installed = readPackage(packageFile);
    const last = known.get(packageFile);
    if (last?.installed.version === installed.version) return last.found;
    const found = load(packageFile, installed);
    known.set(packageFile, { installed, found });
    return found;
  };
}

function resolveFrom(folder: string): string | null {
  try {
    return createRequire(join(folder, 'package.json')).resolve('typescript/package.json');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}

interface Installed {
  readonly version: string;
  /** Its `tsc` entry, as its package names it. */
  readonly tsc: string | null;
}

function load(packageFile: string, { version, tsc }: Installed): FoundCompiler {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major >= FIRST_WITHOUT_API)
    return ours(tsc === null ? null : { version, entry: join(dirname(packageFile), tsc) }, null);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    return ours(null, `the workspace's TypeScript ${version} is older than ${OLDEST.join('.')}`);
  }
  const require = createRequire(packageFile);
  // Node keeps what lay there before.
  delete require.cache[require.resolve('typescript')];
  const compiler: unknown = require('typescript');
  return isCompiler(compiler)
    ? { compiler, version, origin: 'workspace', native: null, note: null }
    : ours(null, `the workspace's typescript ${version} is no compiler`);
}

function ours(native: NativeCompiler | null, note: string | null): FoundCompiler {
  return { compiler: bundled, version: bundled.version, origin: 'bundled', native, note };
}

function readPackage(file: string): Installed {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const about = typeof parsed === 'object' && parsed !== null ? parsed : {};
  const bin = 'bin' in about && typeof about.bin === 'object' && about.bin !== null ? about.bin : {};
  return {
    version: 'version' in about && typeof about.version === 'string' ? about.version : '0.0.0',
    tsc: 'tsc' in bin && typeof bin.tsc === 'string' ? bin.tsc : null,
  };
}

function isCompiler(value: unknown): value is Compiler {
  return typeof value === 'object' && value !== null && 'createProgram' in value && 'forEachChild' in value;
}
