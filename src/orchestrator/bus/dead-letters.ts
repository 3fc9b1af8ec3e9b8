import type { NewEvent, StoredEvent } from '../../contract/events.ts';
import { fail, ok, type Result } from '../../contract/failures.ts';
import type { Json } from '../../contract/json.ts';
import type { Journal, JournalReader } from '../journal/journal.ts';
import type { DeadLetter, DeadLetters } from './api.ts';

/** The bus hands none of these to anybody: a handler that fails on one would never end. */
export const DEAD_LETTER_TYPES = [
  'system.dead-letter',
  'system.dead-letter.redriven',
  'system.dead-letter.discarded',
] as const;
type DeadLetterType = (typeof DEAD_LETTER_TYPES)[number];

const SOURCE = 'savepoint/bus';
/** Of what a handler said, characters. */
const MAX_ERROR = 2000;

export interface DeadLettersDeps {
  readonly journal: Pick<Journal, 'append'>;
  readonly reader: Pick<JournalReader, 'events'>;
  /** Calls the handler by its subscription's name; null where nobody has that name. Rejects as the handler does. */
  readonly handlerOf: (name: string) => ((event: StoredEvent) => Promise<void>) | null;
  readonly mask: (text: string) => string;
  readonly warn: (text: string) => void;
}

export interface DeadLetterBox extends DeadLetters {
  /** Keeps that the handler failed on the event; told once for a handler and a type, and wherever it cannot be stored. */
  keep(event: StoredEvent, failed: { readonly handler: string; readonly error: unknown }): void;
}

/** What went wrong in a handler, kept in the journal; what became of it is a fold over these events. */
export function createDeadLetters(deps: DeadLettersDeps): DeadLetterBox {
  const { journal, reader } = deps;
  /** `<handler> <type>`. */
  const told = new Set<string>();

  return { keep, list, redrive, discard };

  function keep(event: StoredEvent, { handler, error }: { readonly handler: string; readonly error: unknown }): void {
    const letter = letterOf(event, { handler, error: said(error), attempts: 1 });
    void store('system.dead-letter', letter).then((stored) => {
      const kind = `${handler} ${event.type}`;
      if (stored.ok && told.has(kind)) return;
      told.add(kind);
      const kept = 'It is kept as a system.dead-letter event, and so are others like it.';
      const what = `${handler} failed on ${event.type} (${letter.error}).`;
      deps.warn(`${what} ${stored.ok ? kept : stored.failure.message}`);
    });
  }

  function list(): readonly DeadLetter[] {
    const letters = new Map<string, DeadLetter>();
    for (const event of reader.events({ types: DEAD_LETTER_TYPES })) {
      const id = text(event.data['letter']);
      letters.delete(id);
      if (event.type === 'system.dead-letter') letters.set(id, fromEvent(event));
    }
    return [...letters.values()];
  }

  async function redrive(id: string): ReturnType<DeadLetters['redrive']> {
    const letter = list().find((one) => one.id === id);
    if (!letter) return unknown(id);
    const event = find(letter);
    if (!event) return fail('not-found', `The event of ${id} is older than the history that is kept. Discard it.`);
    const handle = deps.handlerOf(letter.handler);
    if (!handle) return fail('not-found', `Nothing handles events as ${letter.handler} any more. Discard it.`);
    try {
      await handle(event);
    } catch (error) {
      const again = { ...letter, error: said(error), attempts: letter.attempts + 1 };
      const kept = await store('system.dead-letter', again);
      return kept.ok ? ok({ handled: false, error: again.error }) : kept;
    }
    const stored = await store('system.dead-letter.redriven', letter);
    return stored.ok ? ok({ handled: true }) : stored;
  }

  async function discard(id: string): Promise<Result<null>> {
    const letter = list().find((one) => one.id === id);
    return letter ? store('system.dead-letter.discarded', letter) : unknown(id);
  }

  function find({ session, event }: DeadLetter): StoredEvent | undefined {
    return Iterator.from(reader.events({ session })).find(({ id }) => id === event);
  }

  async function store(type: DeadLetterType, letter: Omit<DeadLetter, 'at'>): Promise<Result<null>> {
    const { id, handler, event, session, sequence, error, attempts } = letter;
    const stored = await journal.append([
      {
        source: SOURCE,
        type,
        subject: handler,
        causationid: event,
        data: { letter: id, handler, event, type: letter.type, session, sequence, error, attempts },
      } satisfies NewEvent,
    ]);
    return stored.ok ? ok(null) : stored;
  }

  /** Masked: a handler's words may quote what it was given. */
  function said(error: unknown): string {
    return deps.mask((error instanceof Error ? error.message : String(error)).slice(0, MAX_ERROR));
  }
}

function letterOf(
  event: StoredEvent,
  failed: Pick<DeadLetter, 'handler' | 'error' | 'attempts'>,
): Omit<DeadLetter, 'at'> {
  const { id, type, sessionid: session, sequence } = event;
  return { id: `${id}/${failed.handler}`, event: id, type, session, sequence, ...failed };
}

function fromEvent({ data, time }: StoredEvent): DeadLetter {
  return {
    id: text(data['letter']),
    handler: text(data['handler']),
    event: text(data['event']),
    type: text(data['type']),
    session: text(data['session']),
    sequence: Number(data['sequence']),
    error: text(data['error']),
    attempts: Number(data['attempts']),
    at: time,
  };
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function unknown(id: string): ReturnType<typeof fail> {
  return fail('not-found', `There is no event left to handle with the id ${id}.`);
}
