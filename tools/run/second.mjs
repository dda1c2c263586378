// Opinions besides the extension's own: the engine asked again from here about the message as sent, the native auditor, and
// labels written by people. A check that trusted the extension alone would not notice what it never saw.
import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { plain } from './site.mjs';

/**
 * @typedef {{kind: string, act: string, url: string, vendor: string | null, host: string, vector: string, evidence: {code: string}[]}} Verdict
 * @typedef {{vector: string, url: string, label: string, isPersonal: boolean}} Label
 * @typedef {(message: import('./load.mjs').Message, places: import('./page/prepare.mjs').Place[], page: string, recipient: string) => Verdict[]} Judge
 */

const run = promisify(execFile);

/**
 * The engine of a built extension.
 * @param {string} folder
 * @returns {Promise<Judge>}
 */
export async function loadEngine(folder) {
  const at = (/** @type {string} */ file) => join(resolve(folder), 'engine', file);
  const { initSync, judge } = await import(pathToFileURL(at('briefgeheim.js')).href);
  initSync({ module: await readFile(at('briefgeheim_bg.wasm')) });
  return (message, places, page, recipient) => {
    const facts = places.map((place, index) => ({ id: index + 1, ...place }));
    const asked = { message: { sender: message.from.address, recipient, base: page, facts }, allowed: false };
    return judge({ messages: [asked], setting: { strictness: 'balanced', page } })[0];
  };
}

/**
 * What the native auditor calls tracking, by message; null when it has not been built or has nothing to say.
 * @param {import('./load.mjs').Message[]} messages
 * @param {string} program
 * @returns {Promise<Map<string, Set<string>> | null>}
 */
export async function askAuditor(messages, program) {
  if (await access(program).then(() => false, () => true)) return null;
  const paths = [...new Set(messages.map(({ path }) => path))];
  /** @type {{path: string, resources: {url: string, kind: string}[]}[]} */
  let lines;
  try {
    const { stdout } = await run(program, ['audit', '--format', 'jsonl', ...paths], { maxBuffer: 1 << 28 });
    lines = stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  } catch {
    return null;
  }
  /** @type {Map<string, number>} */
  const seen = new Map();
  /** @type {Map<string, Set<string>>} */
  const found = new Map();
  for (const { path, resources } of lines) {
    // Messages of one mailbox come in its order.
    const index = seen.get(path) ?? 0;
    seen.set(path, index + 1);
    const message = messages.find((one) => one.path === path && one.index === index);
    if (message) found.set(message.id, new Set(resources.filter(({ kind }) => kind === 'open').map(({ url }) => plain(url))));
  }
  return found.size ? found : null;
}

/**
 * @param {string} file  tab-separated: id, vector, url, label, per_recipient, …; the first line names them
 * @returns {Promise<Map<string, Label[]>>} by the message's file name without its ending
 */
export async function readLabels(file) {
  /** @type {Map<string, Label[]>} */
  const labels = new Map();
  for (const line of (await readFile(file, 'utf8')).split(/\r?\n/).slice(1)) {
    const [id, vector, url, label, personal] = line.split('\t');
    if (!id || !vector || !url || !label) continue;
    labels.set(id, [...(labels.get(id) ?? []), { vector, url, label, isPersonal: personal === 'yes' }]);
  }
  return labels;
}
