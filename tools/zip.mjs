// A zip archive whose bytes depend on nothing but its entries: sorted, one time for all, mode 0644.
// Format: PKWARE's APPNOTE.TXT, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (its end).
import { deflateRawSync } from 'node:zlib';

const MADE_BY_UNIX = (3 << 8) | 20;
const NEEDS = 20;
const UTF8_NAMES = 1 << 11;
const DEFLATED = 8;
const REGULAR_0644 = 0o100644;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** @param {Uint8Array} bytes */
export function crc32(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = CRC_TABLE[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

/** The time as DOS wrote it: date in the upper half, two-second steps, here always UTC. @param {Date} time */
function dosTime(time) {
  const date = ((time.getUTCFullYear() - 1980) << 9) | ((time.getUTCMonth() + 1) << 5) | time.getUTCDate();
  return ((date << 16) | (time.getUTCHours() << 11) | (time.getUTCMinutes() << 5) | (time.getUTCSeconds() >> 1)) >>> 0;
}

/** Little-endian numbers of the given widths, one after the other. @param {[bytes: 2 | 4, value: number][]} fields */
function record(fields) {
  const out = Buffer.alloc(fields.reduce((length, [bytes]) => length + bytes, 0));
  let at = 0;
  for (const [bytes, value] of fields) at = out.writeUIntLE(value, at, bytes);
  return out;
}

/** @param {Map<string, Uint8Array>} entries content by path @param {Date} time @returns {Buffer} */
export function zip(entries, time) {
  /** @type {Buffer[]} */
  const locals = [];
  /** @type {Buffer[]} */
  const centrals = [];
  let offset = 0;
  for (const [path, content] of [...entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const name = Buffer.from(path);
    const packed = deflateRawSync(content, { level: 9 });
    /** @type {[2 | 4, number][]} */
    const common = [
      [2, NEEDS], [2, UTF8_NAMES], [2, DEFLATED], [4, dosTime(time)],
      [4, crc32(content)], [4, packed.length], [4, content.length], [2, name.length], [2, 0],
    ];
    const local = Buffer.concat([record([[4, 0x04034b50], ...common]), name, packed]);
    const place = record([[2, 0], [2, 0], [2, 0], [4, REGULAR_0644 * 0x10000], [4, offset]]);
    centrals.push(record([[4, 0x02014b50], [2, MADE_BY_UNIX], ...common]), place, name);
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = record([[4, 0x06054b50], [2, 0], [2, 0], [2, entries.size], [2, entries.size], [4, directory.length], [4, offset], [2, 0]]);
  return Buffer.concat([...locals, directory, end]);
}
