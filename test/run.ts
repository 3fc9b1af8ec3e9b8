// Runs every suite, or those whose path contains one of the arguments: mocha here, then the suites that run inside a real VS Code.
// The last line counts them all: "N passed, N failed".
import { globSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';
import { ensureVscodeHost } from '../scripts/vscode-host.ts';
import { hostedSuites, runHosted, type SuiteCount } from './vscode/run-hosted.ts';

const root = path.dirname(import.meta.dirname);
const wanted = process.argv.slice(2);
const NOT_HERE = /^test\/(?:samples\/[^/]+\/(?:base|planted|clean)|fixtures|vscode\/suite)\//;
const DRIVEN = /^test\/vscode\/window\//;
const NOTHING: SuiteCount = { passed: 0, failed: 0, pending: 0 };

const posix = (file: string): string => file.split(path.sep).join('/');
const files = globSync('test/**/*.test.ts', { cwd: root })
  .map(posix)
  .filter((file) => !NOT_HERE.test(file))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();
const driven = files.filter((file) => DRIVEN.test(file));
const hosted = hostedSuites(wanted);

const hostProblem = driven.length + hosted.length > 0 ? problemOfHost() : null;
const here = await runMocha(files.filter((file) => hostProblem === null || !DRIVEN.test(file)));
const inVscode = hostProblem === null ? await runHosted(hosted) : { ...NOTHING, failed: driven.length + hosted.length };

const passed = here.passed + inVscode.passed;
const failed = here.failed + inVscode.failed;
const pending = here.pending + inVscode.pending;
if (hostProblem !== null)
  process.stdout.write(`\n${driven.length + hosted.length} suites did not run: ${hostProblem}\n`);
process.stdout.write(`\n${passed} passed, ${failed} failed${pending > 0 ? `, ${pending} skipped` : ''}\n`, () =>
  process.exit(failed > 0 || passed === 0 ? 1 : 0),
);

/** Set up once, before any suite's time counts; a suite that cannot run has failed. */
function problemOfHost(): string | null {
  try {
    ensureVscodeHost();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

async function runMocha(suites: readonly string[]): Promise<SuiteCount> {
  if (suites.length === 0) return NOTHING;
  const mocha = new Mocha({ reporter: 'spec', timeout: 120_000, forbidOnly: true, color: process.stdout.isTTY });
  for (const file of suites) mocha.addFile(path.join(root, file));
  await mocha.loadFilesAsync();
  return new Promise((resolve) => {
    const runner = mocha.run((failed) => {
      const { passes = 0, pending = 0 } = runner.stats ?? {};
      resolve({ passed: passes, failed, pending });
    });
  });
}
