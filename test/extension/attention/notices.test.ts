import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  NOTICE_KINDS,
  TOLD_NOTHING,
  afterShowing,
  nextNotice,
  noticesOf,
  type Notice,
  type NoticeKind,
} from '../../../src/extension/attention/notices.ts';
import { badgeOf } from '../../../src/extension/attention/badge-count.ts';
import { board, failing, folder, passing, runRow } from '../../support/boards.ts';
import { peopleWords } from '../../support/engine-words.ts';
import { proves } from '../../requirements.ts';

const MINUTES = 60_000;
const none: ReadonlySet<NoticeKind> = new Set();
const waiting = runRow({
  number: 20,
  status: 'waiting',
  needsDecision: {
    step: 'draft',
    question: 'the step draft was cut off when the window closed, and is not marked safe to run twice.',
  },
});
const commands = [
  { agent: 'licence-check', command: ['node', 'a'], file: 'a.yaml' },
  { agent: 'release-notes', command: ['node', 'b'], file: 'b.yaml' },
];

describe(proves('F3', 'notifications'), () => {
  it('hold no link, whatever a folder is called: VS Code would run its command', () => {
    const readOnly = 'The folder /state/[Repair](command:workbench.action.quit)-1 is not writable.';
    const [notice] = noticesOf([folder({ board: board({ readOnly }) })]);
    assert.ok(notice);
    assert.match(notice.message, /\[Repair/);
    assert.doesNotMatch(notice.message, /\]\(/);
  });

  it('are of three kinds, in words for people, and of nothing else', () => {
    const facts = folder({ board: board({ runs: [waiting], unapproved: commands }) });
    const stopped = folder({
      state: { kind: 'stopped', reason: 'Its worker ended 5 times in 10 minutes.', at: 'now', endings: 5 },
    });
    const full = folder({ board: board({ readOnly: '0 bytes free.' }) });
    const notices = noticesOf([facts, stopped, full]);
    assert.deepEqual(
      notices.map(({ kind, button, message }) => [kind, button, message]),
      [
        [
          'cannot-work',
          'Show What Happened',
          'Savepoint stopped itself: its worker ended 5 times in 10 minutes. Nothing is lost.',
        ],
        [
          'cannot-work',
          'Show What Happened',
          'Savepoint cannot write to disk: 0 bytes free. Checks are stopped, nothing is lost.',
        ],
        [
          'needs-you',
          'Open Run',
          'Run 20 needs you: the step draft was cut off when the window closed, and is not marked safe to run twice.',
        ],
        [
          'commands',
          'Show Commands',
          'This folder asks to start 2 commands of its own (licence-check, release-notes). They have not been started.',
        ],
      ],
    );
    peopleWords(notices.map(({ message }) => message));
    const quiet = [
      runRow({ tests: failing(3) }),
      runRow({ status: 'failed' }),
      runRow({ status: 'retrying' }),
      runRow({ tests: passing(3) }),
    ];
    assert.deepEqual(noticesOf([folder({ board: board({ runs: quiet, unchecked: 9 }) })]), []);
  });

  it('about runs and commands come from the window that does the work alone', () => {
    assert.deepEqual(
      noticesOf([folder({ board: board({ role: 'follower', runs: [waiting], unapproved: commands }) })]),
      [],
    );
  });

  const notice = (kind: NoticeKind, key: string): Notice => ({
    kind,
    key,
    message: key,
    button: 'b',
    command: 'c',
    target: { folder: 'f' },
  });

  it('stand one at a time, each once, the same kind again after 30 minutes', () => {
    const first = notice('needs-you', 'run 20');
    const second = notice('needs-you', 'run 21');
    const shown = afterShowing(TOLD_NOTHING, first, 0);
    assert.deepEqual(
      nextNotice([second], { told: shown, muted: none, now: 40 * MINUTES }),
      { notice: null, againAt: null },
      'one is open',
    );
    const closed = { ...shown, open: false };
    assert.deepEqual(
      nextNotice([first], { told: closed, muted: none, now: 90 * MINUTES }),
      { notice: null, againAt: null },
      'told already',
    );
    assert.deepEqual(nextNotice([second], { told: closed, muted: none, now: 5 * MINUTES }), {
      notice: null,
      againAt: 30 * MINUTES,
    });
    assert.equal(nextNotice([second], { told: closed, muted: none, now: 30 * MINUTES }).notice, second);
    const other = notice('commands', 'x');
    assert.equal(
      nextNotice([second, other], { told: closed, muted: none, now: 5 * MINUTES }).notice,
      other,
      'another kind need not wait',
    );
  });

  it('never come of a kind that a person does not want, nor twice within 30 minutes, whatever happens', () => {
    const anyNotice = fc
      .tuple(fc.constantFrom(...NOTICE_KINDS), fc.integer({ min: 0, max: 5 }))
      .map(([kind, n]) => notice(kind, `${kind} ${n}`));
    const step = fc.tuple(
      fc.integer({ min: 0, max: 20 * MINUTES }),
      fc.array(anyNotice, { maxLength: 4 }),
      fc.boolean(),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.constantFrom(...NOTICE_KINDS), (steps, unwanted) => {
        let told = TOLD_NOTHING;
        let now = 1000;
        const shown: (readonly [number, Notice])[] = [];
        for (const [wait, notices, close] of steps) {
          now += wait;
          if (close) told = { ...told, open: false };
          const { notice: next } = nextNotice(notices, { told, muted: new Set([unwanted]), now });
          if (next === null) continue;
          assert.equal(told.open, false);
          const last = shown.findLast(([, { kind }]) => kind === next.kind);
          assert.ok(last === undefined || now - last[0] >= 30 * MINUTES);
          assert.ok(shown.every(([, { key }]) => key !== next.key));
          assert.notEqual(next.kind, unwanted);
          shown.push([now, next]);
          told = afterShowing(told, next, now);
        }
      }),
    );
  });
});

describe('the badge', () => {
  const bad = runRow({ number: 41, tests: failing(1) });
  const failed = runRow({ number: 42, workflow: 'tsddr-2.0', status: 'failed' });
  const facts = folder({ board: board({ runs: [failed, bad, waiting] }) });
  const nobody = { looked: new Set<string>(), dismissed: new Set<string>() };

  it('counts failed runs nobody looked at and runs that need a person', () => {
    assert.deepEqual(badgeOf([facts], nobody), { value: 3, tooltip: '3 runs need a look' });
    assert.deepEqual(badgeOf([facts], { ...nobody, looked: new Set([bad.run]) }), {
      value: 2,
      tooltip: '2 runs need a look',
    });
    const known = { looked: new Set([bad.run, waiting.run]), dismissed: new Set([failed.run]) };
    assert.deepEqual(badgeOf([facts], known), { value: 1, tooltip: '1 run needs a look' });
  });

  it('goes when the workflow passes', () => {
    const passed = runRow({ number: 43, tests: passing(1) });
    assert.equal(badgeOf([folder({ board: board({ runs: [passed, bad] }) })], nobody), undefined);
  });
});
