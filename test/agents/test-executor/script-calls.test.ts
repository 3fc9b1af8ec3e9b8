import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readTestScripts } from '../../../src/orchestrator/agents/test-executor/script-calls.ts';
import { proves } from '../../requirements.ts';

const read = (scripts: Record<string, string>): unknown[] =>
  readTestScripts(scripts).calls.map(({ runner, env, nodeFlags, options, positional }) => ({
    runner,
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...(nodeFlags.length === 0 ? {} : { nodeFlags }),
    ...(options.length === 0 ? {} : { options }),
    ...(positional.length === 0 ? {} : { positional }),
  }));

describe(proves('A12', 'test executor: how the test scripts call a runner'), () => {
  const cases: Readonly<Record<string, readonly [Record<string, string>, unknown[]]>> = {
    'a plain runner': [{ test: 'vitest' }, [{ runner: 'vitest' }]],
    'options that write, watch or report are left out, others stay': [
      { test: 'vitest run -c a.config.ts --coverage --reporter=junit --outputFile out.xml -u test/unit' },
      [{ runner: 'vitest', options: ['-c', 'a.config.ts'], positional: ['test/unit'] }],
    ],
    'ESM in Jest by NODE_OPTIONS': [
      { test: 'cross-env NODE_OPTIONS="--experimental-vm-modules --no-warnings" TZ=UTC jest --coverage -i' },
      [
        {
          runner: 'jest',
          env: { TZ: 'UTC' },
          nodeFlags: ['--experimental-vm-modules', '--no-warnings'],
          options: ['-i'],
        },
      ],
    ],
    'Jest started by its file': [
      { test: 'node --experimental-vm-modules node_modules/jest/bin/jest.js src' },
      [{ runner: 'jest', nodeFlags: ['--experimental-vm-modules'], positional: ['src'] }],
    ],
    'Mocha with values after its options': [
      { test: `mocha -r ts-node/register --reporter spec --timeout 5000 'test/**/*.spec.ts'` },
      [
        {
          runner: 'mocha',
          options: ['-r', 'ts-node/register', '--timeout', '5000'],
          positional: ['test/**/*.spec.ts'],
        },
      ],
    ],
    'node:test with a loader, under a coverage tool': [
      { test: 'c8 --100 node --import tsx --test --test-reporter spec "test/*.test.ts"' },
      [{ runner: 'node:test', nodeFlags: ['--import', 'tsx'], positional: ['test/*.test.ts'] }],
    ],
    'tsx as the program': [
      { test: 'tsx --test src/**/*.test.ts' },
      [{ runner: 'node:test', nodeFlags: ['--import', 'tsx'], positional: ['src/**/*.test.ts'] }],
    ],
    'scripts called from scripts, in every manner': [
      {
        test: 'npm run lint && pnpm run "/^t:.*/"',
        lint: 'eslint .',
        't:a': 'run-s u:*',
        'u:x': 'mocha',
        't:b': 'yarn v',
        v: 'vitest run',
      },
      [{ runner: 'mocha' }, { runner: 'vitest' }],
    ],
    'the same tests under other variables are one call': [
      {
        test: 'cross-env TZ=A npm run t && cross-env TZ=B npm run t && jest --coverage --coverageThreshold="{ \\"a\\": 1 }"',
        t: 'jest test/tz',
      },
      [{ runner: 'jest' }],
    ],
    'two configurations are two calls': [
      { test: 'vitest -c a.ts && vitest -c b.ts' },
      [
        { runner: 'vitest', options: ['-c', 'a.ts'] },
        { runner: 'vitest', options: ['-c', 'b.ts'] },
      ],
    ],
    'without a test script, one that is named like tests': [
      { 'test:unit': 'jest', 'test:watch': 'jest --watch', build: 'tsc' },
      [{ runner: 'jest' }],
    ],
    'the placeholder of npm init': [{ test: 'echo "Error: no test specified" && exit 1' }, []],
    'a benchmark is no test': [{ test: 'vitest bench' }, []],
    'scripts that call each other': [{ test: 'npm run a', a: 'npm run test' }, []],
    'what the shell would fill in is left out': [
      { test: 'mocha $FILES --grep "$NAME" x.js' },
      [{ runner: 'mocha', positional: ['x.js'] }],
    ],
  };
  for (const [what, [scripts, expected]] of Object.entries(cases)) {
    it(what, () => assert.deepEqual(read(scripts), expected));
  }

  it('names runners that it has no adapter for', () => {
    assert.deepEqual(readTestScripts({ test: 'xo && ava && bun test && CI=1 npx playwright test' }).unsupported, [
      'ava',
      'bun',
      'playwright',
    ]);
  });

  it('never throws, whatever the script', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (test, other) =>
        Array.isArray(readTestScripts({ test: `jest ${test}`, other }).calls),
      ),
    );
  });
});
