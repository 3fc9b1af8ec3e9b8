import { join, relative, resolve } from 'node:path';
import * as z from 'zod';
import { lintRule } from '../../../../contract/rule-names.ts';
import { countWords } from '../../../../contract/words.ts';
import type { ProcessEnd } from '../../../process/processes.ts';
import { otherLanguagesIn } from '../../../workspace/languages.ts';
import type { Hunt } from '../hunt-state.ts';
import type { Draft } from '../report.ts';
import { positionsIn, type Positions } from './positions.ts';
import { asPath, inCalls, parseOutput, runTool, type ToolCall } from './tool.ts';

/** A finding of a tool, with the path as the tool wrote it. */
interface Said {
  readonly path: string;
  readonly draft: (positions: Positions) => Draft;
}

/** A tool for another language, taken from the PATH. */
interface LanguageTool {
  readonly name: string;
  readonly files: RegExp;
  readonly language: string;
  /** For people: what is not checked without it. */
  readonly looksAt: string;
  readonly get: string;
  readonly versionArgs: readonly string[];
  args(files: readonly string[]): readonly string[];
  readonly good: readonly number[];
  environment?(hunt: Hunt): Readonly<Record<string, string>>;
  read(hunt: Hunt, call: ToolCall, answer: Answer): readonly Said[];
}

interface Answer {
  readonly end: ProcessEnd;
  /** Lines of standard error, at most `MAX_LINES`. */
  readonly errorLines: readonly string[];
}

const MAX_LINES = 10_000;

const place = z.object({ row: z.number(), column: z.number() });
const ruffSchema = z.array(
  z.object({
    code: z.string().nullable(),
    message: z.string(),
    filename: z.string(),
    location: place,
    end_location: place,
    url: z.string().nullish(),
  }),
);
const zeroBased = z.object({ line: z.number(), character: z.number() });
const pyrightSchema = z.object({
  generalDiagnostics: z.array(
    z.object({
      file: z.string(),
      severity: z.string(),
      message: z.string(),
      rule: z.string().optional(),
      range: z.object({ start: zeroBased, end: zeroBased }).optional(),
    }),
  ),
});
const clippySchema = z.object({
  reason: z.literal('compiler-message'),
  message: z.object({
    message: z.string(),
    level: z.string(),
    code: z.object({ code: z.string() }).nullable(),
    spans: z.array(
      z.object({
        file_name: z.string(),
        is_primary: z.boolean(),
        line_start: z.number(),
        line_end: z.number(),
        column_start: z.number(),
        column_end: z.number(),
      }),
    ),
  }),
});

const RUFF: LanguageTool = {
  name: 'ruff',
  files: /\.pyi?$/,
  language: 'Python',
  looksAt: 'lint',
  get: 'Install it: pip install ruff.',
  versionArgs: ['--version'],
  args: (files) => ['check', '--no-cache', '--output-format', 'json', ...files],
  good: [0, 1],
  read: (hunt, call, { end }) =>
    (parseOutput(hunt, { call, end, schema: ruffSchema }) ?? []).map((one) => ({
      path: one.filename,
      draft: (positions) => ({
        rule: lintRule(one.code ?? 'syntax'),
        severity: one.code === null || /^(?:E9|F)/.test(one.code) ? 'error' : 'warning',
        confidence: 'certain',
        message: one.message,
        range: positions.ofLines({
          line: one.location.row,
          column: one.location.column,
          endLine: one.end_location.row,
          endColumn: one.end_location.column,
        }),
        ...(one.url == null ? {} : { help: one.url }),
      }),
    })),
};

