import { dirname, resolve } from 'node:path';
import type { AgentContext } from '../../agent.ts';
import type { ProcessEnd } from '../../../process/processes.ts';
import type { NativeCompiler } from './compiler.ts';
import type { TypeError } from './errors.ts';

/** What the workspace's own command-line compiler said about a project. */
export interface NativeAnswer {
  readonly errors: readonly TypeError[];
  readonly command: readonly string[];
  readonly end: ProcessEnd;
}

const LINE = /^(.+?)\((\d+),(\d+)\): error TS(\d+): (.*)$/;
/** tsc: 0 no errors, 1 and 2 errors. */
const ANSWERS: readonly (number | null)[] = [0, 1, 2];

/** Runs `tsc --noEmit` of TypeScript 7 or later; it looks at the whole project. */
export async function runNative(
  native: NativeCompiler,
  config: string,
  context: Pick<AgentContext, 'processes' | 'node' | 'signal'>,
): Promise<NativeAnswer> {
  const command = [context.node.path, native.entry, '--noEmit', '--pretty', 'false', '-p', config];
  const errors: TypeError[] = [];
  const cwd = dirname(config);
  const end = await context.processes.run({
    argv: command,
    cwd,
    environment: 'tool',
    signal: context.signal,
    onLine(line) {
      const match = LINE.exec(line);
      if (!match) return;
      const [, file = '', row = '1', column = '1', code = '0', text = ''] = match;
      const start = { line: Number(row) - 1, character: Number(column) - 1 };
      errors.push({ file: resolve(cwd, file), code: Number(code), head: text, text, range: { start, end: start } });
    },
  });
  return { errors, command, end };
}

export function isAnswer(end: ProcessEnd): boolean {
  return end.how === 'exit' && ANSWERS.includes(end.exitCode);
}

/** Errors that the workspace's compiler sees too: the same code in the same place. */
export function confirmed(errors: readonly TypeError[], native: readonly TypeError[]): readonly TypeError[] {
  const seen = new Set(native.map(placeOf));
  return errors.filter((error) => seen.has(placeOf(error)));
}

function placeOf({ file, code, range }: TypeError): string {
  return `${file}:${String(range.start.line)} ${String(code)}`;
}
