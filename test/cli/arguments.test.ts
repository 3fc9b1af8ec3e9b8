import assert from 'node:assert/strict';
import { CATALOGUE } from '../../src/contract/commands/catalogue.ts';
import { parseArguments } from '../../src/orchestrator/host/cli/arguments.ts';
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
    assert.equal(command.id, 'run');
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
    ['a limit that is no number', ['events', '--limit', 'many'], /--limit/],
  ] as const) {
    it(`refuses ${what}`, () => assert.match(refused(...argv), says));
  }

  it('explains every command and each of its options', () => {
    for (const command of CATALOGUE) {
      const text = helpText(command);
      assert.ok(text.includes(`savepoint ${command.id}`), text);
      assert.ok(!/undefined|\[object/.test(text), text);
    }
    for (const { id } of CATALOGUE) assert.ok(helpText(null).includes(`  ${id}`));
  });
});
