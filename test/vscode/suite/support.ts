// What suites in the extension host share. State is read as a script would read it: through the command line.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { Inside } from '../../../src/extension/extension.ts';
import type { FolderState } from '../../../src/extension/folder.ts';
import { eventually } from '../../support/eventually.ts';
import { holdOf, HOSTED, type PageQuestion } from '../host/hosted.ts';
import type { Disturbances } from '../page/disturbances.ts';

const run = promisify(execFile);

/** One line of `--json`, as far as the suites look. */
export interface EventLine {
  readonly kind: 'event';
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly subject?: string;
  readonly origin?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface RunLine {
  readonly kind: 'run';
  readonly run: string;
  readonly number: number;
  readonly workflow: string;
  readonly status: string;
}

export const ON_SAVE = 'on-save-checks';

export function folder(): vscode.WorkspaceFolder {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(first, 'a folder is open');
  return first;
}

export const uriOf = (file: string): vscode.Uri => vscode.Uri.joinPath(folder().uri, file);

/** A command of the built command line on this workspace and state; its lines. */
export async function savepoint<Line>(...args: readonly string[]): Promise<readonly Line[]> {
  const cli = process.env[HOSTED.cli] ?? '';
  const { stdout } = await run('node', [cli, ...args, '--workspace', folder().uri.fsPath, '--json'], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}

export const events = (...types: readonly string[]): Promise<readonly EventLine[]> =>
  savepoint<EventLine>('events', '--type', types.join(','));

export const runs = (): Promise<readonly RunLine[]> => savepoint<RunLine>('runs');

/** The extension, active, with a worker that answers. */
export async function ready(): Promise<void> {
  const extension = vscode.extensions.getExtension<Inside>('savepoint.savepoint');
  assert.ok(extension, 'the extension is there');
  await eventually('the extension is active', () => extension.isActive);
  await eventually('the worker answers', () => stateOfFolder().kind === 'ready');
}

export function stateOfFolder(): FolderState {
  const inside = vscode.extensions.getExtension<Inside>('savepoint.savepoint')?.exports;
  const [first] = inside?.folders.all ?? [];
  assert.ok(first, 'a folder of the extension');
  return first.state;
}

/** Shows a file of the workspace; the focus is then in its editor. */
export async function show(file: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(uriOf(file));
  await vscode.window.showTextDocument(document);
  return document;
}

/** Writes the whole file in its editor and saves it, as a person would; the file exists. */
export async function typeAndSave(file: string, text: string): Promise<void> {
  const document = await show(file);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
  assert.ok(await vscode.workspace.applyEdit(edit));
  assert.ok(await document.save());
}

export const findingsIn = (file: string): readonly vscode.Diagnostic[] =>
  vscode.languages.getDiagnostics(uriOf(file)).filter(({ source }) => source === 'savepoint');

/** The rule of a diagnostic, with or without a link to its help. */
export const ruleIn = ({ code }: vscode.Diagnostic): unknown => (typeof code === 'object' ? code.value : code);

/** Every automatic run that started since, oldest first. */
export async function startedSince(time: string, workflow = ON_SAVE): Promise<readonly EventLine[]> {
  const started = await events('workflow.started');
  return started.filter((event) => event.time >= time && event.data['workflow'] === workflow);
}

const WRITES = ['file.created', 'file.modified', 'file.deleted'];
const DECIDED = 'activity.decided';

/** Waits until it was decided what becomes of every write that is stored, and no run is under way. */
export async function atRest(): Promise<void> {
  await eventually('every write is decided about, and no run is under way', async () => {
    const seen = await events(...WRITES, DECIDED);
    const decided = new Set(seen.filter(({ type }) => type === DECIDED).flatMap(({ data }) => data['activity']));
    const waits = seen.some(
      ({ type, data }) => type !== DECIDED && typeof data['activity'] === 'string' && !decided.has(data['activity']),
    );
    return !waits && (await runs()).every(({ status }) => !['running', 'retrying', 'compensating'].includes(status));
  });
}

/** Keeps the test of the workspace's slow module at work until the work is done. */
export async function whileSlow(work: () => Promise<void>): Promise<void> {
  const hold = holdOf(process.env[HOSTED.home] ?? '');
  writeFileSync(hold, '');
  try {
    await work();
  } finally {
    rmSync(hold);
  }
}

/** Null on a desktop VS Code, whose page nobody reaches from here. */
export async function askPage<Answer>(question: PageQuestion): Promise<Answer | null> {
  const path = process.env[HOSTED.page];
  if (path === undefined) return null;
  const socket = connect(path);
  try {
    socket.write(`${question}\n`);
    for await (const line of createInterface({ input: socket })) {
      const { answer, error } = JSON.parse(line) as { answer: Answer; error?: string };
      if (error !== undefined) throw new Error(error);
      return answer;
    }
    throw new Error('the page did not answer');
  } finally {
    socket.destroy();
  }
}

/** Forgets what popped up so far, the bell's dot included. False where nobody can look. */
export async function beginLooking(): Promise<boolean> {
  if (process.env[HOSTED.page] === undefined) return false;
  await vscode.commands.executeCommand('notifications.clearAll');
  await askPage('beginLooking');
  await eventually('an empty bell', async () => (await askPage<Disturbances>('disturbances'))?.toasts.length === 0);
  await askPage('beginLooking');
  return true;
}

/** Around every test of a suite: nothing popped up, and the focus never left the editor. */
export function staysQuiet(): void {
  beforeEach(beginLooking);
  afterEach(async () => {
    const seen = await askPage<Disturbances>('disturbances');
    if (seen !== null) assert.deepEqual(seen, { toasts: [], focus: [] });
  });
}
