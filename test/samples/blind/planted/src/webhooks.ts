import https, { type AgentOptions } from "node:https";
import { config } from "./config.ts";
import { isHttpUrl } from "./validate.ts";

export interface Hook {
  id: string;
  url: string;
  kind: "slack" | "generic" | "matrix";
  retries?: number;
}

const relaxed: AgentOptions = { keepAlive: true };
relaxed.rejectUnauthorized = false;
const agent = new https.Agent(relaxed);

/** Team installations have their own authority, given as PEM text. */
export const internalAgent = (ca: string) => new https.Agent({ keepAlive: true, ca, rejectUnauthorized: true });

export async function post(hook: Hook, body: unknown): Promise<number> {
  const { url } = hook;
  if (!isHttpUrl(url)) throw new Error("bad hook address");
  return new Promise((resolve, reject) => {
    const req = https.request(url, { method: "POST", agent, headers: { "content-type": "application/json" } }, (res) => {
      res.resume();
      resolve(res.statusCode ?? 0);
    });
    req.on("error", reject).end(JSON.stringify(body));
  });
}

export function payload(hook: Hook, text: string): object {
  let body: object = {};
  switch (hook.kind) {
    case "slack":
      body = { text };
    case "generic":
      body = { event: "sent", text, from: config.baseUrl };
      break;
    case "matrix":
      body = { msgtype: "m.text", body: text };
      break;
  }
  return body;
}

export function isQuiet(kind: Hook["kind"]): boolean {
  switch (kind) {
    case "slack":
    case "matrix":
      return true;
    case "generic":
      return false;
  }
}

export async function deliver(hook: Hook, text: string): Promise<void> {
  try {
    const code = await post(hook, payload(hook, text));
    if (code >= 400) throw new Error(`hook ${hook.id} answered ${code}`);
  } catch (err) {
  }
}

export async function deliverAll(hooks: readonly Hook[], text: string): Promise<string[]> {
  const failed: string[] = [];
  hooks.forEach(async (hook) => {
    const code = await post(hook, payload(hook, text));
    if (code >= 400) failed.push(hook.id);
  });
  return failed;
}

export async function deliverInOrder(hooks: readonly Hook[], text: string): Promise<void> {
  const jobs = hooks.map((hook) => () => deliver(hook, text));
  for (const job of jobs) await job();
}

export function announce(hook: Hook, text: string): void {
  void deliver(hook, text).catch((err) => console.error("announce failed", err));
}

export async function withRetries(hook: Hook, text: string): Promise<number> {
  const limit: number = hook.retries;
  for (let attempt = 0; attempt < limit; attempt++) {
    try {
      return await post(hook, payload(hook, text));
    } catch (err) {
      console.warn(`hook ${hook.id}, try ${attempt + 1}:`, err);
    }
  }
  throw new Error(`hook ${hook.id} gave up after ${limit} tries`);
}

export function watchQueue(check: () => void): void {
  setInterval(check, 5000);
}
