// Webmails that the reader added. What the browser granted is the list: there is no copy of it that could say otherwise, and
// taking the permission back in the browser's own settings removes a webmail as our button does.

import { addedRules } from './network.js';
import { WEBMAILS } from '../rules/session.js';
import { api } from '../shared/platform.js';

const SCRIPT = 'added';
/** One whole host over https. Whoever grants every site at once has not named their webmail. */
const ORIGIN = /^https:\/\/([^/*]+)\/\*$/;
const NAMED = WEBMAILS.flatMap(({ pages }) => pages);

/** @type {Promise<string[]> | null} */
let known = null;

/** The hosts, sorted. @returns {Promise<string[]>} */
export function hosts() {
  known ??= api.permissions.getAll().then(
    ({ origins = [] }) => origins.flatMap((origin) => ORIGIN.exec(origin)?.[1] ?? []).filter((host) => !NAMED.includes(host)).sort(),
    (error) => {
      known = null;
      throw error;
    },
  );
  return known;
}

/** @param {string} host */
export const pattern = (host) => `https://${host}/*`;

/** The host of a page that could be added, or null. @param {string | undefined} page */
export function addable(page) {
  if (!page || !URL.canParse(page)) return null;
  const { protocol, hostname } = new URL(page);
  return protocol === 'https:' && !NAMED.includes(hostname) ? hostname : null;
}

/** One change at a time. @type {Promise<unknown>} */
let queue = Promise.resolve();

/**
 * Makes scripts and rules those of the hosts that are granted now. After an update the browser has forgotten the scripts, and
 * the rules may be of another version.
 * @returns {Promise<void>}
 */
export function follow() {
  known = null;
  const step = async () => {
    const all = await hosts();
    const old = await api.declarativeNetRequest.getDynamicRules();
    await api.declarativeNetRequest.updateDynamicRules({ removeRuleIds: old.map(({ id }) => id), addRules: addedRules(all) });
    const isThere = (await api.scripting.getRegisteredContentScripts({ ids: [SCRIPT] })).length > 0;
    if (isThere) await api.scripting.unregisterContentScripts({ ids: [SCRIPT] });
    if (all.length) await api.scripting.registerContentScripts([script(all)]);
  };
  const turn = queue.then(step, step);
  queue = turn.catch(() => {});
  return turn;
}

/** The content scripts' files. Firefox gives them back as whole addresses, and takes only relative ones. */
export function files() {
  const scripts = api.runtime.getManifest().content_scripts?.[0]?.js ?? [];
  return scripts.map((file) => new URL(file, api.runtime.getURL('')).pathname.slice(1));
}

/**
 * The scripts of the manifest, for other pages.
 * @param {string[]} all
 */
function script(all) {
  return /** @type {chrome.scripting.RegisteredContentScript} */ ({
    ...{ id: SCRIPT, js: files(), matches: all.map(pattern), allFrames: true, matchOriginAsFallback: true },
    ...{ runAt: 'document_start', persistAcrossSessions: true },
  });
}
