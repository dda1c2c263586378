// Webmails that the reader added. What the browser granted is the list: there is no copy of it that could say otherwise, and
// taking the permission back in the browser's own settings removes a webmail as our button does.

import { addedRules } from './network.js';
import { kindOf, needsOf } from './kinds.js';
import { OPTIONAL, WEBMAILS } from '../rules/session.js';
import { api } from '../shared/platform.js';

const SCRIPT = 'added';
/** One whole host over https, or all below one. Whoever grants every site at once has not named their webmail. */
const ORIGIN = /^https:\/\/((?:\*\.)?[^/*]+)\/\*$/;
const NAMED = WEBMAILS.flatMap(({ pages }) => pages);

/**
 * One webmail with all it needs, added and removed together.
 * @typedef {object} Added
 * @property {string} name      of the kind, or `added` where we know none
 * @property {boolean} passes   its own servers fetch the pictures of a message
 * @property {string} host      the page's, to name it by
 * @property {string[]} hosts   of its pages
 * @property {string[]} frames  further hosts that it needs; "*." before one means all below it
 * @property {string[]} missing  those that the browser did not grant, or does not any more
 */

/** @type {Promise<Added[]> | null} */
let known = null;

/** @returns {Promise<string[]>} */
async function granted() {
  const { origins = [] } = await api.permissions.getAll();
  return origins.flatMap((origin) => ORIGIN.exec(origin)?.[1] ?? []).filter((host) => !NAMED.includes(host)).sort();
}

/** The webmails, by their host. @returns {Promise<Added[]>} */
export function webmails() {
  known ??= granted().then(grouped, (error) => {
    known = null;
    throw error;
  });
  return known;
}

/** @param {string[]} granted @returns {Added[]} */
function grouped(granted) {
  /** @type {Map<string, Added>} */
  const groups = new Map();
  for (const host of granted.filter((one) => !one.startsWith('*.') && !isFrame(one))) {
    const kind = kindOf(host);
    const key = kind ? `${kind.name} ${kind.page}` : host;
    const frames = kind ? needsOf(kind) : [];
    const group = groups.get(key) ?? { name: kind?.name ?? 'added', passes: kind?.passes ?? false, host, hosts: [], frames, missing: frames.filter((frame) => !granted.includes(frame)) };
    // A frame of it may be a page of it, too; people know the other.
    if (frames.includes(group.host)) group.host = host;
    group.hosts.push(host);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** What only ever stands inside of a webmail, and is none by itself. @param {string} host */
const isFrame = (host) => OPTIONAL.some(({ frames }) => frames.includes(host));

/** @param {string} host */
export const pattern = (host) => `https://${host}/*`;

/** Every host of a webmail. @param {Added} webmail */
export const hostsOf = ({ hosts, frames }) => [...new Set([...hosts, ...frames])];

/** What goes with a webmail: every host that no other one needs. @param {Added} webmail @param {Added[]} all */
export const ownOf = (webmail, all) => hostsOf(webmail).filter((host) => !all.some((other) => other.host !== webmail.host && hostsOf(other).includes(host)));

/** The webmail that a page, or a frame of one, belongs to. @param {Added[]} all @param {string} host */
export const find = (all, host) =>
  all.find(({ hosts }) => hosts.includes(host)) ?? all.find(({ frames }) => frames.some((frame) => frame === host || (frame.startsWith('*.') && `.${host}`.endsWith(frame.slice(1)))));

/** A page that could be added, with every host that it needs, or null. @param {string | undefined} page */
export function addable(page) {
  if (!page || !URL.canParse(page)) return null;
  const { protocol, hostname } = new URL(page);
  if (protocol !== 'https:' || NAMED.includes(hostname)) return null;
  const kind = kindOf(hostname);
  return { host: hostname, origins: [...new Set([hostname, ...(kind ? needsOf(kind) : [])])] };
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
    const all = await webmails();
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

/** Gives back what no webmail needs any more: the page was taken away in the browser's own settings, its frames were not. */
export async function giveBack() {
  const [all, hosts] = await Promise.all([webmails(), granted()]);
  const needed = new Set(all.flatMap(hostsOf));
  const left = hosts.filter((host) => !needed.has(host) && isFrame(host));
  if (left.length) await api.permissions.remove({ origins: left.map(pattern) });
}

/** The content scripts' files. Firefox gives them back as whole addresses, and takes only relative ones. */
export function files() {
  const scripts = api.runtime.getManifest().content_scripts?.[0]?.js ?? [];
  return scripts.map((file) => new URL(file, api.runtime.getURL('')).pathname.slice(1));
}

/**
 * The scripts of the manifest, for other pages.
 * @param {Added[]} all
 */
function script(all) {
  const hosts = new Set(all.flatMap((webmail) => hostsOf(webmail).filter((host) => !webmail.missing.includes(host))));
  return /** @type {chrome.scripting.RegisteredContentScript} */ ({
    ...{ id: SCRIPT, js: files(), matches: [...hosts].map(pattern), allFrames: true, matchOriginAsFallback: true },
    ...{ runAt: 'document_start', persistAcrossSessions: true },
  });
}
