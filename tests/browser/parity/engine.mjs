// The engine of the audit page in Node: the string walker, and the judge for what the other one saw.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ROOT } from '../lib/dist.mjs';

const folder = join(resolve(process.env.DIST ?? join(ROOT, 'dist')), 'www/wasm');
// Node takes a .js file without a package.json beside it for CommonJS.
const glue = readFileSync(join(folder, 'briefgeheim.js'), 'utf8');
const engine = await import(`data:text/javascript;base64,${Buffer.from(glue).toString('base64')}`);
engine.initSync({ module: readFileSync(join(folder, 'briefgeheim_bg.wasm')) });

/** @typedef {{url: string, vector: string, kind: string, vendor: string | null, evidence: {code: string}[], destination: string | null, personal: boolean}} Said */

/** What is said of an address, in one line. @param {Said} said */
const line = ({ url, vector, kind, vendor, evidence, destination, personal }) =>
  [vector, kind, url, vendor ?? '-', evidence.map(({ code }) => code).join('+') || '-', destination ?? '-', personal ? 'personal' : 'for all'].join(' ');

/** The parser doubles what is badly nested, so each line counts once. @param {Said[]} said */
const lines = (said) => [...new Set(said.map(line))].sort();

/** What the string walker sees, judged. @param {string} html */
export const byString = (html) => (html.trim() === '' ? [] : lines(engine.audit(new TextEncoder().encode(html), 'message.html').resources));

/** What the DOM walker saw, judged. @param {import('./page.mjs').Seen} seen */
export const byDom = (seen) => lines(engine.judge({ messages: [{ message: seen, allowed: false }], setting: {} })[0]);
