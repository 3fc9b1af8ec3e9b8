import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DecisionKind } from '../../src/contract/activities.ts';
import { triggersSchema } from '../../src/contract/definitions.ts';
import type { Origin } from '../../src/contract/events.ts';
import {
  whoAsks,
  whoStarts,
  type Looked,
  type Occasion,
  type RunAtWork,
  type Situation,
} from '../../src/orchestrator/activity/decide-triggers.ts';
import { NOTHING_OPEN } from '../../src/orchestrator/activity/left-open.ts';
import { lineageOf } from '../../src/orchestrator/activity/lineage.ts';
import { proves } from '../requirements.ts';

const workflow = (id: string, on: unknown): Situation['workflows'][number] => ({ id, on: triggersSchema.parse(on) });

const burst = (
  over: Partial<Occasion> & { readonly origin?: Origin; readonly paths?: readonly string[] } = {},
): Occasion => {
  const { origin = 'human', paths = ['src/a.ts'], ...rest } = over;
  const files = paths.map((path) => ({ path, change: 'modified' as const }));
  return { kind: 'activity', activities: [{ id: 'a1', origin, files }], files, lineage: null, ...rest };
};

const situation = (over: Partial<Situation> = {}): Situation => ({
  workflows: [workflow('checks', { activity: {} })],
  broken: [],
  atWork: [],
  paused: { all: false, workflows: new Set() },
  automaticRuns: true,
  maxHops: 3,
  leftOpen: () => NOTHING_OPEN,
  ...over,
});

const looked = (over: Partial<Looked> = {}): Looked => ({
  differing: new Set(['src/a.ts', 'src/b.ts']),
  ignored: new Set(),
  unapproved: new Map(),
  budget: { limit: 120, left: 120, freesInMs: 0 },
  ...over,
});

const atWork = (over: Partial<RunAtWork> = {}): RunAtWork => ({
  run: 'run-41',
  number: 41,
  workflow: 'checks',
  kind: 'activity',
  activities: ['a0'],
  within: ['src/old.ts'],
  ...over,
});

/** What it comes to: workflows that start with their files, and the decisions on the others. */
function outcome(occasion: Occasion, given: Situation, known: Looked = looked()) {
  const { asked, verdicts } = whoAsks(occasion, given);
  const { starts, verdicts: refused, over } = whoStarts(asked, known);
  return { starts, decisions: [...verdicts, ...refused].map((one) => [one.workflow, one.decision, one.why]), over };
}

/** [given, occasion, situation, what was looked up, the decision on it and its words] */
const REFUSED: readonly (readonly [string, Occasion, Situation, Looked, DecisionKind, RegExp])[] = [
  [
    'a filter by paths',
    burst({ paths: ['docs/a.md'] }),
    situation({ workflows: [workflow('checks', { activity: { paths: ['src/**', '!src/gen/**'] } })] }),
    looked(),
    'filtered',
    /^only for src\/\*\*, !src\/gen/,
  ],
  [
    'a path that the filter takes out again',
    burst({ paths: ['src/gen/a.ts'] }),
    situation({ workflows: [workflow('checks', { activity: { paths: ['src/**', '!src/gen/**'] } })] }),
    looked(),
    'filtered',
    /^only for/,
  ],
  [
    'a filter by type',
    burst(),
    situation({ workflows: [workflow('checks', { activity: { types: ['file.created'] } })] }),
    looked(),
    'filtered',
    /^only for file\.created$/,
  ],
  [
    'a filter by writer',
    burst({ origin: 'run:r1' }),
    situation({ workflows: [workflow('checks', { activity: { origins: ['human'] } })] }),
    looked(),
    'filtered',
    /^not for what a run wrote$/,
  ],
  ['what git wrote', burst({ origin: 'git' }), situation(), looked(), 'filtered', /git wrote/],
  [
    'no workflow that asks',
    burst(),
    situation({ workflows: [workflow('x', { manual: {} })] }),
    looked(),
    'filtered',
    /no workflow asks/,
  ],
  [
    'a paused workflow',
    burst(),
    situation({ paused: { all: false, workflows: new Set(['checks']) } }),
    looked(),
    'filtered',
    /you paused it/,
  ],
  [
    'all paused',
    burst(),
    situation({ paused: { all: true, workflows: new Set() } }),
    looked(),
    'filtered',
    /you paused automatic runs/,
  ],
  ['the setting', burst(), situation({ automaticRuns: false }), looked(), 'filtered', /off in the settings/],
  [
    'edits taken back',
    burst(),
    situation(),
    looked({ differing: new Set() }),
    'filtered',
    /nothing differs from HEAD any more/,
  ],
  [
    'an ignored file',
    burst(),
    situation(),
    looked({ differing: new Set(), ignored: new Set(['src/a.ts']) }),
    'filtered',
    /\.gitignore/,
  ],
  [
    'a command nobody approved',
    burst(),
    situation(),
    looked({ unapproved: new Map([['checks', 'Approve it with: savepoint trust']]) }),
    'untrusted',
    /savepoint trust/,
  ],
  [
    'a spent budget',
    burst(),
    situation(),
    looked({ budget: { limit: 120, left: 0, freesInMs: 720_000 } }),
    'over-budget',
    /120 automatic runs in the last hour.*12 min/,
  ],
  [
    'its own writes',
    burst({ lineage: { run: 'r', ancestors: ['checks'], hops: 1 } }),
    situation(),
    looked(),
    'loop-stopped',
    /wrote this/,
  ],
  [
    'runs that follow from each other',
    burst({ lineage: { run: 'r', ancestors: ['other'], hops: 4 } }),
    situation(),
    looked(),
    'loop-stopped',
    /3 runs followed/,
  ],
  [
    'the clock, while the last one is at work',
    burst({ kind: 'schedule', due: ['checks'] }),
    situation({ atWork: [atWork({ kind: 'schedule', within: null })] }),
    looked({ differing: null }),
    'joined',
    /run 41 is still at work/,
  ],
];

