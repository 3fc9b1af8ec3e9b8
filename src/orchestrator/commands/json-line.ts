import type { RunView } from '../../contract/runs.ts';
import type { Item } from './handler.ts';
import { resultLine } from '../workflow/run-view.ts';

/** The `--json` line of an item (CONTRACT.md, Commands); null for what only people see. */
export function jsonLine(item: Item): object | null {
  switch (item.kind) {
    case 'event':
      return { kind: 'event', ...item.event };
    case 'result':
      return resultLine(item.view);
    case 'run':
      return runLine(item.view);
    case 'session': {
      const { session, epoch, startedAt, endedAt, events, runs } = item.session;
      return { kind: 'session', session, epoch, startedAt, endedAt, events, runs };
    }
    case 'problem':
    case 'check':
    case 'command':
    case 'decision':
      return item;
    case 'context':
      return { kind: 'context', ...item.bundle };
    case 'error': {
      const { code, message, data } = item.failure;
      return { kind: 'error', code, message, data: data ?? null };
    }
    case 'watch':
    case 'message':
    case 'note':
      return null;
  }
}

function runLine({ run, number, workflow, status, startedAt, endedAt, session, retryOf }: RunView): object {
  return { kind: 'run', run, number, workflow, status, startedAt, endedAt, session, retryOf };
}
