import path from 'node:path';
import manifest from '../../../package.json' with { type: 'json' };

export const VERSION: string = manifest.version;

interface Places {
  /** Entry of the child processes that run built-in agents. */
  readonly toolHost: string;
  /** Entry of the process that starts git for an editor's worker. */
  readonly gitHost: string;
  /** Folder of the built-in workflows. */
  readonly workflows: string;
}

/** What lies beside the code: in the sources where it is written, in the bundle where scripts/build.ts puts it. */
export const PLACES: Places = import.meta.filename.endsWith('.ts')
  ? sources(import.meta.dirname)
  : bundle(import.meta.dirname);

function sources(host: string): Places {
  return {
    toolHost: path.join(host, 'toolhost.ts'),
    gitHost: path.join(host, 'githost.ts'),
    workflows: path.join(host, '..', 'workflow', 'builtin'),
  };
}

/** All of the bundle lies in one folder, shared pieces included. */
function bundle(dist: string): Places {
  return {
    toolHost: path.join(dist, 'toolhost.js'),
    gitHost: path.join(dist, 'githost.cjs'),
    workflows: path.join(dist, 'builtin'),
  };
}
