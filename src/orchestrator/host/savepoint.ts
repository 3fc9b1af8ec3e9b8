#!/usr/bin/env node
// The command line's first file. It must load in any Node, because its job is to find one that is new enough; and it loads little,
// because every command waits for it.
import module from 'node:module';
import type { main } from './cli.ts';

/** node:sqlite, whose locks Savepoint relies on, needs no flag from here on. */
const OLDEST = [22, 13] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) await start();
else (await import('./newer-node.ts')).startUnderNewerNode({ oldest: OLDEST, entry: new URL(import.meta.url) });

async function start(): Promise<void> {
  module.enableCompileCache();
  quietExperiments();
  dieWithLauncher();
  await loadCommandLine().main(process.argv.slice(2));
}

/** Required, not imported: Node takes 10 ms more to import the bundle, for its loader and for each of its own modules. */
function loadCommandLine(): { readonly main: typeof main } {
  const file = import.meta.url.endsWith('.ts') ? './cli.ts' : './cli.cjs';
  return module.createRequire(import.meta.url)(file) as { readonly main: typeof main };
}

/** On Node 22 SQLite calls itself experimental at every start: nothing a user could act on. */
function quietExperiments(): void {
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') process.stderr.write(`${warning.name}: ${warning.message}\n`);
  });
}

/** Started by an older Node (below): when that is killed, so is this, as if the two were one process. */
function dieWithLauncher(): void {
  if (process.env['SAVEPOINT_LAUNCHED'] === undefined) return;
  delete process.env['SAVEPOINT_LAUNCHED'];
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel?.unref();
}
