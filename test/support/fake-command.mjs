// A command agent that does what its first argument says.
import { writeFileSync } from 'node:fs';

const [, , what, ...rest] = process.argv;
let text = '';
for await (const chunk of process.stdin) text += chunk;
const input = JSON.parse(text);
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const finding = (line, more = {}) => ({
  kind: 'finding',
  rule: 'demo.rule',
  severity: 'error',
  message: 'Bad.',
  file: 'a.ts',
  range: { start: { line, character: 0 }, end: { line, character: 1 } },
  ...more,
});

const scripts = {
  echo: () => say({ kind: 'result', data: input }),
  talk: () => {
    say({ kind: 'progress', message: 'half', fraction: 0.5 });
    console.log('plain text');
    console.error('on stderr');
    say({ kind: 'result', data: 1 });
    say({ kind: 'result', data: 'talked' });
  },
  findings: () => {
    for (const line of [0, 1, 2]) say(finding(line));
    for (const file of ['../x.ts', '/etc/passwd', 'a/../../x.ts']) say(finding(0, { file }));
    say(finding(0, { file: `${input.workspace}/./b.ts`, agent: 'other', fingerprint: 'own', confidence: 'possible' }));
    say(finding(0, { severity: 'fatal' }));
    say(finding(0, { range: undefined }));
    say({ kind: 'surprise' });
    console.log('{ not json');
  },
  unfit: () => {
    say(finding(0, { range: undefined }));
    say({ kind: 'test', name: 'a', file: 'a.test.ts', status: 'green' });
    say({ kind: 'progress' });
  },
  tests: () => {
    for (const [name, status] of [
      ['a', 'passed'],
      ['b', 'failed'],
      ['c', 'skipped'],
    ])
      say({ kind: 'test', name, file: 'a.test.ts', status, durationMs: 1 });
  },
  fail: () => {
    say(finding(0));
    console.error('\x1b[31mit broke\x1b[0m');
    process.exitCode = 3;
  },
  wait: () => {
    say({ kind: 'progress', message: String(process.pid) });
    setInterval(() => {}, 1000);
  },
  succeed: () => {
    say({ kind: 'progress', message: 'one' });
    say({ kind: 'progress', message: 'two' });
    say({ kind: 'result', data: { n: 1 } });
  },
  stubborn: () => {
    process.on('SIGTERM', () => {});
    scripts.wait();
  },
  die: () => process.kill(process.pid, 'SIGKILL'),
  long: () => {
    say({ kind: 'result', data: 'x'.repeat(1_000_000) });
    console.log('y'.repeat(200_000));
    console.log(`{"kind":"result","data":"${'z'.repeat(5 << 20)}"}`);
  },
  many: () => {
    for (let n = 0; n < 20_010; n++) say({ kind: 'progress', message: String(n) });
    for (let n = 0; n < 20_010; n++)
      say({ kind: 'test', name: String(n), file: 'a.test.ts', status: n < 20_009 ? 'passed' : 'failed' });
  },
  write: () => writeFileSync(rest[0], JSON.stringify(input)),
  environment: () =>
    say({
      kind: 'result',
      data: Object.keys(process.env).filter((name) => /^(NODE_OPTIONS|ELECTRON|VSCODE|KEPT)/.test(name)),
    }),
};
scripts[what]();
