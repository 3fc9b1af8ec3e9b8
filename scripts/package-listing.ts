// Fails when the npm package would hold anything but what runs, or would lack something that does. Needs dist (npm run build).
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const ALLOWED = [/^dist\//, /^docs\//, /^package\.json$/, /^README\.md$/, /^CHANGELOG\.md$/, /^LICENSE$/];
const NEEDED = [
  'dist/savepoint.js',
  'dist/cli.cjs',
  'dist/toolhost.js',
  'dist/builtin/tsddr-2.0.yaml',
  'dist/builtin/kiro-workflow.yaml',
  'dist/builtin/on-save-checks.yaml',
  'LICENSE',
];

const { stdout, status } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'], {
  cwd: path.dirname(import.meta.dirname),
  encoding: 'utf8',
  shell: process.platform === 'win32',
});
if (status !== 0) throw new Error(`npm pack ended with exit code ${status}`);
const listing = JSON.parse(stdout) as unknown;
const first = (Array.isArray(listing) ? listing[0] : Object.values(listing as object)[0]) as {
  readonly files: readonly { readonly path: string }[];
};
const files = first.files.map((file) => file.path);
const extra = files
  .filter((file) => !ALLOWED.some((pattern) => pattern.test(file)))
  .map((file) => `${file} does not belong in the package`);
const missing = NEEDED.filter((file) => !files.includes(file)).map((file) => `${file} is missing from the package`);
for (const problem of [...extra, ...missing]) process.stderr.write(`${problem}\n`);
process.exitCode = extra.length + missing.length === 0 ? 0 : 1;
