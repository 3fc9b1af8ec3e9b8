import type { RunView } from '../../../contract/runs.ts';
import { reportLines } from '../cli/report.ts';
import { paint } from '../cli/terminal.ts';

/** Wide enough that nothing a person wants to copy is cut. */
const COLUMNS = 160;

/** A run as `savepoint show` prints it, without colour and without commands to go on with: an editor has its own. */
export function reportText(view: RunView, now: number): string {
  const lines = reportLines(view, { columns: COLUMNS, unicode: true, now, where: null });
  return lines.map((line) => `${paint(line, { colour: false, unicode: true }, COLUMNS)}\n`).join('');
}
