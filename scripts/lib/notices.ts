// The licences of what is bundled, which their authors ask to go with every copy.
import type { Metafile } from 'esbuild';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** One text with name, version and licence of every package whose code the bundles hold. */
export function noticesOf(metafiles: readonly Metafile[], root: string): string {
  const folders = new Set<string>();
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
        if (folder !== undefined && bytesInOutput > 0) folders.add(path.resolve(root, folder));
      }
    }
  }
  return [...folders]
    .sort()
    .map(notice)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function notice(folder: string): string {
  const about = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const [file] = globSync('{LICEN[CS]E,licen[cs]e}{,.md,.txt}', { cwd: folder }).sort();
  const text =
    file === undefined ? `Licence: ${about.license ?? 'not stated'}` : readFileSync(path.join(folder, file), 'utf8');
  return `${about.name} ${about.version}\n\n${text.trim()}\n`;
}
