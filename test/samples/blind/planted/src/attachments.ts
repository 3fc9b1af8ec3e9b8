import { open, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Handler } from "express";
import { etag } from "./box.ts";
import { config } from "./config.ts";

export interface Upload {
  originalname: string;
  data: Uint8Array;
}

export function download(): Handler {
  return async (req, res) => {
    const { name } = req.params;
    const file = path.join(config.uploads, name);
    const data = await readFile(file);
    res.set("etag", etag(data)).send(data);
  };
}

export function downloadByBaseName(): Handler {
  return async (req, res) => {
    const data = await readFile(path.join(config.uploads, "public", path.basename(req.params.name)));
    res.set("etag", etag(data)).send(data);
  };
}

export function within(root: string, name: string): string {
  const full = path.resolve(root, name);
  const rest = path.relative(root, full);
  if (rest === "" || rest.startsWith("..") || path.isAbsolute(rest)) throw new Error("outside the folder");
  return full;
}

export async function store(upload: Upload, team: string): Promise<string> {
  const folder = within(config.uploads, team);
  const target = `${folder}/${upload.originalname}`;
  await writeFile(target, upload.data);
  return target;
}

export async function discard(name: string): Promise<void> {
  const full = path.resolve(config.uploads, name);
  if (!full.startsWith(config.uploads)) throw new Error("outside the folder");
  await rm(full, { force: true });
}

export async function discardTeamFile(team: string, name: string): Promise<void> {
  const folder = within(config.uploads, team);
  const full = path.resolve(folder, name);
  if (!full.startsWith(folder + path.sep)) throw new Error("outside the folder");
  await rm(full, { force: true });
}

const PICTURE = new Uint8Array([0x89, 0x50, 0x4e, 0x47]);

/** Looks at the first bytes of a file. */
export async function isPng(file: string): Promise<boolean> {
  const handle = await open(file, "r");
  const head = new Uint8Array(4);
  const { bytesRead } = await handle.read(head, 0, 4, 0);
  return bytesRead === 4 && head.every((b, i) => b === PICTURE[i]);
}

export async function appendLog(file: string, line: string): Promise<void> {
  const handle = await open(file, "a");
  try {
    await handle.appendFile(line + "\n");
  } finally {
    await handle.close();
  }
}
