import { join, relative, resolve } from 'node:path';
import * as z from 'zod';
import type { Hunt } from '../hunt.ts';
import type { Draft } from '../report.ts';
import type { OwnTool } from './own-tools.ts';
import { rangeOfBytes, rangeOfLines } from './positions.ts';
import { inCalls, lintRule, parseOutput, runTool, type ToolCall } from './tool.ts';

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

export async function lintWithBiome(hunt: Hunt, { configured, installed }: OwnTool): Promise<void> {
  const found = new Map<string, Draft[]>();
  for (const files of inCalls(configured.files)) {
    const paths = files.map((file) => relative(configured.folder, join(hunt.root, file)));
    const call: ToolCall = {
      tool: 'biome',
      version: installed.version,
      command: [
        hunt.context.node.path,
        installed.entry,
        'lint',
        '--reporter=json',
        '--max-diagnostics=none',
        '--no-errors-on-unmatched',
        ...paths,
      ],
      cwd: configured.folder,
      environment: 'caller',
      good: [0, 1],
    };
    const end = await runTool(hunt, call);
    const output = end && parseOutput(hunt, { call, end, schema: biomeSchema });
    for (const diagnostic of output?.diagnostics ?? []) {
      const path = diagnostic.location?.path;
      if (path == null) continue;
      const file = relative(hunt.root, resolve(configured.folder, typeof path === 'string' ? path : path.file));
      const draft = toDraft(diagnostic, (await hunt.context.workspace.read(file)) ?? '');
      if (draft && !hunt.report.spokeAbout(file, draft.range.start.line))
        found.set(file, [...(found.get(file) ?? []), draft]);
    }
  }
  for (const [file, now] of found) await hunt.report.file(file, { now, before: [] });
}

function toDraft(diagnostic: BiomeDiagnostic, text: string): Draft | null {
  const { category, location, severity } = diagnostic;
  if (category?.startsWith('lint/') !== true) return null;
  return {
    rule: lintRule(category.slice(category.lastIndexOf('/') + 1)),
    severity: severity === 'error' || severity === 'fatal' ? 'error' : severity === 'warning' ? 'warning' : 'info',
    confidence: 'certain',
    message: textIn(diagnostic),
    range: rangeIn(location, text),
  };
}

function rangeIn(location: BiomeDiagnostic['location'], text: string): Draft['range'] {
  if (location?.span) return rangeOfBytes(text, location.span[0], location.span[1]);
  const { start, end } = location ?? {};
  return rangeOfLines(text, {
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
