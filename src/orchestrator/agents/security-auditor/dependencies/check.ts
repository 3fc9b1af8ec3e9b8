import type { Severity } from '../../../../contract/severities.ts';
import type { FindingDraft } from '../../../workspace/fingerprint.ts';
import { AGENT_ID } from '../patterns/scan.ts';
import type { LockedPackage, Lockfile } from './lockfile.ts';
import { lookalikeOf } from './well-known.ts';

export interface DependencyInput {
  /** The lockfile's path. */
  readonly file: string;
  readonly lockfile: Lockfile;
  /** Everything is asked for, not only what is new: usual things are told once for the whole file. */
  readonly isWhole: boolean;
  /** Text of a package's install scripts where node_modules is there; null where it is not. */
  readonly installScript: (name: string) => string | null;
}

interface Remark {
  readonly rule: string;
  readonly severity: Severity;
  readonly confidence: 'certain' | 'possible';
  readonly message: string;
}

const REGISTRIES = /^https:\/\/(?:registry\.npmjs\.org|registry\.yarnpkg\.com|registry\.npmmirror\.com)\//;
const SCRIPT_SHOWN = 120;

/** What is remarkable about the packages of a lockfile. Pure but for the reader of install scripts. */
export function checkDependencies(input: DependencyInput): readonly FindingDraft[] {
  const { file, lockfile, isWhole } = input;
  const home = usualHost(lockfile);
  const single = lockfile.packages.flatMap((one) =>
    remarks(one, { input, home }).map((remark) => draftOf(file, one, remark)),
  );
  if (!isWhole) return single;
  return [
    ...single.filter(({ rule }) => !USUAL.has(rule)),
    ...summed(input, {
      rule: 'dependency.deprecated',
      what: 'Deprecated packages',
      has: (one) => one.deprecated !== null,
    }),
    ...summed(input, {
      rule: 'dependency.install-script',
      what: 'Packages that run a script when installed',
      has: (one) => one.hasInstallScript,
    }),
  ];
}

/** In a whole lockfile these say little one by one; a look-alike that is long in use is no typing error. */
const USUAL: ReadonlySet<string> = new Set([
  'dependency.deprecated',
  'dependency.install-script',
  'dependency.typosquat',
  'dependency.alias',
]);
const NAMES_SHOWN = 8;

interface Summed {
  readonly rule: string;
  readonly what: string;
  readonly has: (one: LockedPackage) => boolean;
}

function summed({ file, lockfile }: DependencyInput, { rule, what, has }: Summed): readonly FindingDraft[] {
  const names = [...new Set(lockfile.packages.filter(has).map((one) => one.name))];
  if (names.length === 0) return [];
  const more = names.length > NAMES_SHOWN ? ` and ${String(names.length - NAMES_SHOWN)} more` : '';
  const message = `${what}: ${names.slice(0, NAMES_SHOWN).join(', ')}${more}.`;
  const start = { line: 0, character: 0 };
  return [
    {
      agent: AGENT_ID,
      rule,
      severity: 'info',
      confidence: 'certain',
      message,
      file,
      range: { start, end: start },
    },
  ];
}

interface Around {
  readonly input: DependencyInput;
  /** The host most packages come from: a company's own registry is no foreign host. */
  readonly home: string | null;
}

function remarks(one: LockedPackage, { input, home }: Around): readonly Remark[] {
  const title = `${one.name}@${one.version}`;
  const found: Remark[] = [];
  const lookalike = lookalikeOf(one.name);
  if (lookalike)
    found.push({
      rule: 'dependency.typosquat',
      severity: 'warning',
      confidence: 'possible',
      message: `${one.name} is one letter away from ${lookalike}. Check that you meant it: such names are registered to catch typing errors.`,
    });
  if (one.alias)
    found.push({
      rule: 'dependency.alias',
      severity: 'info',
      confidence: 'certain',
      message: `${one.alias} is really ${title}. Check that the other name is meant.`,
    });
  if (one.deprecated)
    found.push({
      rule: 'dependency.deprecated',
      severity: 'info',
      confidence: 'certain',
      message: `${title} is deprecated: ${one.deprecated.slice(0, 200)}`,
    });
  if (one.hasInstallScript) found.push(installRemark(title, input.installScript(one.name)));
  return [...found, ...sourceRemarks(one, home)];
}

