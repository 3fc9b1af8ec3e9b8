import * as vscode from 'vscode';
import type { FileCoverage } from '../../contract/coverage.ts';
import type { TestCase } from '../../contract/findings.ts';
import type { Folder } from '../folder.ts';
import type { TestItems } from './items.ts';

/** Enters one result into a run of Test Explorer. */
export function enterResult(
  run: vscode.TestRun,
  {
    items,
    folder,
    test,
  }: {
    readonly items: TestItems;
    readonly folder: Folder;
    readonly test: TestCase;
  },
): void {
  const item = items.itemOf(folder, test);
  switch (test.status) {
    case 'passed':
      run.passed(item, test.durationMs);
      break;
    case 'skipped':
      run.skipped(item);
      break;
    case 'failed': {
      const message = new vscode.TestMessage(test.message ?? 'It failed without a message.');
      const at = placeOf(test) ?? item.range?.start;
      if (item.uri !== undefined && at !== undefined) message.location = new vscode.Location(item.uri, at);
      run.failed(item, message, test.durationMs);
      break;
    }
  }
}

/** The first line of the test's own file that the message names, as `file:12:3`. */
function placeOf({ file, message = '' }: TestCase): vscode.Position | null {
  const at = file === '' ? -1 : message.indexOf(`${file}:`);
  const found = at < 0 ? null : /^:(\d+)(?::(\d+))?/.exec(message.slice(at + file.length));
  if (found === null) return null;
  return new vscode.Position(Math.max(0, Number(found[1]) - 1), Math.max(0, Number(found[2] ?? 1) - 1));
}

/** A file's coverage as VS Code shows it: counts at once, lines when somebody looks. */
export class CoveredFile extends vscode.FileCoverage {
  readonly details: readonly vscode.FileCoverageDetail[];
  constructor(folder: Folder, { file, statements, functions }: FileCoverage) {
    super(vscode.Uri.joinPath(folder.root.uri, file), countOf(statements), undefined, countOf(functions));
    this.details = [
      ...statements.map(({ range, count }) => new vscode.StatementCoverage(count, toRange(range))),
      ...functions.map(({ name, range, count }) => new vscode.DeclarationCoverage(name, count, toRange(range))),
    ];
  }
}

function countOf(parts: readonly { readonly count: number }[]): vscode.TestCoverageCount {
  return new vscode.TestCoverageCount(parts.filter(({ count }) => count > 0).length, parts.length);
}

function toRange({ start, end }: FileCoverage['statements'][number]['range']): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
