import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { lintRule, oxlintRule } from '../../../../contract/rule-names.ts';
import { findOwnOxlint, NO_NATIVE_PARTS } from '../../../workspace/native-parts.ts';
import { touches } from '../../../workspace/workspace.ts';
import type { Hunt } from '../hunt-state.ts';
import type { Draft } from '../report.ts';
import { withEdits } from './fixed-text.ts';
import { OXLINT_ERRORS, OXLINT_FIXED, OXLINT_WARNINGS } from './oxlint-rules.ts';
import { byteOrderMark, positionsIn, type Positions } from './positions.ts';
import { asPath, inCalls, parseOutput, runTool, type ToolCall } from './tool.ts';

export const oxlintSchema = z.object({
  diagnostics: z.array(
    z.object({
      message: z.string(),
      code: z.string().optional(),
      severity: z.string(),
      url: z.string().optional(),
      help: z.string().optional(),
      filename: z.string(),
      labels: z.array(z.object({ span: z.object({ offset: z.number(), length: z.number() }) })),
    }),
  ),
});
type OxlintDiagnostic = z.infer<typeof oxlintSchema>['diagnostics'][number];

/** How one oxlint is called: ours with our rules, or the workspace's with its own. */
export interface Oxlint {
  readonly tool: string;
  readonly version: string;
  /** argv up to the files, without `-c`. */
  readonly command: readonly string[];
  readonly config: string;
  readonly environment: ToolCall['environment'];
  /** Our rules overlap: of several about one line, the one that stands first in our list is said. */
  readonly oneALine: boolean;
  /** Rules that have a fix; null: not known. A fixing run costs what a run costs, so it should have something to do. */
  readonly fixed: ReadonlySet<string> | null;
}

/** The linter that ships with Savepoint, with a list of rules about wrong code. */
export async function lintWithOxlint(hunt: Hunt, scripts: readonly string[], skip: ReadonlySet<string>): Promise<void> {
  const files = scripts.filter((file) => !skip.has(file) && !hunt.packed.has(file));
  if (files.length === 0) return;
  const own = findOwnOxlint();
  if (own === null) return hunt.notChecked('lint', NO_NATIVE_PARTS);
  hunt.progress('lint: oxlint');
  const folder = join(hunt.request.stateDir, 'agents', 'bug-hunter');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const config = join(folder, 'oxlintrc.json');
  await writeFile(config, JSON.stringify(ourConfig(), null, 1));
  const command = [hunt.context.node.path, own.entry, '--disable-nested-config'];
  await runOxlint(hunt, files, {
    tool: 'built in: oxlint',
    version: own.version,
    command,
    config,
    environment: 'tool',
    oneALine: true,
    fixed: new Set(OXLINT_FIXED.map(lintRule)),
  });
}

function ourConfig(): object {
  const off = Object.fromEntries(
    ['correctness', 'suspicious', 'pedantic', 'perf', 'style', 'restriction', 'nursery'].map((name) => [name, 'off']),
  );
  const rules = [
    ...OXLINT_ERRORS.map((rule) => [rule, 'error'] as const),
    ...OXLINT_WARNINGS.map((rule) => [rule, 'warn'] as const),
  ];
  return { plugins: ['oxc', 'typescript', 'unicorn'], categories: off, rules: Object.fromEntries(rules) };
}

/** Lints the files, and the base's text of those with findings on changed lines, so that only new ones are said. */
export async function runOxlint(hunt: Hunt, files: readonly string[], oxlint: Oxlint): Promise<void> {
  const now = await diagnose(hunt, { oxlint, cwd: hunt.root, files });
  const suspects: string[] = [];
  const fixable: string[] = [];
  for (const [file, drafts] of now) {
    const lines = await hunt.changedLines(file);
    const onLines = drafts.filter(({ range }) => touches(lines, range.start.line, range.end.line));
    if (hunt.overlay === null || onLines.length === 0) continue;
    suspects.push(file);
    if (onLines.some(({ rule }) => oxlint.fixed?.has(rule) ?? true)) fixable.push(file);
  }
  const [before, fixed] = await Promise.all([diagnoseBase(hunt, suspects, oxlint), fixedTexts(hunt, fixable, oxlint)]);
  for (const [file, drafts] of now) {
    const texts = fixed.get(file);
    const told = texts ? withEdits(drafts, texts.text, texts.fixed) : drafts;
    const unsaid = told.filter(({ range }) => !hunt.report.spokeAbout(file, range.start.line));
    const said = oxlint.oneALine ? firstOfEachLine(unsaid) : unsaid;
    await hunt.report.file(file, { now: said, before: before.get(file) ?? [] });
  }
}

