import type { Failure } from '../../contract/failures.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { Folder } from '../folder.ts';

/**
 * Starts something; resolves with why it could not be, null as soon as its run has begun. How that goes on, and how it ends, is seen
 * in the Runs view: an answer minutes later would come between a person and what they do by then. Rejects when the worker is away.
 */
export function begin(folder: Pick<Folder, 'command'>, command: string, input: JsonObject): Promise<Failure | null> {
  return new Promise((resolve, reject) => {
    folder
      .command(command, input, {
        onMessage(message) {
          if (message.kind === 'line' && message.line['kind'] === 'event') resolve(null);
        },
      })
      .then(({ failure }) => resolve(failure), reject);
  });
}
