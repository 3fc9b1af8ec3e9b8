import assert from 'node:assert/strict';
import ts from 'typescript';
import type { Example, SuspicionRule } from '../../../src/orchestrator/agents/bug-hunter/suspicious/rule.ts';
import { SUSPICION_RULES } from '../../../src/orchestrator/agents/bug-hunter/suspicious/rules.ts';
import { suspect } from '../../../src/orchestrator/agents/bug-hunter/suspicious/run.ts';

interface Case {
  readonly rule: SuspicionRule;
  readonly kind: 'bad' | 'good';
  readonly file: string;
  readonly code: string;
  readonly base: string | null;
}

const CASES: readonly Case[] = SUSPICION_RULES.flatMap((rule) =>
  (['bad', 'good'] as const).flatMap((kind) =>
    rule[kind].map((example, index) => toCase(rule, { kind, index, example })),
  ),
);

describe('bug-hunter suspicious code: every rule on its own examples', function () {
  this.timeout(180_000);
  let program: ts.Program;

  before(() => {
    program = programOf(new Map(CASES.map(({ file, code }) => [file, code])));
  });

  for (const one of CASES) {
    it(`${one.rule.id} ${one.kind === 'bad' ? 'speaks' : 'is silent'}: ${one.code.split('\n').join(' ').slice(0, 90)}`, () => {
      const source = program.getSourceFile(one.file);
      assert.ok(source);
      const base = one.base === null ? null : ts.createSourceFile(one.file, one.base, ts.ScriptTarget.Latest, true);
      const said = suspect({ compiler: ts, program, source, base, lines: null, rules: [one.rule] });
      assert.equal(said.length > 0, one.kind === 'bad', said.map(({ message }) => message).join('\n'));
    });
  }

  it('is silent once its own edit is made, and the code still has the same errors or fewer', () => {
    let made = 0;
    for (const one of CASES.filter(({ kind }) => kind === 'bad')) {
      const source = program.getSourceFile(one.file) ?? assert.fail();
      const base = one.base === null ? null : ts.createSourceFile(one.file, one.base, ts.ScriptTarget.Latest, true);
      const all = suspect({ compiler: ts, program, source, base, lines: null, rules: [one.rule] });
      const [said] = all;
      if (!said || said.edits.length === 0) continue;
      made++;
      const code = said.edits
        .toSorted((a, b) => b.start - a.start)
        .reduce((text, { start, end, text: added }) => text.slice(0, start) + added + text.slice(end), one.code);
      const after = programOf(new Map([[one.file, code]]));
      const edited = after.getSourceFile(one.file) ?? assert.fail();
      const again = suspect({ compiler: ts, program: after, source: edited, base, lines: null, rules: [one.rule] });
      assert.equal(again.length, all.length - 1, code);
      assert.equal(after.getSyntacticDiagnostics(edited).length, 0, code);
    }
    assert.ok(made >= 8, `${made} examples have an edit`);
  });

  it('has a bad and a good example for every rule, and no id twice', () => {
    assert.deepEqual(
      SUSPICION_RULES.filter(({ bad, good }) => bad.length === 0 || good.length === 0).map(({ id }) => id),
      [],
    );
    assert.equal(new Set(SUSPICION_RULES.map(({ id }) => id)).size, SUSPICION_RULES.length);
  });
});

function toCase(
  rule: SuspicionRule,
  { kind, index, example }: { kind: Case['kind']; index: number; example: Example },
): Case {
  const whole = typeof example === 'string' ? { code: example } : example;
  const ending = 'file' in whole && whole.file ? whole.file.slice(whole.file.lastIndexOf('.')) : '.ts';
  return {
    rule,
    kind,
    file: `/examples/${rule.id}/${kind}${index}${ending}`,
    code: whole.code,
    base: 'base' in whole ? (whole.base ?? null) : null,
  };
}

function programOf(files: ReadonlyMap<string, string>): ts.Program {
  const options: ts.CompilerOptions = {
    strict: true,
    allowJs: true,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleDetection: ts.ModuleDetectionKind.Force,
    types: [],
    noEmit: true,
  };
  const host = ts.createCompilerHost(options, true);
  return ts.createProgram([...files.keys()], options, {
    ...host,
    fileExists: (file) => files.has(file) || host.fileExists(file),
    readFile: (file) => files.get(file) ?? host.readFile(file),
    getSourceFile: (...asked) => {
      const [file] = asked;
      const text = files.get(file);
      return text === undefined
        ? host.getSourceFile(...asked)
        : ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    },
  });
}
