import * as vscode from 'vscode';
import type { WorkerEvents } from '../../contract/worker.ts';
import type { Folder, Folders } from '../folder.ts';
import { afterEdits, NEVER_RAN, type Continuous } from './continuous.ts';
import { createTestItems } from './items.ts';
import { CoveredFile, enterResult } from './results.ts';
import { wantedTests } from './wanted.ts';

/** Runs that ended are closed in Test Explorer; these are over. */
const OVER = new Set(['completed', 'failed', 'compensated', 'cancelled', 'superseded', 'interrupted', 'waiting']);

/**
 * Tests in Test Explorer: run, run related to the changes, coverage, continuous run; and what automatic runs saw, each as a run
 * named "Savepoint, run 42". Nothing is looked up before somebody opens the view, or a run tells of a test.
 */
export function createTestExplorer({
  folders,
  log,
}: {
  readonly folders: Folders;
  readonly log: vscode.LogOutputChannel;
}): vscode.Disposable {
  const controller = vscode.tests.createTestController('savepoint', 'Savepoint');
  const items = createTestItems(controller, folders);
  /** Runs of Savepoint's own that are shown, by run id. */
  const shown = new Map<string, { readonly folder: Folder; readonly testRun: vscode.TestRun }>();
  /** Folders whose tests were asked for since their worker is there. */
  const asked = new Set<Folder>();
  let lastCall = 0;
  let looked = false;

  controller.resolveHandler = async (item) => {
    if (item === undefined) return discoverAll();
    const about = items.about(item);
    if (about?.kind === 'file') await discoverIn(about.folder, about.file);
  };
  controller.refreshHandler = discoverAll;
  const profile = controller.createRunProfile('Run', vscode.TestRunProfileKind.Run, run, true, undefined, true);
  const related = controller.createRunProfile(
    'Run Related to Changes',
    vscode.TestRunProfileKind.Run,
    async (request, token) => runOnce(request, { token, related: true, coverage: false }),
    false,
  );
  const covered = controller.createRunProfile(
    'Run with Coverage',
    vscode.TestRunProfileKind.Coverage,
    runCovered,
    true,
  );
  covered.loadDetailedCoverage = async (_run, file) => (file instanceof CoveredFile ? [...file.details] : []);

  const subscriptions = vscode.Disposable.from(
    controller,
    profile,
    related,
    covered,
    folders.onDidChangeFolders(watchFolders),
    folders.onDidChange(closeEnded),
    folders.onDidChange(listWhenReady),
    vscode.workspace.onDidSaveTextDocument(({ uri }) => rediscover([uri])),
    vscode.workspace.onDidCreateFiles(({ files }) => rediscover(files)),
    vscode.workspace.onDidDeleteFiles(({ files }) => rediscover(files)),
    vscode.workspace.onDidRenameFiles(({ files }) =>
      rediscover(files.flatMap(({ oldUri, newUri }) => [oldUri, newUri])),
    ),
  );
  let perFolder = new vscode.Disposable(() => undefined);
  watchFolders();

  return new vscode.Disposable(() => {
    for (const { testRun } of shown.values()) testRun.end();
    perFolder.dispose();
    subscriptions.dispose();
  });

  function watchFolders(): void {
    perFolder.dispose();
    for (const [id, { folder }] of shown) if (!folders.all.includes(folder)) endShown(id);
    perFolder = vscode.Disposable.from(...folders.all.map((folder) => folder.onTest((event) => hear(folder, event))));
    controller.items.replace([]);
    if (looked) void discoverAll();
  }

  async function discoverAll(): Promise<void> {
    looked = true;
    await Promise.all(folders.all.map((folder) => discoverIn(folder, null)));
  }

  /** Looks again at the list of files, and at what is in one of them. */
  async function discoverIn(folder: Folder, file: string | null): Promise<void> {
    if (folder.state.kind !== 'ready') return;
    asked.add(folder);
    try {
      const catalogue = await folder.request('tests', { files: file === null ? [] : [file] });
      items.showFiles(folder, catalogue);
      for (const { file: shownFile, tests } of catalogue.files)
        if (tests !== null) items.showTests(folder, shownFile, tests);
    } catch (error) {
      log.error(`Test Explorer cannot list the tests of ${folder.root.name}`, error instanceof Error ? error : '');
    }
  }

  function rediscover(uris: readonly vscode.Uri[]): void {
    if (!looked) return;
    for (const uri of uris) {
      const folder = folders.of(uri);
      if (folder === undefined || uri.scheme !== 'file') continue;
      const file = vscode.workspace.asRelativePath(uri, false);
      if (items.filesOf(folder).includes(file) || /\.[cm]?[jt]sx?$/.test(file)) void discoverIn(folder, file);
    }
  }

  async function run(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    if (request.continuous !== true) return runOnce(request, { token, related: false, coverage: false });
    let last: Promise<void> = Promise.resolve();
    let state: Continuous = NEVER_RAN;
    const again = async (folder: Folder, changed: readonly string[]): Promise<void> => {
      const from = Date.now();
      state = { ...state, last: { from, to: null } };
      await runOnce(request, { token, folder, related: request.include === undefined, coverage: false, changed });
      state = { ...state, last: { from, to: Date.now() } };
    };
    const seen = new Set(folders.all.flatMap(({ board }) => board?.activities.map(({ id }) => id) ?? []));
    const listening = folders.onDidChange((folder) => {
      const settled = folder.board?.activities.filter(({ id, settledAt }) => settledAt !== null && !seen.has(id)) ?? [];
      if (settled.length === 0) return;
      for (const { id } of settled) seen.add(id);
      const { runs, hops } = afterEdits(state, settled);
      state = { ...state, hops };
      const changed = settled.flatMap(({ files }) => files.map(({ path }) => path));
      if (runs) last = last.then(() => again(folder, changed));
    });
    token.onCancellationRequested(() => void listening.dispose());
  }

  async function runCovered(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    await runOnce(request, { token, related: false, coverage: true });
  }

  async function runOnce(request: vscode.TestRunRequest, how: How): Promise<void> {
    const testRun = controller.createTestRun(request);
    const aborting = new AbortController();
    const listening = [how.token, testRun.token].map((token) => token.onCancellationRequested(() => aborting.abort()));
    try {
      const asked = how.folder === undefined ? folders.all : [how.folder];
      for (const folder of asked) await runIn(folder, testRun, { ...how, request, signal: aborting.signal });
    } finally {
      for (const one of listening) one.dispose();
      testRun.end();
    }
  }

  async function runIn(
    folder: Folder,
    testRun: vscode.TestRun,
    how: How & { readonly request: vscode.TestRunRequest; readonly signal: AbortSignal },
  ): Promise<void> {
    const { request, signal } = how;
    const targets = (of: readonly vscode.TestItem[]) =>
      of.flatMap((item) => items.targetOf(item)).filter((target) => target.folder === folder);
    // Of several folders each runs its own, and a folder that cannot says nothing of the others' tests.
    const chosen = how.related ? undefined : request.include?.filter((item) => targets([item]).length > 0);
    const wanted =
      chosen === undefined ? { files: null, names: [] } : wantedTests(targets(chosen), targets(request.exclude ?? []));
    if (wanted.files?.length === 0 || signal.aborted) return;
    for (const item of chosen ?? []) testRun.enqueued(item);
    const call = ++lastCall;
    const listening = folder.onTest((event) => {
      if (event.call === call) enterResult(testRun, { items, folder, test: event.test });
    });
    try {
      const changed = how.related ? (how.changed ?? null) : [];
      const done = await folder.request('runTests', { call, ...wanted, changed, coverage: how.coverage }, { signal });
      for (const text of done.notChecked) testRun.appendOutput(inTerminal(`Not checked: ${text}`));
      if (done.problem !== null) tellProblem(testRun, done.problem, chosen ?? []);
      if (how.coverage && done.run !== null)
        for (const file of await folder.request('coverage', { run: done.run }))
          testRun.addCoverage(new CoveredFile(folder, file));
    } catch (error) {
      if (!signal.aborted) tellProblem(testRun, error instanceof Error ? error.message : String(error), chosen ?? []);
    } finally {
      listening.dispose();
    }
  }

  /** A run that could not look is never silent, nor green. */
  function tellProblem(testRun: vscode.TestRun, problem: string, chosen: readonly vscode.TestItem[]): void {
    testRun.appendOutput(inTerminal(problem));
    for (const item of chosen) testRun.errored(item, new vscode.TestMessage(problem));
  }

  /** A test of an automatic run, or of one that was started elsewhere in this window. */
  function hear(folder: Folder, { run: id, number, call, test }: WorkerEvents['test']): void {
    if (call !== null) return;
    let testRun = shown.get(id)?.testRun;
    if (testRun === undefined) {
      // Marked as continuous and keeping focus: VS Code then opens neither results nor a peek by itself.
      const request = new vscode.TestRunRequest(undefined, undefined, profile, true, true);
      testRun = controller.createTestRun(request, `Savepoint, run ${String(number)}`, false);
      shown.set(id, { folder, testRun });
    }
    enterResult(testRun, { items, folder, test });
  }

  function closeEnded(folder: Folder): void {
    for (const { run: id, status } of folder.board?.runs ?? []) {
      if (OVER.has(status)) endShown(id);
    }
  }

  function endShown(id: string): void {
    shown.get(id)?.testRun.end();
    shown.delete(id);
  }

  /** Whoever opened the view before the worker was there sees the tests as soon as it is. */
  function listWhenReady(folder: Folder): void {
    if (folder.state.kind !== 'ready') asked.delete(folder);
    else if (looked && !asked.has(folder)) void discoverIn(folder, null);
  }
}

/** A terminal goes on in the same column after a line feed alone. */
const inTerminal = (text: string): string => `${text.replaceAll(/\r?\n/g, '\r\n')}\r\n`;

interface How {
  readonly token: vscode.CancellationToken;
  readonly related: boolean;
  readonly coverage: boolean;
  /** Left out: all of them. */
  readonly folder?: Folder;
  /** Only for related: files to relate to; left out: what differs from HEAD. */
  readonly changed?: readonly string[];
}