function firstOfEachLine(drafts: readonly Draft[]): readonly Draft[] {
  const order = [...OXLINT_ERRORS, ...OXLINT_WARNINGS].map(lintRule);
  const lines = new Map<number, Draft>();
  for (const draft of drafts.toSorted((a, b) => order.indexOf(a.rule) - order.indexOf(b.rule))) {
    if (!lines.has(draft.range.start.line)) lines.set(draft.range.start.line, draft);
  }
  return [...lines.values()];
}

async function diagnoseBase(
  hunt: Hunt,
  files: readonly string[],
  oxlint: Oxlint,
): Promise<ReadonlyMap<string, readonly Draft[]>> {
  const texts = new Map<string, string>();
  for (const file of files) {
    const text = hunt.overlay?.get(join(hunt.root, file)) ?? null;
    if (text !== null) texts.set(file, text);
  }
  if (texts.size === 0) return new Map();
  return inCopy(hunt, texts, (folder) => diagnose(hunt, { oxlint, cwd: folder, files: [...texts.keys()] }));
}

/** What oxlint would write: it tells no edits, so it fixes a copy. Only fixes that it counts as safe. */
async function fixedTexts(
  hunt: Hunt,
  files: readonly string[],
  oxlint: Oxlint,
): Promise<ReadonlyMap<string, { readonly text: string; readonly fixed: string }>> {
  const texts = new Map<string, string>();
  for (const file of files) {
    const text = await hunt.context.workspace.read(file);
    if (text !== null) texts.set(file, text);
  }
  if (texts.size === 0) return new Map();
  return inCopy(hunt, texts, async (folder) => {
    for (const some of inCalls([...texts.keys()])) {
      const command = [...oxlint.command, '--fix', '--silent', '-c', oxlint.config, ...some.map(asPath)];
      const { tool, version, environment } = oxlint;
      await runTool(hunt, { tool, version, command, cwd: folder, environment, good: [0, 1], onCopy: true });
    }
    const fixed = new Map<string, { readonly text: string; readonly fixed: string }>();
    for (const [file, text] of texts) fixed.set(file, { text, fixed: await readFile(join(folder, file), 'utf8') });
    return fixed;
  });
}

/** Writes the texts into a folder of their own, which goes with the work. */
async function inCopy<T>(
  hunt: Hunt,
  texts: ReadonlyMap<string, string>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const agents = join(hunt.request.stateDir, 'agents');
  await mkdir(agents, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(agents, 'bug-hunter-copy-'));
  try {
    for (const [file, text] of texts) {
      const path = join(folder, file);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function diagnose(
  hunt: Hunt,
  { oxlint, cwd, files }: { readonly oxlint: Oxlint; readonly cwd: string; readonly files: readonly string[] },
): Promise<ReadonlyMap<string, readonly Draft[]>> {
  const found = new Map<string, readonly Draft[]>();
  for (const some of inCalls(files)) {
    const isBase = cwd !== hunt.root;
    const command = [...oxlint.command, '--format', 'json', '-c', oxlint.config, ...some.map(asPath)];
    const call: ToolCall = {
      tool: oxlint.tool,
      version: oxlint.version,
      command,
      cwd,
      environment: oxlint.environment,
      good: [0, 1],
      ...(isBase ? { onCopy: true } : {}),
    };
    const end = await runTool(hunt, call);
    const output = end && parseOutput(hunt, { call, end, schema: oxlintSchema });
    const asked = new Map(some.map((file) => [resolve(cwd, file), file]));
    const byFile = Map.groupBy(output?.diagnostics ?? [], (one) => asked.get(resolve(cwd, one.filename)));
    for (const [file, diagnostics] of byFile) {
      if (file === undefined) continue;
      const text = isBase ? hunt.overlay?.get(join(hunt.root, file)) : await hunt.context.workspace.read(file);
      if (text == null) continue;
      const positions = positionsIn(text, isBase ? 0 : byteOrderMark(join(cwd, file)));
      found.set(
        file,
        diagnostics.flatMap((one) => toDraft(one, positions)),
      );
    }
  }
  return found;
}

function toDraft(diagnostic: OxlintDiagnostic, positions: Positions): readonly Draft[] {
  if (diagnostic.code === undefined) return [];
  // Of several places the later one is at fault: the earlier says what it repeats or breaks.
  const spans = diagnostic.labels.map((label) => label.span).sort((a, b) => a.offset - b.offset);
  const span = spans.at(-1) ?? { offset: 0, length: 0 };
  const sentence = diagnostic.message.replace(/\.?$/, '.');
  return [
    {
      rule: oxlintRule(diagnostic.code),
      severity: diagnostic.severity === 'error' ? 'error' : 'warning',
      confidence: 'certain',
      message: diagnostic.help === undefined ? sentence : `${sentence} ${diagnostic.help.replace(/\.?$/, '.')}`,
      range: positions.ofBytes(span.offset, span.offset + span.length),
      ...(diagnostic.url === undefined ? {} : { help: diagnostic.url }),
    },
  ];
}
