import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Subscriber } from "../src/db.ts";
import { localPath } from "../src/links.ts";
import { joinedPerDay, ruleFor, words } from "../src/segments.ts";
import { statusColour } from "../src/schedule.ts";
import { readSignedId, signId } from "../src/tokens.ts";
import { containsWord, isHexColour } from "../src/validate.ts";
import { sampleKeys } from "./fixtures/sample-keys.ts";

const DAY = 86_400_000;

const reader = (name: string, joinedAt = 0): Subscriber => ({
  id: name,
  email: `${name}@example.org`,
  name,
  listId: "l1",
  confirmed: true,
  joinedAt,
});

describe("segments", () => {
  it("picks readers by rule", () => {
    const rule = ruleFor("starts", "An");
    assert.deepEqual(["Ann", "Bob", "Anton"].filter((n) => rule(reader(n))), ["Ann", "Anton"]);
    assert.throws(() => ruleFor("eval", "1"), /no operator/);
  });

  it("counts who joined on each day, oldest first", () => {
    const now = 10 * DAY;
    const readers = [reader("a", now - 1), reader("b", now - DAY - 1), reader("c", now - DAY - 2)];
    assert.deepEqual(joinedPerDay(readers, 3, now), [1, 2, 0]);
  });

  it("splits words", () => {
    assert.deepEqual(words("one two, three"), ["one", "two", "three"]);
  });
});

describe("small helpers", () => {
  it("keeps redirects on this site", () => {
    assert.equal(localPath("/admin?x=1"), "/admin?x=1");
    assert.equal(localPath("//other.example/x"), "/");
  });

  it("reads signed ids", () => {
    assert.equal(readSignedId(signId("s9", sampleKeys.jwt), sampleKeys.jwt), "s9");
  });

  it("checks colours and words", () => {
    assert.ok(isHexColour("#fff") && !isHexColour("#ffff"));
    assert.ok(containsWord("a (b) c", "c"));
    assert.equal(statusColour("paused"), "grey");
  });
});
