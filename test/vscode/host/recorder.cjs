// Loaded into VS Code's server (NODE_OPTIONS --require), which hands it on to the extension hosts that it forks. There it notes in
// the file SAVEPOINT_RECORD what Savepoint's own code does to the world: starts of processes and threads, sockets, connections,
// writes. The stack says whose code it is.
const childProcess = require('node:child_process');
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');

const OURS = /[\\/]dist[\\/](?:extension|definitions|worker|cli)\.cjs/;
const WRITES = [
  ...['writeFile', 'appendFile', 'mkdir', 'mkdtemp', 'rename', 'rm', 'rmdir', 'unlink', 'copyFile', 'cp', 'symlink'],
  ...['truncate', 'utimes', 'chmod', 'link'],
];

/** The server takes NODE_OPTIONS from its extension hosts: this puts it back, for them alone. */
function handOn() {
  const { fork } = childProcess;
  childProcess.fork = (file, args, options) => {
    const isHost = args?.includes('--type=extensionHost') ?? false;
    const execArgv = [...(options?.execArgv ?? []), '--require', __filename];
    return fork(file, args, isHost ? { ...options, execArgv } : options);
  };
}

function record(file) {
  const note = fs.appendFileSync;
  let noting = false;
  const wrap = (owner, name, kind) => {
    const real = owner[name];
    if (typeof real !== 'function') return;
    const noted = function (...args) {
      if (!noting && OURS.test(new Error('who').stack ?? '')) {
        noting = true;
        const [first] = args;
        note(
          file,
          `${kind} ${name} ${(typeof first === 'object' ? JSON.stringify(first) : String(first)).slice(0, 200)}\n`,
        );
        noting = false;
      }
      return new.target ? Reflect.construct(real, args) : real.apply(this, args);
    };
    noted.prototype = real.prototype;
    owner[name] = noted;
  };
  Error.stackTraceLimit = 50;
  wrap(childProcess.ChildProcess.prototype, 'spawn', 'process');
  for (const name of ['spawnSync', 'execFileSync', 'execSync']) wrap(childProcess, name, 'process');
  wrap(require('node:net').Socket.prototype, 'connect', 'connection');
  wrap(require('node:net').Server.prototype, 'listen', 'socket');
  wrap(require('node:dgram').Socket.prototype, 'bind', 'socket');
  wrap(require('node:worker_threads'), 'Worker', 'thread');
  for (const name of WRITES) {
    wrap(fs, name, 'write');
    wrap(fs, `${name}Sync`, 'write');
    wrap(fs.promises, name, 'write');
  }
  for (const name of ['createWriteStream', 'writeSync', 'write']) wrap(fs, name, 'write');
  note(file, 'recording\n');
}

if (process.argv.includes('--type=extensionHost')) record(process.env.SAVEPOINT_RECORD);
else handOn();
syncBuiltinESMExports();
