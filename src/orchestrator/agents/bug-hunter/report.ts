import type { AgentMessage, AgentRequest } from '../../../contract/agents.ts';
import type { Finding, Range } from '../../../contract/findings.ts';
import { fingerprinted, type FindingDraft } from '../../workspace/fingerprint.ts';
import { applyScopePolicy } from '../../workspace/scope-policy.ts';
import type { Workspace } from '../../workspace/workspace.ts';

export const AGENT_ID = 'bug-hunter';

/** What a part of the hunt says about one place. */
export type Draft = Pick<FindingDraft, 'rule' | 'severity' | 'confidence' | 'message' | 'range'> &
  Pick<Partial<FindingDraft>, 'missing' | 'help' | 'evidence' | 'fix' | 'edit' | 'fixes'>;

/** Puts findings through the scope policy, says each slip once, and counts. */
export interface Report {
  /** Findings in one file, now and at the base, of one part of the hunt. Parts that know more come first: a line they spoke about is theirs. */
  file(file: string, found: FileDrafts): Promise<void>;
  /** A finding elsewhere names this line (0-based): it is spoken about. */
  covers(file: string, line: number): void;
  /** Counts what is known to be older without being listed. */
  older(count: number): void;
  /** Whether an earlier part spoke about this line (0-based), or was kept quiet there. */
  spokeAbout(file: string, line: number): boolean;
  totals(): { readonly reported: readonly Finding[]; readonly older: number };
}

export interface FileDrafts {
  readonly now: readonly Draft[];
  readonly before: readonly Draft[];
  /** A change in another file caused them: they are said although their own lines did not change. */
  readonly causedElsewhere?: boolean;
}

export function createReport({
  request,
  workspace,
  emit,
}: {
  readonly request: AgentRequest;
  readonly workspace: Workspace;
  readonly emit: (message: AgentMessage) => void;
}): Report {
  const reported: Finding[] = [];
  const spoken = new Set<string>();
  const dismissed = workspace.dismissed();
  let older = 0;
  const complete = (file: string, drafts: readonly Draft[], text: string): readonly Finding[] =>
    fingerprinted(
      drafts.map((draft) => ({ ...draft, message: sentence(draft.message), agent: AGENT_ID, file })),
      text,
    );
  return {
    async file(file, { now, before, causedElsewhere = false }) {
      if (now.length === 0) return;
      for (const { range } of now) spoken.add(lineKey(file, range.start.line));
      const { base } = request.scope;
      const text = (await workspace.read(file)) ?? '';
      const baseText = before.length > 0 && base !== null ? ((await workspace.readBase(base, file)) ?? '') : '';
      const scoped = applyScopePolicy({
        scope: causedElsewhere ? { kind: 'all' } : request.scope,
        text,
        findings: complete(file, now, text),
        base: complete(file, before, baseText),
        changed: await workspace.changedLines(request.scope, file),
        dismissed,
      });
      older += scoped.older;
      for (const finding of scoped.reported) {
        reported.push(finding);
        emit({ kind: 'finding', finding });
      }
    },
    covers: (file, line) => void spoken.add(lineKey(file, line)),
    older: (count) => {
      older += count;
    },
    spokeAbout: (file, line) => spoken.has(lineKey(file, line)),
    totals: () => ({ reported, older }),
  };
}

/** Tools begin some messages in lower case; a name or a piece of code keeps its own. */
function sentence(message: string): string {
  return message.replace(/^[a-z]{2,}(?=[ ,:-])/, (word) => word.charAt(0).toUpperCase() + word.slice(1));
}

function lineKey(file: string, line: number): string {
  return `${file}:${String(line)}`;
}

/** The range of offsets in a text that knows its lines. */
export function rangeOf(
  source: { getLineAndCharacterOfPosition(position: number): Range['start'] },
  { start, end }: { readonly start: number; readonly end: number },
): Range {
  const point = (offset: number): Range['start'] => {
    const { line, character } = source.getLineAndCharacterOfPosition(offset);
    return { line, character };
  };
  return { start: point(start), end: point(end) };
}
