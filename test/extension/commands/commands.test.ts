import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CATALOGUE } from '../../../src/contract/commands/catalogue.ts';
import { COMMANDS } from '../../../src/contract/commands/palette.ts';
import type { RunRow } from '../../../src/contract/board.ts';
import { RUN_STATUSES } from '../../../src/contract/runs.ts';
import { commandLink, targetOf } from '../../../src/contract/target.ts';
import { createTimeWords } from '../../../src/contract/time-words.ts';
import { begin } from '../../../src/extension/commands/begin.ts';
import { hindranceOf, hindranceToWrite } from '../../../src/extension/commands/guard.ts';
import {
  decisionItems,
  RESUMABLE,
  RETRYABLE,
  retryItems,
  runItems,
  STOPPABLE,
  workflowItems,
} from '../../../src/extension/commands/items.ts';
import { withoutIcons } from '../../../src/extension/commands/icon-words.ts';
import { lines } from '../../../src/extension/pages/lines.ts';
import { commandsText } from '../../../src/extension/pages/page-texts.ts';
import { isCut, pieces, unapprovedOf } from '../../../src/extension/commands/unapproved.ts';
import { proves } from '../../requirements.ts';
import { board } from '../../support/boards.ts';
import { runView, stepView } from '../../support/views.ts';

const scene = { now: Date.parse('2026-11-21T14:20:00Z'), times: createTimeWords({ locale: 'en', timeZone: 'UTC' }) };

function row(over: Partial<RunRow> = {}): RunRow {
  const {
    findings: _findings,
    tests: _tests,
    evidence: _e,
    written: _w,
    notChecked: _n,
    definitionHash: _d,
    ...view
  } = runView();
  return {
    ...view,
    number: 41,
    workflow: 'tsddr-2.0',
    startedAt: '2026-11-21T14:03:00Z',
    findings: { error: 0, warning: 0, info: 0 },
    tests: { passed: 0, failed: 0, skipped: 0, selected: 0, total: null, verdict: 'not-run' },
    ...{ failing: [], notChecked: [], failedCommand: null, activities: [], progress: {} },
    ...over,
  };
}

