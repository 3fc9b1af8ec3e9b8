import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { contextLine } from '../../../src/contract/commands/lines.ts';
import { createAgent } from '../../../src/orchestrator/agents/context-optimizer/agent.ts';
import { callAgent, type AgentCall, type AskedOf } from '../../support/agent-rig.ts';
import { createRepository, git, writeTree } from '../../support/git-repository.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { proves } from '../../requirements.ts';

const FILES = {
  'src/cart.ts':
    "import { vatRate } from './vat.ts';\nexport function totalPrice(lines: number[]): number {\n  return lines.length * vatRate('AT');\n}\n",
  'src/vat.ts': 'export function vatRate(country: string): number {\n  return country.length;\n}\n',
  'src/mail.ts': 'export function sendMail(to: string): string {\n  return to;\n}\n',
  'test/cart.test.ts': "import { totalPrice } from '../src/cart.ts';\ntotalPrice([1]);\n",
  'specs/shop/tasks.md':
    '# Tasks\n- [x] 1. Sell\n- [ ] 2. Send a mail to the customer\n  - by sendMail\n- [ ] 3. More\n',
  'logo.png': '\u0000\u0001',
  'package.json': '{"name":"shop","type":"module"}',
};
const bundleSchema = contextLine.omit({ kind: true }).extend({
  files: z.array(
    z.object({ file: z.string(), why: z.string(), lines: z.array(z.tuple([z.int().min(1), z.int().min(1)])) }),
  ),
});
const taskSchema = z.object({
  task: z.string(),
  from: z.string(),
  files: z.array(z.string()),
  symbols: z.array(z.object({ name: z.string(), file: z.string(), line: z.int().min(1) })),
});

describe(proves('A12', 'context-optimizer on a repository'), function () {
  this.timeout(180_000);
  let folder: ReturnType<typeof tempFolder>;
  let root: string;
  beforeEach(() => {
    folder = tempFolder('context');
    root = join(folder.path, 'workspace');
    createRepository(root, FILES);
  });
  afterEach(() => folder.remove());

  const ask = (asked: Partial<AskedOf> = {}): Promise<AgentCall> =>
    callAgent(createAgent(), root, { operation: 'optimize', ...asked });
  const dataOf = ({ outcome }: AgentCall): unknown => (outcome.ok ? outcome.data : assert.fail(outcome.error.message));
  const filesOf = (call: AgentCall): readonly string[] =>
    bundleSchema.parse(dataOf(call)).files.map(({ file }) => file);

  it('shows what there is when nothing was asked, and measures how long that took', async () => {
    createRepository(root, {});
    git(root, 'rm', '-rqf', '.');
    git(root, 'commit', '-qm', 'empty');
    writeTree(root, { 'a.txt': 'one\n', 'b.txt': 'two\n' });
    git(root, 'add', '-A');
    git(root, 'commit', '-qm', 'two');
    const call = await ask();
    assert.deepEqual(new Set(filesOf(call)), new Set(['a.txt', 'b.txt']));
    const [evidence] = call.messages.flatMap((one) => (one.kind === 'evidence' ? [one.evidence] : []));
    assert.ok(evidence !== undefined && evidence.durationMs > 0);
  });

  it('shows the change first, then its neighbours, within the budget', async () => {
    writeTree(root, { 'src/cart.ts': FILES['src/cart.ts'].replace('lines.length', 'lines.length + 1') });
    const call = await ask({ with: { budget: 600 } });
    const bundle = bundleSchema.parse(dataOf(call));
    assert.equal(bundle.files[0]?.file, 'src/cart.ts');
    assert.equal(bundle.files[0]?.why, 'Changed');
    assert.deepEqual(new Set(filesOf(call).slice(1, 3)), new Set(['src/vat.ts', 'test/cart.test.ts']));
    assert.ok(bundle.tokens <= 600 && bundle.budget === 600);
    assert.ok(bundle.text.includes('lines.length + 1') && !bundle.text.includes('\u0000'));
    assert.equal(git(root, 'status', '--porcelain').trim(), 'M src/cart.ts');
  });

  it('never shows a .env file, changed or named, but its example', async () => {
    const secret = 'DATABASE_URL=postgres://shop:correct-horse@db/shop\n';
    writeTree(root, { '.env': secret, 'deploy/.env.local': secret, '.env.example': 'DATABASE_URL=\n' });
    const texts = [];
    for (const asked of [{}, { with: { task: 'The DATABASE_URL in .env and deploy/.env.local' } }]) {
      const call = await ask(asked);
      assert.ok(filesOf(call).includes('.env.example'));
      texts.push(JSON.stringify([call.outcome, call.messages]));
    }
    assert.ok(texts.every((text) => !text.includes('correct-horse')));
  });

  it('answers for a task by its words, and with what others use most when asked for nothing', async () => {
    assert.ok(
      filesOf(await ask({ with: { task: 'Change the VAT of a country' } }))
        .slice(0, 2)
        .includes('src/vat.ts'),
    );
    assert.ok(filesOf(await ask()).includes('src/vat.ts'));
  });

  it('says that nothing matches a task in other words', async () => {
    const bundle = bundleSchema.parse(dataOf(await ask({ with: { task: 'Quasar zeppelin' } })));
    assert.deepEqual(bundle.files, []);
    assert.match(bundle.text, /> Quasar zeppelin\n\nNothing here matches the words of the task\.\n$/);
  });

  it('is the same again from its caches, sees an edit, and survives a damaged cache', async () => {
    const task = { with: { task: 'send a mail' } };
    const first = dataOf(await ask(task));
    assert.deepEqual(dataOf(await ask(task)), first);
    writeTree(root, { 'src/vat.ts': 'export function sendMailTwice(mail: string): string { return mail; }\n' });
    assert.ok(
      filesOf(await ask(task))
        .slice(0, 3)
        .includes('src/vat.ts'),
    );
    git(root, 'checkout', '-q', '--', 'src/vat.ts');
    const cache = join(`${root}.state`, 'agents/context-optimizer/files.json');
    writeFileSync(cache, readFileSync(cache).subarray(0, 200));
    assert.deepEqual(dataOf(await ask(task)), first);
  });

  it('takes the first open item of a tasks.md as the task, and names files and symbols', async () => {
    const call = await ask({ operation: 'analyze-task' });
    const { task, from, files, symbols } = taskSchema.parse(dataOf(call));
    assert.equal(task, '2. Send a mail to the customer\n- by sendMail');
    assert.equal(from, 'the first open item of specs/shop/tasks.md');
    assert.ok(files.slice(0, 2).includes('src/mail.ts'), files.join());
    assert.deepEqual(symbols[0], { name: 'sendMail', file: 'src/mail.ts', line: 1 });
    assert.match(call.log, /The task is the first open item of specs\/shop\/tasks\.md\./);
  });

  it('takes the changed files as the task where there is none, and says so', async () => {
    git(root, 'rm', '-q', 'specs/shop/tasks.md');
    git(root, 'commit', '-qm', 'no tasks');
    writeTree(root, { 'src/cart.ts': '// nothing\n' });
    const call = await ask({ operation: 'analyze-task' });
    assert.equal(taskSchema.parse(dataOf(call)).files[0], 'src/cart.ts');
    assert.match(call.log, /The task is the changed files\./);
    assert.match(call.outcome.ok ? call.outcome.summary : '', /^changed files as the task/);
  });
});
