import { stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Scope } from '../../contract/agents.ts';
import { fail, ok, type Result } from '../../contract/failures.ts';

/** Files that the user named with --files: relative to the workspace; a folder stands for the files known in it. */
export async function resolveNamedFiles(request: {
  readonly root: string;
  readonly names: readonly string[];
  readonly known: readonly string[];
}): Promise<Result<Scope>> {
  const { root, names, known } = request;
  const files = new Set<string>();
  for (const name of names) {
    const path = resolve(root, name);
    const file = relative(root, path).split(sep).join('/');
    if (file.startsWith('../') || file === '..' || isAbsolute(file))
      return fail('usage', `${name} is outside the workspace ${root}.`);
    const found = await stat(path).catch(() => null);
    if (found === null)
      return fail(
        'usage',
        `There is no file ${name} in ${root}. Names given to --files are relative to the workspace.`,
      );
    if (found.isDirectory())
      for (const inside of known) if (file === '' || inside.startsWith(`${file}/`)) files.add(inside);
    if (found.isFile()) files.add(file);
  }
  if (files.size === 0)
    return fail('usage', `No file to look at in ${names.join(', ')}. Name files that are not ignored.`);
  return ok({ kind: 'files', base: null, files: [...files].sort() });
}
