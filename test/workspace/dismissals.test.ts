import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { createNodeFiles } from '../../src/orchestrator/host/node-files.ts';
import { createDismissals } from '../../src/orchestrator/workspace/dismissals.ts';
import { tempFolder } from '../support/temp-folder.ts';

describe('dismissed findings', () => {
  const folder = tempFolder('dismissals');
  after(() => folder.remove());
  let made = 0;
  const setUp = () => {
    const stateDir = path.join(folder.path, String(++made));
    return { stateDir, dismissals: createDismissals({ files: createNodeFiles(), stateDir }) };
  };

  it('are remembered with their words, and told again once that is taken back', () => {
    const { dismissals } = setUp();
    assert.deepEqual(dismissals.list(), []);
    dismissals.add('a1b2-1', 'injection.sql in src/db.ts');
    assert.deepEqual(dismissals.list(), [{ fingerprint: 'a1b2-1', about: 'injection.sql in src/db.ts' }]);
    dismissals.remove('a1b2-1');
    dismissals.remove('a1b2-1');
    assert.equal(dismissals.all().size, 0);
  });

  it('never lead out of their folder, whatever an agent calls its finding', () => {
    const { stateDir, dismissals } = setUp();
    dismissals.add('../../approved/x', 'an agent of the workspace chose this');
    assert.deepEqual([...dismissals.all()], ['../../approved/x']);
    assert.equal(existsSync(path.join(stateDir, 'approved')), false);
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme-ascii' }), (fingerprint) => {
        dismissals.add(fingerprint, '');
        assert.ok(dismissals.all().has(fingerprint));
        dismissals.remove(fingerprint);
        assert.ok(!dismissals.all().has(fingerprint));
      }),
      { numRuns: 50 },
    );
  });
});
