import type { Subscriber } from "./db.ts";
import { escapeHtml, html, safeHref } from "./html.ts";
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

export function renderIssue(issue: Issue, reader: Pick<Subscriber, "name">): string {
  const body = issue.paragraphs.map((p) => `<p>${escapeHtml(p)}</p>`).join("\n");
  const links = issue.links
    .map((l) => html`<li><a href="${safeHref(l.url)}">${l.text}</a></li>`)
    .join("");
  return html`<h1>${issue.subject}</h1><p>Hello ${reader.name},</p>` + `${body}<ul>${links}</ul>`;
}

export async function sendIssue(mailer: Mailer, issue: Issue, readers: readonly Subscriber[]): Promise<number> {
  let sent = 0;
  for (const group of batches(readers, 50)) {
    await Promise.all(group.map((r) => mailer.send(r.email, issue.subject, renderIssue(issue, r))));
    sent += group.length;
  }
  return sent;
}
