import assert from 'node:assert/strict';
import fc from 'fast-check';
import type * as z from 'zod';
import { CATALOGUE } from '../../src/contract/commands/catalogue.ts';
import { parseArguments } from '../../src/orchestrator/host/cli/arguments.ts';
import { COMMANDS } from '../../src/orchestrator/host/cli/commands.gen.ts';
import { helpText } from '../../src/orchestrator/host/cli/help.ts';

const parsed = (...argv: string[]) => {
  const result = parseArguments(argv);
  assert.ok(result.ok, result.ok ? '' : result.failure.message);
  assert.equal(result.value.kind, 'command');
  return result.value.kind === 'command' ? result.value : assert.fail();
};
const refused = (...argv: string[]) => {
  const result = parseArguments(argv);
  assert.ok(!result.ok, 'should be refused');
  assert.equal(result.failure.code, 'usage');
  return result.failure.message;
};

const listOf = (word: string, place: boolean): readonly string[] =>
  place ? [word] : word.split(',').filter((part) => part !== '');
const jsonOf = (word: string): unknown => {
  try {
    return JSON.parse(word) as unknown;
  } catch {
    return 'not JSON';
  }
};

describe('the command line is read from the catalogue', () => {
  it('reads every option of the contract’s run command', () => {
    const { command, input, workspace, json } = parsed(
      ...[
        'run',
        'tsddr-2.0',
        '--workspace',
        '/w',
        '--files',
        'a.ts,b.ts',
        '--files',
        'c.ts',
        '--with',
        '{"select":"all"}',
        '--json',
      ],
      ...['--fail-on', 'never', '--no-cache', '--sarif', 's.json', '--junit', 'j.xml', '--trust'],
    );
    assert.equal(command, 'run');
    assert.equal(workspace, '/w');
    assert.equal(json, true);
    assert.deepEqual(input, {
      workflow: 'tsddr-2.0',
      files: ['a.ts', 'b.ts', 'c.ts'],
      all: false,
      with: { select: 'all' },
      failOn: 'never',
      noCache: true,
      sarif: 's.json',
      junit: 'j.xml',
      trust: true,
    });
  });

  it('reads the other commands’ options', () => {
    assert.deepEqual(parsed('retry', '41', '--from', 'tests', '--edited').input['from'], 'tests');
    assert.deepEqual(parsed('events', '--type', 'workflow.*,file.modified', '--limit', '5', '--follow').input, {
      type: ['workflow.*', 'file.modified'],
      limit: 5,
      follow: true,
    });
    assert.deepEqual(parsed('validate', 'a.yaml', 'b.yaml').input, { files: ['a.yaml', 'b.yaml'] });
    assert.deepEqual(parsed('context', 'add a route', '--budget', '4000').input, { task: 'add a route', budget: 4000 });
  });

  for (const [what, argv, says] of [
    ['an unknown command, with the nearest', ['rnu', 'x'], /savepoint run/],
    ['an unknown option', ['run', 'x', '--nonsense'], /--nonsense/],
    ['a missing workflow', ['run'], /<workflow> is missing/],
    ['a word too many', ['show', '1', '2'], /"2" is one word too many/],
    ['broken JSON, with an example', ['run', 'x', '--with', '{a'], /--with is not JSON .*Example/],
    ['JSON that is no object', ['run', 'x', '--with', '[1]'], /--with/],
    ['an unknown severity', ['run', 'x', '--fail-on', 'loud'], /--fail-on/],
    ['a number below the least', ['context', '--budget', '-5'], /^--budget must be a whole number of at least 500 and/],
    ['an option for a value', ['events', '--run', '--json'], /^--run needs a value after it\. savepoint events/],
    ['a value left out', ['context', '--budget'], /^--budget needs a value after it\. savepoint context/],
    ['a limit that is no number', ['events', '--limit', 'many'], /--limit/],
  ] as const) {
    it(`refuses ${what}`, () => assert.match(refused(...argv), says));
  }

  it('takes and makes of each word what the command’s schema does', () => {
    const words = fc.oneof(
      fc.constantFrom('', ' ', '0', '1', '500', '-1', '1.5', '1e3', '9007199254740992', 'error', 'never', 'a,b', 'x'),
      fc.constantFrom('{}', '{"select":"all"}', '[1]', 'null', '{"a":{"b":[1,null]}}'),
      fc.string(),
    );
    const flags = COMMANDS.flatMap(({ id, flags: all, positionals }) =>
      all.map((flag) => ({ id, flag, positionals: [...positionals] as readonly string[] })),
    );
    fc.assert(
      fc.property(fc.constantFrom(...flags), words, ({ id, flag, positionals }, word) => {
        const { input }: { input: z.ZodObject } = CATALOGUE.find((one) => one.id === id) ?? assert.fail();
        const place = positionals.includes(flag.key);
        fc.pre(!(place && word.startsWith('-')));
        // What the command needs besides.
        const first = positionals[0] ?? '';
        const needed = !place && !input.safeParse({}).success ? ['1'] : [];
        const own = place ? [word] : [flag.type === 'boolean' ? `--${flag.name}` : `--${flag.name}=${word}`];
        const got = parseArguments([id, ...needed, ...own]);
        const value = { boolean: () => true, list: () => listOf(word, place), json: () => jsonOf(word) };
        const given = flag.type === 'string' || flag.type === 'integer' ? word : value[flag.type]();
        const expected = input.safeParse({ ...(needed.length > 0 ? { [first]: '1' } : {}), [flag.key]: given });
        assert.equal(got.ok, expected.success, got.ok ? '' : got.failure.message);
        if (got.ok) assert.deepEqual(got.value.kind === 'command' && got.value.input, expected.data);
      }),
      { numRuns: 1000 },
    );
  });

  it('explains every command and each of its options', () => {
    assert.deepEqual(
      COMMANDS.map(({ id }) => id),
      CATALOGUE.map(({ id }) => id),
    );
    for (const command of COMMANDS) {
      const text = helpText(command);
      assert.ok(text.includes(`savepoint ${command.id}`), text);
      assert.ok(!/undefined|\[object/.test(text), text);
    }
    for (const { id } of CATALOGUE) assert.ok(helpText(null).includes(`  ${id}`));
  });
});
