import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { applyChange } from '../../src/contract/apply-change.ts';
import type { ActivityView } from '../../src/contract/activities.ts';
import type { Board } from '../../src/contract/board.ts';
import type { StoredEvent } from '../../src/contract/events.ts';
import { standingFailures } from '../../src/contract/run-words.ts';
import { applyEvent, runsInHour } from '../../src/orchestrator/board/board-fold.ts';
import { addEarly, dismissEarly } from '../../src/orchestrator/board/early-findings.ts';
import { changesBetween } from '../../src/orchestrator/board/changes.ts';
import { applyFacts, dismissFinding } from '../../src/orchestrator/board/finding-fold.ts';
import { createPace } from '../../src/orchestrator/board/pace.ts';
import { leftOpenOf, SHOWN_RUNS } from '../../src/orchestrator/board/run-fold.ts';
import { applyDecided } from '../../src/orchestrator/board/unchecked.ts';
import { whenWords } from '../../src/orchestrator/board/workflow-words.ts';
import { EMPTY_RESULT, type RunStart } from '../../src/orchestrator/workflow/run-events.ts';
import { proves } from '../requirements.ts';
import { activityView } from '../support/boards.ts';
import { createSimulatedClock } from '../support/simulated-env.ts';
import { scriptedSession } from '../support/stored-events.ts';
import { AT_REST, checked, finding, runOf, story, TIME, wholeRun, written, type Story } from './stories.ts';

const ON_LINE_3 = { start: { line: 3, character: 0 }, end: { line: 3, character: 9 } };
const filesOf = ({ files }: Board): readonly string[] => files.map(({ file }) => file);
const statusOf = (board: Board, run: string): string | undefined => board.runs.find((row) => row.run === run)?.status;

