import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Request, Response } from "express";
import type { Pool } from "pg";
import { followLink, newCode } from "../src/links.ts";

function fakePool(rows: unknown[]): Pool & { log: string[] } {
  const log: string[] = [];
  const query = async (sql: string) => {
    log.push(sql);
    return { rows, rowCount: rows.length };
  };
  return { log, query } as unknown as Pool & { log: string[] };
}

function fakeResponse() {
  const seen = { status: 200, body: "", location: "" };
  const res = {
    status: (code: number) => ((seen.status = code), res),
    send: (body: string) => ((seen.body = body), res),
    redirect: (_status: number, url: string) => void (seen.location = url),
  };
  return { seen, res: res as unknown as Response };
}

const request = (code: string) => ({ params: { code } }) as unknown as Request;

describe("short links", () => {
  it("makes codes of the wanted length", () => {
    assert.equal(newCode(9).length, 9);
    assert.match(newCode(), /^[a-z2-9]{7}$/);
  });

  it("counts the click and sends the reader on", async () => {
    const pool = fakePool([{ code: "abc", target: "https://example.org/a", ownerId: "o", clicks: 1 }]);
    const { seen, res } = fakeResponse();
    await followLink(pool)(request("abc"), res);
    assert.equal(seen.location, "https://example.org/a");
    assert.equal(pool.log.length, 2);
  });

  it("answers 404 for an unknown code", async () => {
    const { seen, res } = fakeResponse();
    await followLink(fakePool([]))(request("nope"), res);
    assert.equal(seen.status, 404);
    assert.match(seen.body, /nope/);
  });
});
