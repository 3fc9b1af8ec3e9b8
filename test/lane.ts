// A process of lanes.ts: runs the test files that it is sent, one after another, and tells how each went.
import { format } from 'node:util';
import Mocha from 'mocha';
import type { FileResult } from './lanes.ts';

// As mocha's own command has it: a rejection that nobody handles fails the test at work.
process.on('unhandledRejection', (reason) => {
  throw reason instanceof Error ? reason : new Error(format(reason));
});
process.on('message', (file: string) => void runFile(file).then((result) => process.send?.(result)));
// What a test left open keeps nobody waiting.
process.on('disconnect', () => process.exit());

async function runFile(file: string): Promise<FileResult> {
  let text = '';
  // Told as one piece, because other lanes speak as well.
  Mocha.reporters.Base.consoleLog = (...words: readonly unknown[]): void => void (text += `${format(...words)}\n`);
  const mocha = new Mocha({ reporter: 'spec', timeout: 120_000, forbidOnly: true });
  try {
    await mocha.addFile(file).loadFilesAsync();
  } catch (error) {
    return { text: `\n  ${file}\n${format(error)}\n`, passed: 0, failed: 1, pending: 0 };
  }
  return new Promise((resolve) => {
    const runner = mocha.run((failed) => {
      const { passes = 0, pending = 0 } = runner.stats ?? {};
      mocha.dispose();
      resolve({ text, passed: passes, failed, pending });
    });
  });
}
