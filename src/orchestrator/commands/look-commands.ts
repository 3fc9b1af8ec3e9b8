import type {
  cancelCommand,
  eventsCommand,
  runsCommand,
  sessionsCommand,
  showCommand,
} from '../../contract/commands/catalogue.ts';
import { EVENT_TYPES } from '../../contract/events.ts';
import { EXIT, fail, ok, type Result } from '../../contract/failures.ts';
import { didYouMean } from '../definitions/did-you-mean.ts';
import type { EventQuery } from '../journal/journal.ts';
import { refuse, type Handler } from './handler.ts';

export const runs: Handler<typeof runsCommand> = async function* ({ limit }, { services, signal }) {
  let none = true;
  for (const view of services.runs.newest(limit)) {
    if (signal.aborted) break;
    none = false;
    yield { kind: 'run', view };
  }
  if (none) yield { kind: 'note', text: `Nothing has run in ${services.workspace.root} yet.` };
  return EXIT.clean;
};

export const show: Handler<typeof showCommand> = async function* ({ run }, { services }) {
  const found = services.runs.find(run);
  if (!found.ok) return yield* refuse(found.failure);
  yield { kind: 'run', view: found.value };
  yield { kind: 'result', view: found.value };
  return EXIT.clean;
};

export const cancel: Handler<typeof cancelCommand> = async function* ({ run }, { services }) {
  const opened = await services.openRunner();
  if (!opened.ok) return yield* refuse(opened.failure);
  const cancelled = await opened.value.runner.cancelRun(run);
  if (!cancelled.ok) return yield* refuse(cancelled.failure);
  yield { kind: 'run', view: cancelled.value };
  return EXIT.clean;
};

export const sessions: Handler<typeof sessionsCommand> = async function* (_input, { services }) {
  for (const session of services.reader().sessions()) yield { kind: 'session', session };
  return EXIT.clean;
};

export const events: Handler<typeof eventsCommand> = async function* (input, { services, signal }) {
  const reader = services.reader();
  const now = services.env.clock.now();
  const since = timeOf(input.since, now);
  const until = timeOf(input.until, now);
  if (!since.ok) return yield* refuse(since.failure);
  if (!until.ok) return yield* refuse(until.failure);
  const found = input.run === undefined ? null : services.runs.idOf(input.run);
  if (found && !found.ok) return yield* refuse(found.failure);
  const unknown = unknownTypes(input.type ?? []);
  if (unknown !== null) yield { kind: 'note', text: unknown };
  const query: EventQuery = {
    ...(input.session === undefined ? {} : { session: input.session }),
    ...(found ? { run: found.value } : {}),
    ...(input.type === undefined ? {} : { types: input.type }),
    ...(since.value === null ? {} : { since: since.value }),
    ...(until.value === null ? {} : { until: until.value }),
    ...(input.limit === undefined ? {} : { limit: input.limit }),
  };
  if (input.follow) {
    for await (const event of reader.follow(query, signal)) yield { kind: 'event', event };
    return EXIT.clean;
  }
  for (const event of reader.events(query)) {
    if (signal.aborted) return EXIT.interrupted;
    yield { kind: 'event', event };
  }
  return EXIT.clean;
};

/** Words on types that this version never writes, an older or newer one may have; null when there are none. */
function unknownTypes(types: readonly string[]): string | null {
  const families = EVENT_TYPES.flatMap((type) => {
    const parts = type.split('.');
    return parts.slice(1).map((_, index) => `${parts.slice(0, index + 1).join('.')}.*`);
  });
  const known = new Set<string>([...EVENT_TYPES, ...families]);
  const unknown = types.filter((type) => !known.has(type));
  if (unknown.length === 0) return null;
  return unknown.map((type) => `No event type ${JSON.stringify(type)} is known.${didYouMean(type, known)}`).join(' ');
}

const AGO = /^(\d{1,6})(s|m|h|d)$/;
const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** An ISO time, or "10m": that long ago. */
function timeOf(text: string | undefined, now: number): Result<string | null> {
  if (text === undefined) return ok(null);
  const ago = AGO.exec(text);
  if (ago) return ok(new Date(now - Number(ago[1]) * UNIT_MS[ago[2] as keyof typeof UNIT_MS]).toISOString());
  const parsed = Date.parse(text);
  if (Number.isNaN(parsed))
    return fail('usage', `${JSON.stringify(text)} is no time. Write 2026-11-21T14:00, or 10m for ten minutes ago.`);
  return ok(new Date(parsed).toISOString());
}
