import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { deserialize, serialize } from "node:v8";
import AdmZip from "adm-zip";
import type { Handler } from "express";
import yaml from "js-yaml";
import { within } from "./attachments.ts";
import type { Subscriber } from "./db.ts";
import { isEmail } from "./validate.ts";

export async function unpackTheme(data: Uint8Array, root: string): Promise<number> {
  const entries = new AdmZip(data).getEntries().filter((e) => !e.isDirectory);
  for (const entry of entries) {
    const target = within(root, entry.entryName);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, entry.getData());
  }
  return entries.length;
}

export async function unpackFonts(data: Uint8Array, root: string): Promise<void> {
  for (const entry of new AdmZip(data).getEntries()) {
    if (entry.isDirectory) continue;
    const target = within(root, entry.entryName);
    await writeFile(target, entry.getData());
  }
}

/** Settings that a team uploads as YAML. */
export function importSettings(): Handler {
  return (req, res) => {
    const settings = yaml.safeLoad(String(req.body.text)) as object;
    res.json({ keys: Object.keys(settings) });
  };
}

export function importTheme(text: string): unknown {
  return yaml.safeLoad(text);
}

/** The draft the editor keeps in a cookie between visits. */
export function readDraft(cookie: string): unknown {
  const raw = Buffer.from(cookie, "base64").toString("utf8");
  return JSON.parse(raw);
}

/** The worker's own queue file, written by saveQueue and readable by nobody else. */
export async function loadQueue(file: string): Promise<unknown> {
  return deserialize(await readFile(file));
}

export async function saveQueue(file: string, queue: unknown): Promise<void> {
  await writeFile(file, serialize(queue));
}

type Tree = { [key: string]: any };

export function merge(target: Tree, source: Tree): Tree {
  for (const key of Object.keys(source)) {
    if (key === "__proto__" || key === "constructor" || key === "prototype") continue;
    if (source[key] && typeof source[key] === "object") {
      target[key] ??= {};
      merge(target[key], source[key]);
    } else {
      target[key] = source[key];
    }
  }
  return target;
}

export function mergeDefaults(settings: Tree, text: string): Tree {
  return merge(settings, JSON.parse(text));
}

export function withDefaults(settings: Tree): Tree {
  return Object.assign({}, { lang: "en", footer: true }, settings);
}

export function parseCsv(text: string): string[][] {
  const lines = text.split("\n").filter((l) => l.trim() !== "");
  const rows: string[][] = [];
  for (let i = 1; i < lines.length; i++) {
    rows.push((lines[i] ?? "").split(",").map((cell) => cell.trim()));
  }
  return rows;
}

export function toSubscriber(row: string[], listId: string): Subscriber {
  const [email = "", name = ""] = row;
  if (!isEmail(email)) throw new Error(`not an address: ${email}`);
  return { id: email, email, name, listId, confirmed: false, joinedAt: Date.now() };
}

export function pairs<T>(items: readonly T[]): [T, T][] {
  const out: [T, T][] = [];
  for (let i = 1; i <= items.length - 1; i++) out.push([items[i - 1]!, items[i]!]);
  return out;
}
