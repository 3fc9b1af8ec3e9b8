import { resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const LIMIT_BYTES = 2000;
const FRAME = /(?:\(|\bat |@|❯ )((?:file:\/\/)?[^\s():?]+)(?:\?[^:]*)?:(\d+):(\d+)/;

interface Failed {
  readonly message: string;
  readonly stack: string;
  /** Absolute: where the runner ran, and the workspace. */
  readonly cwd: string;
  readonly root: string;
}

/** What is kept of a failure: the message and the first place in the workspace's own code, at most 2 kB. */
export function caseMessage({ message, stack, cwd, root }: Failed): string {
  const text = stripVTControlCharacters(message).trim() || 'failed without a message';
  const place = firstOwnFrame(stripVTControlCharacters(stack), { cwd, root });
  const tail = place === null || text.includes(place) ? '' : `\nat ${place}`;
  return `${cutBytes(text, LIMIT_BYTES - Buffer.byteLength(tail))}${tail}`;
}

function firstOwnFrame(stack: string, { cwd, root }: { readonly cwd: string; readonly root: string }): string | null {
  for (const line of stack.split('\n')) {
    const [, written = '', lineNumber = '', column = ''] = FRAME.exec(line) ?? [];
    if (written === '' || written.startsWith('node:')) continue;
    // Mocha takes the folder that it runs in out of its stacks.
    const path = resolve(cwd, written.startsWith('file://') ? decodePath(written.slice('file://'.length)) : written);
    if (!path.startsWith(`${root}/`) || path.includes('/node_modules/')) continue;
    return `${path.slice(root.length + 1)}:${lineNumber}:${column}`;
  }
  return null;
}

/** Stack frames of modules carry URLs. */
function decodePath(path: string): string {
  return /%[0-9A-Fa-f]{2}/.test(path) ? decodeURIComponent(path.replace(/%(?![0-9A-Fa-f]{2})/g, '%25')) : path;
}

function cutBytes(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  const mark = ' …';
  const bytes = Buffer.from(text).subarray(0, limit - Buffer.byteLength(mark));
  // A character cut in two decodes to the replacement character.
  return `${bytes.toString('utf8').replace(/\uFFFD+$/, '')}${mark}`;
}
