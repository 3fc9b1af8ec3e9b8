const DAY = 24 * 60 * 60 * 1000;

export function isIsoDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text;
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

export function nightsBetween(arrives: string, departs: string): number {
  return Math.round((Date.parse(departs) - Date.parse(arrives)) / DAY);
}

/** Stays touch without overlapping: one may arrive on the day the other leaves. */
export function overlaps(a: { arrives: string; departs: string }, b: { arrives: string; departs: string }): boolean {
  return a.arrives < b.departs && b.arrives < a.departs;
}
