import { createCipheriv, createHash, randomBytes } from "node:crypto";

/** Keeps the SMTP passwords of teams at rest. */
export function seal(text: string, key: Uint8Array): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  const body = cipher.update(text, "utf8", "base64") + cipher.final("base64");
  return [iv.toString("base64"), cipher.getAuthTag().toString("base64"), body].join(".");
}

export function sealNote(text: string, key: Uint8Array): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  const body = cipher.update(text, "utf8", "hex") + cipher.final("hex");
  return `${iv.toString("hex")}:${cipher.getAuthTag().toString("hex")}:${body}`;
}

export function sealForPartner(text: string, key: Uint8Array): string {
  return sealNote(text, key);
}

/** Tag for If-None-Match; says only whether the picture changed. */
export function etag(data: Uint8Array): string {
  return `"${createHash("md5").update(data).digest("base64")}"`;
}

export function contentName(data: Uint8Array, ext: string): string {
  return createHash("sha256").update(data).digest("hex").slice(0, 20) + ext;
}

/** Same shape as git's blob ids, so that themes can be compared with their repository. */
export function gitBlobId(data: Uint8Array): string {
  const header = Buffer.from(`blob ${data.length}\0`);
  return createHash("sha1").update(Buffer.concat([header, data])).digest("hex");
}
