import { crc32 } from 'node:zlib';
import type { StoredEvent } from '../../contract/events.ts';

/**
 * A record is one line: the event's JSON whose last member is `"frame":"V.I/N.BBB.CCCCCCCC"`, of fixed width:
 * V format version, I of N place in the atomic group, BBB (hex, so at most 4,095) place in its batch, C CRC-32 of all bytes before it.
 */
export const LINE_FEED = 0x0a;
export const FORMAT_VERSION = 1;
export const MAX_GROUP = 3;

const HEAD = ',"frame":"';
const CRC_AT = HEAD.length + '1.1/1.000.'.length;
/** Bytes from the comma that opens the frame to the closing brace. */
export const FRAME_BYTES = CRC_AT + 8 + '"}'.length;
const CLOSING_BRACE = 0x7d;
const COMMA = 0x2c;
const QUOTE = 0x22;
const DOT = 0x2e;
const ZERO = 0x30;

export interface Place {
  /** From 1. */
  readonly inGroup: number;
  readonly groupSize: number;
  /** From 0. */
  readonly inBatch: number;
}

export interface StoredRecord extends Place {
  readonly event: StoredEvent;
}

/** Largest number of bytes that a record of this JSON text takes, with its line feed. */
export function recordBytesAtMost(json: string): number {
  return json.length * 3 + FRAME_BYTES + 1;
}

/** Writes the record of an event, given as JSON text, with its line feed. Returns the number of bytes. */
export function writeRecord(
  into: Buffer,
  at: number,
  record: { readonly json: string; readonly place: Place },
): number {
  const { json, place } = record;
  const brace = at + into.write(json, at, 'utf8') - 1;
  const batch = place.inBatch.toString(16).padStart(3, '0');
  into.write(`${HEAD}${FORMAT_VERSION}.${place.inGroup}/${place.groupSize}.${batch}.`, brace, 'latin1');
  const crcAt = brace + CRC_AT;
  into.write(`${crcText(into, at, crcAt)}"}\n`, crcAt, 'latin1');
  return brace + FRAME_BYTES + 1 - at;
}

function crcText(bytes: Buffer, start: number, end: number): string {
  return crc32(bytes.subarray(start, end)).toString(16).padStart(8, '0');
}

/**
 * The record in bytes [start, end) (without the line feed), or null when it does not verify. Overwrites one byte of the buffer,
 * so that the event can be parsed in place without its frame.
 */
export function readRecord(bytes: Buffer, start: number, end: number): StoredRecord | null {
  const frameAt = end - FRAME_BYTES;
  if (frameAt <= start || bytes[frameAt] !== COMMA || bytes[end - 1] !== CLOSING_BRACE) return null;
  const crcAt = frameAt + CRC_AT;
  const stored = readHex(bytes, crcAt, crcAt + 8);
  if (stored < 0 || bytes[crcAt - 1] !== DOT || bytes[end - 2] !== QUOTE) return null;
  if (crc32(bytes.subarray(start, crcAt)) !== stored) return null;
  const text = frameAt + HEAD.length;
  if (digit(bytes, text) !== FORMAT_VERSION) return null;
  bytes[frameAt] = CLOSING_BRACE;
  return {
    // The checksum holds, so these are the bytes that this format's writer made of a stored event.
    event: JSON.parse(bytes.toString('utf8', start, frameAt + 1)) as StoredEvent,
    inGroup: digit(bytes, text + 2),
    groupSize: digit(bytes, text + 4),
    inBatch: readHex(bytes, text + 6, text + 9),
  };
}

/** Whether the line is a whole record of a format that this version does not know. */
export function isForeignRecord(bytes: Buffer, start: number, end: number): boolean {
  const text = end - FRAME_BYTES;
  if (text <= start || bytes.toString('latin1', text, text + HEAD.length) !== HEAD) return false;
  const version = digit(bytes, text + HEAD.length);
  return version !== FORMAT_VERSION && version >= 0 && version <= 9;
}

function digit(bytes: Buffer, at: number): number {
  return (bytes[at] ?? 0) - ZERO;
}

/** -1 when it is no lower-case hex. */
function readHex(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const code = bytes[at] ?? 0;
    const nibble = code >= 0x30 && code <= 0x39 ? code - 0x30 : code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
    if (nibble < 0) return -1;
    value = value * 16 + nibble;
  }
  return value;
}
