import type { CancellationToken } from 'vscode';
import type { JsonObject } from '../../contract/json.ts';
import type { Folder } from '../folder.ts';
import type { Gathered } from '../pages/page-texts.ts';

/** Runs a command that only looks, and collects what it gives. */
export async function gather(
  folder: Folder,
  {
    command,
    input,
    token,
  }: { readonly command: string; readonly input: JsonObject; readonly token?: CancellationToken },
): Promise<Gathered> {
  const lines: JsonObject[] = [];
  const notes: string[] = [];
  const { failure } = await folder.command(command, input, {
    ...(token ? { token } : {}),
    onMessage(message) {
      if (message.kind === 'line') lines.push(message.line);
      else if (message.kind === 'note') notes.push(message.text);
    },
  });
  return { lines, notes, failure: failure?.message ?? null };
}
