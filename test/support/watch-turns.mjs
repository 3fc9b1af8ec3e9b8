// Loaded into a worker thread before its code (--import): how long each turn of its event loop computes, in processor time, which
// other work on the machine does not change. Asked over a broadcast channel: `begin`, then `end`, which is answered.
import { BroadcastChannel } from 'node:worker_threads';

const channel = new BroadcastChannel('savepoint-turns');
let turns = [];
let timer = null;

function ran() {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

channel.onmessage = ({ data }) => {
  if (data === 'begin') {
    turns = [];
    let before = ran();
    timer = setInterval(() => {
      turns.push(ran() - before);
      before = ran();
    }, 1);
  } else if (data === 'end') {
    clearInterval(timer);
    channel.postMessage({ turns });
  }
};
channel.unref();