const PYRIGHT: LanguageTool = {
  name: 'pyright',
  files: /\.pyi?$/,
  language: 'Python',
  looksAt: 'types',
  get: 'Install it: pip install pyright.',
  versionArgs: ['--version'],
  args: (files) => ['--outputjson', ...files],
  good: [0, 1],
  read: (hunt, call, { end }) =>
    (parseOutput(hunt, { call, end, schema: pyrightSchema })?.generalDiagnostics ?? []).map((one) => ({
      path: one.file,
      draft: () => ({
        rule: `types.${one.rule ?? 'error'}`,
        severity: one.severity === 'error' ? 'error' : one.severity === 'warning' ? 'warning' : 'info',
        confidence: 'certain',
        message: one.message,
        range: one.range ?? { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
      }),
    })),
};

const VET_LINE = /^(?:vet: )?(.+\.go):(\d+)(?::(\d+))?: (.+)$/;

const GO_VET: LanguageTool = {
  name: 'go',
  files: /\.go$/,
  language: 'Go',
  looksAt: 'vet',
  get: 'Install Go, which brings go vet: https://go.dev/dl.',
  versionArgs: ['version'],
  args: (files) => [
    'vet',
    ...new Set(files.map((file) => `./${file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.'}`)),
  ],
  good: [0, 1],
  read: (_hunt, _call, { errorLines }) =>
    errorLines.flatMap((line) => {
      const [, path, row, column, message] = VET_LINE.exec(line) ?? [];
      if (path === undefined || message === undefined) return [];
      return [
        {
          path,
          draft: (positions) => ({
            rule: 'lint.go-vet',
            severity: 'warning',
            confidence: 'certain',
            message,
            range: positions.ofLines({ line: Number(row), column: Number(column ?? 1) }),
          }),
        },
      ];
    }),
};

const CLIPPY: LanguageTool = {
  name: 'cargo',
  files: /\.rs$/,
  language: 'Rust',
  looksAt: 'lint',
  get: 'Install Rust with clippy: https://rustup.rs.',
  versionArgs: ['clippy', '--version'],
  args: () => ['clippy', '--offline', '--message-format', 'json', '--quiet'],
  good: [0, 101],
  // Build output goes to the state folder: the repository stays as it is.
  environment: (hunt) => ({ CARGO_TARGET_DIR: join(hunt.request.stateDir, 'agents', 'bug-hunter', 'cargo') }),
  read: (_hunt, _call, { end }) => end.stdout.split('\n').flatMap(clippyLine),
};

const TOOLS: readonly LanguageTool[] = [RUFF, PYRIGHT, GO_VET, CLIPPY];

/** Looks at Python, Go and Rust with what is installed, and says which others it does not know. Returns how many tools looked. */
export async function huntOtherLanguages(hunt: Hunt): Promise<number> {
  let looked = 0;
  for (const tool of TOOLS) {
    const files = hunt.files.filter((file) => tool.files.test(file));
    if (files.length === 0) continue;
    hunt.context.signal.throwIfAborted();
    const version = await versionOf(hunt, tool);
    if (version === null) {
      hunt.notChecked(
        `${tool.looksAt} of ${countWords(files.length, `${tool.language} file`)}`,
        `${tool.name} is not installed. ${tool.get}`,
      );
      continue;
    }
    hunt.progress(`lint: ${tool.name}`);
    let answered = false;
    for (const some of inCalls(files)) if (await runLanguageTool(hunt, { tool, version, files: some })) answered = true;
    if (answered) looked += 1;
  }
  const unknown = hunt.files.filter((file) => !TOOLS.some((tool) => tool.files.test(file)));
  for (const [language, count] of otherLanguagesIn(unknown))
    hunt.notChecked(countWords(count, `${language} file`), 'the bug hunter does not look into them yet');
  return looked;
}

async function versionOf(hunt: Hunt, tool: LanguageTool): Promise<string | null> {
  const end = await hunt.context.processes.run({
    argv: [tool.name, ...tool.versionArgs],
    cwd: hunt.root,
    environment: 'caller',
    signal: hunt.context.signal,
    keepStdoutBytes: 1000,
  });
  return end.how === 'exit' && end.exitCode === 0 ? (/\d+\.\d+[\w.-]*/.exec(end.stdout)?.[0] ?? '') : null;
}

/** False where it gave no answer: that is not checked, or a broken tool. */
async function runLanguageTool(
  hunt: Hunt,
  { tool, version, files }: { tool: LanguageTool; version: string; files: readonly string[] },
): Promise<boolean> {
  const errorLines: string[] = [];
  const call: ToolCall = {
    tool: tool.name === 'go' ? 'go vet' : tool.name === 'cargo' ? 'cargo clippy' : tool.name,
    version,
    command: [tool.name, ...tool.args(files.map(asPath))],
    cwd: hunt.root,
    environment: 'caller',
    ...(tool.environment ? { extraEnv: tool.environment(hunt) } : {}),
    good: tool.good,
    onLine: (line, stream) => {
      if (stream === 'stderr' && errorLines.length < MAX_LINES) errorLines.push(line);
    },
  };
  const end = await runTool(hunt, call);
  if (!end) return false;
  const all = tool.read(hunt, call, { end, errorLines });
  if (end.exitCode !== 0 && all.length === 0) {
    const why = end.lastLines.find((line) => /error|cannot|could not|no /i.test(line)) ?? end.lastLines.at(-1);
    hunt.notChecked(
      `${tool.looksAt} of ${countWords(files.length, `${tool.language} file`)}`,
      `${call.tool} could not look: ${why ?? `exit code ${String(end.exitCode)}`}`,
    );
    return false;
  }
  const inScope = new Set(files);
  const byFile = Map.groupBy(all, ({ path }) => relative(hunt.root, resolve(hunt.root, path)));
  for (const [file, said] of byFile) {
    if (!inScope.has(file)) continue;
    const positions = positionsIn((await hunt.context.workspace.read(file)) ?? '');
    await hunt.report.file(file, { now: said.map(({ draft }) => draft(positions)), before: [] });
  }
  return true;
}

function clippyLine(line: string): readonly Said[] {
  if (!line.startsWith('{"reason":"compiler-message"')) return [];
  const parsed = clippySchema.safeParse(JSON.parse(line));
  const span = parsed.data?.message.spans.find((one) => one.is_primary);
  if (!parsed.success || !span) return [];
  const { message, level, code } = parsed.data.message;
  return [
    {
      path: span.file_name,
      draft: (positions) => ({
        rule: lintRule(code?.code ?? 'rustc'),
        severity: level === 'error' ? 'error' : 'warning',
        confidence: 'certain',
        message,
        range: positions.ofLines({
          line: span.line_start,
          column: span.column_start,
          endLine: span.line_end,
          endColumn: span.column_end,
        }),
      }),
    },
  ];
}
