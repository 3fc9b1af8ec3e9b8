/** A tool host whose agent does what its request says: `with.do`. */
import { createNodeEnv } from '../../src/orchestrator/host/node-env.ts';
import { serveToolHost } from '../../src/orchestrator/host/toolhost/serve.ts';
import type { Agent, Operation } from '../../src/orchestrator/agents/agent.ts';

let loaded = 0;
let prepared = '';

const done = (data: string | number) => ({ ok: true, data, summary: 'done' }) as const;

const SCRIPTS: Readonly<Record<string, Operation>> = {
  pid: async () => done(process.pid),
  loads: async () => done(loaded),
  prepared: async () => done(prepared),
  talk: async (request, context) => {
    context.emit({ kind: 'progress', message: 'half', fraction: 0.5 });
    process.stdout.write('said on stdout\n');
    context.emit({ kind: 'not-checked', what: 'x', why: request.scope.kind });
    return done('talked');
  },
  history: async (_, context) => done(Object.keys((await context.history()).steps).join()),
  measure: async (_, context) => {
    const release = await context.exclusive();
    release();
    return done('measured');
  },
  succeed: async (_, context) => {
    context.emit({ kind: 'progress', message: 'one' });
    context.emit({ kind: 'progress', message: 'two' });
    return { ok: true, data: { n: 1 }, summary: 'done' };
  },
  fail: async (_, context) => {
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
    const about = { agent: 'scripted', rule: 'demo.rule', message: 'Bad.', file: 'a.ts', fingerprint: 'f' };
    context.emit({ kind: 'finding', finding: { ...about, range, severity: 'error', confidence: 'certain' } });
    return { ok: false, error: { code: 'missing-tool', message: 'There is no such tool.' } };
  },
  die: async () => {
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => undefined);
  },
  stubborn: async (_, context) => {
    process.on('SIGTERM', () => undefined);
    context.emit({ kind: 'progress', message: String(process.pid) });
    return new Promise(() => undefined);
  },
  throw: async () => {
    throw new TypeError('no such thing');
  },
  crash: async () => {
    process.stderr.write('out of luck\n');
    process.exit(7);
  },
  wait: (_, context) =>
    new Promise((resolve) => {
      context.emit({ kind: 'progress', message: String(process.pid) });
      context.signal.addEventListener('abort', () =>
        resolve({ ok: false, error: { code: 'cancelled', message: 'as told' } }),
      );
    }),
  hang: async (_, context) => {
    const stubborn = `process.on('SIGTERM', () => {}); console.log(process.pid); setInterval(() => {}, 1000)`;
    await context.processes.run({
      argv: [process.execPath, '-e', stubborn],
      cwd: context.workspace.root,
      environment: 'caller',
      onLine: (line) => context.emit({ kind: 'progress', message: line }),
    });
    return done('never');
  },
  loop: async (_, context) => {
    context.emit({ kind: 'progress', message: String(process.pid) });
    await new Promise((resolve) => setImmediate(resolve));
    for (;;);
  },
};

const agent: Agent = {
  id: 'scripted',
  operations: {
    run: (request, context) => {
      const script = SCRIPTS[JSON.stringify(request.with['do']).slice(1, -1)];
      if (!script) throw new Error('no such script');
      return script(request, context);
    },
  },
};

serveToolHost({
  createEnv: createNodeEnv,
  async loadAgent(id) {
    loaded++;
    const prepare: Agent['prepare'] = ({ files }) => {
      if (id === 'scripted-broken') throw new Error('it broke');
      prepared = `${id} ${files.join()}`;
    };
    return id.startsWith(agent.id) ? { ...agent, prepare } : null;
  },
});
