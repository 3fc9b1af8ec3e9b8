// Runs tsddr-2.0 on a fresh copy of the sample, as a user would on a repository of their own.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { copySample } from '../test/samples/copy-sample.ts';

const folder = path.join(realpathSync(mkdtempSync(path.join(tmpdir(), 'savepoint-sample-'))), 'harbor-api');
await copySample({ sample: 'harbor', variant: 'planted', into: folder });
process.stderr.write(`The sample is in ${folder}: a base commit, and a change with defects planted in it.\n\n`);
const cli = path.join(path.dirname(import.meta.dirname), 'dist', 'savepoint.js');
const { status } = spawnSync(
  process.execPath,
  [cli, 'run', 'tsddr-2.0', '--workspace', folder, '--fail-on', 'never', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    // The sample's tests are TypeScript, which this Node runs as it is.
    env: { ...process.env, PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH'] ?? ''}` },
  },
);
process.exitCode = status ?? 1;
