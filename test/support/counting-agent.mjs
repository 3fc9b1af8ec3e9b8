// A command agent that notes in a ledger what it really did: `node counting-agent.mjs LEDGER`. Each note is one line, appended at once.
// What it does is in the step's `with`: ms (how long it works), until (works until this file is there, beside the ledger), failTimes
// (so often it fails first), print (lines to write), escape (leaves a detached process behind), data (its result) or bulk (the
// length of its result).
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const [, , ledger] = process.argv;
let text = '';
for await (const chunk of process.stdin) text += chunk;
const request = JSON.parse(text);
const { attempt, idempotencyKey, compensate } = request;
const step = compensate?.step ?? request.step;
const undo = compensate !== undefined;
const {
  ms = 0,
  until = null,
  failTimes = 0,
  print = [],
  escape = false,
  bulk = 0,
  data = bulk > 0 ? 'x'.repeat(bulk) : { step },
} = request.with;

const note = (kind) =>
  appendFileSync(
    ledger,
    `${JSON.stringify({ kind, step, undo, attempt, idempotencyKey, pid: process.pid, request })}\n`,
  );
const noted = () =>
  existsSync(ledger)
    ? readFileSync(ledger, 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line))
    : [];
const isAlive = (pid) =>
  existsSync(`/proc/${pid}/stat`) && !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

const earlier = noted().filter((entry) => entry.step === step && entry.undo === undo && entry.kind === 'start');
if (earlier.some((entry) => isAlive(entry.pid))) note('overlap');
note('start');
if (escape) {
  spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' }).unref();
}
for (const line of print) process.stdout.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
await new Promise((resolve) => setTimeout(resolve, ms));
while (until !== null && !existsSync(path.join(path.dirname(ledger), until))) {
  await new Promise((resolve) => setTimeout(resolve, 20));
}
if (noted().filter((entry) => entry.kind === 'fail' && entry.step === step && entry.undo === undo).length < failTimes) {
  note('fail');
  process.stderr.write('it did not work out\n');
  process.exitCode = 1;
} else {
  note('end');
  process.stdout.write(`${JSON.stringify({ kind: 'result', data })}\n`);
}
