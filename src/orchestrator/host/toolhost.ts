/** Entry of the child process that runs built-in agents: `node toolhost.js`, started by integration/protocols/tool-host.ts. */
import { createNodeEnv } from './node-env.ts';
import { loadBuiltInAgent } from './toolhost/built-in-agents.ts';
import { serveToolHost } from './toolhost/serve.ts';

serveToolHost({ createEnv: createNodeEnv, loadAgent: loadBuiltInAgent });