function installRemark(title: string, script: string | null): Remark {
  const text = script === null ? '' : `: \`${script.slice(0, SCRIPT_SHOWN)}\``;
  const isAlarming =
    script !== null && /curl|wget|https?:|base64|eval|\bnode -e|powershell|\/dev\/tcp|\$\(|nc\s+-/i.test(script);
  return {
    rule: 'dependency.install-script',
    severity: isAlarming ? 'warning' : 'info',
    confidence: isAlarming ? 'possible' : 'certain',
    message: `${title} runs a script when it is installed${text}. Look at it, or install with --ignore-scripts.`,
  };
}

function sourceRemarks(
  { name, version, resolved, hasIntegrity }: LockedPackage,
  home: string | null,
): readonly Remark[] {
  const title = `${name}@${version}`;
  if (resolved === null) return hasIntegrity ? [] : [missingIntegrity(title)];
  if (/^(?:file:|link:|\.{0,2}\/)/.test(resolved)) return [];
  if (/^http:/.test(resolved))
    return [
      {
        rule: 'dependency.plain-http',
        severity: 'error',
        confidence: 'certain',
        message: `${title} is fetched over plain HTTP, so anybody on the way can replace it. Use https.`,
      },
    ];
  if (/^(?:git|ssh)|^github:|\.git(?:#|$)|codeload\.github\.com/.test(resolved)) {
    const isPinned = /[0-9a-f]{40}/.test(resolved);
    return [
      {
        rule: 'dependency.git-source',
        severity: isPinned ? 'info' : 'warning',
        confidence: 'certain',
        message: `${title} comes from a git repository instead of the registry${isPinned ? '' : ', and no commit is pinned'}. Registry checks do not cover it.`,
      },
    ];
  }
  const host = hostOf(resolved);
  const found: Remark[] = [];
  if (!REGISTRIES.test(resolved) && host !== home)
    found.push({
      rule: 'dependency.foreign-host',
      severity: 'warning',
      confidence: 'certain',
      message: `${title} is fetched from ${host}, unlike the others. Check that this host is meant.`,
    });
  if (!hasIntegrity) found.push(missingIntegrity(title));
  return found;
}

const missingIntegrity = (title: string): Remark => ({
  rule: 'dependency.no-integrity',
  severity: 'warning',
  confidence: 'certain',
  message: `${title} has no integrity hash, so a changed package would not be noticed. Let the package manager write the lockfile again.`,
});

function hostOf(address: string): string {
  return /^[a-z+]+:\/\/(?:[^@/]*@)?([^/:]+)/i.exec(address)?.[1] ?? address.slice(0, 60);
}

function usualHost({ packages }: Lockfile): string | null {
  const counts = new Map<string, number>();
  for (const { resolved } of packages)
    if (resolved?.startsWith('https:')) counts.set(hostOf(resolved), (counts.get(hostOf(resolved)) ?? 0) + 1);
  const [most] = [...counts].toSorted((a, b) => b[1] - a[1]);
  return most && most[1] * 2 > packages.length ? most[0] : null;
}

function draftOf(file: string, { startLine, endLine }: LockedPackage, remark: Remark): FindingDraft {
  return {
    agent: AGENT_ID,
    ...remark,
    file,
    range: { start: { line: startLine, character: 0 }, end: { line: endLine, character: 0 } },
  };
}

export interface ManifestInput {
  /** Path of a package.json, and its text. */
  readonly file: string;
  readonly text: string;
  /** The lockfile beside it. */
  readonly lockfile: Lockfile;
}

/** What package.json asks for and the lockfile does not know: an install would take something else than was tested. */
export function checkManifest({ file, text, lockfile }: ManifestInput): readonly FindingDraft[] {
  const { asked } = lockfile;
  if (asked === null) return [];
  const lines = text.split('\n');
  return askedByManifest(text).flatMap(({ name, range }): readonly FindingDraft[] => {
    if (asked.has(`${name}@${range}`)) return [];
    const line = Math.max(
      0,
      lines.findIndex((one) => one.includes(`"${name}"`) && one.includes(`"${range}"`)),
    );
    return [
      {
        agent: AGENT_ID,
        rule: 'dependency.drift',
        severity: 'warning',
        confidence: 'certain',
        message: `The lockfile does not have ${name}@${range}, so an install takes a version that nobody has tried here. Run the package manager's install and commit the lockfile.`,
        file,
        range: { start: { line, character: 0 }, end: { line, character: lines[line]?.length ?? 0 } },
      },
    ];
  });
}

const NOT_LOCKED = /^(?:workspace:|link:|file:|portal:|catalog:|npm:|patch:|git|https?:|github:|\w+\/)|^\*$/;

function askedByManifest(manifest: string): readonly { readonly name: string; readonly range: string }[] {
  const parsed = parsedObject(manifest);
  return ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((field) =>
    Object.entries(objectOf(parsed[field])).flatMap(([name, range]) =>
      typeof range === 'string' && !NOT_LOCKED.test(range) ? [{ name, range }] : [],
    ),
  );
}

/** A manifest that does not parse asks for nothing here: the package manager will say so louder. */
function parsedObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
