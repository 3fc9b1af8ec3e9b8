import assert from 'node:assert/strict';
import { wantedTests, type TestTarget } from '../../../src/extension/tests/wanted.ts';

const file = (name: string, ...tests: readonly string[]): TestTarget => ({ file: name, name: null, tests });
const part = (of: string, name: string, ...tests: readonly string[]): TestTarget => ({
  file: of,
  name,
  tests: tests.length === 0 ? [name] : tests,
});

describe('what a choice in Test Explorer asks for', () => {
  it('a whole file: no names, so that tests made at run time run too', () => {
    assert.deepEqual(wantedTests([file('a.test.ts', 'x', 'y')], []), { files: ['a.test.ts'], names: [] });
  });

  it('a test: its full name', () => {
    assert.deepEqual(wantedTests([part('a.test.ts', 'g > x')], []), { files: ['a.test.ts'], names: ['g > x'] });
  });

  it('a group: the tests in it', () => {
    assert.deepEqual(wantedTests([part('a.test.ts', 'g', 'g > x', 'g > y')], []).names, ['g > x', 'g > y']);
  });

  it('a file and a test of another: both files whole, rather than a name that hides the first', () => {
    assert.deepEqual(wantedTests([file('a.test.ts', 'x'), part('b.test.ts', 'y')], []), {
      files: ['a.test.ts', 'b.test.ts'],
      names: [],
    });
  });

  it('a file without one of its tests: the others by name', () => {
    assert.deepEqual(wantedTests([file('a.test.ts', 'x', 'y')], [part('a.test.ts', 'y')]), {
      files: ['a.test.ts'],
      names: ['x'],
    });
  });

  it('what is left out as a file or a group is out, with all that is in it', () => {
    const chosen = [part('a.test.ts', 'g > x'), part('a.test.ts', 'h'), file('b.test.ts', 'z')];
    assert.deepEqual(wantedTests(chosen, [part('a.test.ts', 'g', 'g > x'), file('b.test.ts', 'z')]), {
      files: ['a.test.ts'],
      names: ['h'],
    });
  });
});
