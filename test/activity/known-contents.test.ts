import assert from 'node:assert/strict';
import { createKnownContents } from '../../src/orchestrator/activity/known-contents.ts';
import type { WorkTree } from '../../src/orchestrator/workspace/work-tree.ts';
import { ok } from '../../src/contract/failures.ts';
import { proves } from '../requirements.ts';

/** More than are remembered. */
const MANY = Array.from({ length: 20_001 }, (_, number) => `src/${number}.ts`);

function committedTree(): WorkTree {
  const unused = (): never => {
    throw new Error('not asked for here');
  };
  return {
    ...{ root: '/repo', layout: null, ignored: unused, stats: unused, onDisk: unused, below: unused, between: unused },
    look: async () => ok({ head: 'head', differs: new Map() }),
    committed: async (_head, paths) => new Map(paths.map((path) => [path, `committed ${path}`])),
    head: async () => 'head',
  };
}

describe(proves('D1', 'what files are known to hold'), () => {
  it('is right for a file that was known, however many are asked for beside it', async () => {
    const known = createKnownContents({ tree: committedTree() });
    await known.refresh();
    await known.of(MANY);
    const asked = ['src/0.ts', 'src/new.ts'];
    assert.deepEqual(
      [...(await known.of(asked))],
      asked.map((path) => [path, `committed ${path}`]),
    );
    known.set('src/0.ts', 'written');
    assert.equal((await known.of(asked)).get('src/0.ts'), 'written');
  });
});
