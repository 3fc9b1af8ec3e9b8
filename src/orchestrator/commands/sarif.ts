import type { Finding } from '../../contract/findings.ts';
import type { RunView } from '../../contract/runs.ts';

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const;

/** SARIF 2.1.0: one result per finding; columns are 1-based UTF-16 units. */
export function sarifOf(view: RunView, version: string): string {
  const rules = [...new Map(view.findings.map((finding) => [finding.rule, finding])).values()];
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Savepoint',
            version,
            informationUri: 'https://github.com/savepoint/savepoint',
            rules: rules.map(({ rule, help }) => ({
              id: rule,
              ...(help === undefined ? {} : { help: { text: help } }),
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        automationDetails: { id: `${view.workflow}/${view.run}` },
        invocations: [
          {
            executionSuccessful: view.status === 'completed',
            startTimeUtc: view.startedAt,
            ...(view.endedAt === null ? {} : { endTimeUtc: view.endedAt }),
            toolExecutionNotifications: view.notChecked.map(({ step, what, why }) => ({
              level: 'note',
              message: { text: `${step}: ${what} not checked: ${why}` },
            })),
          },
        ],
        results: view.findings.map((finding) => resultOf(finding, rules)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function resultOf(finding: Finding, rules: readonly Finding[]): object {
  const { start, end } = finding.range;
  return {
    ruleId: finding.rule,
    ruleIndex: rules.findIndex(({ rule }) => rule === finding.rule),
    level: LEVELS[finding.severity],
    message: { text: finding.message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(finding.file) },
          region: {
            startLine: start.line + 1,
            startColumn: start.character + 1,
            endLine: end.line + 1,
            endColumn: end.character + 1,
          },
        },
      },
    ],
    partialFingerprints: { 'savepoint/v1': finding.fingerprint },
    properties: { agent: finding.agent, confidence: finding.confidence },
  };
}
