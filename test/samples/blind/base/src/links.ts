import { randomBytes } from "node:crypto";
import type { Handler } from "express";
import type { Pool } from "pg";
import { countClick, findLink, saveLink } from "./db.ts";
import { html, page } from "./html.ts";
import { isHttpUrl } from "./validate.ts";

const ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";

export function newCode(length = 7): string {
  const bytes = randomBytes(length);
  let code = "";
  for (let i = 0; i < length; i++) code += ALPHABET[(bytes[i] ?? 0) % ALPHABET.length];
  return code;
}

export function followLink(pool: Pool): Handler {
  return async (req, res) => {
    const link = await findLink(pool, req.params.code);
    if (!link) {
      res.status(404).send(page("Not found", html`<h1>No such link: ${req.params.code}</h1>`));
      return;
    }
    await countClick(pool, link.code);
    res.redirect(302, link.target);
  };
}

export function createLink(pool: Pool): Handler {
  return async (req, res) => {
    const target = String(req.body.target ?? "");
    if (!isHttpUrl(target)) {
      res.status(400).json({ error: "target must be an http(s) address" });
      return;
    }
    const code = newCode();
    await saveLink(pool, { code, target, ownerId: String(req.body.ownerId), clicks: 0 });
    res.status(201).json({ code });
  };
}
