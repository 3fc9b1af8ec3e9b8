// Runs every suite, or those whose path contains one of the arguments: mocha here, then the suites that run inside a real VS Code.
// The last line counts them all: "N passed, N failed".
import { globSync } from 'node:fs';
import path from 'node:path';
import { ensureVscodeHost } from '../scripts/vscode-host.ts';
import { runInLanes } from './lanes.ts';
import { NOTHING, sumOf } from './suite-count.ts';
import { hostedSuites, runHosted } from './vscode/run-hosted.ts';

const root = path.dirname(import.meta.dirname);
const wanted = process.argv.slice(2);
const NOT_HERE = /^test\/(?:samples\/[^/]+\/(?:base|planted|clean)|fixtures|vscode\/suite)\//;
const DRIVEN = /^test\/vscode\/window\//;
/** These have the machine to themselves: they measure it, keep all of it at work, or follow real windows in real time. */
const ALONE = /^test\/(?:vscode\/|e2e\/(?:kill|sample)|agents\/performance-analyzer\/)/;
/** The others share it: most of their time they wait for processes of theirs. */
const LANES = 2;

const posix = (file: string): string => file.split(path.sep).join('/');
const files = globSync('test/**/*.test.ts', { cwd: root })
  .map(posix)
  .filter((file) => !NOT_HERE.test(file))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();
const driven = files.filter((file) => DRIVEN.test(file));
const hosted = hostedSuites(wanted);

const hostProblem = driven.length + hosted.length > 0 ? problemOfHost() : null;
const here = files.filter((file) => hostProblem === null || !DRIVEN.test(file)).map((file) => path.join(root, file));
const isAlone = (file: string): boolean => ALONE.test(posix(path.relative(root, file)));
const together = await runInLanes(
  here.filter((file) => !isAlone(file)),
  LANES,
);
const alone = await runInLanes(here.filter(isAlone), 1);
const inVscode = hostProblem === null ? await runHosted(hosted) : { ...NOTHING, failed: driven.length + hosted.length };

const { passed, failed, pending } = sumOf([together, alone, inVscode]);
const failedFiles = [...together.failedFiles, ...alone.failedFiles].map((file) => path.relative(root, file));
if (failedFiles.length > 0) process.stdout.write(`\nFailed: ${failedFiles.join(', ')}\n`);
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
