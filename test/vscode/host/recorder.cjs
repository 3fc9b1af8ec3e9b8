// Loaded into every Node process of a served VS Code (NODE_OPTIONS --require). In an extension host it notes what Savepoint's own
// code does to the world: starts of processes and threads, sockets, connections, writes. Whose code it is says the stack.
const { appendFileSync } = require('node:fs');

const file = process.env.SAVEPOINT_RECORD;
if (file !== undefined && process.argv.some((argument) => argument.includes('--type=extensionHost'))) {
  const note = appendFileSync;
  const OURS = /[\\/]dist[\\/](?:extension|worker|cli)\.cjs/;
  let noting = false;
  const wrap = (owner, name, kind) => {
    const real = owner[name];
    if (typeof real !== 'function') return;
    owner[name] = function (...args) {
      if (!noting && OURS.test(new Error().stack ?? '')) {
        noting = true;
        note(
          file,
          `${kind} ${name} ${String(typeof args[0] === 'object' ? JSON.stringify(args[0]) : args[0]).slice(0, 200)}\n`,
        );
        noting = false;
      }
      return new.target
        ? Reflect.construct(real, args, new.target === owner[name] ? real : new.target)
        : real.apply(this, args);
    };
    owner[name].prototype = real.prototype;
  };
  Error.stackTraceLimit = 50;
  const { ChildProcess } = require('node:child_process');
  wrap(ChildProcess.prototype, 'spawn', 'process');
  for (const name of ['spawnSync', 'execFileSync', 'execSync']) wrap(require('node:child_process'), name, 'process');
  wrap(require('node:net').Socket.prototype, 'connect', 'connection');
  wrap(require('node:net').Server.prototype, 'listen', 'socket');
  wrap(require('node:dgram').Socket.prototype, 'bind', 'socket');
  wrap(require('node:worker_threads'), 'Worker', 'thread');
  const fs = require('node:fs');
  const WRITES = [
    'writeFile',
    'appendFile',
    'mkdir',
    'mkdtemp',
    'rename',
    'rm',
    'rmdir',
    'unlink',
    'copyFile',
    'cp',
    'symlink',
    'truncate',
    'utimes',
    'chmod',
  ];
  for (const name of WRITES) {
    wrap(fs, name, 'write');
    wrap(fs, `${name}Sync`, 'write');
    wrap(fs.promises, name, 'write');
  }
  for (const name of ['createWriteStream', 'writeSync', 'write']) wrap(fs, name, 'write');
  require('node:module').syncBuiltinESMExports();
  note(file, 'recording\n');
}