describe(proves('F7', 'what starts for a burst of edits'), () => {
  it('looks again at what the last result of the workflow left open, even where nothing differs any more', () => {
    const leftOpen = (id: string) =>
      id === 'checks' ? { files: ['test/x.test.ts'], everything: false } : NOTHING_OPEN;
    for (const differing of [new Set(['src/a.ts']), new Set<string>()]) {
      const [one, ...others] = outcome(burst(), situation({ leftOpen }), looked({ differing })).starts;
      assert.deepEqual([one?.files, one?.again, others], [['src/a.ts', 'test/x.test.ts'], ['test/x.test.ts'], []]);
    }
    const all = () => ({ files: [], everything: true });
    assert.equal(outcome(burst(), situation({ leftOpen: all })).starts[0]?.everything, true);
    const commit = outcome(
      burst({ kind: 'commit' }),
      situation({ leftOpen, workflows: [workflow('checks', { commit: {} })] }),
      looked({ differing: null }),
    );
    assert.deepEqual(commit.starts[0]?.again, [], 'a commit is looked at for itself');
  });

  it('is every workflow that asks, each told the files that it asks for', () => {
    const both = [
      workflow('all', { activity: {} }),
      workflow('src', { activity: { paths: ['src/**'] } }),
      workflow('saves', { save: {} }),
    ];
    const { starts, decisions } = outcome(
      burst({ paths: ['docs/a.md', 'src/a.ts'] }),
      situation({ workflows: both }),
      looked({ differing: new Set(['docs/a.md', 'src/a.ts']) }),
    );
    assert.deepEqual(
      starts.map((one) => [one.workflow, one.files]),
      [
        ['all', ['docs/a.md', 'src/a.ts']],
        ['src', ['src/a.ts']],
      ],
    );
    assert.deepEqual(decisions, []);
  });

  for (const [given, occasion, about, known, decision, words] of REFUSED)
    it(`is nothing for ${given}, and says so: ${decision}`, () => {
      const { starts, decisions } = outcome(occasion, about, known);
      assert.deepEqual(starts, []);
      assert.equal(decisions.length, 1);
      assert.equal(decisions[0]?.[1], decision);
      assert.match(decisions[0]?.[2] ?? '', words);
    });

  it('goes on beside a broken file, which is named with its place', () => {
    const broken = [{ id: 'mine', problem: '.savepoint/workflows/mine.yaml:7: There is no step lint.' }];
    const { starts, decisions } = outcome(burst(), situation({ broken }));
    assert.deepEqual(
      starts.map((one) => one.workflow),
      ['checks'],
    );
    assert.deepEqual(decisions, [['mine', 'filtered', `its file is broken: ${broken[0]?.problem}`]]);
  });

  it('replaces the automatic run still at work, and looks at what that had not come to as well', () => {
    const { starts } = outcome(burst(), situation({ atWork: [atWork()] }));
    assert.deepEqual(starts[0]?.files, ['src/a.ts', 'src/old.ts']);
    assert.deepEqual(
      starts[0]?.replaces.map(({ number }) => number),
      [41],
    );
  });

  it('ends the run at work where nothing of it or of the burst differs any more, and only then', () => {
    const none = outcome(burst(), situation({ atWork: [atWork()] }), looked({ differing: new Set() }));
    assert.deepEqual([none.starts, none.over.map(({ number }) => number)], [[], [41]]);
    const some = outcome(burst(), situation({ atWork: [atWork()] }), looked({ differing: new Set(['src/old.ts']) }));
    assert.deepEqual([some.starts.length, some.over], [1, []]);
  });

  it('replaces one that looks at all that differs by one that does, too, and does not end it for files that do not', () => {
    const given = situation({ atWork: [atWork({ within: null })] });
    const { starts } = outcome(burst(), given);
    assert.deepEqual(
      starts.map(({ everything, replaces }) => [everything, replaces.length]),
      [[true, 1]],
    );
    const none = outcome(burst(), given, looked({ differing: new Set() }));
    assert.deepEqual([none.starts, none.over], [[], []]);
  });

  it('leaves a run that looks at something else, such as a commit', () => {
    const { starts } = outcome(burst(), situation({ atWork: [atWork({ kind: 'commit', within: null })] }));
    assert.deepEqual(starts[0]?.replaces, []);
  });

  it('leaves out the files that only writers wrote who are not asked for', () => {
    const file = (path: string) => ({ path, change: 'modified' as const });
    const mixed: Occasion = {
      kind: 'activity',
      activities: [
        { id: 'h', origin: 'human', files: [file('src/a.ts'), file('src/both.ts')] },
        { id: 'r', origin: 'run:r1', files: [file('src/b.ts'), file('src/both.ts')] },
      ],
      files: [file('src/a.ts'), file('src/b.ts'), file('src/both.ts')],
      lineage: null,
    };
    const only = situation({ workflows: [workflow('checks', { activity: { origins: ['human'] } })] });
    assert.deepEqual(whoAsks(mixed, only).asked[0]?.files, ['src/a.ts', 'src/both.ts']);
  });
});

