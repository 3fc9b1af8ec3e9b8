import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { ActivityView } from '../../src/contract/activities.ts';
import type { StoredEvent } from '../../src/contract/events.ts';
import {
  applyActivity,
  forgetOpen,
  newActivities,
  settledData,
  viewActivities,
  type Activities,
} from '../../src/orchestrator/activity/activity-fold.ts';
import {
  addWrite,
  netChange,
  openActivity,
  viewOf,
  type OpenActivity,
} from '../../src/orchestrator/activity/open-activity.ts';
import { typeOf, writeOf, type FileWrite } from '../../src/orchestrator/activity/file-write.ts';
import { scriptedSession, type ScriptedSession } from '../support/stored-events.ts';
import { proves } from '../requirements.ts';

const fold = (events: readonly StoredEvent[]): Activities => {
  const activities = newActivities();
  for (const event of events) applyActivity(activities, event);
  return activities;
};

const saved = (session: ScriptedSession, path: string, activity: string | null): StoredEvent =>
  session.store(
    'file.modified',
    { path, via: 'editor', size: 1, content: 'new', before: 'old', activity },
    { origin: 'human' },
  );

const view = (id: string, over: Partial<ActivityView> = {}): ActivityView => ({
  ...{ id, origin: 'human', startedAt: '2026-11-21T12:00:00.000Z', lastAt: '2026-11-21T12:00:01.000Z' },
  ...{ settledAt: '2026-11-21T12:00:02.000Z', files: [], total: 1, writes: 1, label: '', decisions: [] },
  ...over,
});

const settle = (session: ScriptedSession, of: ActivityView, upTo: Readonly<Record<string, number>> = {}): StoredEvent =>
  session.store('activity.settled', settledData(of, new Map(Object.entries(upTo))));

const seen = (activities: Activities): readonly string[] =>
  viewActivities(activities).map(
    ({ id, settledAt, writes, decisions }) =>
      `${id} ${settledAt === null ? 'open' : 'settled'} ${writes} ${decisions.map(({ decision }) => decision).join(',')}`,
  );

describe(proves('F7', 'activities, as the journal tells them'), () => {
  it('shows an open one that waits, then as it settled, then with what was decided', () => {
    const own = scriptedSession('s1');
    const events = [saved(own, 'a.ts', 'A'), saved(own, 'b.ts', 'A')];
    assert.deepEqual(seen(fold(events)), ['A open 2 waiting']);
    events.push(settle(own, view('A', { writes: 2 })));
    assert.deepEqual(seen(fold(events)), ['A settled 2 ']);
    const decision = { workflow: 'w', decision: 'started', why: 'started run 1', run: 'r', number: 1, at: '' };
    events.push(own.store('activity.decided', { activity: ['A'], decisions: [decision] }));
    events.push(
      own.store('activity.decided', { activity: ['A'], decisions: [{ ...decision, decision: 'superseded' }] }),
    );
    assert.deepEqual(seen(fold(events)), ['A settled 2 superseded']);
  });

  it('shows saves of another window at once, and leaves them to the activity that holds them', () => {
    const [leader, other] = [scriptedSession('s1'), scriptedSession('s2', 2)];
    const first = saved(other, 'a.ts', null);
    const events = [first, saved(other, 'b.ts', null)];
    assert.deepEqual(seen(fold(events)), [`${first.id} open 2 waiting`]);
    // The leader had a name of its own for it, and the second save came too late for it.
    events.push(settle(leader, view('A'), { s2: 1 }));
    assert.deepEqual(
      [...fold(events).open.values()].map(({ paths }) => [...paths.keys()]),
      [['b.ts']],
    );
    events.push(settle(leader, view('B'), { s2: 2 }));
    assert.deepEqual(
      seen(fold(events)).map((line) => line.split(' ')[1]),
      ['settled', 'settled'],
    );
  });

  it('lets a late save go on in an activity of its own', () => {
    const [leader, other] = [scriptedSession('s1'), scriptedSession('s2', 2)];
    const first = saved(other, 'a.ts', null);
    const late = saved(other, 'b.ts', null);
    const activities = fold([first, late, settle(leader, view(first.id), { s2: 1 })]);
    assert.deepEqual([...activities.open.keys()], [late.id]);
    assert.equal(activities.open.get(late.id)?.writes, 1);
  });

  it('forgets what a window left open that nobody went on with', () => {
    const own = scriptedSession('s1');
    const events = [saved(own, 'a.ts', 'A'), saved(own, 'b.ts', null), saved(own, 'c.ts', 'B')];
    const activities = fold(events.map((event, at) => ({ ...event, time: `2026-11-2${at}T12:00:00.000Z` })));
    forgetOpen(activities, '2026-11-22T00:00:00.000Z');
    assert.deepEqual([...activities.open.keys()], ['B']);
    assert.deepEqual(activities.unassigned, []);
  });

  it('does not take for open what settled in a session that is read later', () => {
    const [one, two] = [scriptedSession('s1'), scriptedSession('s2', 2)];
    const before = saved(two, 'a.ts', 'X');
    const goesOn = [saved(one, 'b.ts', 'X'), settle(one, view('X'), { s2: 9 })];
    assert.equal(fold([...goesOn, before, saved(two, 'c.ts', null)]).open.size, 0);
  });

  it('ignores writes of ignored files, and a run’s own until they are settled', () => {
    const own = scriptedSession('s1');
    const ignored = own.store(
      'file.modified',
      { path: 'x', via: 'editor', activity: null, ignored: true },
      { origin: 'human' },
    );
    const run = own.store('file.modified', { run: 'r', step: 's', path: 'y' }, { origin: 'run:r' });
    assert.deepEqual(seen(fold([ignored, run])), []);
  });

  it('tells of none whose writes all turned out to be part of another', () => {
    const own = scriptedSession('s1');
    const git = view('C', { writes: 0, total: 0, origin: 'git', label: 'Switched to main' });
    const events = [view('A', { writes: 0, total: 0, origin: 'unknown' }), view('B'), git].map((of) => settle(own, of));
    assert.deepEqual(
      viewActivities(fold(events))
        .map(({ id }) => id)
        .sort(),
      ['B', 'C'],
    );
  });

  it('tells of none that changed nothing: a file saved as it was', () => {
    const own = scriptedSession('s1');
    const same = own.store(
      'file.modified',
      { path: 'a.ts', via: 'editor', size: 1, content: 'old', before: 'old', activity: 'A' },
      { origin: 'human' },
    );
    assert.deepEqual(seen(fold([same])), []);
    assert.deepEqual(seen(fold([same, settle(own, view('A', { total: 0 }))])), []);
    assert.deepEqual(seen(fold([same, saved(own, 'a.ts', 'A')])), ['A open 2 waiting']);
  });

  it('keeps at most 50, the newest', () => {
    const own = scriptedSession('s1');
    const events = Array.from({ length: 80 }, (_, at) =>
      settle(own, view(`A${at}`, { startedAt: `2026-11-21T12:${String(at).padStart(2, '0')}` })),
    );
    const views = viewActivities(fold(events));
    assert.equal(views.length, 50);
    assert.equal(views[0]?.id, 'A79');
  });
});

