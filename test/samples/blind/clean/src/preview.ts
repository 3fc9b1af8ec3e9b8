import { lookup } from "node:dns/promises";
import type { Handler } from "express";
import { config } from "./config.ts";
import { isHttpUrl } from "./validate.ts";

export interface Preview {
  title: string;
  url: string;
}

const EMBED_HOSTS = new Set(["www.youtube.com", "vimeo.com", "bandcamp.com"]);

async function load(address: string): Promise<string> {
  const reply = await fetch(address, { redirect: "error", signal: AbortSignal.timeout(5000) });
  return (await reply.text()).slice(0, 100_000);
}

function titleOf(text: string): string {
  return /<title>([^<]{0,300})<\/title>/i.exec(text)?.[1]?.trim() ?? "";
}

const PRIVATE = /^(0\.|10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|::1$|f[cd]|fe80)/i;

export async function assertPublic(address: string): Promise<void> {
  const found = await lookup(new URL(address).hostname);
  if (PRIVATE.test(found.address)) throw new Error("private address");
}

export function preview(): Handler {
  return async (req, res) => {
    const url = req.query.url ?? "";
    if (!isHttpUrl(url)) {
      res.status(400).json({ error: "not a web address" });
      return;
    }
    if (!EMBED_HOSTS.has(new URL(url).hostname)) {
      res.status(400).json({ error: "no preview for that site" });
      return;
    }
    const text = await load(url);
    res.json({ title: titleOf(text), url });
  };
}

export function embed(): Handler {
  return async (req, res) => {
    const target = new URL(req.query.url ?? "");
    if (target.protocol !== "https:" || !EMBED_HOSTS.has(target.hostname)) {
      res.status(400).json({ error: "that site cannot be embedded" });
      return;
    }
    res.type("text/plain").send(await load(target.href));
  };
}

export function status(): Handler {
  return async (req, res) => {
    const region = req.query.region === "eu" ? "eu" : "us";
    const reply = await fetch(`https://status.${region}.pigeonpost.example/v1?n=${encodeURIComponent(req.query.n ?? "1")}`);
    res.json(await reply.json());
  };
}

export async function fetchFeed(address: string): Promise<string> {
  const { hostname, protocol } = new URL(address);
  if (protocol !== "https:" || hostname !== "feeds.pigeonpost.example") throw new Error("unknown feed");
  const reply = await fetch(address, { redirect: "error" });
  return reply.text();
}

export async function ping(): Promise<boolean> {
  return (await fetch(config.baseUrl + "/healthz")).ok;
}
