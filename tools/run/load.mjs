// Finds the messages to show: the demonstration's own, or the reader's files and folders.
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readHtml, readMail, splitMbox } from './mail.mjs';

/**
 * @typedef {import('./mail.mjs').Letter & {id: string, name: string, path: string, index: number}} Message
 *   `id` is what the page calls it, `name` the file without its ending, `index` its place in the file
 */

export const DEMO = fileURLToPath(new URL('messages/', import.meta.url));

/** @type {Record<string, (bytes: Buffer) => import('./mail.mjs').Letter[]>} */
const READERS = {
  '.eml': (bytes) => [readMail(bytes)],
  '.html': (bytes) => [readHtml(bytes)],
  '.htm': (bytes) => [readHtml(bytes)],
  '.mbox': (bytes) => splitMbox(bytes).map(readMail),
};

/**
 * @param {string[]} paths  files and folders; files of a Maildir (`cur`, `new`) have no ending
 * @returns {Promise<Message[]>}
 * @throws {Error} When a path does not exist or nothing in it is mail.
 */
export async function loadMessages(paths) {
  const files = (await Promise.all(paths.map((path) => filesIn(path, true)))).flat();
  /** @type {Message[]} */
  const messages = [];
  for (const path of files) {
    const letters = readerOf(path)?.(await readFile(path)) ?? [];
    for (const [index, letter] of letters.entries()) {
      const id = (0x19c3a0000000 + messages.length).toString(16).padStart(16, '0');
      messages.push({ ...letter, id, index, path, name: basename(path).replace(/\.[a-z]+$/i, '') });
    }
  }
  if (!messages.length) throw new Error(`no mail (.eml, .mbox, .html) in ${paths.join(', ')}`);
  return messages;
}

/** @param {string} path */
const readerOf = (path) => READERS[extname(path).toLowerCase()] ?? (/^(cur|new)$/.test(basename(dirname(path))) ? READERS['.eml'] : undefined);

/** @param {string} path @param {boolean} isNamed  by the reader: then it must be mail @returns {Promise<string[]>} */
async function filesIn(path, isNamed) {
  const found = await stat(path).catch(() => null);
  if (!found) throw new Error(`${path} does not exist`);
  if (found.isDirectory()) {
    const names = (await readdir(path)).sort();
    return (await Promise.all(names.map((name) => filesIn(join(path, name), false)))).flat();
  }
  if (readerOf(path)) return [path];
  if (isNamed) throw new Error(`${path} is no .eml, .mbox or .html file`);
  return [];
}
