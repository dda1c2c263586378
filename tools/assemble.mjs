// Puts dist/ together: `node tools/assemble.mjs WASM`, where WASM holds the bound modules of build.sh. The network rules are
// there already. dist/types is for tsc: the generated modules as the sources see them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, TARGETS, fill, filesBelow } from './files.mjs';
import { manifest } from './manifest.mjs';

/** @typedef {Map<string, Uint8Array | string>} Files */

const wasm = process.argv[2];
if (!wasm) throw new Error('usage: assemble.mjs WASM');

/** @param {string} folder @param {(path: string) => boolean} isShipped @returns {Files} */
function sources(folder, isShipped) {
  const paths = filesBelow(join(ROOT, folder)).filter(isShipped);
  return new Map(paths.map((path) => [path, readFileSync(join(ROOT, folder, path))]));
}

/** A bound module as it ships. Its type declarations do not, so tsc shall not look at it. @param {string} name @returns {Files} */
function engine(name) {
  const glue = readFileSync(join(wasm, name, 'briefgeheim.js'), 'utf8').replace(/^\/\* @ts-self-types=.* \*\/$/mu, '// @ts-nocheck');
  return new Map().set('briefgeheim.js', glue).set('briefgeheim_bg.wasm', readFileSync(join(wasm, name, 'briefgeheim_bg.wasm')));
}

/** @param {string} folder @param {Files} files @returns {[string, Uint8Array | string][]} */
const below = (folder, files) => [...files].map(([path, content]) => [`${folder}/${path}`, content]);

const extension = sources('extension', (path) => !path.startsWith('manifest.') && !path.endsWith('.d.ts'));
for (const target of TARGETS) {
  /** @type {Files} */
  const files = new Map([...extension, ['manifest.json', await manifest(target)], ['LICENSE.txt', readFileSync(join(ROOT, 'LICENSE'))], ...below('engine', engine('extension'))]);
  fill(join(ROOT, 'dist', target), files, (path) => path.startsWith('rules/'));
}

/** @type {Files} */
const www = new Map([...sources('www', (path) => !path.endsWith('.d.ts')), ['colors.css', readFileSync(join(ROOT, 'extension/shared/colors.css'))], ...below('wasm', engine('www'))]);
fill(join(ROOT, 'dist/www'), www);

/** @type {Files} */
const types = new Map([
  ['extension/engine/briefgeheim.d.ts', readFileSync(join(wasm, 'extension/briefgeheim.d.ts'))],
  ['extension/rules/session.js', readFileSync(join(ROOT, 'dist/chrome/rules/session.js'))],
  ['www/wasm/briefgeheim.d.ts', readFileSync(join(wasm, 'www/briefgeheim.d.ts'))],
]);
fill(join(ROOT, 'dist/types'), types);