describe(proves('F1', 'board: runs'), () => {
  let told: Story;
  beforeEach(() => (told = story()));

  it('shows a run as live only while the session that has it is', () => {
    const there = scriptedSession('there');
    told.take(there.store('workflow.started', runOf(1, ['a.ts'], { session: 'there' })));
    assert.equal(statusOf(told.board({ live: new Set(['here', 'there']) }), 'run-1'), 'running');
    assert.equal(statusOf(told.board(), 'run-1'), 'interrupted');
  });

  it('counts an event once, however often it comes', () => {
    const start = runOf(1, ['a.ts']);
    const events = wholeRun(told.here, start, { findings: [] });
    told.take(...events);
    const once = told.board();
    told.take(...events, ...events);
    assert.deepEqual(told.board(), once);
  });

  it('asks for the start of a run that it does not know', () => {
    const event = told.here.store('workflow.resumed', { run: 'old', session: 'here', again: [] });
    assert.equal(applyEvent(told.fold, event, AT_REST), 'unknown');
    assert.equal(applyEvent(told.fold, written(told.here, 'a.ts', '1'), AT_REST), 'done');
    assert.equal(applyEvent(told.fold, told.here.store('test.case.completed', {}), AT_REST), 'other');
  });

  it('shows the newest, the live and those under Failed, and forgets the rest', () => {
    const failing = runOf(1, [], { workflow: 'nightly' });
    const fixed = runOf(2, []);
    told.take(...wholeRun(told.here, failing, { findings: [finding('a.ts')] }));
    told.take(...wholeRun(told.here, fixed, { findings: [finding('b.ts')] }));
    told.take(told.here.store('workflow.started', runOf(3, [])));
    for (let number = 4; number < 4 + SHOWN_RUNS; number++)
      told.take(...wholeRun(told.here, runOf(number, []), { findings: [] }));
    const { runs, olderRuns } = told.board();
    const numbers = runs.map(({ number }) => number);
    assert.deepEqual(numbers.slice(-3), [4, 3, 1], 'run 2 passed since, run 1 never did');
    assert.equal(numbers.length, SHOWN_RUNS + 2);
    assert.equal(olderRuns, 1);
    assert.equal(told.fold.runs.runs.size, numbers.length);
  });

  it('keeps under Failed what finished with a step that failed, as the view of it counts', () => {
    const start = runOf(1, [], { workflow: 'nightly' });
    const step = { run: start.run, step: 'check', attempt: 1, timeMs: TIME, changedSince: null, result: EMPTY_RESULT };
    told.take(told.here.store('workflow.started', start));
    told.take(told.here.store('workflow.step.failed', { ...step, error: { code: 'exit', message: 'exit code 2' } }));
    told.take(told.here.store('workflow.completed', { run: start.run, status: 'completed' }));
    for (let number = 2; number < 2 + SHOWN_RUNS; number++)
      told.take(...wholeRun(told.here, runOf(number, []), { findings: [] }));
    const { runs } = told.board();
    assert.deepEqual(
      standingFailures(runs).map(({ number }) => number),
      [1],
    );
  });

  it('keeps what a workflow left open beside what a later look at named files found, until it is looked at whole', () => {
    const byHand = (number: number, file: string) =>
      runOf(number, [file], { scope: { kind: 'files', base: null, files: [file], count: 1 } });
    const open = (): readonly string[] => leftOpenOf(told.fold.runs, 'checks').files;
    told.take(...wholeRun(told.here, runOf(1, ['a.ts']), { findings: [finding('a.ts')] }));
    told.take(...wholeRun(told.here, byHand(2, 'x.ts'), { findings: [finding('x.ts')] }));
    assert.deepEqual(open(), ['a.ts', 'x.ts']);
    told.take(...wholeRun(told.here, byHand(3, 'x.ts'), { findings: [] }));
    assert.deepEqual(open(), ['a.ts', 'x.ts']);
    told.take(...wholeRun(told.here, runOf(4, ['a.ts', 'x.ts']), { findings: [] }));
    assert.deepEqual(open(), []);
  });

  it('says of a row what it would take the whole run to say', () => {
    const cases = [1, 2, 3, 4, 5, 6, 7].map((n) => ({ name: `test ${n}`, file: 't.ts', status: 'failed' as const }));
    const tests = { passed: 0, failed: 7, skipped: 0, selected: 7, total: 7, verdict: 'failed' as const };
    const findings = [finding('a.ts'), finding('b.ts', { severity: 'warning' })];
    const notChecked = [{ what: 'lint', why: 'eslint is missing' }];
    told.take(...wholeRun(told.here, runOf(1, ['a.ts']), { findings, cases, tests, notChecked }));
    const [row] = told.board().runs;
    assert.deepEqual(row?.findings, { error: 1, warning: 1, info: 0 });
    assert.deepEqual(row?.failing, ['test 1', 'test 2', 'test 3', 'test 4', 'test 5']);
    assert.deepEqual(row?.notChecked, ['lint: eslint is missing']);
    assert.equal('cases' in (row?.tests ?? {}), false);
  });

  it('counts the automatic runs of the last hour, whoever started them', () => {
    const trigger = { kind: 'activity', activities: ['a'], lineage: null, beside: [] } as const;
    const event = told.here.store('workflow.started', runOf(1, [], { trigger }));
    told.take(event, told.here.store('workflow.started', runOf(2, [])));
    const at = Date.parse(event.time);
    assert.equal(runsInHour(told.fold, at), 1);
    assert.equal(runsInHour(told.fold, at + 3_600_001), 0);
  });
});

