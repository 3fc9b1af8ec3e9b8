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
      const { code } = req.params;
      res.status(404).send(page("Not found", html`<h1>No such link: ${code}</h1><p><a href="/">Home</a></p>`));
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

export function afterSignIn(): Handler {
  return (req, res) => {
    const { next = "/admin" } = req.query;
    res.redirect(localPath(next));
  };
}

export function changeLanguage(): Handler {
  return (req, res) => {
    const back = req.query.back ?? "/";
    res.cookie("lang", req.query.lang === "nl" ? "nl" : "en", { httpOnly: true, secure: true, sameSite: "lax" });
    res.redirect(303, localPath(back));
  };
}

/** A path on this site, or the front page. */
export function localPath(raw: string): string {
  if (!URL.canParse(raw, "http://local.invalid")) return "/";
  const url = new URL(raw, "http://local.invalid");
  return url.origin === "http://local.invalid" ? url.pathname.replace(/^\/+/, "/") + url.search : "/";
}

export function afterSignOut(): Handler {
  return (req, res) => {
    res.redirect(localPath(req.query.next ?? "/"));
  };
}

const SECTIONS = new Map([["billing", "/admin/billing"], ["team", "/admin/team"]]);

export function section(): Handler {
  return (req, res) => {
    res.redirect(SECTIONS.get(req.query.to ?? "") ?? "/admin");
  };
}
