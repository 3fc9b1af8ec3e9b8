export type CampaignStatus = "draft" | "queued" | "sent";

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
    case "sent":
      return "Sent";
  }
}

export function batches<T>(items: readonly T[], size: number): T[][] {
  const out: T[][] = [];
  for (let i = 0; i < items.length; i += size) out.push(items.slice(i, i + size));
  return out;
}

/** Pages are counted from zero. */
export function pageOf<T>(items: readonly T[], index: number, size: number): T[] {
  return items.slice(index * size, (index + 1) * size);
}

export function due(campaigns: readonly Campaign[], now: number): Campaign[] {
  return campaigns.filter((c) => c.status === "queued" && c.sendAt <= now);
}
