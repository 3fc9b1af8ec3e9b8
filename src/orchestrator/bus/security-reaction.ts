import type { AgentMessage, AgentOutcome, NeedResult, Scope } from '../../contract/agents.ts';
import type { NewEvent, StoredEvent } from '../../contract/events.ts';
import type { Finding } from '../../contract/findings.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { Clock } from '../env.ts';
import type { Journal, JournalReader } from '../journal/journal.ts';
import { maskDeep, type Mask } from '../workflow/mask.ts';
import type { Invoker } from '../workflow/ports.ts';
import { asRunEvent, type RunStart } from '../workflow/run-events.ts';
import { pinnedScopes } from '../workflow/run-start.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Bus } from './api.ts';

export interface SecurityReaction {
  /** Stops a look that is at work; resolves when it has ended. */
  close(): Promise<void>;
}

export interface SecurityReactionDeps {
  readonly bus: Pick<Bus, 'subscribe'>;
  readonly journal: Pick<Journal, 'owns' | 'append'>;
  readonly reader: Pick<JournalReader, 'events'>;
  readonly invoker: Invoker;
  readonly workspace: Workspace;
  readonly clock: Clock;
  readonly stateDir: string;
  readonly mask: Mask;
  readonly warn: (text: string) => void;
}

const AGENT = 'security-auditor';
/** The auditor's own (SYSTEMS A1). */
const TIMEOUT_MS = 30_000;
/** Findings of one look that are stored; the rest is counted. */
const MAX_FINDINGS = 500;

/** Runs that were interrupted and do not go on are forgotten then. */
const MAX_WATCHED = 20;

type Operation = 'pre-check' | 'post-check';

/** A run of this process, at work, whose workflow does not call the auditor. */
interface Watched {
  readonly start: RunStart;
  /** What the newest look gave: the next one does not say it again. */
  known: Readonly<Record<string, NeedResult>>;
}

interface Look {
  readonly run: string;
  readonly operation: Operation;
  /** Type of the event that it reacts to. */
  readonly reaction: string;
  readonly scope: Scope;
  readonly needs: Readonly<Record<string, NeedResult>>;
  readonly controller: AbortController;
}

/**
 * The built-in subscriber (SYSTEMS A5): the security auditor looks at a run's scope when the run starts, when it has completed, and
 * at an alert meanwhile. Only for runs that are at work in this process, and whose workflow has no step of it; it never starts a run, and what it finds
 * belongs to the run that it looked at (data.run). One look at a time: a newer one ends the one at work.
 */
