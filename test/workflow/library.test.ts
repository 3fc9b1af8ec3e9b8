import assert from 'node:assert/strict';
import path from 'node:path';
import { BUILT_IN_AGENTS } from '../../src/orchestrator/agents/facts.ts';
import { createCheckedFiles } from '../../src/orchestrator/workflow/checked-files.ts';
import { createLibrary, type Library } from '../../src/orchestrator/workflow/library.ts';
import { createPlan } from '../../src/orchestrator/workflow/plan.ts';
import { knownAgent } from '../support/engine-rig.ts';
import { makeFolder, removeFolder, writeFiles } from '../support/folder-workspace.ts';
import { createSimulatedMachine } from '../support/simulated-env.ts';
import { proves } from '../requirements.ts';

const BUILTIN = path.resolve(import.meta.dirname, '../../src/orchestrator/workflow/builtin');
const file = (name: string): string => `.savepoint/workflows/${name}.yaml`;
const workflow = (id: string, agent = 'bug-hunter'): string => `id: ${id}\nsteps:\n  - { id: a, agent: ${agent} }\n`;

describe(proves('A9', 'the library of workflows'), () => {
  const agents = new Map(
    BUILT_IN_AGENTS.map((fact) => [fact.id, knownAgent(fact.id, { operations: fact.operations })]),
  );
  let root = '';
  let library: Library;
  beforeEach(() => {
    root = makeFolder({});
    const { env } = createSimulatedMachine({ seed: 1 }).start();
    library = createLibrary({
      root,
      builtinDir: BUILTIN,
      agents: { known: async () => agents },
      checked: createCheckedFiles({ files: env.files, dir: '/cache' }),
      savepointVersion: '1',
    });
  });
  afterEach(() => removeFolder(root));

  it('ships the two built-in workflows with the mission’s steps and figures', async () => {
    const plans = (await library.list()).map(({ definition }) => createPlan(definition, agents));
    const rows = plans.map(({ workflow: id, onError, steps }) => [
      id,
      onError,
      steps.map(
        (step) =>
          `${step.level} ${step.id} ${step.agent}.${step.operation} ${step.timeoutMs / 60_000}min ${step.retry.max}×${step.retry.multiplier}`,
      ),
    ]);
    assert.deepEqual(rows, [
      [
        'kiro-workflow',
        'continue',
        [
          '0 task-analysis context-optimizer.analyze-task 3min 3×1.5',
          '1 security-validation security-auditor.validate 4min 3×1.5',
          '2 task-execution test-executor.run 30min 3×1.5',
          '3 quality-assurance bug-hunter.hunt 10min 3×1.5',
          '3 performance-validation performance-analyzer.validate 15min 3×1.5',
        ],
      ],
      [
        'on-save-checks',
        'continue',
        [
          '0 secrets security-auditor.pre-check 1min 1×2',
          '0 code bug-hunter.hunt 3min 1×2',
          '0 tests test-executor.run 10min 1×2',
        ],
      ],
      [
        'tsddr-2.0',
        'rollback',
        [
          '0 security-pre-check security-auditor.pre-check 5min 2×2',
          '1 test-design test-executor.design 10min 2×2',
          '2 bug-hunting bug-hunter.hunt 15min 2×2',
          '2 performance-analysis performance-analyzer.analyze 20min 2×2',
          '3 context-optimization context-optimizer.optimize 5min 2×2',
          '4 security-post-check security-auditor.post-check 5min 2×2',
        ],
      ],
    ]);
  });

  it('lets a file with the id of a built-in one replace it', async () => {
    assert.deepEqual(await library.replacing(), []);
    writeFiles(root, { [file('mine')]: workflow('kiro-workflow'), [file('own')]: workflow('own') });
    assert.deepEqual(
      (await library.replacing()).map((one) => one.file),
      [file('mine')],
    );
    const found = await library.find('kiro-workflow');
    assert.ok(found.ok);
    assert.equal(found.value.steps.length, 1);
  });

  it('runs the others beside a broken file, and never a built-in one in place of a broken one', async () => {
    writeFiles(root, { [file('good')]: workflow('good'), [file('bad')]: `${workflow('kiro-workflow')}oops: 1\n` });
    assert.equal((await library.find('good')).ok, true);
    assert.equal((await library.problems()).length, 1);
    for (const id of ['bad', 'kiro-workflow']) {
      const refused = await library.find(id);
      assert.ok(!refused.ok && refused.failure.code === 'definition', id);
      assert.match(refused.failure.message, /bad\.yaml:4:1 /);
    }
    assert.deepEqual(
      (await library.list()).map(({ definition }) => definition.id),
      ['good', 'on-save-checks', 'tsddr-2.0'],
    );
  });

  it('reports the second of two files with one id, and runs the first', async () => {
    writeFiles(root, { [file('one')]: workflow('same'), [file('two')]: workflow('same', 'test-executor') });
    const [problem] = await library.problems();
    assert.equal(problem?.file, file('two'));
    assert.deepEqual(problem?.range, { start: { line: 0, character: 4 }, end: { line: 0, character: 8 } });
    const found = await library.find('same');
    assert.ok(found.ok && found.value.steps[0]?.agent === 'bug-hunter');
  });

  it('names what there is for an unknown id', async () => {
    const missing = await library.find('tsddr-2.1');
    assert.ok(!missing.ok && missing.failure.code === 'not-found');
    assert.match(
      missing.failure.message,
      /Did you mean "tsddr-2.0"\? Workflows: kiro-workflow, on-save-checks, tsddr-2.0\./,
    );
  });

  it('sees an edit, and checks anew when the agents change', async () => {
    writeFiles(root, { [file('mine')]: workflow('mine', 'own') });
    assert.equal((await library.find('mine')).ok, false);
    agents.set('own', knownAgent('own'));
    assert.equal((await library.find('mine')).ok, true);
    writeFiles(root, { [file('mine')]: workflow('mine', 'own').replace('id: a', 'id: b') });
    const edited = await library.find('mine');
    assert.ok(edited.ok && edited.value.steps[0]?.id === 'b');
    agents.delete('own');
    assert.equal((await library.find('mine')).ok, false);
  });
});
