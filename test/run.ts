// Runs every suite, or those whose path contains one of the arguments. The last line counts them: "N passed, N failed".
import { globSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';

const root = path.dirname(import.meta.dirname);
const wanted = process.argv.slice(2);
const files = globSync('test/**/*.test.ts', { cwd: root })
  .filter(
    (file) => !/^test\/(?:samples\/[^/]+\/(?:base|planted|clean)|fixtures)\//.test(file.split(path.sep).join('/')),
  )
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();
const mocha = new Mocha({ reporter: 'spec', timeout: 120_000, forbidOnly: true, color: process.stdout.isTTY });
for (const file of files) mocha.addFile(path.join(root, file));
await mocha.loadFilesAsync();
const runner = mocha.run((failures) => {
  const { passes = 0, pending = 0 } = runner.stats ?? {};
  const skipped = pending > 0 ? `, ${pending} skipped` : '';
  process.stdout.write(`\n${passes} passed, ${failures} failed${skipped}\n`, () =>
    process.exit(failures > 0 || passes === 0 ? 1 : 0),
  );
});
