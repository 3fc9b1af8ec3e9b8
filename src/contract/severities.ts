/** Gravest first. Not beside the schema of findings, so that words cost no start a schema library. */
export const SEVERITIES = ['error', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];
