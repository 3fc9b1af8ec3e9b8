import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as Parser from 'oxc-parser';
import type * as Resolver from 'oxc-resolver';
import * as z from 'zod';

/** Programs for one platform that Savepoint ships with. The universal package has none, and some platforms have none made for them. */
export const NO_NATIVE_PARTS = `Savepoint’s native parts for ${process.platform}-${process.arch} are not installed; its package for that platform has them`;

const require = createRequire(import.meta.filename);
const aboutSchema = z.object({ version: z.string(), optionalDependencies: z.record(z.string(), z.string()) });

/** oxc's parser, or null where it has none for this platform. */
export const oxcParser: typeof Parser | null = load(
  'oxc-parser',
  (parser): parser is typeof Parser => 'parseSync' in parser,
);

/** oxc's resolver, or null where it has none for this platform. */
export const oxcResolver: typeof Resolver | null = load(
  'oxc-resolver',
  (resolver): resolver is typeof Resolver => 'ResolverFactory' in resolver,
);

/** The linter that ships with Savepoint: its version and entry (a Node script), or null where it has none for this platform. */
export function findOwnOxlint(): { readonly version: string; readonly entry: string } | null {
  const file = resolve('oxlint/package.json', require);
  if (file === null) return null;
  const { version, optionalDependencies } = aboutSchema.parse(require(file));
  const from = createRequire(file);
  const native = Object.keys(optionalDependencies)
    .filter((name) => name.includes(`-${process.platform}-${process.arch}`))
    .some((name) => resolve(`${name}/package.json`, from) !== null);
  return native ? { version, entry: join(dirname(file), 'bin/oxlint') } : null;
}

function load<T extends object>(name: string, is: (loaded: object) => loaded is T): T | null {
  if (resolve(name, require) === null) return null;
  let loaded: unknown;
  try {
    loaded = require(name);
  } catch (error) {
    // The package is there without the part for this platform; it says so by an error of its own.
    if (error instanceof Error) return null;
    throw error;
  }
  return typeof loaded === 'object' && loaded !== null && is(loaded) ? loaded : null;
}

function resolve(request: string, from: NodeJS.Require): string | null {
  try {
    return from.resolve(request);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}