describe(proves('F7', 'net change of a burst'), () => {
  const write = (path: string, before: string | null, after: string | null): FileWrite => ({
    ...{ type: typeOf(before, after), path, via: 'watcher', reason: null, from: null, size: null, before, after },
    ...{ origin: 'unknown', activity: null, ignored: false, runs: [] },
  });

  /** Contents of few files, changed write by write; each write by one of two writers. */
  const story = fc.array(
    fc.record({ file: fc.constantFrom('a', 'b', 'c'), content: fc.constantFrom('1', '2', '3', null), by: fc.nat(1) }),
    { maxLength: 30 },
  );

  it('is what differs between before the first and after the last write, whoever wrote', () => {
    fc.assert(
      fc.property(story, (writes) => {
        const before = new Map<string, string | null>([
          ['a', '1'],
          ['b', '2'],
          ['c', null],
        ]);
        const now = new Map(before);
        const one: OpenActivity = openActivity({ id: 'one', origin: 'human', at: '' });
        for (const { file, content } of writes) {
          if (content === now.get(file)) continue;
          addWrite(one, write(file, now.get(file) ?? null, content), '');
          now.set(file, content);
        }
        const expected = [...now].flatMap(([path, content]) => {
          const was = before.get(path) ?? null;
          const change = content === null ? 'deleted' : was === null ? 'created' : 'modified';
          return content === was ? [] : [{ path, change }];
        });
        assert.deepEqual(netChange([one]), expected);
      }),
    );
  });

  it('joins what two writers did to one file', () => {
    const one = openActivity({ id: 'one', origin: 'human', at: '' });
    const other = openActivity({ id: 'other', origin: 'unknown', at: '' });
    addWrite(other, write('a', 'x', 'y'), '');
    addWrite(one, write('a', 'y', 'x'), '');
    assert.deepEqual(netChange([one, other]), []);
    assert.deepEqual(netChange([other, one]), []);
  });

  it('holds 10,000 paths and counts the rest', () => {
    const one = openActivity({ id: 'one', origin: 'unknown', at: '' });
    for (let at = 0; at < 12_000; at++) addWrite(one, write(`f${at}`, null, 'x'), '');
    assert.equal(one.paths.size, 10_000);
    const settled = viewOf(one, '');
    assert.equal(settled.total, 12_000);
    assert.equal(settled.writes, 12_000);
    assert.equal(settled.files.length, 200);
  });

  it('reads an event as it was written, and a run’s event without content as unknown', () => {
    const own = scriptedSession('s1');
    const event = own.store('file.modified', { run: 'r', step: 's', path: 'y' }, { origin: 'run:r' });
    assert.equal(writeOf(event)?.after, undefined);
    assert.equal(writeOf(own.store('file.created', { path: 'y', content: 'c' }))?.before, null);
    assert.equal(writeOf(own.store('workflow.started', { path: 'y' })), null);
  });
});
