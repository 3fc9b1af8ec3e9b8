'use strict';
// Prints what Mocha makes of its configuration files and arguments, as one JSON object:
// node mocha-options.cjs <folder of mocha> [arguments…]. Asking Mocha itself reads every form of configuration it knows.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const [mocha, ...argv] = process.argv.slice(2);
const load = (name) =>
  require(['.js', '.cjs'].map((end) => join(mocha, 'lib', 'cli', name + end)).find((path) => existsSync(path)));
const loaded = load('options').loadOptions(argv);
const { isNodeFlag, unparseNodeFlags } = load('node-flags');
const list = (value) => (value === undefined || value === false ? [] : [value].flat().map(String));

// As its own start script does: flags of Node apart, the rest for Mocha.
const own = {};
const forNode = {};
for (const [name, value] of Object.entries(loaded)) {
  if (isNodeFlag(name)) forNode[name.replace(/^v8-(?!options)/, '')] = value;
  else own[name] = value;
}
const nodeOptions = list(loaded['node-option'] ?? loaded.n).map((flag) => (flag.startsWith('-') ? flag : `--${flag}`));
process.stdout.write(
  JSON.stringify({
    options: own,
    nodeFlags: [...unparseNodeFlags(forNode), ...nodeOptions],
    spec: [...new Set([...list(loaded.spec), ...list(loaded._)])],
    ignore: list(loaded.ignore ?? loaded.exclude),
    extension: list(loaded.extension),
    recursive: loaded.recursive === true,
    setup: [...list(loaded.require), ...list(loaded.file)],
  }),
);
