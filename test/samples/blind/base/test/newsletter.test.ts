import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Subscriber } from "../src/db.ts";
import { renderIssue, sendIssue, type Issue } from "../src/newsletter.ts";

const issue: Issue = {
  id: "i1",
  subject: "Spring & summer",
  paragraphs: ["One <b>bold</b> idea"],
  links: [{ text: "read on", url: "https://example.org" }],
};

const reader = (n: number): Subscriber => ({
  id: `s${n}`,
  email: `reader${n}@example.org`,
  name: `Reader ${n}`,
  listId: "l1",
  confirmed: true,
  joinedAt: n,
});

describe("newsletter", () => {
  it("escapes what editors write", () => {
    const out = renderIssue(issue, { name: "<Ann>" });
    assert.match(out, /Spring &amp; summer/);
    assert.match(out, /&lt;b&gt;bold/);
    assert.match(out, /Hello &lt;Ann&gt;/);
  });

  it("drops script addresses", () => {
    const out = renderIssue({ ...issue, links: [{ text: "x", url: "javascript:alert(1)" }] }, { name: "A" });
    assert.doesNotMatch(out, /javascript:/);
  });

  it("sends to every reader", async () => {
    const to: string[] = [];
    const mailer = { send: async (address: string) => void to.push(address) };
    const sent = await sendIssue(mailer, issue, Array.from({ length: 120 }, (_, n) => reader(n)));
    assert.equal(sent, 120);
    assert.equal(new Set(to).size, 120);
  });
});