const ids = ['a', 'b', 'c', 'd'] as const;
const occasions = fc.record({
  writer: fc.option(fc.constantFrom(...ids), { nil: null }),
  paths: fc.uniqueArray(fc.constantFrom('1', '2', '3'), { minLength: 1 }),
});

describe(proves('F7', 'automatic runs, whatever comes'), () => {
  it('never start a workflow twice at once, an ancestor, more than the budget, or beyond the hop limit', () => {
    fc.assert(
      fc.property(
        fc.array(occasions, { maxLength: 40 }),
        fc.record({ limit: fc.nat({ max: 12 }), maxHops: fc.integer({ min: 0, max: 3 }) }),
        fc.infiniteStream(fc.boolean()),
        (script, { limit, maxHops }, ends) => {
          type Live = RunAtWork & { readonly lineage: Occasion['lineage']; readonly beside: readonly string[] };
          let live: readonly Live[] = [];
          const begun: Live[] = [];
          for (const [at, { writer, paths }] of script.entries()) {
            const parent = begun.findLast((run) => run.workflow === writer);
            const lineage = parent
              ? lineageOf({
                  ...parent,
                  trigger: { kind: 'activity', activities: [], lineage: parent.lineage, beside: parent.beside },
                })
              : null;
            const given = situation({
              workflows: ids.map((id) => workflow(id, { activity: {} })),
              atWork: live,
              maxHops,
            });
            const { starts } = outcome(
              burst({ paths, lineage, origin: parent ? `run:${parent.run}` : 'human' }),
              given,
              looked({
                differing: new Set(['1', '2', '3']),
                budget: { limit, left: limit - begun.length, freesInMs: 1 },
              }),
            );
            for (const { workflow: id, replaces, files } of starts) {
              assert.ok(!lineage?.ancestors.includes(id), 'no ancestor');
              live = live.filter((run) => !replaces.includes(run));
              assert.ok(!live.some((run) => run.workflow === id), 'one at a time');
              const before = replaces.flatMap(({ within }) => within ?? []);
              assert.ok(
                before.every((file) => files.includes(file)),
                'nothing unchecked is dropped',
              );
              const beside = starts.map((one) => one.workflow).filter((one) => one !== id);
              const run = {
                run: `${at}${id}`,
                number: at,
                workflow: id,
                kind: 'activity' as const,
                activities: [],
                within: files,
                lineage,
                beside,
              };
              begun.push(run);
              live = [...live, run];
            }
            assert.ok(begun.length <= limit, 'within the budget');
            assert.ok(
              begun.every((run) => (run.lineage?.hops ?? 0) <= maxHops),
              'within the hop limit',
            );
            live = live.filter(() => ends.next().value);
          }
        },
      ),
    );
  });
});
