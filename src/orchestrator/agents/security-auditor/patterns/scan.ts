import ts from 'typescript';
import type { ParsedSource } from '../../../workspace/parsed-source.ts';
import type { FindingDraft } from '../../../workspace/fingerprint.ts';
import { detectCrypto, detectJwt, detectTiming } from './detectors/crypto.ts';
import { detectAssignFlows, detectCallFlows } from './detectors/flows.ts';
import type { Report } from './detectors/report.ts';
import { detectAssignedSettings, detectSettings } from './detectors/settings.ts';
import { detectAttribute, detectShapes } from './detectors/shapes.ts';
import { followFile } from './flow/follow.ts';
import type { Listener } from './flow/machine.ts';
import { NO_MODULES, type Modules } from './modules.ts';
import type { PatternRule } from './rule.ts';
import { CRYPTO_RULES } from './rules/crypto.ts';
import { INJECTION_RULES } from './rules/injection.ts';
import { SETTINGS_RULES } from './rules/settings.ts';

/** Every rule about code, in the order of the help. */
export const PATTERN_RULES: readonly PatternRule[] = [...INJECTION_RULES, ...CRYPTO_RULES, ...SETTINGS_RULES];
const BY_ID: ReadonlyMap<string, PatternRule> = new Map(PATTERN_RULES.map((rule) => [rule.id, rule]));

export const AGENT_ID = 'security-auditor';

/** Files whose code runs for nobody but their authors: what is dangerous elsewhere is usual there. */
const TEST_PATH =
  /(?:^|\/)(?:tests?|__tests__|__mocks__|specs?|fixtures?|__fixtures__|e2e|cypress|mocks?|testdata)\/|[._-](?:test|tests|spec|e2e|mock|mocks|stories|fixture)\.[cm]?[jt]sx?$/i;
/** Code that shows or measures something: told, but no error. */
const SHOWN_PATH = /(?:^|\/)(?:examples?|samples?|demos?|benchmarks?|bench|playground)\//i;

export interface PatternScan {
  /** By position. */
  readonly drafts: readonly FindingDraft[];
  /** What input of this file does in other files that it calls: their `file` is another one. */
  readonly elsewhere: readonly FindingDraft[];
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
export function scanPatterns(parsed: ParsedSource, modules: Modules = NO_MODULES): PatternScan {
  const found = new Map<string, FindingDraft>();
  if (TEST_PATH.test(parsed.file)) return { drafts: [], elsewhere: [], isComplete: true };
  const isShown = SHOWN_PATH.test(parsed.file);
  const report: Report = (id, node, taint) => {
    const rule = BY_ID.get(id);
    if (!rule) throw new Error(`no such rule: ${id}`);
    const source = node.getSourceFile();
    // Another file's own mistakes are found when that file is looked at.
    if (source !== parsed.source && !taint) return;
    const range = rangeOf(source, node);
    const key = `${id}:${source.fileName}:${String(range.start.line)}:${String(range.start.character)}`;
    if (found.has(key)) return;
    found.set(key, {
      agent: AGENT_ID,
      rule: id,
      severity: (isShown || taint?.group === 'argv') && rule.severity === 'error' ? 'warning' : rule.severity,
      confidence: rule.confidence,
      message: `${rule.message.replace('{source}', taint?.label ?? 'This value')} ${rule.fix}`,
      file: source.fileName,
      range,
      fix: rule.fix,
      help: `Instead: ${rule.good}`,
    });
  };
  const listener: Listener = {
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
  };
  const { isComplete } = followFile(parsed, listener, modules);
  detectShapes(parsed.source, report);
  const all = [...found.values()].toSorted(
    (a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character,
  );
  return {
    drafts: all.filter((one) => one.file === parsed.file),
    elsewhere: all.filter((one) => one.file !== parsed.file),
    isComplete,
  };
}

/** A call in a chain over several lines is shown where its own name stands. */
function rangeOf(source: ts.SourceFile, node: ts.Node): FindingDraft['range'] {
  const begin = source.getLineAndCharacterOfPosition(node.getStart());
  const named =
    ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)
      ? source.getLineAndCharacterOfPosition(node.expression.name.getStart())
      : begin;
  return { start: named.line === begin.line ? begin : named, end: source.getLineAndCharacterOfPosition(node.getEnd()) };
}
