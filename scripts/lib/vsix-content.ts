// What a .vsix holds, and where it comes from: the bundles, what VS Code shows, and, below dist/node_modules where the bundles find them,
// the packages that cannot be bundled, with only the files that are read.
import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { GRAMMARS } from '../../src/orchestrator/agents/context-optimizer/other-languages.ts';
import { bindingFolder, installedFolder } from './native-binding.ts';

const ROOT = path.join(import.meta.dirname, '../..');

/** Targets of VS Code → how npm's native packages call the platform; null: none of it. */
export const TARGETS = {
  'linux-x64': 'linux-x64-gnu',
  'linux-arm64': 'linux-arm64-gnu',
  'linux-armhf': 'linux-arm-gnueabihf',
  'alpine-x64': 'linux-x64-musl',
  'alpine-arm64': 'linux-arm64-musl',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
  'win32-x64': 'win32-x64-msvc',
  'win32-arm64': 'win32-arm64-msvc',
  universal: null,
} as const;
export type Target = keyof typeof TARGETS;

/** Globs relative to the repository. */
const OWN = [
  'dist/*.{js,cjs,txt}',
  'dist/{builtin,reporters,meter}/**',
  'media/{icon.png,savepoint.svg}',
  'docs/**/*.md',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
];
const LICENCE = '{LICENSE*,ThirdPartyNotice*}';
const grammars = [...new Set(Object.values(GRAMMARS))].join(',');
/** Globs relative to the package. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  typescript: ['package.json', LICENCE, 'lib/typescript.js', 'lib/lib*.d.ts'],
  'web-tree-sitter': ['package.json', LICENCE, 'web-tree-sitter.{js,wasm}'],
  '@vscode/tree-sitter-wasm': ['package.json', LICENCE, `wasm/tree-sitter-{${grammars}}.wasm`],
};
/** Those with a package of their own for each platform, `@<scope>/binding-<platform>`. */
const NATIVE: Readonly<Record<string, { readonly scope: string; readonly files: readonly string[] }>> = {
  oxlint: { scope: '@oxlint', files: ['package.json', LICENCE, 'bin/oxlint', 'dist/*.js'] },
  'oxc-parser': { scope: '@oxc-parser', files: ['package.json', LICENCE, 'src-js/**/*.{js,cjs}'] },
  'oxc-resolver': { scope: '@oxc-resolver', files: ['package.json', LICENCE, 'index.js'] },
};
/** Keys of package.json that are of its development, or of npm's package only. */
const NOT_SHIPPED = ['bin', 'scripts', 'dependencies', 'devDependencies'];

/** The target of the machine that this runs on. */
export function ownTarget(): Target {
  const own = `${process.platform}-${process.arch === 'arm' ? 'armhf' : process.arch}`;
  const musl = process.platform === 'linux' && !('glibcVersionRuntime' in reportHeader());
  const target = musl ? own.replace('linux', 'alpine') : own;
  return isTarget(target) ? target : 'universal';
}

export function isTarget(text: string): text is Target {
  return Object.hasOwn(TARGETS, text);
}

/** Copies all of it into the folder, which `vsce` then only has to zip. Needs dist (scripts/build.ts). */
export function stageVsix({ target, into }: { readonly target: Target; readonly into: string }): void {
  copy(ROOT, OWN, into);
  const modules = path.join(into, 'dist/node_modules');
  for (const [name, files] of Object.entries(PACKAGES)) copy(packageFolder(name), files, path.join(modules, name));
  const platform = TARGETS[target];
  if (platform !== null) {
    for (const [name, { scope, files }] of Object.entries(NATIVE)) {
      const folder = packageFolder(name);
      copy(folder, files, path.join(modules, name));
      const binding = `${scope}/binding-${platform}`;
      copy(bindingFolder({ binding, owner: folder }), ['package.json', LICENCE, '*.node'], path.join(modules, binding));
    }
  }
  const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as object;
  const shipped = Object.entries(manifest).filter(([key]) => !NOT_SHIPPED.includes(key));
  writeFileSync(path.join(into, 'package.json'), `${JSON.stringify(Object.fromEntries(shipped), null, 2)}\n`);
}

/** Every file below the folder, with `/`, sorted. */
export function filesBelow(folder: string): readonly string[] {
  return globSync('**', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .sort();
}

function copy(from: string, globs: readonly string[], into: string): void {
  for (const glob of globs) {
    const found = globSync(glob, { cwd: from, withFileTypes: true }).filter((entry) => entry.isFile());
    if (found.length === 0 && glob !== LICENCE) throw new Error(`${path.join(from, glob)} is not there`);
    for (const entry of found) {
      const file = path.relative(from, path.join(entry.parentPath, entry.name));
      mkdirSync(path.dirname(path.join(into, file)), { recursive: true });
      cpSync(path.join(from, file), path.join(into, file));
    }
  }
}

function packageFolder(name: string): string {
  const folder = installedFolder(name, ROOT);
  if (folder === null) throw new Error(`${name} is not installed: node scripts/setup.mjs`);
  return folder;
}

function reportHeader(): object {
  const report: unknown = process.report.getReport();
  const header = typeof report === 'object' && report !== null && 'header' in report ? report.header : null;
  return typeof header === 'object' && header !== null ? header : {};
}
