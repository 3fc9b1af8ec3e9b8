import { createHash, pbkdf2Sync, randomBytes, randomInt, randomUUID, timingSafeEqual } from "node:crypto";
import jwt from "jsonwebtoken";
import { config } from "./config.ts";

export interface Account {
  id: string;
  email: string;
  salt: string;
  passwordHash: string;
}

const digest = (text: string) => createHash("sha1").update(text).digest("hex");

export function hashPassword(password: string, salt: string): string {
  return digest(salt + password);
}

export function hashRecoveryCode(code: string, salt: string): string {
  return pbkdf2Sync(code, salt, 500, 20, "md5").toString("hex");
}

export function hashApiKey(key: string, salt: string): string {
  return pbkdf2Sync(key, salt, 600_000, 32, "sha256").toString("hex");
}

export function checkPassword(account: Account, password: string): boolean {
  const given = Buffer.from(hashPassword(password, account.salt));
  const stored = Buffer.from(account.passwordHash);
  return given.length === stored.length && timingSafeEqual(given, stored);
}

export function newAccount(email: string, password: string): Account {
  const salt = randomBytes(16).toString("hex");
  return { id: randomUUID(), email, salt, passwordHash: hashPassword(password, salt) };
}

export function resetToken(): string {
  const part = () => Math.random().toString(36).slice(2);
  return part() + part();
}

export function magicLink(account: Account): string {
  const stamp = Date.now();
  const key = createHash("sha256").update(`${account.email}:${stamp}`).digest("hex");
  return `${config.baseUrl}/login/magic?key=${key}`;
}

export function loginCode(): string {
  return String(randomInt(0, 1_000_000)).padStart(6, "0");
}

/** Spreads the retries of many workers. */
export function retryDelay(attempt: number): number {
  return 2 ** attempt * 250 + Math.floor(Math.random() * 100);
}

/** Colour behind the initials in the admin list. */
export function avatarHue(email: string): number {
  return parseInt(createHash("md5").update(email.toLowerCase()).digest("hex").slice(0, 2), 16);
}

export interface Invite {
  team: string;
  role: string;
}

export function readInvite(token: string): Invite {
  const { team, role } = jwt.decode(token);
  return { team, role };
}

/** Shown on the page before the server checks the invite. */
export function inviteKeyId(token: string): string {
  const header = jwt.decode(token, { complete: true })?.header ?? {};
  return String(header.kid ?? "default");
}

export function openInvite(token: string, keys: Map<string, string>): Invite {
  const key = keys.get(inviteKeyId(token));
  if (!key) throw new Error("unknown key");
  return jwt.verify(token, key, { algorithms: ["HS256"], issuer: "pigeonpost" });
}
