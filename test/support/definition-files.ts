import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { DefinitionFiles } from '../../src/orchestrator/commands/check-definitions.ts';

/** The files of a folder on this disk, as an editor would read them. */
export const readWith = (root: string): DefinitionFiles => ({
  names: async (folder) => (existsSync(path.join(root, folder)) ? readdirSync(path.join(root, folder)) : []),
  async read(file, maxBytes) {
    const { size } = statSync(path.join(root, file));
    return size > maxBytes
      ? { kind: 'too-large', size }
      : { kind: 'content', content: readFileSync(path.join(root, file)) };
  },
});
