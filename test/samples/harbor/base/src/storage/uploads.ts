import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import { HttpError } from '../http/request.ts';

const TYPES: Record<string, string> = {
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.txt': 'text/plain; charset=utf-8',
};

export function contentType(name: string): string {
  return TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream';
}

/** The place of a document, never outside of the documents' folder. */
export function documentPath(dataDir: string, name: string): string {
  const root = resolve(dataDir, 'documents');
  const path = resolve(root, name);
  if (!path.startsWith(root + sep)) throw new HttpError(400, 'not a document name');
  return path;
}

export async function saveDocument(dataDir: string, name: string, data: Uint8Array): Promise<void> {
  const path = documentPath(dataDir, name);
  await mkdir(join(dataDir, 'documents'), { recursive: true });
  await writeFile(path, data);
}

export async function readDocument(dataDir: string, name: string): Promise<Buffer> {
  try {
    return await readFile(documentPath(dataDir, name));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new HttpError(404, 'no such document');
    throw error;
  }
}
