import assert from 'node:assert/strict';
import type { Range } from '../../src/contract/findings.ts';
import { parseWorkflow, type AgentNames } from '../../src/orchestrator/workflow/definitions.ts';
import { proves } from '../requirements.ts';

const AGENTS: AgentNames = new Map([
  ['bug-hunter', [{ name: 'hunt' }]],
  ['test-executor', [{ name: 'run', with: { command: 'argv', select: ['related', 'all'] } }, { name: 'design' }]],
  ['own', []],
]);
const parse = (content: string | Uint8Array): ReturnType<typeof parseWorkflow> =>
  parseWorkflow({ file: 'w.yaml', content }, AGENTS);

/** Where ‹ and › stand in the text; the text without them. One without marks points at the start of the file. */
function marked(text: string): { readonly content: string; readonly range: Range } {
  const lines = text.split('\n');
  const line = lines.findIndex((one) => one.includes('‹'));
  const found = lines[line] ?? '‹›';
  const [before = '', rest = ''] = found.split('‹');
  const start = { line: Math.max(0, line), character: before.length };
  const end = { ...start, character: before.length + rest.indexOf('›') };
  return { content: text.replaceAll(/[‹›]/g, ''), range: { start, end } };
}

const step = '  - { id: a, agent: own }\n';
const steps = `steps:\n${step}`;
const deep = `x-deep: ${'['.repeat(30)}${']'.repeat(30)}\n`;

/** [what is wrong, the file with the expected range marked, words of the message] */
const BROKEN: readonly (readonly [string, string, RegExp])[] = [
  ['empty file', '', /empty/],
  ['only a comment', '# nothing\n', /empty/],
  ['a list', '‹- a›\n', /mapping|key|object/i],
  ['no id', `‹name›: x\n${steps}`, /id/],
  ['no steps', '‹id›: w\n', /steps/],
  ['steps empty', 'id: w\nsteps: ‹[]›\n', /step/],
  ['steps not a list', 'id: w\nsteps: ‹{ a: 1 }›\n', /list/],
  ['a number as id', `id: ‹12›\n${steps}`, /text/],
  ['id in capitals', `id: ‹Work›\n${steps}`, /lower-case/],
  ['unknown key', `id: w\n‹stpes›: []\n${steps}`, /Did you mean "steps"/],
  ['unknown key of a step', 'id: w\nsteps:\n  - { id: a, agent: own, ‹timout›: 3s }\n', /Did you mean "timeout"/],
  ['unknown trigger', `id: w\non: { ‹saves›: {} }\n${steps}`, /Did you mean "save"/],
  [
    'glob that does not close',
    `id: w\non: { activity: { paths: [src/**, ‹"src/[a"›] } }\n${steps}`,
    /cannot be read.*\]/,
  ],
  ['glob out of the workspace', `id: w\non: { save: { paths: [‹../x/**›] } }\n${steps}`, /relative to the workspace/],
  ['empty glob', `id: w\non: { commit: { paths: [‹""›] } }\n${steps}`, /empty/],
  ['type of no kind', `id: w\non: { activity: { types: [‹file.change›] } }\n${steps}`, /knows no event type/],
  ['origin of no kind', `id: w\non: { activity: { origins: [‹humans›] } }\n${steps}`, /human/],
  ['schedule of no kind', `id: w\non: { schedule: { cron: ‹every day› } }\n${steps}`, /no schedule.*0 9/],
  ['schedule out of range', `id: w\non: { schedule: { cron: ‹99 * * * *› } }\n${steps}`, /minute: 99/],
  ['onError of no kind', `id: w\nonError: ‹rolback›\n${steps}`, /rollback/],
  ['duration of no kind', 'id: w\nsteps:\n  - { id: a, agent: own, timeout: ‹soon› }\n', /duration/],
  ['no duration', 'id: w\nsteps:\n  - { id: a, agent: own, timeout: ‹0s› }\n', /longer than 0/],
  ['too many retries', `id: w\nretry: { max: ‹99› }\n${steps}`, /20/],
  ['retries in words', `id: w\nretry: { max: ‹many› }\n${steps}`, /number/],
  ['sequential in words', 'id: w\nsteps:\n  - { id: a, agent: own, sequential: ‹sometimes› }\n', /true or false/],
  ['step without an agent', 'id: w\nsteps:\n  - { ‹id›: a }\n', /agent/],
  ['unknown agent', 'id: w\nsteps:\n  - { id: a, agent: ‹bug-huntr› }\n', /Did you mean "bug-hunter"/],
  [
    'unknown operation',
    'id: w\nsteps:\n  - { id: a, agent: test-executor, operation: ‹desing› }\n',
    /Did you mean "design"/,
  ],
  [
    'unknown agent of an undo',
    'id: w\nsteps:\n  - { id: a, agent: own, compensate: { agent: ‹nobody› } }\n',
    /no agent nobody/,
  ],
  [
    'unknown step',
    'id: w\nsteps:\n  - { id: first, agent: own }\n  - { id: b, agent: own, needs: [‹frist›] }\n',
    /Did you mean "first"/,
  ],
  [
    'a command that is no list',
    'id: w\nsteps:\n  - { id: a, agent: test-executor, with: { command: ‹npm test› } }\n',
    /must be a list.*\["npm","test"\]/,
  ],
  [
    'a selection of no kind',
    'id: w\nsteps:\n  - { id: a, agent: test-executor, operation: run, with: { select: ‹al› } }\n',
    /one of: related, all\./,
  ],
  ['a step that needs itself', 'id: w\nsteps:\n  - { id: a, agent: own, needs: [‹a›] }\n', /itself/],
  ['a need named twice', `id: w\n${steps}  - { id: b, agent: own, needs: [a, ‹a›] }\n`, /twice/],
  ['two steps of one name', `id: w\n${steps}  - { id: ‹a›, agent: own }\n`, /named a too/],
  [
    'a cycle',
    'id: w\nsteps:\n  - { id: a, agent: own, needs: [c] }\n  - { id: b, agent: own, needs: [‹a›] }\n  - { id: c, agent: own, needs: [b] }\n',
    /a → c → b → a/,
  ],
  ['a key twice', `id: w\n‹i›d: v\n${steps}`, /twice/],
  [
    'an alias',
    'id: w\nsteps:\n  - { id: a, agent: own, with: &x { k: 1 } }\n  - { id: b, agent: own, with: ‹*x› }\n',
    /Aliases/,
  ],
  ['a merge key', 'id: w\nsteps:\n  - { id: a, agent: own, with: { ‹<<›: { k: 1 } } }\n', /Merge keys/],
  ['two documents', `id: w\n${steps}‹---›\nid: v\n`, /second document/],
  ['a tab', `id: w\nsteps:\n‹\t›- id: a\n`, /tab/],
  ['too deep', `id: w\n${deep}${steps}`, /deeper than 20/],
  ['too large', `id: w\n# ${'x'.repeat(300_000)}\n${steps}`, /256 kB/],
  [
    'too many steps',
    `id: w\nsteps: ‹[${Array.from({ length: 501 }, (_, at) => `{ id: s${at}, agent: own }`).join(', ')}]›\n`,
    /500/,
  ],
  ['an unclosed quote', `id: "w\n${steps}`, /missing/],
];

