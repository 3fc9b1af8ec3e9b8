/** Entry of the small process that starts git for an editor's worker: `node githost.js`, started by githost/git-host.ts. */
import { serveGitHost } from './githost/serve.ts';

serveGitHost();
