import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ToolFacts } from './ports.ts';

/** Versions as installed, looked for upwards from the workspace as Node does; read once per instance. */
export function createToolFacts(deps: {
  /** The workspace's real path. */
  readonly root: string;
  /** Version of the Node that runs the workspace's tools. */
  readonly nodeVersion: () => Promise<string>;
}): ToolFacts {
  const versions = new Map<string, string | null>();
  return {
    nodeVersion: deps.nodeVersion,
    toolVersion: async (name) => {
      const known = versions.get(name);
      if (known !== undefined) return known;
      const version = installedVersion(deps.root, name);
      versions.set(name, version);
      return version;
    },
  };
}

function installedVersion(folder: string, name: string): string | null {
  const version = versionIn(path.join(folder, 'node_modules', name, 'package.json'));
  const parent = path.dirname(folder);
  return version ?? (parent === folder ? null : installedVersion(parent, name));
}

/** A manifest that cannot be read or has no version is as good as none: the tool could not be started from it either. */
function versionIn(file: string): string | null {
  try {
    const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const hasVersion = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
    return hasVersion && typeof manifest.version === 'string' ? manifest.version : null;
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error)) return null;
    throw error;
  }
}
