import type { AgentRequest } from '../../../contract/agents.ts';
import type { ProcessEnd } from '../../process/processes.ts';
import type { LineRanges } from '../../workspace/workspace.ts';
import type { AgentContext } from '../agent.ts';
import type { Report } from './report.ts';
import type { Overlay } from './types/programs.ts';

/** One hunt: what all its parts share. */
export interface Hunt {
  readonly request: AgentRequest;
  readonly context: AgentContext;
  readonly root: string;
  readonly report: Report;
  /** Files in scope that have a text, relative. */
  readonly files: readonly string[];
  /** Those of them that look packed or generated: only types and syntax are looked at there. */
  readonly packed: ReadonlySet<string>;
  /** Absolute path → text at the base, of every changed or removed file; null when there is no base to compare with. */
  readonly overlay: Overlay | null;
  changedLines(file: string): Promise<LineRanges>;
  progress(message: string): void;
  notChecked(what: string, why: string): void;
  /** A tool that broke: the step fails in the end, after everything else was looked at. */
  fail(broken: BrokenTool): void;
}

export interface BrokenTool {
  readonly what: string;
  readonly command: readonly string[];
  readonly end: ProcessEnd;
}
