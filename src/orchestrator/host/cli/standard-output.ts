import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { EXIT } from '../../../contract/failures.ts';
import { isDiskFull } from '../../state-file.ts';

/** Writes to standard output, and never throws: what it cannot be given to changes nothing of what the command does. */
export type Print = (text: string) => void;

/**
 * A reader that went away (`savepoint run … | head -1`) is no failure of ours. A file that takes no more is one of the output alone:
 * the command goes on, and at the end says so on standard error, with exit code 3 where it had 0 or 1. `isOnlyStreaming`: a command
 * without output has nothing left to do, and ends at once.
 */
export function printTo(
  stream: typeof process.stdout,
  { isOnlyStreaming }: { readonly isOnlyStreaming: boolean },
): Print {
  const { fd } = stream;
  let lost: Error | null = null;
  // Where a disk gets full, Node takes a part of a text for the whole. It writes to terminals and pipes as sockets, to files not.
  const isFile = !(stream instanceof Socket);

  function failed(error: Error & { readonly code?: unknown }): void {
    const isGone = error.code === 'EPIPE';
    if (!isGone) lost ??= error;
    if (isOnlyStreaming) process.exit(isGone ? EXIT.clean : EXIT.notCompleted);
  }

  stream.on('error', failed);
  process.once('exit', (code) => {
    if (lost === null) return;
    const why = isDiskFull(lost) ? 'the disk that it goes to is full' : lost.message;
    process.stderr.write(`The output is not whole: ${why}. What ran is recorded all the same: savepoint runs\n`);
    if (code === EXIT.clean || code === EXIT.findings) process.exitCode = EXIT.notCompleted;
  });
  return (text) => {
    if (lost !== null) return;
    if (!isFile) return void stream.write(text);
    try {
      const bytes = Buffer.from(text);
      for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      failed(error);
    }
  };
}
