import { readFileSync } from 'node:fs';
import sink from './sink.cjs';

const { send, cut, describeError, joinName } = sink;

/** Vitest from 1 on: `onTestCaseResult` and kin exist since 3, the older ones report tasks. */
export default class SavepointVitestReporter {
  #vitest;
  #sent = new Set();
  #through = new Set();
  #modern = false;

  onInit(vitest) {
    this.#vitest = vitest;
    send({ t: 'begin' });
    relevantFirst(vitest.config);
    for (const { config } of [vitest, ...(vitest.projects ?? [])]) {
      // New snapshots are the user's to write; vitest has no flag for it in every version, and CI=1 would change the tests.
      if (config?.snapshotOptions) config.snapshotOptions.updateSnapshot = 'none';
    }
    if (vitest.snapshot?.options) vitest.snapshot.options.updateSnapshot = 'none';
  }

  onTestRunStart() {
    this.#modern = true;
  }

  onUserConsoleLog(log) {
    (log.type === 'stderr' ? process.stderr : process.stdout).write(log.content);
  }

  onTestCaseResult(test) {
    const result = test.result();
    if (result.state === 'pending' || this.#sent.has(test.id)) return;
    this.#sent.add(test.id);
    this.#report({
      name: test.fullName,
      file: test.module.moduleId,
      status: result.state,
      ms: test.diagnostic()?.duration,
      error: result.errors?.[0],
    });
  }

  onTestSuiteResult(suite) {
    const errors = suite.state() === 'failed' ? suite.errors() : [];
    if (errors.length > 0) {
      this.#report({
        name: `${suite.fullName} > (set up or tear down)`,
        file: suite.module.moduleId,
        status: 'failed',
        error: errors[0],
      });
    }
  }

  onTestModuleEnd(module) {
    this.#through.add(module.id);
    for (const test of module.children.allTests()) {
      if (!this.#sent.has(test.id)) this.onTestCaseResult(test);
    }
    for (const error of module.errors()) send({ t: 'broken', file: module.moduleId, ...describeError(error) });
  }

  onTestRunEnd(modules, errors) {
    // Vitest 3 tells of a file that does not load nowhere else.
    for (const module of modules) if (!this.#through.has(module.id)) this.onTestModuleEnd(module);
    this.#end(modules, errors);
  }

  onTaskUpdate(packs) {
    if (this.#modern) return;
    for (const [id] of packs) {
      const task = this.#vitest.state.idMap.get(id);
      if (task?.type === 'test' || task?.type === 'custom') this.#reportTask(task);
    }
  }

  onFinished(files = [], errors = []) {
    if (this.#modern) return;
    const walk = (task) => {
      if (task.type === 'test' || task.type === 'custom') return this.#reportTask(task, true);
      const error = task.result?.errors?.[0];
      if (error !== undefined) send({ t: 'broken', file: (task.file ?? task).filepath, ...describeError(error) });
      task.tasks.forEach(walk);
    };
    files.forEach(walk);
    this.#end(files, errors);
  }

  #reportTask(task, last = false) {
    const state = { pass: 'passed', fail: 'failed' }[task.result?.state];
    if (this.#sent.has(task.id) || (state === undefined && !last)) return;
    this.#sent.add(task.id);
    const names = [];
    for (let at = task; at !== undefined && at !== task.file; at = at.suite) names.unshift(at.name);
    this.#report({
      name: joinName(names),
      file: task.file.filepath,
      status: state ?? 'skipped',
      ms: task.result?.duration,
      error: task.result?.errors?.[0],
    });
  }

  #report({ name, file, status, ms, error }) {
    const details = status === 'failed' && error !== undefined ? describeError(error) : {};
    send({ t: 'test', name: joinName([name]), file, status, ms: ms ?? 0, ...details });
  }

  #end(files, errors = []) {
    for (const [file, own] of byFile(errors)) send({ t: 'broken', file, ...describeAll(own) });
    send({ t: 'end', files: files.length });
  }
}

/** Errors outside the tests (an unhandled rejection, a type error of vitest's own type check), by the file that they lie in. */
function byFile(errors) {
  const files = new Map();
  for (const error of errors) {
    const file = error?.stacks?.[0]?.file ?? error?.VITEST_TEST_PATH ?? '';
    files.set(file, [...(files.get(file) ?? []), error]);
  }
  return files;
}

function describeAll(errors) {
  const all = errors.map((error) => {
    const { line, column } = error?.stacks?.[0] ?? {};
    const { message, stack } = describeError(error);
    return { message: line === undefined ? message : `${message} (line ${line}, column ${column})`, stack };
  });
  return { message: cut(all.map(({ message }) => message).join('\n')), stack: all[0].stack };
}

/** Vitest's own order, with the files that SAVEPOINT_FIRST names (a file of absolute paths, one a line) before all others. */
function relevantFirst(config) {
  if (process.env.SAVEPOINT_FIRST === undefined || config?.sequence?.sequencer === undefined) return;
  const rank = new Map(
    readFileSync(process.env.SAVEPOINT_FIRST, 'utf8')
      .split('\n')
      .map((path, index) => [path, index]),
  );
  // A specification is an object since vitest 2, before that a pair of project and path.
  const of = (spec) => rank.get(spec.moduleId ?? spec[1]) ?? rank.size;
  config.sequence.sequencer = class extends config.sequence.sequencer {
    async sort(specs) {
      return [...(await super.sort(specs))].sort((a, b) => of(a) - of(b));
    }
  };
}
