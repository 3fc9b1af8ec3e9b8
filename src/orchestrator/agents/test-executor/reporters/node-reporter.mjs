import { resolve } from 'node:path';
import sink from './sink.cjs';

const { send, describeError, joinName } = sink;
/** Characters that are kept of what a file writes to standard error: an error that ends it stands at the end. */
const OUTPUT_KEPT = 6000;
const ENDINGS = new Set(['test:complete', 'test:pass', 'test:fail']);

/**
 * node:test from Node 18.19 on. Results go to file descriptor 3; what the tests print comes back on the streams it was
 * written to. `idle` says that every test that has been announced is over: the sign by which open handles are told from work.
 */
export default async function* savepointNodeReporter(source) {
  const names = new Map();
  const groups = new Map();
  const loading = new Set();
  const outputs = new Map();
  let running = 0;
  send({ t: 'begin' });
  for await (const { type, data } of source) {
    if (type === 'test:stdout') yield data.message;
    else if (type === 'test:stderr') {
      process.stderr.write(data.message);
      outputs.set(data.file, `${outputs.get(data.file) ?? ''}${data.message}`.slice(-OUTPUT_KEPT));
    } else if (type === 'test:dequeue' && isFile(data)) {
      loading.add(data.file);
      send({ t: 'busy' });
    } else if (type === 'test:enqueue' && !isFile(data)) {
      loading.delete(data.file);
      running += 1;
    } else if (type === 'test:complete') {
      // The file itself is announced as a test too; it ends only with its process.
      if (isFile(data)) loading.delete(data.file);
      else running -= 1;
    } else if (type === 'test:start') {
      stackOf(names, data.file)[data.nesting] = data.name;
      stackOf(groups, data.file)[data.nesting] = false;
      if (data.nesting > 0) stackOf(groups, data.file)[data.nesting - 1] = true;
    } else if (type === 'test:pass' || type === 'test:fail') {
      const about = { names: stackOf(names, data.file), groups: stackOf(groups, data.file), outputs };
      report(data, type === 'test:pass', about);
      if (isFile(data)) outputs.delete(data.file);
    }
    // Whatever else is said takes an earlier `idle` back.
    if (ENDINGS.has(type) && running === 0 && loading.size === 0) send({ t: 'idle' });
  }
  send({ t: 'end' });
}

function stackOf(stacks, file) {
  const stack = stacks.get(file) ?? [];
  stacks.set(file, stack);
  return stack;
}

/** Whether the event is about a whole file: its name is then the path as it was given to Node. */
function isFile(data) {
  return (
    data.nesting === 0 && /[/\\.]/.test(data.name) && (data.file === undefined || resolve(data.name) === data.file)
  );
}

function report(data, passed, { names, groups, outputs }) {
  const error = data.details?.error;
  if (isFile(data)) {
    const file = data.file ?? resolve(data.name);
    if (passed) send({ t: 'empty', file });
    // When a test in it failed, that is already said; a file that fails by itself did not load or ended with an exit code.
    else if (error?.failureType !== 'subtestsFailed') {
      send({ t: 'broken', file, ...fileError(error), output: outputs.get(data.file) ?? '' });
    }
    return;
  }
  const isGroup = data.details?.type === 'suite' || groups[data.nesting] === true;
  if (isGroup && (passed || error?.failureType === 'subtestsFailed')) return;
  const skipped = data.skip !== undefined && data.skip !== false;
  const todo = data.todo !== undefined && data.todo !== false;
  send({
    t: 'test',
    name: joinName([...names.slice(0, data.nesting), data.name]),
    file: data.file ?? '',
    status: skipped || todo ? 'skipped' : passed ? 'passed' : 'failed',
    ms: data.details?.duration_ms ?? 0,
    ...(passed || todo ? {} : describeError(error?.cause ?? error)),
  });
}

function fileError(error) {
  const exit = error?.exitCode ?? error?.cause?.exitCode;
  const where = exit === undefined || exit === null ? '' : ` (exit code ${exit})`;
  return { message: `the file failed outside of any test${where}`, stack: '' };
}
