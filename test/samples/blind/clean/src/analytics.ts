import type { Handler } from "express";
import type { Collection } from "mongodb";

export interface ClickEvent {
  code: string;
  ownerId: string;
  readerId: string;
  at: number;
}

export function clicksOf(clicks: Collection<ClickEvent>): Handler {
  return async (req, res) => {
    const ownerId = String(req.body.ownerId);
    const code = String(req.body.code);
    const found = await clicks.find({ ownerId, code }).limit(500).toArray();
    res.json(found);
  };
}

export function readerHistory(clicks: Collection<ClickEvent>): Handler {
  return async (req, res) => {
    const readerId = String(req.body.readerId);
    res.json(await clicks.find({ readerId: { $eq: readerId } }).limit(100).toArray());
  };
}

export function clicksSince(clicks: Collection<ClickEvent>): Handler {
  return async (req, res) => {
    const since = Number(req.query.since ?? 0);
    const total = await clicks.countDocuments({ at: { $gt: since } });
    res.json({ total });
  };
}

export async function recordClick(
  clicks: Collection<ClickEvent>,
  code: string,
  ownerId: string,
  readerId: string,
): Promise<void> {
  await clicks.insertOne({ code, ownerId, readerId, at: Date.now() });
}

export function pixel(clicks: Collection<ClickEvent>): Handler {
  return (req, res) => {
    const { code, owner: ownerId, reader: readerId } = req.params;
    void recordClick(clicks, code, ownerId, readerId).catch((err) => console.error("click lost", err));
    res.type("image/gif").send(Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64"));
  };
}
