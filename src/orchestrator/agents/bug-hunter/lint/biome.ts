import { join, relative, resolve } from 'node:path';
import * as z from 'zod';
import { biomeRule } from '../../../../contract/rule-names.ts';
import { touches } from '../../../workspace/workspace.ts';
import type { Hunt } from '../hunt-state.ts';
import type { Draft } from '../report.ts';
import { withEdits } from './fixed-text.ts';
import type { OwnTool } from './configured.ts';
import { byteOrderMark, positionsIn, type Positions } from './positions.ts';
import { asPath, inCalls, parseOutput, runTool, type ToolCall } from './tool.ts';

const point = z.object({ line: z.number(), column: z.number() });
/** Biome 1 gives byte spans and an object for the path, Biome 2 from 2.4 on lines and a string. */
const biomeSchema = z.object({
  diagnostics: z.array(
    z.object({
      category: z.string().nullish(),
      severity: z.string(),
      description: z.string().optional(),
      message: z.union([z.string(), z.array(z.object({ content: z.string() }))]).optional(),
      location: z
        .object({
          path: z.union([z.string(), z.object({ file: z.string() })]).nullish(),
          span: z.tuple([z.number(), z.number()]).nullish(),
          start: point.nullish(),
          end: point.nullish(),
        })
        .nullish(),
    }),
  ),
});
type BiomeDiagnostic = z.infer<typeof biomeSchema>['diagnostics'][number];

/** Files whose fixes are asked for, a call each. */
const MAX_FIX_CALLS = 8;

export async function lintWithBiome(hunt: Hunt, { configured, installed }: OwnTool): Promise<void> {
  const fixCalls = { left: MAX_FIX_CALLS };
  const start = [hunt.context.node.path, installed.entry, 'lint'];
  const common = {
    tool: 'biome',
    version: installed.version,
    cwd: configured.folder,
    environment: 'caller' as const,
    good: [0, 1],
  };
  for (const files of inCalls(configured.files)) {
    const paths = files.map((file) => asPath(relative(configured.folder, join(hunt.root, file))));
    const options = ['--reporter=json', '--max-diagnostics=none', '--no-errors-on-unmatched'];
    const call: ToolCall = { ...common, command: [...start, ...options, ...paths] };
    const end = await runTool(hunt, call);
    const output = end && parseOutput(hunt, { call, end, schema: biomeSchema });
    const byFile = Map.groupBy(output?.diagnostics ?? [], ({ location }) => {
      const path = location?.path;
      if (path == null) return null;
      return relative(hunt.root, resolve(configured.folder, typeof path === 'string' ? path : path.file));
    });
    for (const [file, diagnostics] of byFile) {
      const text = file === null ? null : await hunt.context.workspace.read(file);
      if (file === null || text === null) continue;
      const positions = positionsIn(text, byteOrderMark(join(hunt.root, file)));
      const drafts = diagnostics.flatMap((one) => toDraft(one, positions));
      const fixed = await fixedText(hunt, { file, text, drafts, call: { ...common, command: start }, fixCalls });
      const now = (fixed === null ? drafts : withEdits(drafts, text, fixed)).filter(
        ({ range }) => !hunt.report.spokeAbout(file, range.start.line),
      );
      await hunt.report.file(file, { now, before: [] });
    }
  }
}

/** What Biome would write: not every version tells its edits. Only fixes that it counts as safe, and where a changed line has a finding. */
async function fixedText(
  hunt: Hunt,
  input: {
    readonly file: string;
    readonly text: string;
    readonly drafts: readonly Draft[];
    readonly call: ToolCall;
    readonly fixCalls: { left: number };
  },
): Promise<string | null> {
  const { file, text, drafts, call, fixCalls } = input;
  const lines = await hunt.changedLines(file);
  const isSuspect = drafts.some(({ range }) => touches(lines, range.start.line, range.end.line));
  if (hunt.overlay === null || !isSuspect || fixCalls.left === 0) return null;
  fixCalls.left -= 1;
  const path = relative(call.cwd, join(hunt.root, file));
  const command = [...call.command, '--write', `--stdin-file-path=${path}`];
  const end = await runTool(hunt, { ...call, command, stdin: text, onCopy: true });
  return end === null || end.stdout === '' ? null : end.stdout;
}

function toDraft(diagnostic: BiomeDiagnostic, positions: Positions): readonly Draft[] {
  const { category, location, severity } = diagnostic;
  if (category?.startsWith('lint/') !== true) return [];
  return [
    {
      rule: biomeRule(category),
      severity: severity === 'error' || severity === 'fatal' ? 'error' : severity === 'warning' ? 'warning' : 'info',
      confidence: 'certain',
      message: textIn(diagnostic),
      range: rangeIn(location, positions),
    },
  ];
}

function rangeIn(location: BiomeDiagnostic['location'], positions: Positions): Draft['range'] {
  if (location?.span) return positions.ofBytes(location.span[0], location.span[1]);
  const { start, end } = location ?? {};
  return positions.ofLines({
    line: start?.line ?? 1,
    column: start?.column ?? 1,
    endLine: end?.line,
    endColumn: end?.column,
  });
}

function textIn({ description, message }: BiomeDiagnostic): string {
  if (description !== undefined) return description;
  return typeof message === 'string' ? message : (message ?? []).map(({ content }) => content).join('');
}