describe(proves('F1', 'board: findings'), () => {
  let told: Story;
  beforeEach(() => {
    told = story();
    const contents = { 'a.ts': 'one', 'b.ts': 'two' };
    told.take(
      ...wholeRun(told.here, runOf(1, ['a.ts', 'b.ts']), { findings: [finding('a.ts'), finding('b.ts')], contents }),
    );
  });

  it('stand with their run as long as the file has the content that was checked', () => {
    told.take(written(told.here, 'a.ts', 'one'));
    assert.deepEqual(filesOf(told.board()), ['a.ts', 'b.ts']);
    assert.equal(told.board().files[0]?.findings[0]?.number, 1);
    told.take(written(told.here, 'a.ts', 'other'));
    assert.deepEqual(filesOf(told.board()), ['b.ts']);
    told.take(told.here.store('file.deleted', { path: 'b.ts' }, { subject: 'b.ts' }));
    assert.deepEqual(filesOf(told.board()), []);
  });

  it('come back with the content that was checked: an edit that is taken back is checked by no run', () => {
    told.take(written(told.here, 'a.ts', 'other'));
    applyFacts(told.fold.findings, {
      contents: new Map([
        ['a.ts', 'other'],
        ['b.ts', 'two'],
      ]),
      changed: null,
    });
    assert.deepEqual(filesOf(told.board()), ['b.ts']);
    told.take(written(told.here, 'a.ts', 'one'));
    assert.deepEqual(filesOf(told.board()), ['a.ts', 'b.ts']);
  });

  it('go when the next check of the file finds nothing, and stay where it did not look', () => {
    told.take(...wholeRun(told.here, runOf(2, ['a.ts']), { findings: [] }));
    assert.deepEqual(filesOf(told.board()), ['b.ts']);
  });

  it('are not shown where the file was written while it was checked', () => {
    const start = runOf(2, ['c.ts']);
    told.take(told.here.store('workflow.started', start), written(told.here, 'c.ts', 'newer'));
    told.take(checked(told.here, start, { findings: [finding('c.ts')], contents: { 'c.ts': 'older' } }));
    assert.deepEqual(filesOf(told.board()), ['a.ts', 'b.ts']);
  });

  it('in other files go with the change that they came from', () => {
    told.take(
      ...wholeRun(told.here, runOf(2, ['a.ts']), { findings: [finding('user.ts')], contents: { 'user.ts': 'u' } }),
    );
    assert.deepEqual(filesOf(told.board()), ['b.ts', 'user.ts']);
    told.take(...wholeRun(told.here, runOf(3, ['a.ts']), { findings: [] }));
    assert.deepEqual(filesOf(told.board()), ['b.ts']);
  });

  describe('in files that need a removed one', () => {
    const broken = (file: string, missing: string) =>
      finding(file, { missing: [missing], fingerprint: `${file} ${missing}`, range: ON_LINE_3 });
    const contents = { 'user.ts': 'u', 'other.ts': 'o' };
    const now = (...changed: readonly string[]) => ({
      contents: new Map([...Object.entries(contents), ['a.ts', 'one'], ['b.ts', 'two']]),
      changed: new Set(['a.ts', 'b.ts', ...changed]),
    });

    it('stand though nothing else was changed, until it is there again', () => {
      told.take(...wholeRun(told.here, runOf(2, []), { findings: [broken('user.ts', 'gone.ts')], contents }));
      assert.equal(applyFacts(told.fold.findings, now('gone.ts')), false);
      assert.deepEqual(filesOf(told.board()), ['a.ts', 'b.ts', 'user.ts']);
      assert.equal(applyFacts(told.fold.findings, now()), true);
      assert.deepEqual(filesOf(told.board()), ['a.ts', 'b.ts']);
    });

    it('are told anew by every look at a change, beside what other changes broke in the same file', () => {
      const found = [finding('user.ts'), broken('user.ts', 'gone.ts'), broken('other.ts', 'moved.ts')];
      told.take(...wholeRun(told.here, runOf(2, ['a.ts']), { findings: found, contents }));
      const again = broken('user.ts', 'gone.ts');
      told.take(...wholeRun(told.here, runOf(3, []), { findings: [again], contents }));
      const shown = told.board().files.flatMap(({ file, findings }) => findings.map((one) => [file, one.number]));
      assert.deepEqual(shown, [
        ['b.ts', 1],
        ['user.ts', 2],
        ['user.ts', 3],
      ]);
    });

    it('stay when only files by name are looked at: those looks do not know what was removed', () => {
      told.take(...wholeRun(told.here, runOf(2, []), { findings: [broken('user.ts', 'gone.ts')], contents }));
      const scope = { kind: 'files', base: null, files: ['user.ts'], count: 1 } as const;
      told.take(...wholeRun(told.here, runOf(3, [], { scope }), { findings: [] }));
      assert.deepEqual(filesOf(told.board()), ['a.ts', 'b.ts', 'user.ts']);
    });
  });

  it('go where the file is not what was checked, or does not differ from HEAD any more', () => {
    const facts = {
      contents: new Map([
        ['a.ts', 'one'],
        ['b.ts', 'two'],
      ]),
      changed: new Set(['a.ts', 'b.ts']),
    };
    assert.equal(applyFacts(told.fold.findings, facts), false);
    assert.equal(applyFacts(told.fold.findings, { ...facts, changed: new Set(['a.ts']) }), true);
    assert.deepEqual(filesOf(told.board()), ['a.ts']);
    assert.equal(applyFacts(told.fold.findings, { contents: new Map([['a.ts', 'x']]), changed: null }), true);
    assert.deepEqual(filesOf(told.board()), []);
  });

  it('come back where git put the content back that was checked: no event tells of that', () => {
    const changed = new Set(['a.ts', 'b.ts']);
    const as = (a: string): ReadonlyMap<string, string> =>
      new Map([
        ['a.ts', a],
        ['b.ts', 'two'],
      ]);
    assert.equal(applyFacts(told.fold.findings, { contents: as('of another branch'), changed }), true);
    assert.deepEqual(filesOf(told.board()), ['b.ts']);
    assert.equal(applyFacts(told.fold.findings, { contents: as('one'), changed }), true);
    assert.deepEqual(filesOf(told.board()), ['a.ts', 'b.ts']);
    assert.equal(applyFacts(told.fold.findings, { contents: as('one'), changed }), false);
  });

  it('of a whole look do not depend on what differs from HEAD', () => {
    const scope = { kind: 'all', base: null, files: null, count: 9 } as const;
    told.take(
      ...wholeRun(told.here, runOf(2, [], { scope }), { findings: [finding('z.ts')], contents: { 'z.ts': 'z' } }),
    );
    assert.deepEqual(filesOf(told.board()), ['z.ts'], 'it looked at a.ts and b.ts too');
    applyFacts(told.fold.findings, { contents: new Map([['z.ts', 'z']]), changed: new Set() });
    assert.deepEqual(filesOf(told.board()), ['z.ts']);
  });

  it('beyond the limit are counted, the gravest being shown', () => {
    const many = [
      finding('c.ts', { severity: 'info', fingerprint: '1' }),
      finding('d.ts'),
      finding('d.ts', { fingerprint: '2' }),
    ];
    told.take(...wholeRun(told.here, runOf(2, ['a.ts', 'b.ts', 'c.ts', 'd.ts']), { findings: many }));
    const { files } = told.board({ maxProblems: 1 });
    assert.deepEqual(
      files.map(({ file, findings, left }) => [file, findings.length, left]),
      [
        ['c.ts', 0, 1],
        ['d.ts', 1, 1],
      ],
    );
  });

  it('of the auditor beside the steps of a run stand with it, all of its looks together, until the file is written', () => {
    const start = runOf(2, ['c.ts'], { workflow: 'mine' });
    const found = (rule: string, reaction: string): StoredEvent =>
      told.here.store('security.vulnerability.found', {
        ...{ run: start.run, reaction, content: 'three' },
        finding: finding('c.ts', { agent: 'security-auditor', rule, fingerprint: `c.ts ${rule}` }),
      });
    told.take(told.here.store('workflow.started', start), found('secret', 'workflow.started'));
    told.take(told.here.store('workflow.completed', { run: start.run, status: 'completed' }));
    told.take(found('injection', 'workflow.completed'), found('injection', 'workflow.completed'));
    const shown = (): readonly unknown[] =>
      told
        .board()
        .files.filter(({ file }) => file === 'c.ts')
        .flatMap(({ findings }) => findings.map(({ rule, number }) => [rule, number]));
    assert.deepEqual(shown(), [
      ['secret', 2],
      ['injection', 2],
    ]);
    told.take(written(told.here, 'c.ts', 'other'));
    assert.deepEqual(shown(), []);
  });

  it('of the auditor beside a run on everything stand in no file: nobody changed these lines', () => {
    const start = runOf(2, [], { workflow: 'tests', scope: { kind: 'all', base: null, files: null, count: 9 } });
    told.take(told.here.store('workflow.started', start));
    const before = filesOf(told.board());
    const found = { run: start.run, reaction: 'workflow.started', content: 'three' };
    told.take(told.here.store('security.vulnerability.found', { ...found, finding: finding('package-lock.json') }));
    assert.deepEqual(filesOf(told.board()), before);
  });

  it('that a person dismissed go at once', () => {
    dismissFinding(told.fold.findings, 'a.ts some.rule');
    assert.deepEqual(filesOf(told.board()), ['b.ts']);
  });
});

