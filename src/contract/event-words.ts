import type { StoredEvent } from './events.ts';

/** Event type → what happened, in words for people. The types themselves are for JSON and the tooltip's last line. */
const WORDS: Readonly<Record<string, string>> = {
  'workflow.started': 'run started',
  'workflow.completed': 'run finished',
  'workflow.failed': 'run failed',
  'workflow.interrupted': 'run cut off',
  'workflow.resumed': 'run goes on',
  'workflow.waiting': 'run needs you',
  'workflow.cancelled': 'run stopped',
  'workflow.superseded': 'run replaced by newer edits',
  'workflow.step.started': 'step started',
  'workflow.step.completed': 'step finished',
  'workflow.step.retrying': 'step tries again',
  'workflow.step.failed': 'step failed',
  'workflow.step.skipped': 'step did not run',
  'workflow.compensation.started': 'undo started',
  'workflow.compensation.completed': 'undone',
  'workflow.compensation.failed': 'undo failed',
  'agent.invoked': 'agent called',
  'agent.completed': 'agent finished',
  'agent.failed': 'agent failed',
  'agent.timeout': 'agent took too long',
  'test.execution.started': 'tests started',
  'test.case.completed': 'test ended',
  'test.execution.completed': 'tests ended',
  'test.failure.detected': 'test failed',
  'security.scan.started': 'security check started',
  'security.vulnerability.found': 'weakness found',
  'security.scan.completed': 'security check ended',
  'performance.analysis.started': 'measuring started',
  'performance.bottleneck.detected': 'slow place found',
  'performance.analysis.completed': 'measuring ended',
  'file.created': 'created',
  'file.modified': 'edited',
  'file.deleted': 'deleted',
  'git.commit': 'commit',
  'git.switched': 'branch switched',
  'activity.settled': 'quiet again',
  'activity.decided': 'decided what to run',
  'tool.used': 'tool used',
  'performance.metric': 'measured',
  'feature-development': 'a feature is being written',
  'bug-fix': 'a fault is being fixed',
  'system.alert': 'problem met',
  'system.dead-letter': 'set aside',
  'system.dead-letter.redriven': 'delivered again',
  'system.dead-letter.discarded': 'discarded',
  'system.maintenance': 'old history removed',
};

/** What happened, in a few words: of a type of the user's own, the type. */
export function eventWords({ type, data }: Pick<StoredEvent, 'type'> & Partial<Pick<StoredEvent, 'data'>>): string {
  const known = WORDS[type];
  if (known !== undefined) return known;
  const joined = type.replace(/\.aggregated$/, '');
  if (joined === type) return type.replaceAll('-', ' ');
  const count = data?.['count'];
  const times = typeof count === 'number' ? `, ${count === 1 ? 'once' : `${count} times`}` : '';
  return `summary: ${eventWords({ type: joined })}${times}`;
}
