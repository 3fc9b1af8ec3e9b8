import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { AgentMessage, AgentOutcome, AgentRequest } from '../../src/contract/agents.ts';
import type { StoredEvent } from '../../src/contract/events.ts';
import type { Finding } from '../../src/contract/findings.ts';
import type { JsonObject } from '../../src/contract/json.ts';
import { createSecurityReaction } from '../../src/orchestrator/bus/security-reaction.ts';
import { createBusRig } from '../support/bus-rig.ts';
import { untilAborted } from '../support/engine-rig.ts';
import { folderWorkspace, makeFolder, removeFolder } from '../support/folder-workspace.ts';
import { planOf, startOf } from '../support/plans.ts';
import { proves } from '../requirements.ts';
import { newEvent } from '../support/sample-events.ts';

type Auditor = (
  request: AgentRequest,
  how: { readonly signal: AbortSignal; readonly say: (message: AgentMessage) => void },
) => AgentOutcome | Promise<AgentOutcome>;

const FOUND: Finding = {
  agent: 'security-auditor',
  rule: 'secret',
  severity: 'error',
  confidence: 'certain',
  message: 'password hunter2',
  file: 'a.ts',
  range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } },
  fingerprint: 'f1',
};
const clean = (data: string): AgentOutcome => ({ ok: true, data: { findings: [data] }, summary: 'nothing found' });

