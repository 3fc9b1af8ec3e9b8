// What of a thread's work is the own code's, from a profile of the processor (Chrome DevTools protocol, Profiler.stop).

export interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  /** Ids of nodes, one for each look of the profiler. */
  readonly samples: readonly number[];
  /** Microseconds between the looks; the first since `startTime`. */
  readonly timeDeltas: readonly number[];
  /** Microseconds of the system's monotonic clock. */
  readonly startTime: number;
}

/** How much a thread had computed when: microseconds of the monotonic clock, and of processor time. In order. */
export type Marks = readonly (readonly [at: number, ran: number])[];

export interface OwnShare {
  /** The most processor time that own code took at a stretch, milliseconds. */
  readonly longest: number;
  /** Where that was: the outermost own function, and how often the profiler saw it: once says little, it may have been late itself. */
  readonly where: string;
  readonly looks: number;
  /** Of all samples with own code at work, and of all that were not idle; milliseconds by the clock. */
  readonly total: number;
  readonly busy: number;
}

interface Stretch {
  from: number;
  to: number;
  looks: number;
  readonly where: string;
}

const NONE = { where: '', looks: 0, ms: 0 };

/**
 * Own is whatever runs below a function of a file that `isOwn` names: what it calls counts as well, and garbage that is collected
 * between two looks at it. A stretch ends where something else is seen. Its time is what the thread computed meanwhile, by the
 * marks around it: where other processes take the cores, the clock goes on while nothing is done.
 */
export function ownShare(
  profile: Profile,
  options: { readonly isOwn: (url: string) => boolean; readonly marks: Marks },
): OwnShare {
  const entries = ownEntries(profile, options.isOwn);
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame.functionName]));
  const stretches: Stretch[] = [];
  let open: Stretch | null = null;
  let [at, total, busy] = [profile.startTime, 0, 0];
  profile.samples.forEach((sample, index) => {
    at += profile.timeDeltas[index] ?? 0;
    const lasts = profile.timeDeltas[index + 1] ?? 0;
    const where = entries.get(sample);
    if (names.get(sample) !== '(idle)') busy += lasts;
    if (where !== undefined) {
      total += lasts;
      if (open === null) stretches.push((open = { from: at, to: at, looks: 0, where }));
      open.to = at + lasts;
      open.looks++;
    } else if (names.get(sample) !== '(garbage collector)') open = null;
  });
  const times = stretches.map((one) => ({ ...one, ms: computed(options.marks, one.from, one.to) / 1000 }));
  const { ms, where, looks } = times.reduce((most, one) => (one.ms > most.ms ? one : most), NONE);
  return { longest: ms, where, looks, total: total / 1000, busy: busy / 1000 };
}

/** Node → name of the outermost own function above it, or of itself. */
function ownEntries({ nodes }: Profile, isOwn: (url: string) => boolean): ReadonlyMap<number, string> {
  const entries = new Map<number, string>();
  // Parents come before their children.
  for (const { id, callFrame, children = [] } of nodes) {
    const entry = entries.get(id) ?? (isOwn(callFrame.url) ? callFrame.functionName || '(anonymous)' : undefined);
    if (entry === undefined) continue;
    for (const one of [id, ...children]) entries.set(one, entry);
  }
  return entries;
}

/** At most: between the mark before and the mark after; never more than the time itself. */
function computed(marks: Marks, from: number, to: number): number {
  const before = marks.findLast(([at]) => at <= from);
  const after = marks.find(([at]) => at >= to);
  return before === undefined || after === undefined ? to - from : Math.min(to - from, after[1] - before[1]);
}
