import type { Argument, CallExpression, Expression } from 'oxc-parser';
import type { AgentOutcome } from '../../../contract/agents.ts';
import type { Json } from '../../../contract/json.ts';
import type { TestCatalogue, TestFile, TestNode } from '../../../contract/test-catalogue.ts';
import { oxcParser } from '../../workspace/native-parts.ts';
import { positionsIn } from '../../workspace/positions.ts';
import type { Session } from './session.ts';
import { suiteName } from './suite.ts';

/**
 * Outcome data: a TestCatalogue of every test file; of those named in `with.files`, what is written in them. Files are read, never
 * run; what cannot be parsed has no tests until a run tells of them.
 */
export async function discoverTests({ detection, request, context }: Session): Promise<AgentOutcome> {
  const asked = new Set(Array.isArray(request.with['files']) ? request.with['files'] : []);
  const files: TestFile[] = [];
  for (const suite of detection.suites) {
    for (const file of suite.testFiles) {
      const text = asked.has(file) ? await context.workspace.read(file) : null;
      files.push({ file, suite: suiteName(suite), tests: text === null ? null : testsIn(file, text) });
    }
  }
  const catalogue: TestCatalogue = { files, notChecked: detection.notChecked };
  return { ok: true, data: toJson(catalogue), summary: 'listed' };
}

const KINDS: Readonly<Record<string, TestNode['kind']>> = {
  describe: 'group',
  context: 'group',
  suite: 'group',
  xdescribe: 'group',
  fdescribe: 'group',
  it: 'test',
  test: 'test',
  specify: 'test',
  xit: 'test',
  xtest: 'test',
  fit: 'test',
};

interface Open extends TestNode {
  readonly children: Open[];
}

/** Groups and tests with plain names, nested as they are written; none where the parser is missing. */
export function testsIn(file: string, text: string): readonly TestNode[] {
  if (oxcParser === null) return [];
  const { program } = oxcParser.parseSync(file, text);
  const positions = positionsIn(text);
  const roots: Open[] = [];
  const stack: { readonly call: CallExpression; readonly node: Open | null }[] = [];
  new oxcParser.Visitor({
    CallExpression(call) {
      const kind = kindOf(call);
      if (kind === null) return;
      const name = plainText(call.arguments[0]);
      const nameless = stack.some(({ node }) => node === null);
      // Below a group whose name is made at run time, full names are not known either.
      const node: Open | null =
        name === null || nameless
          ? null
          : { kind, name, range: { start: positions(call.start), end: positions(call.end) }, children: [] };
      if (node !== null) (stack.at(-1)?.node?.children ?? roots).push(node);
      stack.push({ call, node });
    },
    'CallExpression:exit'(call) {
      if (stack.at(-1)?.call === call) stack.pop();
    },
  }).visit(program);
  return roots;
}

/** `it(…)`, `describe.skip(…)`, `test.concurrent.only(…)`; not `it.each(…)(…)`, whose names come from its table. */
function kindOf({ callee, arguments: given }: CallExpression): TestNode['kind'] | null {
  if (given.length === 0) return null;
  let base: Expression = callee;
  while (base.type === 'MemberExpression' && !base.computed && base.property.name !== 'each') base = base.object;
  return base.type === 'Identifier' && Object.hasOwn(KINDS, base.name) ? (KINDS[base.name] ?? null) : null;
}

function plainText(argument: Argument | undefined): string | null {
  if (argument?.type === 'Literal' && typeof argument.value === 'string') return argument.value;
  if (argument?.type !== 'TemplateLiteral' || argument.expressions.length > 0) return null;
  return argument.quasis[0]?.value.cooked ?? null;
}

/** A catalogue holds nothing but plain values; the copy drops what types call read-only. */
function toJson(catalogue: TestCatalogue): Json {
  return JSON.parse(JSON.stringify(catalogue)) as Json;
}
