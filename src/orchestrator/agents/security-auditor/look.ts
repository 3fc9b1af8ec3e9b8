import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Finding } from '../../../contract/findings.ts';
import { fingerprinted, type FindingDraft } from '../../workspace/fingerprint.ts';
import { isScript, isTooDeep, type ParsedSources } from '../../workspace/parsed-source.ts';
import { checkDependencies, checkManifest } from './dependencies/check.ts';
import { LOCKFILE_NAMES, lockfileKind, parseLockfile } from './dependencies/lockfile.ts';
import { modulesFor, type ModuleReader } from './patterns/modules.ts';
import { isMinified, scanPatterns } from './patterns/scan.ts';
import { secretFindings } from './secrets/findings.ts';
import type { SecretName } from './secrets/key.ts';
import { scanSecrets } from './secrets/scan.ts';

/** The three looks at one text of a file. */
export interface FileLook {
  readonly findings: readonly Finding[];
  /** What input of this file does in other files. */
  readonly elsewhere: readonly FindingDraft[];
  /** What could not be looked at, and why. */
  readonly gaps: readonly string[];
}

export interface LookDeps {
  readonly root: string;
  readonly sources: ParsedSources;
  readonly modules: ModuleReader;
  /** Whether old findings count too: every scope but a changed one. */
  readonly isWhole: boolean;
  readonly nameOf: SecretName;
  /** Another file of the same state (work tree or base) as the text. */
  readonly readOther: (file: string) => Promise<string | null>;
  /** Adds to the time of one look, in milliseconds. */
  readonly timed: <T>(look: LookName, work: () => T) => T;
}

export type LookName = 'secrets' | 'patterns' | 'dependencies';

/** Everything the auditor can say of this text of this file. */
export async function lookAtFile(file: string, text: string, deps: LookDeps): Promise<FileLook> {
  const gaps: string[] = [];
  const secrets = await deps.timed('secrets', () => scanSecrets(file, text));
  const found = secretFindings(file, text, { secrets, nameOf: deps.nameOf });
  const elsewhere: FindingDraft[] = [];
  const patterns = isCode(file)
    ? await deps.timed('patterns', () => lookAtCode(file, text, { deps, gaps, elsewhere }))
    : [];
  const dependencies = [
    ...(await lookAtLockfile(file, text, { deps, gaps })),
    ...(await lookAtManifest(file, text, deps)),
  ];
  return { findings: [...mostExact(found, patterns), ...dependencies], elsewhere, gaps };
}

const isCode = (file: string): boolean => isScript(file) && !/\.d\.[cm]?ts$/.test(file);

interface Looking {
  readonly deps: LookDeps;
  readonly gaps: string[];
}

interface LookingAtCode extends Looking {
  readonly elsewhere: FindingDraft[];
}

async function lookAtCode(
  file: string,
  text: string,
  { deps, gaps, elsewhere }: LookingAtCode,
): Promise<readonly Finding[]> {
  if (isMinified(text)) {
    gaps.push('insecure patterns: minified or generated code');
    return [];
  }
  const parsed = deps.sources.parse(file, text);
  if (parsed.syntaxError !== null) gaps.push(`insecure patterns, in part: syntax error in ${parsed.syntaxError}`);
  const modules = await modulesFor({ file, text }, deps.modules);
  try {
    const { drafts, isComplete, elsewhere: others } = scanPatterns(parsed, modules);
    elsewhere.push(...others);
    if (!isComplete) gaps.push('insecure patterns, in part: too large to follow to its end');
    return fingerprinted(drafts, text);
  } catch (error) {
    if (!isTooDeep(error)) throw error;
    gaps.push('insecure patterns: nested too deeply to follow');
    return [];
  }
}

async function lookAtLockfile(file: string, text: string, { deps, gaps }: Looking): Promise<readonly Finding[]> {
  const kind = lockfileKind(file);
  if (kind === null) return [];
  const lockfile = parseLockfile(kind, text);
  if (lockfile === null) {
    gaps.push('dependencies: this version of the lockfile format is not known');
    return [];
  }
  const scripts = await installScripts(join(deps.root, dirname(file)), lockfile.packages);
  return deps.timed('dependencies', () =>
    fingerprinted(
      checkDependencies({ file, lockfile, isWhole: deps.isWhole, installScript: (name) => scripts.get(name) ?? null }),
      text,
    ),
  );
}

/** package.json against the lockfile beside it; of several, the first. */
async function lookAtManifest(file: string, text: string, deps: LookDeps): Promise<readonly Finding[]> {
  if (!/(?:^|\/)package\.json$/.test(file)) return [];
  for (const name of LOCKFILE_NAMES) {
    const path = file.replace(/package\.json$/, name);
    const locked = await deps.readOther(path);
    const kind = lockfileKind(path);
    const lockfile = locked !== null && kind !== null ? parseLockfile(kind, locked) : null;
    if (lockfile !== null)
      return deps.timed('dependencies', () => fingerprinted(checkManifest({ file, text, lockfile }), text));
  }
  return [];
}

/** Install scripts of the packages that have one, where node_modules is there. */
async function installScripts(
  folder: string,
  packages: readonly { readonly name: string; readonly hasInstallScript: boolean }[],
): Promise<ReadonlyMap<string, string>> {
  const scripts = new Map<string, string>();
  for (const { name, hasInstallScript } of packages) {
    if (!hasInstallScript) continue;
    const script = await installScriptOf(join(folder, 'node_modules', name, 'package.json'));
    if (script !== null) scripts.set(name, script);
  }
  return scripts;
}

/** Null where the package is not installed, or its manifest cannot be read. */
async function installScriptOf(manifest: string): Promise<string | null> {
  const text = await readFile(manifest, 'utf8').catch(() => null);
  return text === null
    ? null
    : (/"(?:preinstall|install|postinstall)"\s*:\s*"((?:[^"\\]|\\.)+)"/.exec(text)?.[1] ?? null);
}

/** Where two looks see the same thing, the more exact one speaks. */
function mostExact(secrets: readonly Finding[], patterns: readonly Finding[]): readonly Finding[] {
  const sameLine = (a: Finding, b: Finding): boolean =>
    a.range.start.line <= b.range.end.line && b.range.start.line <= a.range.end.line;
  const credentials = patterns.filter((one) => one.rule === 'credential.hard-coded');
  const kept = secrets.filter(
    (secret) => secret.rule !== 'secret.generic' || !credentials.some((one) => sameLine(one, secret)),
  );
  const exact = kept.filter((secret) => secret.confidence === 'certain');
  return [
    ...kept,
    ...patterns.filter((one) => one.rule !== 'credential.hard-coded' || !exact.some((secret) => sameLine(one, secret))),
  ];
}
