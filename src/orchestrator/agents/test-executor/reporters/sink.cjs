'use strict';
// How the reporters speak to Savepoint: one JSON object a line on file descriptor 3, or on standard output where that
// is not open: a person runs the quoted command.
// Plain JavaScript for any Node from 18 on; runs inside the workspace's runner, so it imports nothing else.
const { writeSync } = require('node:fs');

const NAME_LIMIT = 2000;
const TEXT_LIMIT = 6000;
let open = true;
let target = 3;
let heard = false;

/** @param {Record<string, unknown>} message */
function send(message) {
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
  for (let sent = 0; open && sent < bytes.length;) {
    try {
      sent += writeSync(target, bytes, sent);
      heard = true;
    } catch (error) {
      // A full pipe empties as soon as the reader gets to it; any other error means that nobody reads, or never did.
      if (error.code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
      else if (target === 3 && !heard && error.code !== 'EPIPE') target = 1;
      else open = false;
    }
  }
}

function cut(text, limit = TEXT_LIMIT) {
  const clean = String(text ?? '').replace(/\u001b\[[0-9;:]*[A-Za-z]/g, '');
  return clean.length > limit ? `${clean.slice(0, limit)} …` : clean;
}

function show(value) {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch (error) {
    return Object.prototype.toString.call(value);
  }
}

/** What a person needs of an error: its message, expected and received values unless the message says them, and the stack. */
function describeError(error) {
  if (error === null || typeof error !== 'object') return { message: cut(show(error)), stack: '' };
  const message = cut(error.message ?? show(error));
  const both = 'expected' in error && 'actual' in error && error.expected !== undefined;
  const values = both ? [cut(show(error.expected), 400), cut(show(error.actual), 400)] : [];
  const said = values.every((value) => value !== '' && message.includes(value));
  return {
    message: both && !said ? `${message}\nexpected: ${values[0]}\nreceived: ${values[1]}` : message,
    stack: cut(error.stack),
  };
}

const joinName = (parts) => cut(parts.filter((part) => part !== '').join(' > ') || '(without a name)', NAME_LIMIT);

module.exports = { send, cut, describeError, joinName };
