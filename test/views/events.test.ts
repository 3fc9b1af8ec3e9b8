import assert from 'node:assert/strict';
import { EVENT_TYPES, type StoredEvent } from '../../src/contract/events.ts';
import { eventWords } from '../../src/contract/event-words.ts';
import { eventsTree } from '../../src/views/trees/events.ts';
import { SESSION, activityView, board, flat, folder, outline, runRow, scene } from '../support/boards.ts';
import { peopleWords, treeOfPeopleWords } from '../support/engine-words.ts';
import { proves } from '../requirements.ts';

let count = 0;
const event = (type: string, over: Partial<StoredEvent> = {}): StoredEvent => {
  count += 1;
  return {
    specversion: '1.0',
    id: `e${count}`,
    source: 'test',
    type,
    time: '2026-11-18T14:22:40.000Z',
    data: {},
    sequence: count,
    sessionid: SESSION,
    epoch: 7,
    priority: 'normal',
    origin: 'human',
    ...over,
  };
};
const written = (path: string, activity: string, over: Partial<StoredEvent> = {}): StoredEvent =>
  event('file.modified', { subject: path, data: { path, activity }, ...over });

const earlier = [
  written('src/old.ts', 'a0', { sessionid: 'older', epoch: 6, sequence: 11_640, time: '2026-11-18T09:02:00.000Z' }),
];
const stored: readonly StoredEvent[] = [
  event('system.maintenance', { sequence: 1, time: '2026-11-18T13:20:00.000Z', origin: 'tool:savepoint' }),
  written('src/a.ts', 'a1'),
  written('src/b.ts', 'a1'),
  event('activity.settled', { subject: 'a1', data: { id: 'a1' } }),
  event('activity.decided', { data: { activity: ['a1'], decisions: [] } }),
  event('workflow.started', {
    data: { run: 'run-42', trigger: { kind: 'activity', activities: ['a1'] } },
    origin: 'run:run-42',
  }),
  event('workflow.step.started', { subject: 'run-42', data: { run: 'run-42', step: 'tests' }, origin: 'run:run-42' }),
  event('workflow.started', {
    subject: 'run-43',
    data: { run: 'run-43', trigger: { kind: 'manual', activities: [] } },
    origin: 'run:run-43',
  }),
  written('src/c.ts', 'a2'),
];
const events = [...earlier, ...stored].toReversed();
const facts = folder({
  board: board({
    runs: [runRow({ number: 43 }), runRow({ number: 42 })],
    activities: [
      activityView('a1', {
        origin: 'agent:claude-code',
        total: 2,
        files: [
          { path: 'src/a.ts', change: 'modified' },
          { path: 'src/b.ts', change: 'modified' },
        ],
        decisions: [
          { workflow: 'release-notes', decision: 'filtered', why: 'only by hand', run: null, number: null, at: '' },
          { workflow: 'on-save-checks', decision: 'started', why: 'started run 42', run: 'run-42', number: 42, at: '' },
        ],
      }),
    ],
  }),
});

describe(proves('F3', 'the Events view'), () => {
  it('shows sessions, in them activities with what came of them and the runs they started, in these the events', () => {
    const tree = eventsTree(facts, { ...scene, events, filter: '' });
    assert.deepEqual(outline(tree), [
      `- [record] This session (since 13:20 · ${count} events)`,
      '  + [clockface muted] c.ts (You · waits for quiet)',
      '      edited (src/c.ts · 14:22:40)',
      '  + [play-circle] Run 43 (on-save-checks · 1 event)',
      '      run started (14:22:40)',
      '  + [play muted] 2 files (Claude Code · started run 42)',
      '      step started (tests · 14:22:40)',
      '      run started (14:22:40)',
      '      decided what to run (14:22:40)',
      '      quiet again (14:22:40)',
      '      edited (src/b.ts · 14:22:40)',
      '      edited (src/a.ts · 14:22:40)',
      '    old history removed (13:20:00)',
      '+ [history] 09:02 (11,640 events)',
      '  + [clockface muted] old.ts (You · waits for quiet)',
      '      edited (src/old.ts · 09:02:00)',
    ]);
    treeOfPeopleWords(tree);
    const activity = flat(tree).find(({ context, target }) => context === 'activity' && target.activity === 'a1');
    assert.deepEqual(activity?.tooltip, [
      '2 files',
      'release-notes: only by hand',
      'on-save-checks: started run 42',
      'a1',
    ]);
  });

  it('finds by what happened, by file and by who, and says when nothing matches', () => {
    const labels = (filter: string): readonly string[] =>
      flat(eventsTree(facts, { ...scene, events, filter }))
        .map(({ label }) => label)
        .slice(1);
    assert.deepEqual(labels('C.ts edited'), ['c.ts', 'edited']);
    assert.deepEqual(labels('workflow.step'), ['2 files', 'step started']);
    const [session] = eventsTree(facts, { ...scene, events, filter: 'C.ts edited' });
    assert.ok(session?.description.endsWith(`${count} events`), 'those that the filter hides are counted');
    const [nothing] = eventsTree(facts, { ...scene, events, filter: 'no such' });
    assert.equal(nothing?.label, 'Nothing matches the filter');
    assert.deepEqual(nothing.command, { kind: 'run', command: 'savepoint.clearEventsFilter' });
  });

  it('counts raw events beyond 200 instead of listing them', () => {
    const many = Array.from({ length: 251 }, (_, index) => written(`src/${index}.ts`, 'a9', { id: `m${index}` }));
    const [session] = eventsTree(facts, { ...scene, events: many, filter: '' });
    const rows = session?.children[0]?.children ?? [];
    assert.equal(rows.length, 201);
    assert.equal(rows.at(-1)?.label, '51 more events');
  });

  it('has words for every type that is written', () => {
    const words = [...EVENT_TYPES].map((type) => eventWords({ type }));
    peopleWords(words);
    assert.deepEqual(
      words.filter((word) => word.includes('.')),
      [],
    );
    const type = 'file.modified.aggregated';
    assert.equal(eventWords({ type, data: { count: 3 } }), 'summary: edited, 3 times');
    assert.equal(eventWords({ type, data: { count: 1 } }), 'summary: edited, once');
  });
});