describe(proves('F1', 'board: findings of steps at work'), () => {
  const start = runOf(2, ['a.ts', 'c.ts']);
  const { run, number } = start;
  let told: Story;
  const finds = (file: string): boolean =>
    addEarly(told.fold.early, 'check', { run, number, at: '2025-01-01T00:00:00.000Z', finding: finding(file) });
  const shown = (): readonly unknown[] =>
    told.board().files.flatMap(({ file, findings }) => findings.map((one) => [file, one.number, one.content]));

  beforeEach(() => {
    told = story();
    told.take(...wholeRun(told.here, runOf(1, ['a.ts']), { findings: [finding('a.ts')], contents: { 'a.ts': 'one' } }));
    told.take(written(told.here, 'c.ts', 'now'), told.here.store('workflow.started', start), begun());
  });
  const begun = (): StoredEvent =>
    told.here.store('workflow.step.started', {
      ...{ run, step: 'check', attempt: 1, timeMs: TIME },
      ...{ idempotencyKey: 'key', inputHash: null, missedBecause: null },
    });

  it('show as they are found; one that stands already goes on standing as it was', () => {
    assert.ok(finds('c.ts'));
    assert.ok(finds('a.ts'));
    assert.deepEqual(shown(), [
      ['a.ts', 1, 'one'],
      ['c.ts', 2, 'now'],
    ]);
  });

  it('give way to what the end of the step says', () => {
    finds('c.ts');
    told.take(checked(told.here, start, { findings: [finding('a.ts')], contents: { 'a.ts': 'one' } }));
    assert.deepEqual(shown(), [['a.ts', 2, 'one']]);
    assert.equal(finds('c.ts'), false, 'it is not at work any more');
  });

  it('go with a run that is stopped, and with a try that is made again', () => {
    const error = { code: 'exit', message: 'exit code 2' };
    for (const [type, data] of [
      ['workflow.step.retrying', { step: 'check', attempt: 1, timeMs: TIME, error, result: EMPTY_RESULT }],
      ['workflow.superseded', { by: 3 }],
    ] as const) {
      told.take(begun());
      finds('c.ts');
      assert.equal(shown().length, 2);
      told.take(told.here.store(type, { run, ...data, nextTryAt: '2025-01-01T00:00:01.000Z', delayMs: 1000 }));
      assert.deepEqual(shown(), [['a.ts', 1, 'one']]);
    }
  });

  it('do not show of a file that was written since the step began', () => {
    finds('c.ts');
    told.take(written(told.here, 'c.ts', 'newer'));
    assert.deepEqual(shown(), [['a.ts', 1, 'one']]);
    assert.equal(finds('c.ts'), false);
  });

  it('that a person dismissed go at once', () => {
    finds('c.ts');
    dismissEarly(told.fold.early, 'c.ts some.rule');
    assert.deepEqual(shown(), [['a.ts', 1, 'one']]);
  });
});

