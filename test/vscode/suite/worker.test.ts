import assert from 'node:assert/strict';
import { Session } from 'node:inspector/promises';
import * as vscode from 'vscode';
import { proves } from '../../requirements.ts';
import { eventually } from '../../support/eventually.ts';
import { HOSTED_FILES } from '../host/hosted.ts';
import {
  askPage,
  atRest,
  beginLooking,
  events,
  ready,
  runs,
  startedSince,
  stateOfFolder,
  staysQuiet,
  typeAndSave,
  whileSlow,
} from './support.ts';
import type { Disturbances } from '../page/disturbances.ts';

/** RELIABILITY: so many endings within 10 minutes, and the worker is not started again. */
const ENDINGS = 5;

/** Ends Savepoint's worker thread from outside, as a crash would; after the inspector has let go of it, which crashes otherwise. */
async function killWorker(): Promise<void> {
  const session = new Session();
  session.connect();
  let told = false;
  session.on('NodeWorker.attachedToWorker', ({ params: { sessionId, workerInfo } }) => {
    if (!/worker\.cjs/.test(workerInfo.url)) return;
    const expression = 'setTimeout(() => process.exit(9), 500); 0';
    const message = JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } });
    session.on('NodeWorker.receivedMessageFromWorker', (received) => {
      told ||= received.params.sessionId === sessionId;
    });
    void session.post('NodeWorker.sendMessageToWorker', { sessionId, message });
  });
  await session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  await eventually('a worker thread that hears', () => told);
  await session.post('NodeWorker.disable');
  session.disconnect();
}

/** Kills the worker and waits for the next one. */
async function restart(): Promise<void> {
  await killWorker();
  await eventually('the worker is away', () => stateOfFolder().kind === 'restarting');
  await eventually('the next worker answers', () => stateOfFolder().kind === 'ready');
}

describe(proves('F1', 'a worker that ends'), function () {
  this.timeout(180_000);
  staysQuiet();
  before(ready);

  it('is started again and goes on with the run that it had', async () => {
    const before = new Date().toISOString();
    await whileSlow(async () => {
      await typeAndSave(HOSTED_FILES.slow, 'export const slow: boolean = !false;\n');
      await eventually('a run', async () => (await startedSince(before)).length === 1);
      await eventually('a step at work', async () =>
        (await events('workflow.step.started')).some(({ time }) => time >= before),
      );
      await restart();
    });
    await atRest();
    const [run] = await runs();
    assert.equal(run?.status, 'completed');
    const done = (await events('workflow.step.completed')).filter(({ data }) => data['run'] === run.run);
    const steps = done.map(({ data }) => data['step']);
    assert.equal(new Set(steps).size, steps.length, 'no finished step ran again');
  });

  it('takes further saves afterwards', async () => {
    const before = new Date().toISOString();
    await typeAndSave(HOSTED_FILES.stamped, 'export const value = 1;\n');
    await eventually('a run', async () => (await startedSince(before)).length === 1);
    await atRest();
  });
});

describe(proves('F1', 'a worker that ends again and again'), function () {
  this.timeout(180_000);

  it('is left alone after five times, says so once, and starts again when it is told to', async () => {
    // Once before, in the suite above.
    for (let ending = 2; ending < ENDINGS; ending++) await restart();
    await beginLooking();
    await killWorker();
    await eventually('the status bar says that it stopped', async () => {
      const status = await askPage<string>('status');
      return status === null || /Savepoint stopped/.test(status);
    });
    const seen = (): Promise<Disturbances | null> => askPage<Disturbances>('disturbances');
    await eventually('a notification', async () => (await seen())?.toasts.length !== 0);
    const { toasts, focus } = (await seen()) ?? { toasts: ['not looked at on a desktop'], focus: [] };
    assert.equal(toasts.length, 1);
    assert.deepEqual(focus, []);
    assert.equal(stateOfFolder().kind, 'stopped');
    await vscode.commands.executeCommand('savepoint.startAgain');
    await eventually('the worker answers', () => stateOfFolder().kind === 'ready');
  });
});
