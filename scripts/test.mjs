// `npm test`: everything, with its own set-up. The last line counts all suites: "N passed, N failed".
import { ensureInstalled, runNode } from './setup.mjs';

ensureInstalled();
const built = runNode(['scripts/build.ts']);
process.exitCode = built === 0 ? runNode(['test/run.ts', ...process.argv.slice(2)]) : built;
