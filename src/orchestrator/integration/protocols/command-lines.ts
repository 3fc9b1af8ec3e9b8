import * as z from 'zod';
import { reportedFindingSchema, testCaseSchema, type TestCase } from '../../../contract/findings.ts';
import { jsonSchema, type Json } from '../../../contract/json.ts';

const progressSchema = z.object({ message: z.string(), fraction: z.number().min(0).max(1).optional() });
const resultSchema = z.object({ data: jsonSchema });

export type ReportedFinding = z.infer<typeof reportedFindingSchema>;

/** One line of a command's standard output, understood. */
export type CommandLine =
  | { readonly kind: 'progress'; readonly message: string; readonly fraction?: number | undefined }
  | { readonly kind: 'finding'; readonly finding: ReportedFinding }
  | { readonly kind: 'test'; readonly test: TestCase }
  | { readonly kind: 'result'; readonly data: Json }
  /** Just text. `unfit`: it looks like one of the above and is not: which, and why. */
  | { readonly kind: 'text'; readonly unfit?: { readonly kind: string; readonly why: string } };

/** Pure. Files outside the workspace make a line text. */
export function readCommandLine(line: string, workspace: string): CommandLine {
  const value = parseObject(line);
  if (value === null) return { kind: 'text' };
  switch (value['kind']) {
    case 'progress':
      return fitted('progress', progressSchema.safeParse(value), (data) => ({ kind: 'progress', ...data }));
    case 'result':
      return fitted('result', resultSchema.safeParse(value), ({ data }) => ({ kind: 'result', data }));
    case 'finding':
      return fitted('finding', reportedFindingSchema.safeParse(value), (data) => {
        const file = insideWorkspace(data.file, workspace);
        return file === null ? outside('finding', data.file) : { kind: 'finding', finding: { ...data, file } };
      });
    case 'test':
      return fitted('test', testCaseSchema.safeParse(value), (data) => {
        const file = insideWorkspace(data.file, workspace);
        return file === null ? outside('test', data.file) : { kind: 'test', test: { ...data, file } };
      });
    default:
      return { kind: 'text' };
  }
}

function parseObject(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null; // Text that begins with a brace.
  }
}

function fitted<T>(kind: string, parsed: z.ZodSafeParseResult<T>, make: (data: T) => CommandLine): CommandLine {
  if (parsed.success) return make(parsed.data);
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  return {
    kind: 'text',
    unfit: { kind, why: `${where === '' ? '' : `"${where}": `}${issue?.message ?? 'it does not fit'}` },
  };
}

function outside(kind: string, file: string): CommandLine {
  return { kind: 'text', unfit: { kind, why: `the file ${file} is outside the workspace` } };
}

/** The path relative to the workspace with `/`, or null when it is not in it. Looks at names only. */
export function insideWorkspace(file: string, workspace: string): string | null {
  const relative = file.startsWith(`${workspace}/`) ? file.slice(workspace.length + 1) : file;
  if (relative.startsWith('/') || /^[a-z]:[\\/]/i.test(relative)) return null;
  const parts: string[] = [];
  for (const part of relative.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.length === 0 ? null : parts.join('/');
}
