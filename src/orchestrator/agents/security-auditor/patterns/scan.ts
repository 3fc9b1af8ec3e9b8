import ts from 'typescript';
import type { ParsedSource } from '../../../workspace/parsed-source.ts';
import type { FindingDraft } from '../../../workspace/fingerprint.ts';
import { detectCrypto, detectJwt, detectTiming } from './detectors/crypto.ts';
import { detectAssignFlows, detectCallFlows } from './detectors/flows.ts';
import type { Report } from './detectors/report.ts';
import { detectAssignedSettings, detectSettings } from './detectors/settings.ts';
import { detectAttribute, detectShapes } from './detectors/shapes.ts';
import { followFile } from './flow/follow.ts';
import type { PatternRule } from './rule.ts';
import { CRYPTO_RULES } from './rules/crypto.ts';
import { INJECTION_RULES } from './rules/injection.ts';
import { SETTINGS_RULES } from './rules/settings.ts';

/** Every rule about code, in the order of the help. */
export const PATTERN_RULES: readonly PatternRule[] = [...INJECTION_RULES, ...CRYPTO_RULES, ...SETTINGS_RULES];
const BY_ID: ReadonlyMap<string, PatternRule> = new Map(PATTERN_RULES.map((rule) => [rule.id, rule]));

export const AGENT_ID = 'security-auditor';

/** Files whose code is there to show or try something, not to run for users. */
export const TEST_PATH =
  /(?:^|\/)(?:tests?|__tests__|__mocks__|spec|specs|fixtures?|__fixtures__|e2e|cypress|mocks?|examples?|samples?|demos?|benchmarks?|bench|stories)\/|[._-](?:test|tests|spec|e2e|mock|mocks|stories|bench|fixture)\.[cm]?[jt]sx?$/i;

export interface PatternScan {
  /** By position. */
  readonly drafts: readonly FindingDraft[];
  /** False when the file was too large to follow to its end. */
  readonly isComplete: boolean;
}

/** Characters a line on average from which on a file was made by a tool, not written. */
const MINIFIED_LINE = 400;

/** Bundled code without line breaks: nobody edits it, and a finding in it would show nothing. */
export function isMinified(text: string): boolean {
  return text.length > 5_000 && text.length / (text.split('\n').length || 1) > MINIFIED_LINE;
}

/** Insecure patterns of one file. Pure: the same source gives the same findings. */
export function scanPatterns(parsed: ParsedSource): PatternScan {
  const found = new Map<string, FindingDraft>();
  const isTest = TEST_PATH.test(parsed.file);
  const report: Report = (id, node, taint) => {
    const rule = BY_ID.get(id);
    if (!rule) throw new Error(`no such rule: ${id}`);
    const range = rangeOf(parsed.source, node);
    const key = `${id}:${String(range.start.line)}:${String(range.start.character)}`;
    if (found.has(key) || (rule.notInTests === true && isTest)) return;
    found.set(key, {
      agent: AGENT_ID,
      rule: id,
      severity: isTest && rule.severity === 'error' ? 'warning' : rule.severity,
      confidence: rule.confidence,
      message: `${rule.message.replace('{source}', taint?.label ?? 'This value')} ${rule.fix}`,
      file: parsed.file,
      range,
      fix: rule.fix,
      help: `savepoint explain ${id}`,
    });
  };
  const { isComplete } = followFile(parsed, {
    call(facts) {
      detectCallFlows(facts, report);
      detectCrypto(facts, report);
      detectJwt(facts, report);
      detectSettings(facts, report);
    },
    assign(facts) {
      detectAssignFlows(facts, report);
      detectAssignedSettings(facts, report);
    },
    compare(node, sides) {
      detectTiming(node, sides, report);
    },
    attribute(node, value, place) {
      detectAttribute(node, { value, place }, report);
    },
  });
  detectShapes(parsed.source, report);
  const drafts = [...found.values()].toSorted(
    (a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character,
  );
  return { drafts, isComplete };
}

/** A call in a chain over several lines is shown where its own name stands. */
function rangeOf(source: ts.SourceFile, node: ts.Node): FindingDraft['range'] {
  const isChained = ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression);
  const begin = source.getLineAndCharacterOfPosition(node.getStart());
  const named = isChained
    ? source.getLineAndCharacterOfPosition((node.expression as ts.PropertyAccessExpression).name.getStart())
    : begin;
  const start = named.line === begin.line ? begin : named;
  return { start, end: source.getLineAndCharacterOfPosition(node.getEnd()) };
}
