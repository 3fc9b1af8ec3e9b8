import assert from 'node:assert/strict';
import { rmdirSync } from 'node:fs';
import type { Finding } from '../../src/contract/findings.ts';
import { proves } from '../requirements.ts';
import { copySample } from '../samples/copy-sample.ts';
import { harborExpected, type Planted } from '../samples/expected.ts';
import { createRig, type ResultLine, said } from '../support/rig.ts';

/** Proved by a failing test, not by a finding: the fault is in the source, what is seen is the test. */
const SEEN_AS_TEST = 'failing-test';

describe(proves('A12', 'tsddr-2.0 on the sample'), function () {
  this.timeout(400_000);
  const expected = harborExpected();

  it('finds exactly what is planted, each once', async () => {
    const { findings, tests, steps, status } = await review('planted');
    assert.equal(status, 'completed', JSON.stringify(steps, null, 1));
    const planted = expected.planted.filter(({ kind }) => kind !== SEEN_AS_TEST);
    assert.equal(differences(planted, findings), '');
    assert.deepEqual([tests.passed, tests.failed], [expected.tests.planted.passed, expected.tests.planted.failed]);
    const failed = tests.cases.filter((one) => one.status === 'failed').map(({ file, name }) => ({ file, name }));
    assert.deepEqual(failed, expected.tests.failing);
    for (const { file, name } of expected.tests.passing)
      assert.ok(
        tests.cases.some((one) => one.file === file && one.name === name && one.status === 'passed'),
        name,
      );
  });

  it('finds nothing on its clean twin', async () => {
    const { findings, tests, status } = await review('clean');
    assert.equal(status, 'completed');
    assert.equal(differences([], findings), '');
    assert.deepEqual([tests.passed, tests.failed], [expected.tests.clean.passed, expected.tests.clean.failed]);
  });
});

async function review(variant: 'planted' | 'clean'): Promise<ResultLine> {
  const rig = createRig({ git: false, name: 'harbor-api' });
  try {
    rmdirSync(rig.workspace);
    await copySample({ sample: 'harbor', variant, into: rig.workspace });
    const done = await rig.run(['run', 'tsddr-2.0', '--fail-on', 'never']);
    assert.equal(done.code, 0, said(done));
    return done.only('result');
  } finally {
    await rig.dispose();
  }
}

/** One line for every planted defect that is missing or of another grade, and every finding that is none; empty when all fits. */
function differences(planted: readonly Planted[], findings: readonly Finding[]): string {
  const left = new Set(findings);
  const found = new Set<string>();
  const lines: string[] = [];
  for (const one of planted) {
    const hit = [...left].find((finding) => fits(finding, one));
    if (!hit) continue;
    left.delete(hit);
    found.add(one.id);
    if (one.grade !== undefined && hit.confidence !== one.grade)
      lines.push(`confidence ${one.id}: ${hit.confidence} in place of ${one.grade} (${place(hit)})`);
  }
  for (const one of planted) {
    if (found.has(one.id) || (one.pairedWith !== undefined && found.has(one.pairedWith))) continue;
    lines.push(`missing ${one.id} (${one.agent}, ${one.kind}) at ${one.file}:${one.line + 1}: ${one.note}`);
  }
  for (const finding of left) lines.push(`extra   ${place(finding)}: ${finding.message}`);
  return lines.join('\n');
}

const place = ({ agent, rule, severity, file, range }: Finding): string =>
  `${agent}, ${rule}, ${severity} at ${file}:${range.start.line + 1}`;

function fits({ agent, file, range }: Finding, one: Planted): boolean {
  if (agent !== one.agent) return false;
  const { line } = range.start;
  if (one.causedBy?.file === file && one.causedBy.line === line) return true;
  return file === one.file && line >= (one.statementStartLine ?? one.line) && line <= (one.endLine ?? one.line);
}
