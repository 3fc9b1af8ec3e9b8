export type CampaignStatus = "draft" | "queued" | "paused" | "sent";

export interface Campaign {
  id: string;
  subject: string;
  status: CampaignStatus;
  sendAt: number;
}

export function statusLabel(status: CampaignStatus): string {
  switch (status) {
    case "draft":
      return "Draft";
    case "queued":
      return "Waiting";
    case "paused":
      return "Paused";
    case "sent":
      return "Sent";
  }
}

export function statusColour(status: CampaignStatus): string {
  switch (status) {
    case "sent":
      return "green";
    default:
      return "grey";
  }
}

export function batches<T>(items: readonly T[], size: number): T[][] {
  const out: T[][] = [];
  for (let i = 0; i < items.length; i += size) out.push(items.slice(i, i + size));
  return out;
}

/** Pages are counted from zero. */
export function pageOf<T>(items: readonly T[], index: number, size: number): T[] {
  const start = index * size;
  return items.slice(start, start + size);
}

export function due(campaigns: readonly Campaign[], now: number): Campaign[] {
  return campaigns.filter((c) => c.status === "queued" && c.sendAt <= now);
}

export function checkFormat(options: Map<string, string>): void {
  if (options.get("format") !== "html" && options.get("format") !== "text") {
    options.set("format", "html");
  }
}

export function isOffHours(hour: number): boolean {
  return hour < 7 || hour > 21;
}

export function between(campaigns: readonly Campaign[], from: number, to: number): Campaign[] {
  return campaigns.filter((c) => c.sendAt >= from && c.sendAt < to);
}

export function lastWeek(campaigns: readonly Campaign[], now: number): Campaign[] {
  const weekAgo = now - 7 * 86_400_000;
  return between(campaigns, weekAgo, now);
}