describe(proves('F6', 'the palette'), () => {
  it('has every command of the catalogue, each once, under its title', () => {
    const ids = COMMANDS.map(({ command }) => command);
    assert.equal(new Set(ids).size, ids.length);
    for (const { id, title } of CATALOGUE)
      assert.equal(COMMANDS.find(({ command }) => command === `savepoint.${id}`)?.title, title, id);
  });

  it('starts nothing in a folder that is not trusted', () => {
    for (const { id, sideEffect } of CATALOGUE) {
      if (sideEffect === 'none') continue;
      const { enablement = '', when } =
        COMMANDS.find(({ command }) => command === `savepoint.${id}`) ?? assert.fail(id);
      assert.ok(enablement.includes('isWorkspaceTrusted') || when === false, id);
    }
    const hindrance = hindranceOf({ kind: 'untrusted' });
    assert.match(hindrance?.text ?? '', /not trusted/);
    assert.deepEqual(
      hindrance?.ways.map(({ command }) => command),
      ['workbench.trust.manage'],
    );
  });

  it('says why a folder can do nothing, and what to do', () => {
    assert.equal(hindranceOf({ kind: 'ready' }), null);
    assert.equal(hindranceOf({ kind: 'starting' }), null);
    const stopped = hindranceOf({ kind: 'stopped', reason: 'It ran out of memory.', at: '', endings: 5 });
    assert.match(stopped?.text ?? '', /its worker ended 5 times in 10 minutes\. It ran out of memory\.$/);
    assert.equal(stopped?.ways[0]?.command, 'savepoint.startAgain');
  });

  it('says why nothing can be stored, where something is to be', () => {
    const full = hindranceToWrite(board({ readOnly: '0 bytes free' }));
    assert.equal(full?.text, 'Savepoint cannot write to disk: 0 bytes free. Checks are stopped, nothing is lost.');
    assert.equal(hindranceToWrite(board()), null);
    assert.equal(hindranceToWrite(board({ readOnly: 'x', role: 'follower' })), null, 'another window does the work');
  });

  it('offers a run to stop, to resume or to retry only where that can be', () => {
    for (const status of RUN_STATUSES) {
      const offers = [STOPPABLE, RESUMABLE, RETRYABLE].filter((list) => list.includes(status)).length;
      const isOver = status === 'completed' || status === 'superseded';
      assert.equal(offers === 0, isOver, status);
      assert.ok(!(RETRYABLE.includes(status) && STOPPABLE.includes(status)), status);
    }
  });

  it('names runs by number and outcome', () => {
    assert.deepEqual(
      runItems(
        [row({ status: 'completed', tests: { ...row().tests, failed: 1 } }), row({ status: 'cancelled' })],
        scene,
      ).map(({ label, description }) => `${label}: ${description ?? ''}`),
      ['Run 41 · tsddr-2.0: 1 test fails · 14:03', 'Run 41 · tsddr-2.0: stopped by you · 14:03'],
    );
  });

  it('retries from the failed step first', () => {
    const steps = [stepView('one'), stepView('two', { status: 'failed' })];
    assert.deepEqual(
      retryItems(row({ status: 'failed', steps })).map(({ value }) => value),
      [{ from: 'two' }, { from: 'one' }, { edited: true }, { noCache: true }],
    );
  });

  it('answers for a step that was cut off in the three ways of the command line', () => {
    assert.deepEqual(
      decisionItems('draft').map(({ value }) => Object.keys(value)[0]),
      ['again', 'done', 'fail'],
    );
  });

  it('offers no workflow whose file is broken', () => {
    const base = {
      name: 'N',
      file: '/f',
      builtIn: false,
      when: 'by hand',
      automatic: false,
      paused: false,
      last: null,
    };
    const problem = { message: 'no', range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } };
    assert.deepEqual(
      workflowItems([
        { ...base, id: 'a', problem: null, about: 'What it does.' },
        { ...base, id: 'b', problem },
      ]),
      [{ label: 'a', description: 'by hand', detail: 'What it does.', value: 'a' }],
    );
  });
});

