// A plain script is one batch from its start until nothing is left to do (`beforeExit`), then it is loaded again: what it
// imports stays loaded and warm, as for a long-lived program. A script that ends the process itself gives one batch.
import { realpathSync } from 'node:fs';
import module, { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { startProfile } from './profile.mjs';

const MARK = '?savepoint-batch=';

export function measureScript({ limits, report, isReported }) {
  const file = realpathSync(process.argv[1]);
  const url = pathToFileURL(file).href;
  let batches = 0;
  let fastest = Infinity;
  const endProfile = startProfile();
  let from = performance.now();
  const began = from;

  registerHooks({
    load(loading, context, next) {
      const loaded = next(loading, context);
      if (!loading.startsWith(url + MARK) || loaded.source == null) return loaded;
      // A repeated script must still find that it is the one being run.
      const source = Buffer.from(loaded.source)
        .toString('utf8')
        .replaceAll('import.meta.url', JSON.stringify(url))
        .replaceAll('import.meta.main', 'true');
      return { ...loaded, source };
    },
  });

  function end() {
    fastest = Math.min(fastest, performance.now() - from);
    batches += 1;
  }
  function again() {
    from = performance.now();
    if (isCommonJs(file)) {
      delete createRequire(url).cache[file];
      module._load(file, null, true);
    } else {
      import(`${url}${MARK}${batches}`).catch((error) => {
        process.exitCode = 1;
        console.error(error);
      });
    }
  }
  process.on('beforeExit', () => {
    if (isReported() || process.exitCode) return;
    end();
    if (batches < limits.batches && performance.now() - began < limits.maxMs) again();
  });
  process.on('exit', (code) => {
    if (isReported() || code !== 0) return;
    if (batches === 0) end();
    endProfile();
    report('', fastest);
  });
}

/** What `require` has loaded is in its cache; an ES module is not. */
function isCommonJs(file) {
  return createRequire(file).cache[file] !== undefined;
}
