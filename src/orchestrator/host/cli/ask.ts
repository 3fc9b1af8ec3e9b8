import { createInterface } from 'node:readline/promises';
import type { Choice } from '../../commands/handler.ts';
import { printable } from './terminal.ts';

/** Asks on the terminal, by number. Null when the person leaves it (an empty line, Ctrl+D, Ctrl+C). */
export async function askOnTerminal(
  question: string,
  choices: readonly Choice[],
  signal: AbortSignal,
): Promise<string | null> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const list = choices.map(({ label }, index) => `  ${index + 1}  ${printable(label)}`).join('\n');
    const answer = await terminal.question(
      `${printable(question)}\n${list}\nYour choice (Enter leaves it as it is): `,
      { signal },
    );
    return choices[Number(answer.trim()) - 1]?.value ?? null;
  } catch (error) {
    if (error instanceof Error && (error.name === 'AbortError' || 'code' in error)) return null;
    throw error;
  } finally {
    terminal.close();
  }
}
