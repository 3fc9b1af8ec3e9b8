// Fails when the npm package or the .vsix would hold anything but what runs, or would lack something that does. Needs dist
// (npm run build).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { problemsOf, VSIX } from './lib/listing.ts';
import { filesBelow, ownTarget, stageVsix } from './lib/vsix-content.ts';

const NPM = {
  allowed: [/^dist\//, /^docs\//, /^package\.json$/, /^README\.md$/, /^CHANGELOG\.md$/, /^LICENSE$/],
  needed: [
    'dist/savepoint.js',
    'dist/cli.cjs',
    'dist/toolhost.js',
    'dist/builtin/tsddr-2.0.yaml',
    'dist/builtin/kiro-workflow.yaml',
    'LICENSE',
  ],
};

const problems = [
  ...problemsOf(npmFiles(), NPM).map((problem) => `npm package: ${problem}`),
  ...problemsOf(vsixFiles(), VSIX).map((problem) => `.vsix: ${problem}`),
];
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

function npmFiles(): readonly string[] {
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
  return first.files.map((file) => file.path);
}

function vsixFiles(): readonly string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'savepoint-listing-'));
  try {
    stageVsix({ target: ownTarget(), into: folder });
    return filesBelow(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
