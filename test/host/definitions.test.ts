import assert from 'node:assert/strict';
import path from 'node:path';
import { build } from 'esbuild';
import type { DefinitionFiles, ReadFile } from '../../src/orchestrator/commands/check-definitions.ts';
import { check } from '../../src/orchestrator/host/definitions.ts';
import { proves } from '../requirements.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const AGENTS = '.savepoint/agents';
const WORKFLOWS = '.savepoint/workflows';
const agent = (id: string): string => `id: ${id}\ncommand: [node, tools/${id}.mjs]\n`;
const workflow = (id: string, name: string): string => `id: ${id}\nsteps:\n  - { id: a, agent: ${name} }\n`;

/** Files in memory: a text, or what reading gives instead. */
function inMemory(given: Readonly<Record<string, string | ReadFile>>): DefinitionFiles & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    names: async (folder) =>
      Object.keys(given)
        .filter((file) => path.posix.dirname(file) === folder)
        .map((file) => path.posix.basename(file))
        .reverse(),
    async read(file) {
      asked.push(file);
      const found = given[file] ?? assert.fail(file);
      return typeof found === 'string' ? { kind: 'content', content: new TextEncoder().encode(found) } : found;
    },
  };
}

describe(proves('F1', 'workflow files are checked where no worker may be started'), () => {
  it('with code that can start, open and write nothing: no module of Node that could is in it', async () => {
    const { metafile } = await build({
      entryPoints: ['src/orchestrator/host/definitions.ts'],
      ...{ absWorkingDir: ROOT, bundle: true, write: false, metafile: true },
      ...{ platform: 'node', format: 'cjs', outfile: 'definitions.cjs' },
    });
    const [output] = Object.values(metafile.outputs);
    const asked = new Set(output?.imports.filter(({ external }) => external).map((one) => one.path));
    // Of the parser: Buffer for binary values, and process for its warnings.
    assert.deepEqual([...asked].sort(), ['buffer', 'process']);
  });

  it('and tells what is right', async () => {
    assert.deepEqual(await check(inMemory({})), {
      problems: [],
      words: 'There is no workflow and no agent file in .savepoint.',
    });
    const files = inMemory({
      [`${AGENTS}/own.yaml`]: agent('own'),
      [`${WORKFLOWS}/a.yaml`]: workflow('a', 'own'),
      [`${WORKFLOWS}/b.yml`]: workflow('b', 'bug-hunter'),
      [`${WORKFLOWS}/notes.md`]: 'no workflow',
    });
    assert.deepEqual(await check(files), { problems: [], words: 'Nothing wrong in 3 files.' });
    assert.deepEqual(files.asked, [`${AGENTS}/own.yaml`, `${WORKFLOWS}/a.yaml`, `${WORKFLOWS}/b.yml`]);
  });

  it('names each problem with its place, also of files that cannot be read, and a broken one hides no other', async () => {
    const { problems } = await check(
      inMemory({
        [`${AGENTS}/gone.yaml`]: { kind: 'unreadable', why: 'NoPermissions' },
        [`${AGENTS}/twice.yaml`]: 'id: own\nid: own\n',
        [`${WORKFLOWS}/a.yaml`]: workflow('a', 'own'),
        [`${WORKFLOWS}/large.yaml`]: { kind: 'too-large', size: 300 * 1024 },
        [`${WORKFLOWS}/same.yaml`]: workflow('z', 'bug-hunter'),
        [`${WORKFLOWS}/z.yaml`]: workflow('z', 'bug-hunter'),
      }),
    );
    assert.deepEqual(
      problems.map(({ file, range, message }) => `${file}:${range.start.line + 1} ${message}`),
      [
        `${AGENTS}/gone.yaml:1 The file cannot be read: NoPermissions.`,
        `${AGENTS}/twice.yaml:2 This key is there twice. Keep one.`,
        `${WORKFLOWS}/a.yaml:3 There is no agent own. Agents: security-auditor, bug-hunter, test-executor, performance-analyzer, context-optimizer.`,
        `${WORKFLOWS}/large.yaml:1 The file has 300 kB; at most 256 kB are read. Split it.`,
        `${WORKFLOWS}/z.yaml:1 ${WORKFLOWS}/same.yaml has the id z too, and is the one that runs. Give this one another id.`,
      ],
    );
  });
});
