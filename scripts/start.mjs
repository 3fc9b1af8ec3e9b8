// `npm start`: the sample project, copied to a temporary folder, checked by workflow tsddr-2.0.
import { ensureInstalled, runNode } from './setup.mjs';

ensureInstalled();
const built = runNode(['scripts/build.ts']);
process.exitCode = built === 0 ? runNode(['scripts/sample-run.ts', ...process.argv.slice(2)]) : built;
