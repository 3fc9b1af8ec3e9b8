/** Times as people read them, in the editor's language, always with 24 hours. One formatter for trees, status bar and pages. */
export interface TimeWords {
  /** `14:03`, `yesterday 14:03`, `18 Nov 14:03`. */
  short(iso: string, now: number): string;
  /** As `short`, for sentences: `today 14:03`. */
  long(iso: string, now: number): string;
  /** `14:22:40`, for what is about to happen or has just happened. */
  exact(iso: string): string;
}

export interface TimeWordsOptions {
  /** BCP 47; plain `en` writes the day before the month. */
  readonly locale: string;
  /** IANA; default the machine's. */
  readonly timeZone?: string;
}

const DAY_MS = 86_400_000;

export function createTimeWords({ locale, timeZone }: TimeWordsOptions): TimeWords {
  const language = locale === 'en' ? 'en-GB' : locale;
  const zone = timeZone === undefined ? {} : { timeZone };
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...zone } as const;
  let made: ReturnType<typeof make> | undefined;
  /** The first Intl of a process takes 20 to 30 ms: not before there is a time to tell, and the worker had it by then. */
  const formats = (): ReturnType<typeof make> => (made ??= make());
  /** `14:03`, with `today` before it where that is asked for. */
  const onDay = (iso: string, now: number, today: boolean): string => {
    const { short, day, date, relative } = formats();
    const at = new Date(iso);
    const on = date.format(at);
    const time = short.format(at);
    if (on === date.format(now)) return today ? `${relative.format(0, 'day')} ${time}` : time;
    if (on === date.format(now - DAY_MS)) return `${relative.format(-1, 'day')} ${time}`;
    return `${day.format(at)} ${time}`;
  };
  return {
    short: (iso, now) => onDay(iso, now, false),
    long: (iso, now) => onDay(iso, now, true),
    exact: (iso) => formats().exact.format(new Date(iso)),
  };

  function make() {
    return {
      short: new Intl.DateTimeFormat(language, clock),
      exact: new Intl.DateTimeFormat(language, { ...clock, second: '2-digit' }),
      day: new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', ...zone }),
      date: new Intl.DateTimeFormat('sv-SE', { ...zone }),
      relative: new Intl.RelativeTimeFormat(language, { numeric: 'auto' }),
    };
  }
}
