const DAY_MS = 86_400_000;

/** `14:03`, `yesterday 14:03`, `18 Nov 14:03`, in the language and time zone of the editor. */
export function clockWords(iso: string, now: number, locale?: string): string {
  const at = new Date(iso);
  const time = at.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', hour12: false });
  const days = Math.round((startOfDay(new Date(now)) - startOfDay(at)) / DAY_MS);
  if (days === 0) return time;
  if (days === 1) return `yesterday ${time}`;
  return `${at.toLocaleDateString(locale, { day: 'numeric', month: 'short' })} ${time}`;
}

const startOfDay = (at: Date): number => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
