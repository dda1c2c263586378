// Rules for what was built: permissions, reachable files, traces of the machine.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, TARGETS, filesBelow, version } from '../files.mjs';
import { pagePatterns, webmails } from '../manifest.mjs';

/** docs/permissions.md explains each. */
const PERMISSIONS = ['activeTab', 'declarativeNetRequest', 'scripting', 'storage'];
/** Asked for by one switch in the settings. */
const OPTIONAL = ['privacy'];
/** Asked for when a reader adds a webmail of their own, one host at a time. */
const OPTIONAL_HOSTS = ['https://*/*'];
/** Folders of building machines. Addresses in the rules have folders of such names, too: so either a path starts there, or it ends in a source. */
const FOLDERS = `/(?:${['work', 'root', 'farm', 'usr', 'home'].join('|')})/`;
const TRACES = [new RegExp(`(?<![\\w.*:/()[\\]%^?+$-])${FOLDERS}[\\w.-]*`, 'u'), new RegExp(`${FOLDERS}[\\w./-]*\\.(?:rs|toml)\\b`, 'u')];

/**
 * The parts of a manifest that are looked at here.
 * @typedef {object} Manifest
 * @property {string} version
 * @property {string[]} permissions
 * @property {string[]} host_permissions
 * @property {string[]} [optional_permissions]
 * @property {string[]} [optional_host_permissions]
 * @property {unknown[]} [web_accessible_resources]
 * @property {{matches: string[], js: string[], css?: string[], world?: string}[]} content_scripts
 * @property {unknown} [externally_connectable]
 */

/** @returns {Promise<string[]>} */
export async function breaches() {
  const found = [];
  for (const target of TARGETS) {
    const folder = `dist/${target}`;
    const manifest = JSON.parse(readFileSync(join(ROOT, folder, 'manifest.json'), 'utf8'));
    const patterns = pagePatterns(await webmails(target));
    found.push(...inManifest(manifest, patterns).map((what) => `${folder}/manifest.json: ${what}`));
    found.push(...missing(folder, manifest).map((file) => `${folder}/manifest.json: there is no file ${file}`));
  }
  return [...found, ...traces()];
}

/** @param {Manifest} manifest @param {string[]} patterns @returns {string[]} */
function inManifest(manifest, patterns) {
  /** @type {string[]} */
  const found = [];
  const say = (/** @type {string} */ key, /** @type {unknown} */ value) => found.push(`${key} is ${JSON.stringify(value)}`);
  const isSame = (/** @type {unknown} */ a, /** @type {unknown} */ b) => JSON.stringify(a) === JSON.stringify(b);
  if (manifest.version !== version()) say('version', manifest.version);
  if (!isSame([...manifest.permissions].sort(), PERMISSIONS)) say('permissions', manifest.permissions);
  if (!isSame(manifest.host_permissions, patterns)) say('host_permissions', manifest.host_permissions);
  if (!isSame(manifest.optional_permissions, OPTIONAL)) say('optional_permissions', manifest.optional_permissions);
  if (!isSame(manifest.optional_host_permissions, OPTIONAL_HOSTS)) say('optional_host_permissions', manifest.optional_host_permissions);
  if (manifest.web_accessible_resources?.length) say('web_accessible_resources', manifest.web_accessible_resources);
  if (manifest.externally_connectable) say('externally_connectable', manifest.externally_connectable);
  for (const script of manifest.content_scripts) {
    if (!isSame(script.matches, patterns)) say('content_scripts.matches', script.matches);
    if (script.world) say('content_scripts.world', script.world);
  }
  return found;
}

/** Files that a manifest names and that are not there. @param {string} folder @param {unknown} manifest @returns {string[]} */
function missing(folder, manifest) {
  const isFile = (/** @type {string} */ text) => /^[\w/-]+(?:\.[\w-]+)*\.(?:js|css|html|json|png|svg|wasm)$/u.test(text);
  return [...new Set(strings(manifest))].filter((text) => isFile(text) && !existsSync(join(ROOT, folder, text)));
}

/** Every string in a JSON value. @param {unknown} value @returns {string[]} */
function strings(value) {
  if (typeof value === 'string') return [value];
  return value && typeof value === 'object' ? Object.values(value).flatMap(strings) : [];
}

/** Paths of the building machine in what ships. @returns {string[]} */
function traces() {
  const found = [];
  for (const folder of [...TARGETS, 'www']) {
    for (const path of filesBelow(join(ROOT, 'dist', folder))) {
      const text = readFileSync(join(ROOT, 'dist', folder, path), 'latin1');
      const trace = text.includes(ROOT) ? ROOT : TRACES.map((expression) => expression.exec(text)?.[0]).find(Boolean);
      if (trace) found.push(`dist/${folder}/${path}: holds the path ${trace}`);
    }
  }
  return found;
}
