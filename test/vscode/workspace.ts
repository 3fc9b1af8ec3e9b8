import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { copySample } from '../samples/copy-sample.ts';
import { git } from '../support/git-repository.ts';
import { BURST_FILES, holdOf, HOSTED_FILES, SLOW_MS } from './host/hosted.ts';

const slowTest = (hold: string): string => `import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { slow } from '../src/lib/slow.ts';

test('takes its time', async () => {
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  await pause(${SLOW_MS});
  while (existsSync(${JSON.stringify(hold)})) await pause(50);
  if (!slow) throw new Error('not slow');
});
`;

/** A clean copy of the sample, and in it files for the suites and a module whose related test takes long; all committed. */
export async function makeWorkspace({ folder, home }: { folder: string; home: string }): Promise<string> {
  await copySample({ sample: 'harbor', variant: 'base', into: folder });
  mkdirSync(path.join(folder, 'test'), { recursive: true });
  for (const file of [...Object.values(HOSTED_FILES), ...BURST_FILES]) {
    writeFileSync(path.join(folder, file), 'export const value = 0;\n');
  }
  writeFileSync(path.join(folder, HOSTED_FILES.slow), 'export const slow: boolean = true;\n');
  writeFileSync(path.join(folder, 'test/slow.test.ts'), slowTest(holdOf(home)));
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--no-verify', '--message', 'A slow module');
  return folder;
}
