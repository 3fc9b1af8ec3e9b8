import type { Severity } from '../../../../contract/severities.ts';

/** What a rule says and how it is shown: its examples are its tests and, with the rest, its help page. */
export interface PatternRule {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** `certain` where the flow or the setting is seen; `possible` where names had to decide. */
  readonly confidence: 'certain' | 'possible';
  /** What can go wrong here. `{source}` is what the attacker controls, as it stands in the code. */
  readonly message: string;
  /** How to fix it. */
  readonly fix: string;
  readonly bad: string;
  readonly good: string;
  /** File that the examples pretend to be; JavaScript without. */
  readonly file?: string;
}
