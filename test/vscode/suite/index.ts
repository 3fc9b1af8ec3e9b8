// Runs inside VS Code's extension host: what extensionTestsPath names. Reports each test as it ends to who started the suites.
import { connect, type Socket } from 'node:net';
import Mocha from 'mocha';
import { HOSTED, type HostedResult } from '../host/hosted.ts';

/** For a test that waits more than once. */
const TIMEOUT_MS = 180_000;

export async function run(): Promise<void> {
  const results = connect(process.env[HOSTED.results] ?? '');
  const mocha = new Mocha({ ui: 'bdd', timeout: TIMEOUT_MS, forbidOnly: true, reporter: Mocha.reporters.Base });
  for (const file of JSON.parse(process.env[HOSTED.files] ?? '[]') as string[]) mocha.addFile(file);
  const end = await new Promise<HostedResult>((resolve) => {
    const runner = mocha.run((failed) => {
      const { passes = 0, pending = 0 } = runner.stats ?? {};
      resolve({ kind: 'end', passed: passes, failed, pending });
    });
    const tell = (test: Mocha.Runnable, state: 'passed' | 'failed' | 'pending', error: string | null): void => {
      write(results, { kind: 'test', title: test.fullTitle(), state, durationMs: test.duration ?? 0, error });
    };
    runner.on('pass', (test) => tell(test, 'passed', null));
    runner.on('pending', (test) => tell(test, 'pending', null));
    runner.on('fail', (test, error: Error) => tell(test, 'failed', error.stack ?? error.message));
  });
  write(results, end);
  await new Promise<void>((resolve) => results.end(resolve));
  if (end.kind === 'end' && end.failed > 0) throw new Error(`${end.failed} failed`);
}

const write = (socket: Socket, result: HostedResult): void => {
  socket.write(`${JSON.stringify(result)}\n`);
};