describe(proves('F1', 'board: what crosses'), () => {
  /** What may happen, by a number each. */
  const step = fc.record({
    what: fc.constantFrom('start', 'check', 'complete', 'fail', 'write', 'settle', 'pause', 'die'),
    run: fc.integer({ min: 1, max: 70 }),
    file: fc.constantFrom('a.ts', 'b.ts', 'c.ts'),
    cut: fc.boolean(),
  });

  it('a snapshot and the changes after it are the later snapshot', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const told = story();
        const starts = new Map<number, RunStart>();
        let paused = false;
        let live = new Set(['here']);
        let shown = told.board();
        for (const { what, run, file, cut } of steps) {
          const start = starts.get(run) ?? runOf(run, [file]);
          if (what === 'start') starts.set(run, start);
          if (what === 'pause') paused = !paused;
          if (what === 'die') live = new Set();
          const event = eventFor({ told, what, file, start });
          if (event) told.take(event);
          if (!cut) continue;
          const later = told.board({ paused, live });
          const change = changesBetween(shown, later);
          shown = change === null ? shown : applyChange(shown, structuredClone(change));
          assert.deepEqual(shown, later);
        }
      }),
      { numRuns: 200 },
    );
  });

  function eventFor(of: {
    readonly told: Story;
    readonly what: string;
    readonly file: string;
    readonly start: RunStart;
  }): StoredEvent | null {
    const { here } = of.told;
    const { run } = of.start;
    switch (of.what) {
      case 'start':
        return here.store('workflow.started', of.start);
      case 'check':
        return checked(here, of.start, { findings: [finding(of.file)], contents: { [of.file]: 'x' } });
      case 'complete':
        return here.store('workflow.completed', { run, status: 'completed' });
      case 'fail':
        return here.store('workflow.cancelled', { run });
      case 'write':
        return written(here, of.file, String(of.start.number));
      default:
        return null;
    }
  }

  it('tells of activities only those that changed, and leaves the others as they were', () => {
    const told = story();
    const view = (id: string, writes: number): ActivityView => activityView(id, { writes });
    const before = { ...told.board(), activities: [view('b', 1), view('a', 1)] };
    const change = changesBetween(before, { ...before, activities: [view('c', 1), view('b', 2), view('a', 1)] });
    assert.deepEqual(change?.activities, { changed: [view('c', 1), view('b', 2)], order: ['c', 'b', 'a'] });
    assert.equal(change && applyChange(before, change).activities[2], before.activities[1]);
    assert.deepEqual(changesBetween(before, { ...before, activities: [view('a', 1)] })?.activities, {
      changed: [],
      order: ['a'],
    });
  });

  it('says nothing where nothing differs', () => {
    const told = story();
    told.take(...wholeRun(told.here, runOf(1, ['a.ts']), { findings: [finding('a.ts')] }));
    assert.equal(changesBetween(told.board(), structuredClone(told.board())), null);
  });

  it('goes at once after calm, then at the pace, and never for nothing', () => {
    const clock = createSimulatedClock();
    let done = 0;
    const pace = createPace({ clock, everyMs: 500, work: () => done++ });
    pace.touch();
    pace.touch();
    clock.advance(0);
    assert.equal(done, 1);
    for (let turn = 0; turn < 10; turn++) {
      pace.touch();
      clock.advance(100);
    }
    assert.equal(done, 3, 'twice a second');
    clock.advance(5000);
    assert.equal(done, 3);
    pace.touch();
    clock.advance(0);
    assert.equal(done, 4);
    pace.touch();
    pace.close();
    clock.advance(5000);
    assert.equal(done, 4);
    assert.equal(clock.waiting(), 0);
  });
});

