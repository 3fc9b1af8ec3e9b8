// Packages that hold native code for one platform: the installed one where it is this machine's, else the registry's.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const KEPT = path.join(import.meta.dirname, '../../node_modules/.cache/savepoint/bindings');

/** Where the binding is installed, or was unpacked to. Throws, saying what to do, where the registry has none. */
export function bindingFolder({ binding, owner }: { readonly binding: string; readonly owner: string }): string {
  const installed = installedFolder(binding, owner);
  if (installed !== null) return installed;
  const about = JSON.parse(readFileSync(path.join(owner, 'package.json'), 'utf8')) as {
    readonly optionalDependencies: Readonly<Record<string, string>>;
  };
  const version = about.optionalDependencies[binding];
  if (version === undefined) throw new Error(`${binding}: ${path.basename(owner)} names no such package`);
  const folder = path.join(KEPT, `${binding.replace('/', '+')}@${version}`);
  if (!existsSync(path.join(folder, 'package', 'package.json'))) download(`${binding}@${version}`, folder);
  return path.join(folder, 'package');
}

/** Where code of that folder finds the package. */
export function installedFolder(name: string, from: string): string | null {
  const places = createRequire(path.join(from, 'package.json')).resolve.paths(name) ?? [];
  return places.map((place) => path.join(place, name)).find((folder) => existsSync(folder)) ?? null;
}

function download(spec: string, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const npm = spawnSync('npm', ['pack', spec, '--pack-destination', folder, '--loglevel=error'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    throw new Error(
      `${spec} cannot be had from the registry, so this target cannot be packaged here. Use --target universal, or a registry that has it.\n${npm.stderr.trim()}`,
    );
  }
  const [archive = ''] = readdirSync(folder);
  const tar = spawnSync('tar', ['-xzf', archive], { cwd: folder, encoding: 'utf8' });
  if (tar.status !== 0) throw new Error(`${path.join(folder, archive)} cannot be unpacked: ${tar.stderr.trim()}`);
}
