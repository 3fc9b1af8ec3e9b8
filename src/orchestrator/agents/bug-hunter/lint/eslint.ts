import { join, relative, resolve } from 'node:path';
import * as z from 'zod';
import { lintRule } from '../../../../contract/rule-names.ts';
import { touches } from '../../../workspace/workspace.ts';
import type { Hunt } from '../hunt-state.ts';
import type { Draft } from '../report.ts';
import type { OwnTool } from './configured.ts';
import { positionsIn, type Positions } from './positions.ts';
import { asPath, inCalls, parseOutput, runTool, type ToolCall } from './tool.ts';

const eslintSchema = z.array(
  z.object({
    filePath: z.string(),
    messages: z.array(
      z.object({
        ruleId: z.string().nullable(),
        fatal: z.boolean().optional(),
        severity: z.number(),
        message: z.string(),
        line: z.number().optional(),
        column: z.number().optional(),
        endLine: z.number().nullish(),
        endColumn: z.number().nullish(),
        fix: z.object({ range: z.tuple([z.number(), z.number()]), text: z.string() }).nullish(),
      }),
    ),
  }),
);
type EslintResult = z.infer<typeof eslintSchema>[number];

/** Files whose base text is linted too, a call each; in more files than that a finding on a changed line counts as new. */
const MAX_BASE_CALLS = 8;
/** The first ESLint that no longer reads .eslintrc files. */
const FLAT_ONLY = 10;

export async function lintWithEslint(hunt: Hunt, own: OwnTool): Promise<void> {
  const { configured, installed } = own;
  const flat = /^eslint\.config\./.test(relative(configured.folder, configured.config));
  const major = Number(installed.version.split('.')[0]);
  if (!flat && major >= FLAT_ONLY) {
    const config = relative(hunt.root, configured.config);
    hunt.notChecked(
      `lint by eslint (${config})`,
      `ESLint ${installed.version} does not read this file any more. Move it to eslint.config.js, or install ESLint 9.`,
    );
    return;
  }
  const call: Omit<ToolCall, 'command'> & { readonly start: readonly string[] } = {
    tool: 'eslint',
    version: installed.version,
    start: [
      hunt.context.node.path,
      installed.entry,
      '--format',
      'json',
      '--no-error-on-unmatched-pattern',
      ...(flat && major >= 9 ? ['--no-warn-ignored'] : []),
    ],
    cwd: configured.folder,
    environment: 'caller',
    ...(major < FLAT_ONLY ? { extraEnv: { ESLINT_USE_FLAT_CONFIG: String(flat) } } : {}),
    good: [0, 1],
  };
  const results: EslintResult[] = [];
  for (const files of inCalls(configured.files)) {
    const command = [...call.start, ...files.map((file) => asPath(relative(configured.folder, join(hunt.root, file))))];
    const said = await lint(hunt, { ...call, command });
    if (said === null) return;
    results.push(...said);
  }
  const baseCalls = { left: MAX_BASE_CALLS };
  for (const result of results) await report(hunt, result, { call, baseCalls });
}

async function lint(hunt: Hunt, call: ToolCall): Promise<readonly EslintResult[] | null> {
  const end = await runTool(hunt, call);
  return end && parseOutput(hunt, { call, end, schema: eslintSchema });
}

async function report(
  hunt: Hunt,
  result: EslintResult,
  {
    call,
    baseCalls,
  }: {
    readonly call: Omit<ToolCall, 'command'> & { readonly start: readonly string[] };
    readonly baseCalls: { left: number };
  },
): Promise<void> {
  const file = relative(hunt.root, resolve(call.cwd, result.filePath));
  const fatal = result.messages.find((message) => message.fatal === true);
  if (fatal) hunt.notChecked(`lint of ${file} by eslint`, fatal.message);
  const drafts = draftsOf(result, (await hunt.context.workspace.read(file)) ?? '').filter(
    ({ range }) => !hunt.report.spokeAbout(file, range.start.line),
  );
  if (drafts.length === 0) return;
  const lines = await hunt.changedLines(file);
  const base = hunt.overlay?.get(join(hunt.root, file)) ?? null;
  const suspect = drafts.some(({ range }) => touches(lines, range.start.line, range.end.line));
  let before: readonly Draft[] = [];
  if (base !== null && suspect && baseCalls.left > 0) {
    baseCalls.left -= 1;
    const path = asPath(relative(call.cwd, join(hunt.root, file)));
    const said = await lint(hunt, {
      ...call,
      command: [...call.start, '--stdin', '--stdin-filename', path],
      stdin: base,
      onCopy: true,
    });
    before = (said ?? []).flatMap((one) => draftsOf(one, base));
  }
  await hunt.report.file(file, { now: drafts, before });
}

/** What the rule itself would write. A very long one, or one at a byte order mark, is left to the tool. */
function editOf(
  fix: EslintResult['messages'][number]['fix'],
  positions: Positions,
): Pick<Draft, 'edit'> | Record<never, never> {
  if (fix == null || fix.range[0] < 0 || fix.text.length > MAX_EDIT) return {};
  return { edit: [{ range: positions.ofUnits(...fix.range), newText: fix.text }] };
}

/** Characters. */
const MAX_EDIT = 10_000;

function draftsOf(result: EslintResult, text: string): readonly Draft[] {
  const positions = positionsIn(text);
  return result.messages.flatMap((message) => {
    if (message.ruleId === null || message.fatal === true || message.line === undefined) return [];
    return [
      {
        rule: lintRule(message.ruleId),
        severity: message.severity === 2 ? ('error' as const) : ('warning' as const),
        confidence: 'certain' as const,
        message: message.message,
        range: positions.ofLines({
          line: message.line,
          column: message.column ?? 1,
          endLine: message.endLine,
          endColumn: message.endColumn,
        }),
        ...editOf(message.fix, positions),
      },
    ];
  });
}
