import { spawnSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { eventually } from './eventually.ts';
import type { CliOptions, CliResult, Rig } from './rig.ts';

export interface TerminalRun {
  readonly pid: number;
  /** Everything shown so far, control sequences included. */
  readonly raw: () => string;
  /** Resolves when what is shown, without control sequences, fits. */
  shows(pattern: RegExp): Promise<void>;
  type(text: string): void;
  readonly done: Promise<CliResult>;
}

const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/**
 * Runs the command line on a terminal of its own (util-linux `script`); both outputs are one there. Null, with the reason on
 * standard error, where there is no such program.
 */
export function onTerminal(
  rig: Rig,
  args: readonly string[],
  { columns = 100, ...options }: CliOptions & { readonly columns?: number } = {},
): TerminalRun | null {
  if (!/util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '')) {
    process.stderr.write('skipped: no terminal can be made, util-linux `script` is missing\n');
    return null;
  }
  const cli = rig.start(args, {
    json: false,
    ...options,
    env: { TERM: 'xterm-256color', ...options.env },
    under: (command) => [
      'script',
      '--quiet',
      '--return',
      '--command',
      `stty cols ${columns} rows 40; exec ${command.map(quoted).join(' ')}`,
      '/dev/null',
    ],
  });
  const raw = (): string => cli.soFar().stdout;
  return {
    pid: cli.pid,
    raw,
    async shows(pattern) {
      await eventually(
        `the terminal shows ${pattern}`,
        () => pattern.test(stripVTControlCharacters(raw()).replaceAll('\r', '')),
        20_000,
      ).catch((error: unknown) => {
        throw new Error(`it shows:\n${raw()}`, { cause: error });
      });
    },
    type: (text) => cli.type(text),
    done: cli.done,
  };
}