describe(proves('F1', 'board: words and counts'), () => {
  it('tells when a workflow runs', () => {
    const on = { activity: { paths: ['src/**'] }, commit: {} };
    const off = { paused: false, setting: false };
    assert.equal(whenWords(on, off), 'after edits in src/**, after a commit');
    assert.equal(whenWords({ schedule: { cron: '0 9 * * *' } }, off), 'on schedule 0 9 * * *');
    assert.equal(whenWords(undefined, off), 'by hand');
    assert.equal(whenWords(on, { ...off, paused: true }), 'off, you paused it');
    assert.equal(whenWords({ manual: {} }, { ...off, paused: true }), 'by hand', 'a person starts it all the same');
    assert.equal(whenWords(on, { ...off, setting: true }), 'off in the settings');
  });

  it('counts files that nothing has checked or is going to', () => {
    const decision = (kind: 'started' | 'filtered' | 'over-budget') => ({
      ...{ workflow: 'checks', decision: kind, why: '', run: null, number: null, at: '' },
    });
    const activity = (file: string, kind: Parameters<typeof decision>[0]) => ({
      ...{
        id: file,
        origin: 'human' as const,
        startedAt: '',
        lastAt: '',
        settledAt: '',
        total: 1,
        writes: 1,
        label: '',
      },
      files: [{ path: file, change: 'modified' as const }],
      decisions: [decision(kind)],
    });
    const leftOut = { ...decision('filtered'), leftOut: true as const };
    const byGit = new Set<string>();
    applyDecided(byGit, [{ ...activity('a', 'filtered'), decisions: [leftOut] }], false);
    assert.deepEqual([...byGit], ['a'], 'git wrote it, or it is as at HEAD again');
    const unchecked = new Set<string>();
    applyDecided(unchecked, [activity('a', 'over-budget'), activity('b', 'filtered')], false);
    assert.deepEqual([...unchecked], ['a'], 'nobody asked for b');
    applyDecided(unchecked, [activity('b', 'filtered')], true);
    assert.deepEqual([...unchecked], ['a', 'b']);
    applyDecided(unchecked, [activity('a', 'started')], false);
    assert.deepEqual([...unchecked], ['b']);
  });
});
