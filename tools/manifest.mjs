// The manifest of each browser: what is common, a patch, the version and the webmails' hosts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, version } from './files.mjs';

/** @typedef {Record<string, unknown>} JsonObject */
/** @typedef {{pages: string[]}} Webmail */

/** @param {unknown} value @returns {value is JsonObject} */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSON merge patch (RFC 7396). @param {unknown} target @param {unknown} patch @returns {unknown} */
export function mergePatch(target, patch) {
  if (!isObject(patch)) return patch;
  const merged = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

/** The match patterns of the webmails' pages, sorted. @param {Webmail[]} webmails */
export function pagePatterns(webmails) {
  return [...new Set(webmails.flatMap(({ pages }) => pages))].sort().map((host) => `https://${host}/*`);
}

/** @param {string} name @returns {JsonObject} */
const read = (name) => JSON.parse(readFileSync(join(ROOT, 'extension', name), 'utf8'));

/** The generated list of webmails. @param {string} target @returns {Promise<Webmail[]>} */
export async function webmails(target) {
  const { WEBMAILS } = await import(join(ROOT, 'dist', target, 'rules/session.js'));
  if (!Array.isArray(WEBMAILS) || !WEBMAILS.every((webmail) => Array.isArray(webmail?.pages))) {
    throw new Error(`dist/${target}/rules/session.js: WEBMAILS is no list of {pages: [host]}`);
  }
  return WEBMAILS;
}

/** @param {string} target @returns {Promise<string>} the text of manifest.json */
export async function manifest(target) {
  const merged = mergePatch(read('manifest.base.json'), read(`manifest.${target}.json`));
  const patterns = pagePatterns(await webmails(target));
  const scripts = isObject(merged) && Array.isArray(merged.content_scripts) ? merged.content_scripts : [];
  const [first, ...others] = scripts;
  const content_scripts = [mergePatch(first, { matches: patterns }), ...others];
  return `${JSON.stringify(mergePatch(merged, { version: version(), host_permissions: patterns, content_scripts }), null, 2)}\n`;
}