describe(proves('A9', 'workflow files that are broken'), () => {
  for (const [what, text, message] of BROKEN) {
    it(`says what and where: ${what}`, () => {
      const { content, range } = marked(text);
      const parsed = parse(content);
      assert.ok(!parsed.ok, 'it is refused');
      const [problem] = parsed.problems;
      assert.match(problem?.message ?? '', message);
      assert.equal(problem?.file, 'w.yaml');
      if (text.includes('‹') || ['empty file', 'only a comment', 'too large'].includes(what))
        assert.deepEqual(problem?.range, range);
    });
  }

  it('says where invalid UTF-8 begins, and reads past a byte order mark', () => {
    const broken = parse(
      Buffer.concat([Buffer.from('id: w\nname: '), Buffer.from([0xff, 0xfe]), Buffer.from(`\n${steps}`)]),
    );
    assert.ok(!broken.ok);
    assert.deepEqual(broken.problems[0]?.range.start, { line: 1, character: 6 });
    assert.equal(parse(Buffer.from(`\uFEFFid: w\n${steps}`)).ok, true);
  });

  it('checks values in `with` only where the operation says what they must be', () => {
    const step = (more: string): boolean => parse(`id: w\nsteps:\n  - { id: a, ${more} }\n`).ok;
    assert.ok(step('agent: test-executor, with: { command: [npm, test], select: all, whatever: 1 }'));
    assert.ok(step('agent: test-executor, operation: design, with: { command: npm test }'));
    assert.ok(step('agent: own, with: { command: npm test, select: 7 }'));
    assert.ok(!step('agent: own, compensate: { agent: test-executor, with: { select: 7 } }'));
  });

  it('names every cycle once, and every problem of a file', () => {
    const parsed = parse(
      'id: w\nsteps:\n  - { id: a, agent: nobody, needs: [b] }\n  - { id: b, agent: own, needs: [a, c] }\n',
    );
    assert.ok(!parsed.ok);
    assert.equal(parsed.problems.length, 3);
  });

  it('takes what is in order, drops x- keys, and fills in defaults', () => {
    const parsed = parse(
      `id: w\nx-note: mine\nsteps:\n  - { id: a, agent: test-executor, operation: design, x-y: 1 }\n`,
    );
    assert.ok(parsed.ok);
    assert.deepEqual(parsed.definition, {
      id: 'w',
      onError: 'fail',
      steps: [{ id: 'a', agent: 'test-executor', operation: 'design' }],
    });
    assert.deepEqual(parsed.idRange, { start: { line: 0, character: 4 }, end: { line: 0, character: 5 } });
  });
});
