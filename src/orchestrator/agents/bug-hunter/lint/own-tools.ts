import { relative } from 'node:path';
import { packageManagerOf } from '../../../workspace/package-manager.ts';
import type { Hunt } from '../hunt-state.ts';
import { lintWithBiome } from './biome.ts';
import { findConfigured, findInstalled, PACKAGES } from './configured.ts';
import { lintWithEslint } from './eslint.ts';
import { runOxlint } from './oxlint.ts';

/**
 * Runs the linters that the workspace has configured and installed, by their own entries and with their severities.
 * Returns the files that the workspace's own oxlint looked at: ours has nothing to add there.
 */
export async function lintWithOwnTools(hunt: Hunt, scripts: readonly string[]): Promise<ReadonlySet<string>> {
  const byOxlint = new Set<string>();
  for (const configured of findConfigured(hunt.root, scripts)) {
    const { linter, folder, files } = configured;
    const installed = findInstalled(PACKAGES[linter], folder);
    const config = relative(hunt.root, configured.config);
    if (installed === null) {
      hunt.notChecked(
        `lint by ${linter} (${config})`,
        `${PACKAGES[linter]} is not installed. Run ${packageManagerOf(hunt.root).install}.`,
      );
      continue;
    }
    hunt.progress(`lint: ${linter} (${config})`);
    if (linter === 'eslint') await lintWithEslint(hunt, { configured, installed });
    else if (linter === 'biome') await lintWithBiome(hunt, { configured, installed });
    else {
      const command = [hunt.context.node.path, installed.entry];
      await runOxlint(hunt, files, {
        tool: 'oxlint',
        version: installed.version,
        command,
        config: configured.config,
        environment: 'caller',
        oneALine: false,
        fixed: null,
      });
      for (const file of files) byOxlint.add(file);
    }
  }
  return byOxlint;
}
