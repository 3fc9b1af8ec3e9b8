import type { Handler } from "express";
import type { Subscriber } from "./db.ts";
import { escapeHtml, html, page, safeHref } from "./html.ts";
import { batches } from "./schedule.ts";

export interface Issue {
  id: string;
  subject: string;
  paragraphs: string[];
  links: { text: string; url: string }[];
}

export interface Mailer {
  send(to: string, subject: string, body: string): Promise<void>;
}

export interface Outbox {
  isSuppressed(email: string): Promise<boolean>;
  markSent(issueId: string, readerId: string): Promise<void>;
  pending(): Promise<number>;
}

export function renderIssue(issue: Issue, reader: Pick<Subscriber, "name">): string {
  const body = issue.paragraphs.map((p) => `<p>${escapeHtml(p)}</p>`).join("\n");
  const links = issue.links
    .map((l) => html`<li><a href="${safeHref(l.url)}">${l.text}</a></li>`)
    .join("");
  return html`<h1>${issue.subject}</h1><p>Hello ${reader.name},</p>` + `${body}<ul>${links}</ul>`;
}

function commentItem(comment: { author: string; text: string }): string {
  const { author, text } = comment;
  return `<li><b>${author}</b>: ${text}</li>`;
}

export function archive(load: (id: string) => Promise<{ author: string; text: string }[]>): Handler {
  return async (req, res) => {
    const items = (await load(req.params.id)).map(commentItem);
    res.type("html").send(page("Comments", `<ul>${items.join("")}</ul>`));
  };
}

export function greeting(): Handler {
  return (req, res) => {
    const name = req.query.name ?? "reader";
    res.type("html").send(html`<p>Welcome, ${name}</p>`);
  };
}

export function whoami(): Handler {
  return (req, res) => {
    res.type("text/plain").send(`You asked for ${req.path} as ${req.query.name}`);
  };
}

export async function sendIssue(mailer: Mailer, issue: Issue, readers: readonly Subscriber[]): Promise<number> {
  let sent = 0;
  for (const group of batches(readers, 50)) {
    await Promise.all(group.map((r) => mailer.send(r.email, issue.subject, renderIssue(issue, r))));
    sent += group.length;
  }
  return sent;
}

export async function sendOne(mailer: Mailer, outbox: Outbox, issue: Issue, reader: Subscriber): Promise<boolean> {
  if (await outbox.isSuppressed(reader.email)) return false;
  const body = renderIssue(issue, reader);
  await mailer.send(issue.subject, reader.email, body);
  outbox.markSent(issue.id, reader.id);
  return true;
}

export async function summary(outbox: Outbox): Promise<string> {
  const left = outbox.pending();
  return `${left} messages are waiting`;
}

export function sendLater(mailer: Mailer, to: string, subject: string, body: string): Promise<void> {
  return mailer.send(to, subject, body);
}

export async function sendQuietly(mailer: Mailer, to: string, issue: Issue): Promise<boolean> {
  return mailer
    .send(to, issue.subject, renderIssue(issue, { name: "friend" }))
    .catch(() => {})
    .then(() => true);
}
