// What the benchmarks measure us against: extensions that pay what no design of ours can save, and judge nothing.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a page appends to be let through by the bare hold. */
export const OPEN = '#floor';

/** An engine that releases every picture, as ours would, without a look at it. */
const BLIND = `
export const load = async () => {};
export const ask = async ({ messages }) => messages.map(({ message }) => message.facts.filter(({ vector }) => vector === 'img').map(({ id, text }) =>
  ({ fact: id, at: text.length, vector: 'img', kind: 'clean', act: 'release', vendor: null, evidence: [], destination: null, gateway: null, leads: null, personal: false, host: '', url: text })));
`;

/**
 * Runs with a changed copy of an unpacked extension, and removes it.
 * @template T
 * @param {string} dist @param {(folder: string) => Promise<void>} change @param {(folder: string) => Promise<T>} use
 */
async function changed(dist, change, use) {
  const folder = await mkdtemp(join(tmpdir(), 'bg-floor-'));
  try {
    await cp(dist, folder, { recursive: true });
    await change(folder);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Hold and release and nothing else: our network rules, no script, and a rule that lets through what a page asks for with `OPEN`.
 * @template T
 * @param {string} dist @param {(folder: string) => Promise<T>} use
 */
export const withBareHold = (dist, use) => changed(dist, async (folder) => {
  const path = (/** @type {string} */ name) => join(folder, name);
  const [manifest, rules] = await Promise.all(['manifest.json', 'rules/hold.json'].map(async (name) => JSON.parse(await readFile(path(name), 'utf8'))));
  delete manifest.content_scripts;
  rules.push({ id: rules.length + 1, priority: 1000, action: { type: 'allow' }, condition: { urlFilter: `${OPEN}|`, excludedResourceTypes: ['main_frame'] } });
  await writeFile(path('manifest.json'), JSON.stringify(manifest));
  await writeFile(path('rules/hold.json'), JSON.stringify(rules));
  await writeFile(path('background/background.js'), '');
}, use);

/**
 * All of the extension but its engine.
 * @template T
 * @param {string} dist @param {(folder: string) => Promise<T>} use
 */
export const withoutEngine = (dist, use) => changed(dist, (folder) => writeFile(join(folder, 'background/engine.js'), BLIND), use);
