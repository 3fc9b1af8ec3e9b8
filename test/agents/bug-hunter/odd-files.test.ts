import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Finding } from '../../../src/contract/findings.ts';
import { createAgent } from '../../../src/orchestrator/agents/bug-hunter/agent.ts';
import { callAgent, type AgentCall, type AskedOf } from '../../support/agent-rig.ts';
import { createRepository, writeTree } from '../../support/git-repository.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const SLIP = 'export function same(a) {\n  return a === a;\n}\n';

describe('AGENTS bug-hunter: odd files', function () {
  this.timeout(60_000);
  let folder: ReturnType<typeof tempFolder>;
  let root: string;
  beforeEach(() => {
    folder = tempFolder('bug-hunter-odd');
    root = join(folder.path, 'work');
    createRepository(root, {});
  });
  afterEach(() => folder.remove());

  const hunt = (asked: Partial<AskedOf> = {}): Promise<AgentCall> =>
    callAgent(createAgent(), root, { operation: 'hunt', ...asked });
  const findingsIn = ({ messages }: AgentCall): readonly Finding[] =>
    messages.flatMap((message) => (message.kind === 'finding' ? [message.finding] : []));

  it('looks at files whose names a tool could take for something else', async () => {
    const files = ['--fix.js', '-c.js', '--help/a.js', '!not.js', '[id]/(group)/a b ü.js', '日本"$(x).js'];
    writeTree(root, Object.fromEntries(files.map((file) => [file, SLIP])));
    const call = await hunt();
    assert.ok(call.outcome.ok, JSON.stringify(call.outcome));
    assert.deepEqual(
      findingsIn(call)
        .map(({ file, rule }) => `${file} ${rule}`)
        .sort(),
      files.map((file) => `${file} lint.no-self-compare`).sort(),
    );
  });

  it('points at the same place with and without a byte order mark', async () => {
    const text = "const ü = 'ü';\r\nif (ü) debugger;\r\n";
    writeTree(root, { 'plain.js': text, 'marked.js': `\uFEFF${text}` });
    const places = findingsIn(await hunt()).map(({ file, rule, range }) => ({ file, rule, range }));
    const of = (name: string): unknown =>
      places.filter(({ file }) => file === name).map(({ rule, range }) => ({ rule, range }));
    assert.deepEqual(of('marked.js'), of('plain.js'));
    assert.equal(places.length, 2);
  });

  it('is through in time with a file of thousands of slips', async () => {
    writeTree(root, { 'many.js': 'if (a === a) debugger;\n'.repeat(20_000) });
    assert.ok((await hunt()).outcome.ok);
  });

  it('says that it does not look for slips in packed files', async () => {
    writeTree(root, { 'packed.js': 'if (a === a) debugger;'.repeat(40_000) });
    const { messages, outcome } = await hunt();
    assert.ok(outcome.ok);
    assert.deepEqual(
      messages.flatMap((one) => (one.kind === 'not-checked' ? [`${one.what}: ${one.why}`] : [])),
      ['lint and suspicious code in packed.js: it looks generated: very long lines'],
    );
  });

  it('goes on behind code that is nested too deeply for the compiler', async () => {
    writeTree(root, { 'deep.js': `export default a${'\n  .then((x) => x)'.repeat(8_000)};\n`, 'slip.js': SLIP });
    const call = await hunt();
    assert.ok(call.outcome.ok);
    assert.ok(call.messages.some((one) => one.kind === 'not-checked' && /nested too deeply/.test(one.why)));
    assert.deepEqual(
      findingsIn(call).map(({ file }) => file),
      ['slip.js'],
    );
  });
});
