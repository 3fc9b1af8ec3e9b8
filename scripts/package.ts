// `npm run package`: the .vsix. Options: --target TARGET (default: this machine's), --out FILE, --no-build (dist is as it should be).
import { createVSIX } from '@vscode/vsce';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import manifest from '../package.json' with { type: 'json' };
import { isTarget, ownTarget, stageVsix, TARGETS } from './lib/vsix-content.ts';

/** A package for one platform may have so many bytes. */
const MOST_BYTES = 40e6;

const { values } = parseArgs({
  options: { target: { type: 'string' }, out: { type: 'string' }, 'no-build': { type: 'boolean', default: false } },
});
const target = values.target ?? ownTarget();
if (!isTarget(target)) {
  process.stderr.write(`There is no target ${target}. There are: ${Object.keys(TARGETS).join(', ')}\n`);
  process.exit(2);
}
const root = path.dirname(import.meta.dirname);
if (!values['no-build']) {
  const built = spawnSync(process.execPath, [path.join(import.meta.dirname, 'build.ts')], { stdio: 'inherit' });
  if (built.status !== 0) process.exit(built.status ?? 1);
}
const packagePath = path.resolve(values.out ?? path.join(root, `savepoint-${manifest.version}-${target}.vsix`));
const folder = mkdtempSync(path.join(tmpdir(), 'savepoint-vsix-'));
try {
  stageVsix({ target, into: folder });
  copyFileSync(path.join(root, '.vscodeignore'), path.join(folder, '.vscodeignore'));
  await createVSIX({
    cwd: folder,
    packagePath,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
    ...(target === 'universal' ? {} : { target }),
  });
  const { size } = statSync(packagePath);
  if (size > MOST_BYTES) throw new Error(`${packagePath} has ${size} bytes, more than ${MOST_BYTES}`);
  process.stdout.write(`${packagePath} (${(size / 1e6).toFixed(1)} MB)\n`);
  if (target === 'universal') {
    process.stdout.write('Without native parts: lint is not checked, and all tests run instead of the related ones.\n');
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