describe(proves('A5', 'the security auditor reacts to runs'), () => {
  const roots: string[] = [];
  after(() => roots.forEach(removeFolder));

  function rigWith(
    auditor: Auditor,
    files: Readonly<Record<string, string>> = { 'a.ts': '1' },
    on: Parameters<typeof createBusRig>[0] = {},
  ) {
    const root = makeFolder(files);
    roots.push(root);
    const rig = createBusRig(on);
    const calls: AgentRequest[] = [];
    const reaction = createSecurityReaction({
      ...{ bus: rig.bus, journal: rig.journal, reader: rig.reader, clock: rig.env.clock, stateDir: '/state' },
      workspace: folderWorkspace(root),
      invoker: {
        invoke: async (request, { signal, onMessage }) => {
          calls.push(request);
          return auditor(request, { signal, say: onMessage });
        },
      },
      mask: (text) => text.replaceAll('hunter2', '••••'),
      warn: (text) => rig.warnings.push(text),
    });
    const told = (): readonly StoredEvent[] => rig.stored('security.*');
    return { ...rig, reaction, calls, told };
  }

  const started = (run: string, agents: readonly string[] = ['linter']) => {
    const plan = planOf({ steps: agents.map((agent, index) => ({ id: `s${index}`, agent })) });
    const data = JSON.parse(JSON.stringify(startOf(plan, run))) as JsonObject;
    return newEvent('workflow.started', { data });
  };
  const ended = (run: string, how = 'completed') => newEvent(`workflow.${how}`, { data: { run } });

  it('looks before and after a run whose workflow does not, and what it finds belongs to that run, masked', async () => {
    const rig = rigWith(({ operation }, { say }) => {
      if (operation === 'pre-check') say({ kind: 'finding', finding: FOUND });
      return clean(operation);
    });
    await rig.store(started('r1'));
    await rig.store(ended('r1'));
    assert.deepEqual(
      rig.calls.map(({ run, agent, operation, scope, needs }) => ({
        run,
        agent,
        operation,
        files: scope.files,
        needs,
      })),
      [
        { run: 'r1', agent: 'security-auditor', operation: 'pre-check', files: ['a.ts'], needs: {} },
        {
          ...{ run: 'r1', agent: 'security-auditor', operation: 'post-check', files: ['a.ts'] },
          needs: { 'pre-check': { findings: ['pre-check'] } },
        },
      ],
    );
    assert.deepEqual(
      rig.told().map(({ type, data, origin }) => [type, data['run'], origin, data['reaction']]),
      [
        ['security.scan.started', 'r1', 'run:r1', 'workflow.started'],
        ['security.vulnerability.found', 'r1', 'run:r1', 'workflow.started'],
        ['security.scan.completed', 'r1', 'run:r1', 'workflow.started'],
        ['security.scan.started', 'r1', 'run:r1', 'workflow.completed'],
        ['security.scan.completed', 'r1', 'run:r1', 'workflow.completed'],
      ],
    );
    const [found] = rig.stored('security.vulnerability.found');
    assert.deepEqual([found?.data['finding'], found?.priority], [{ ...FOUND, message: 'password ••••' }, 'high']);
    assert.equal(found?.data['content'], createHash('sha1').update('1').digest('hex'), 'of what was looked at');
  });

  it('leaves runs alone that call the auditor themselves, and those of other processes', async () => {
    const rig = rigWith(() => clean('x'));
    await rig.store(started('r1', ['linter', 'security-auditor']));
    await rig.store(newEvent('system.alert'), ended('r1'));
    const other = createBusRig({ machine: rig.machine });
    const [theirs] = await other.store(started('r2'));
    assert(theirs);
    rig.bus.deliver(theirs);
    await rig.bus.flush();
    assert.deepEqual(rig.calls, []);
  });

  it('looks at a run that a second session of this process has', async () => {
    const rig = rigWith(() => clean('x'));
    await rig.another().append([started('r1')]);
    await rig.pass(0);
    assert.deepEqual(
      rig.calls.map(({ run }) => run),
      ['r1'],
    );
  });

  it('looks after a run that began in another process, and not where that calls the auditor itself', async () => {
    const other = createBusRig();
    await other.store(started('r1'), started('r2', ['security-auditor']));
    const rig = rigWith(({ operation }) => clean(operation), { 'a.ts': '1' }, { machine: other.machine });
    for (const run of ['r1', 'r2']) await rig.store(ended(run, 'resumed'), ended(run));
    assert.deepEqual(
      rig.calls.map(({ run, operation }) => [run, operation]),
      [['r1', 'post-check']],
    );
  });

  it('says of a run that began in another process only what its looks there had not said', async () => {
    const other = createBusRig();
    const found = (run: string, fingerprint: string) =>
      newEvent('security.vulnerability.found', { data: { run, finding: { rule: FOUND.rule, fingerprint } } });
    await other.store(started('r1'), found('r1', 'f1'), found('r9', 'f9'), found('r1', 'f2'));
    const rig = rigWith(({ operation }) => clean(operation), { 'a.ts': '1' }, { machine: other.machine });
    await rig.store(ended('r1', 'resumed'), ended('r1'));
    assert.deepEqual(
      rig.calls.map(({ operation, needs }) => ({ operation, needs })),
      [{ operation: 'post-check', needs: { 'pre-check': { findings: ['f1', 'f2'] } } }],
    );
  });

  it('never starts anything by itself: an alert without a run at work is nobody’s', async () => {
    const rig = rigWith(() => clean('x'));
    await rig.store(newEvent('system.alert'));
    assert.deepEqual(rig.calls, []);
    await rig.store(started('r1'));
    await rig.store(newEvent('system.alert', { data: { problem: 'x' } }));
    assert.deepEqual(
      rig.calls.map(({ run }) => run),
      ['r1', 'r1'],
    );
  });

  it('says nothing where there is nothing to look at', async () => {
    const rig = rigWith(() => clean('x'), {});
    await rig.store(started('r1'));
    await rig.store(ended('r1'));
    assert.deepEqual([rig.calls.length, rig.told().length], [0, 0]);
  });

  it('looks at one thing at a time, the newest', async () => {
    let atWork = 0;
    let most = 0;
    const rig = rigWith(async ({ run }, { signal }) => {
      most = Math.max(most, ++atWork);
      const outcome = run === 'r3' ? clean('r3') : await untilAborted(signal);
      atWork--;
      return outcome;
    });
    await rig.store(started('r1'));
    await rig.store(started('r2'), started('r3'));
    await rig.pass(0);
    assert.deepEqual([most, atWork], [1, 0]);
    assert.equal(rig.calls.at(-1)?.run, 'r3');
    const ends = rig.stored('security.scan.completed').map(({ data }) => [data['run'], data['success']]);
    assert.deepEqual(ends.at(-1), ['r3', true]);
    assert(ends.slice(0, -1).every(([run, success]) => run !== 'r3' && success === false));
  });

  it('stops with its run, after 30 s, and when it is closed', async () => {
    const rig = rigWith((_, { signal }) => untilAborted(signal));
    await rig.store(started('r1'));
    await rig.store(ended('r1', 'cancelled'));
    assert.equal(rig.stored('security.scan.completed').length, 1);
    await rig.store(started('r2'));
    await rig.pass(30_000);
    assert.equal(rig.stored('security.scan.completed').length, 2);
    await rig.store(started('r3'));
    await rig.reaction.close();
    await rig.pass(0);
    assert.equal(rig.stored('security.scan.completed').length, 3);
    assert.equal(rig.clock.waiting(), 0);
  });
});
