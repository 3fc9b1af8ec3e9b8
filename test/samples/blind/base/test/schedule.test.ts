import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { batches, due, pageOf, statusLabel, type Campaign } from "../src/schedule.ts";

describe("schedule", () => {
  it("cuts a list into batches", () => {
    assert.deepEqual(batches([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]]);
  });

  it("pages from zero", () => {
    assert.deepEqual(pageOf(["a", "b", "c", "d", "e"], 1, 2), ["c", "d"]);
    assert.deepEqual(pageOf(["a", "b", "c", "d", "e"], 2, 2), ["e"]);
  });

  it("names each status", () => {
    assert.equal(statusLabel("queued"), "Waiting");
  });

  it("finds the campaigns that are due", () => {
    const make = (id: string, sendAt: number): Campaign => ({ id, subject: id, status: "queued", sendAt });
    assert.deepEqual(due([make("a", 5), make("b", 50)], 10).map((c) => c.id), ["a"]);
  });
});
