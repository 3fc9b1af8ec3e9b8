import assert from "node:assert/strict";
import { test } from "node:test";
import { readSignedId, signId } from "../src/tokens.ts";
import { clamp, isEmail, isHttpUrl, isSlug } from "../src/validate.ts";

test("addresses", () => {
  assert.ok(isEmail("ann@example.org"));
  assert.ok(!isEmail("ann@example"));
  assert.ok(isHttpUrl("https://example.org/x"));
  assert.ok(!isHttpUrl("javascript:alert(1)"));
});

test("slugs and numbers", () => {
  assert.ok(isSlug("spring-issue-2"));
  assert.ok(!isSlug("-spring"));
  assert.equal(clamp(12, 0, 10), 10);
});

test("signed ids come back only with their own key", () => {
  const token = signId("s1", "k1");
  assert.equal(readSignedId(token, "k1"), "s1");
  assert.equal(readSignedId(token, "k2"), undefined);
});
