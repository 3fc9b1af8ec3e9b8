// `npm run code [FOLDER]`: a real VS Code with the extension, on a copy of the sample or on FOLDER.
import { ensureInstalled, runNode } from './setup.mjs';

ensureInstalled();
const built = runNode(['scripts/build.ts']);
process.exitCode = built === 0 ? runNode(['scripts/code.ts', ...process.argv.slice(2)]) : built;