export function createSecurityReaction(deps: SecurityReactionDeps): SecurityReaction {
  const { journal, clock } = deps;
  /** In the order of their start. */
  const watched = new Map<string, Watched>();
  let current: { readonly run: string; readonly controller: AbortController; readonly ended: Promise<void> } | null =
    null;

  const unsubscribe = deps.bus.subscribe({
    name: 'security-auditor',
    types: ['workflow.*', 'system.alert'],
    mode: 'asynchronous',
    handle: react,
  });

  return {
    async close() {
      unsubscribe();
      current?.controller.abort();
      await current?.ended;
    },
  };

  async function react(event: StoredEvent): Promise<void> {
    if (!journal.owns(event.sessionid)) return;
    if (event.type === 'system.alert') return alerted(event);
    const own = asRunEvent(event);
    if (own === null) return;
    const { run } = own.data;
    const known = watched.get(run);
    switch (own.type) {
      case 'workflow.started':
        if (isOurs(own.data)) await look(watch(own.data), 'pre-check', event.type);
        return;
      case 'workflow.resumed': {
        // Begun in a process that is gone, which looked at its start.
        const start = known ? null : startOf(run);
        if (start !== null && isOurs(start)) watch(start, { 'pre-check': { findings: toldOf(run) } });
        return;
      }
      case 'workflow.completed':
        watched.delete(run);
        if (known) await look(known, 'post-check', event.type);
        return;
      case 'workflow.failed':
      case 'workflow.cancelled':
      case 'workflow.superseded':
        watched.delete(run);
        stopLook(run);
        return;
      case 'workflow.interrupted':
        // It may go on in this process.
        stopLook(run);
        return;
      default:
        return;
    }
  }

  function isOurs({ plan }: RunStart): boolean {
    return !plan.steps.some(({ agent }) => agent === AGENT);
  }

  function startOf(run: string): RunStart | null {
    for (const event of deps.reader.events({ run, types: ['workflow.started'] })) {
      const own = asRunEvent(event);
      if (own?.type === 'workflow.started') return own.data;
    }
    return null;
  }

  /** Fingerprints of what looks at the run have found, in whatever process. */
  function toldOf(run: string): readonly string[] {
    return [...deps.reader.events({ run, types: ['security.vulnerability.found'] })].flatMap(({ data }) => {
      const { finding } = data;
      const told = typeof finding === 'object' && finding !== null && 'fingerprint' in finding && finding.fingerprint;
      return typeof told === 'string' ? [told] : [];
    });
  }

  function watch(start: RunStart, known: Watched['known'] = {}): Watched {
    const started = { start, known };
    watched.set(start.run, started);
    const [oldest] = watched.keys();
    if (watched.size > MAX_WATCHED && oldest !== undefined) watched.delete(oldest);
    return started;
  }

  function stopLook(run: string): void {
    if (current?.run === run) current.controller.abort();
  }

  /** One that names no run concerns the run that started last. */
  async function alerted({ data, type }: StoredEvent): Promise<void> {
    const run = data['run'];
    const concerned = typeof run === 'string' ? watched.get(run) : [...watched.values()].at(-1);
    if (concerned) await look(concerned, 'pre-check', type);
  }

  async function look(of: Watched, operation: Operation, reaction: string): Promise<void> {
    const before = current;
    const controller = new AbortController();
    before?.controller.abort();
    const { run } = of.start;
    const work = (async () => {
      await before?.ended;
      const scopes = controller.signal.aborted ? null : await pinnedScopes(deps.workspace, of.start);
      // A scope that cannot be resolved is the run's own failure to tell.
      if (!scopes?.ok || scopes.value.run.files.length === 0 || controller.signal.aborted) return;
      const { known: needs } = of;
      const data = await audit({ run, operation, reaction, scope: scopes.value.run, needs, controller });
      if (data !== null) of.known = { [operation]: data };
    })();
    const nothing = (): void => undefined;
    current = { run, controller, ended: work.then(nothing, nothing) };
    await work;
    if (current.controller === controller) current = null;
  }

  /** The auditor's data; null where it came to no end. */
  async function audit(look: Look): Promise<NeedResult | null> {
    const { run, operation, reaction, controller } = look;
    const about = { run, agent: AGENT, operation, reaction };
    // As of before the look: a finding is true of the content that was looked at.
    const contents = await deps.workspace.contentIds(look.scope.files, { reuse: true });
    let findings = 0;
    const stores = [store('security.scan.started', about)];
    const onMessage = (given: AgentMessage): void => {
      if (given.kind !== 'finding' || controller.signal.aborted || ++findings > MAX_FINDINGS) return;
      const finding = plain(maskDeep(given.finding, deps.mask));
      stores.push(
        store('security.vulnerability.found', {
          run,
          reaction,
          finding,
          content: contents.get(given.finding.file) ?? null,
        }),
      );
    };
    const outcome = await call(look, onMessage);
    const told = maskDeep(outcome, deps.mask);
    const result = told.ok
      ? { success: true, summary: told.summary }
      : { success: false, error: { code: told.error.code, message: told.error.message } };
    stores.push(store('security.scan.completed', { ...about, findings, ...result }));
    await Promise.all(stores);
    return told.ok ? told.data : null;
  }

  async function call(look: Look, onMessage: (message: AgentMessage) => void): Promise<AgentOutcome> {
    const { run, operation, controller, scope, needs } = look;
    const cancel = clock.timer(TIMEOUT_MS, () => controller.abort(new Error('timeout')));
    const request = {
      ...{ run, operation, scope, needs, agent: AGENT },
      ...{ step: `${AGENT}-reaction`, attempt: 1, idempotencyKey: `${run}/${AGENT}-reaction/${operation}` },
      ...{ workspace: deps.workspace.root, stateDir: deps.stateDir, with: {}, timeoutMs: TIMEOUT_MS },
    };
    try {
      return await deps.invoker.invoke(request, { signal: controller.signal, onMessage });
    } finally {
      cancel();
    }
  }

  async function store(type: Reported, data: JsonObject & { readonly run: string }): Promise<void> {
    const event: NewEvent = {
      source: 'savepoint/bus',
      type,
      subject: data.run,
      data,
      correlationid: data.run,
      origin: `run:${data.run}`,
      ...(type === 'security.vulnerability.found' ? { priority: 'high' } : {}),
    };
    const stored = await journal.append([event]);
    if (!stored.ok) deps.warn(`${type} is not stored: ${stored.failure.message}`);
  }
}

type Reported = 'security.scan.started' | 'security.vulnerability.found' | 'security.scan.completed';

/** A finding is plain JSON by its type, which an index signature cannot say of an interface. */
function plain(finding: Finding): JsonObject {
  return { ...finding } as unknown as JsonObject;
}