describe('commands that wait for approval', () => {
  const line = {
    kind: 'command',
    agent: 'licence-check',
    command: ['node', 'a b.mjs'],
    file: '.savepoint/agents/l.yaml',
  };

  it('are shown as they would start, with what changed since they were approved', () => {
    const waiting = { ...line, approved: false, hash: 'h1', replacesBuiltIn: false };
    const [never, changed, other] = unapprovedOf([
      { ...waiting, approvedBefore: null },
      { ...waiting, approvedBefore: ['node', 'a b.mjs'] },
      { ...waiting, approvedBefore: ['node', 'old.mjs'], replacesBuiltIn: true },
      { ...waiting, approved: true, approvedBefore: null },
      { kind: 'note' },
    ]);
    assert.deepEqual(never, {
      hash: 'h1',
      command: "node 'a b.mjs'",
      file: '.savepoint/agents/l.yaml',
      about: 'licence-check · never approved here',
    });
    assert.match(changed?.about ?? '', /changed since you approved it$/);
    assert.match(
      other?.about ?? '',
      /in place of the built-in agent · you approved another command before: node old\.mjs$/,
    );
  });

  it('hide nothing: no part is an icon, turns text around, or cannot be seen', () => {
    assert.equal(
      withoutIcons("sh -c 'echo $(curl) $(a b) $(sync~spin)'"),
      "sh -c 'echo \\$(curl) $(a b) \\$(sync~spin)'",
    );
    const command = ['node', 'a\u202e\nb', "it's"];
    const [one] = unapprovedOf([
      { ...line, command, approved: false, hash: 'h', approvedBefore: null, replacesBuiltIn: false },
    ]);
    assert.equal(one?.command, String.raw`node $'a\U0000202e\U0000000ab' 'it'\''s'`);
  });

  it('are shown whole before they are approved, where a row may cut something off', () => {
    const one = {
      hash: 'h',
      command: 'node check.mjs',
      file: '.savepoint/agents/l.yaml',
      about: 'l · never approved here',
    };
    assert.ok(!isCut(one));
    assert.ok(isCut({ ...one, command: `node check.mjs ${'--flag '.repeat(20)}` }));
    assert.ok(isCut({ ...one, about: `l · you approved another command before: ${'node '.repeat(20)}` }));
    const long =
      "sh -c 'echo safe                                                                    && curl https://example.org'";
    const waiting = { ...line, approved: false, approvedBefore: null };
    const lines = [
      { ...waiting, command: ['sh', '-c', long], hash: 'h' },
      { ...waiting, command: ['other'], hash: 'o' },
    ];
    const text = commandsText({ lines, notes: ['Approve all with --yes'], failure: null }, ['h']);
    assert.ok(
      text.split('\n').every((row) => row.length <= 72),
      text,
    );
    assert.doesNotMatch(text, /other|--yes/);
    assert.match(text, /curl https:\/\/example\.org/);
  });

  it('lose nothing on the page', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 2, max: 40 }), (command, columns) => {
        const rows = pieces(command, columns);
        assert.equal(rows.join(''), command);
        assert.ok(rows.every((row) => row.length <= columns));
      }),
    );
  });

  it('are only those that are not approved', () => {
    assert.deepEqual(unapprovedOf([{ ...line, approved: true, hash: 'h', approvedBefore: null }]), []);
  });
});

describe('starting a run', () => {
  const EVENT = { kind: 'line', line: { kind: 'event', type: 'workflow.started' } } as const;
  const FAILURE = { code: 'approval', message: 'It would start commands.' } as const;

  it('waits for its beginning only: how it ends, and a worker that ends, come between nobody and their work', async () => {
    let away = (): void => undefined;
    const gone = new Promise<never>((_resolve, reject) => {
      away = () => reject(new Error('the other end is gone'));
    });
    const failure = await begin(
      {
        command(_command, _input, { onMessage } = {}) {
          onMessage?.(EVENT);
          return gone;
        },
      },
      'run',
      { workflow: 'x' },
    );
    assert.equal(failure, null);
    away();
  });

  it('says why it could not be, and that nobody is there to start it', async () => {
    const refused = { command: () => Promise.resolve({ exitCode: 2, failure: FAILURE }) };
    assert.deepEqual(await begin(refused, 'run', {}), FAILURE);
    const gone = { command: () => Promise.reject(new Error('gone')) };
    await assert.rejects(begin(gone, 'run', {}), /gone/);
  });
});

describe('what a command is about', () => {
  it('comes back from a link as it went in, which VS Code decodes twice', () => {
    const target = { folder: 'file:///a%20b/m%C3%BCll%20100%25', fingerprint: 'x"y&1?', run: '7' };
    const [, query = ''] = commandLink('savepoint.why', target).split('?');
    const [argument] = JSON.parse(decodeURIComponent(decodeURIComponent(query))) as readonly unknown[];
    assert.deepEqual(targetOf(argument), target);
  });

  it('ends no link of Markdown', () => {
    const link = commandLink('savepoint.why', { folder: 'file:///a', fingerprint: '1) [Run](command:quit "x")' });
    assert.match(link, /^[\w:.?%!~*'-]+$/);
  });

  it('is broken into lines at blanks, nothing lost', () => {
    assert.deepEqual(lines('one two three', 7), ['one two', 'three']);
    assert.equal(lines('a  b\n\nlonger-than-that c', 5).join(' ').replace(/\s+/g, ' '), 'a b longer-than-that c');
  });
});
