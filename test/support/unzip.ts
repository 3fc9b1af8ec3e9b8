// Enough of the zip format to look into a .vsix where no `unzip` is installed.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inflateRawSync } from 'node:zlib';

const END = 0x06054b50;
const STORED = 0;

/** Unpacks the archive into the folder and returns its files, with `/`, sorted. */
export function unzip(archive: string, into: string): readonly string[] {
  const bytes = readFileSync(archive);
  const end = bytes.lastIndexOf(Buffer.from(Uint32Array.of(END).buffer));
  const files: string[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const method = bytes.readUInt16LE(at + 10);
    const packed = bytes.readUInt32LE(at + 20);
    const nameLength = bytes.readUInt16LE(at + 28);
    const local = bytes.readUInt32LE(at + 42);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const content = bytes.subarray(from, from + packed);
    if (!name.endsWith('/')) {
      const file = path.join(into, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, method === STORED ? content : inflateRawSync(content));
      files.push(name);
    }
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return files.sort();
}
