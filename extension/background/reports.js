// What stands in each tab's frames: for the badge and the popup. Kept in `storage.session`, since the background forgets.

import { plural } from '../shared/page.js';
import { api, t } from '../shared/platform.js';

const PREFIX = 'tab:';
const SEEN_PREFIX = 'seen:';
const BADGE_COLOR = '#b3402e';

/**
 * @typedef {{vendor: string | null, host: string, kind: string, vector: string, evidence: {code: string}[], url: string}} Blocked
 * @typedef {{vendor: string | null, host: string}} Party
 * @typedef {{sender: {address: string, name: string} | null, key: string, subject: string | null, isPage: boolean, allowed: boolean, blocked: Blocked[], links: Party[],
 *   passed: Party[], held: number}} Seen  `key` tells messages apart; `isPage`: nobody knows where a message
 *   begins; `passed` is what the webmail's own servers fetch
 * @typedef {{webmail: string, frames: Record<string, Seen[]>}} TabReport
 * @typedef {{place: string, opens: number}} Kept  where in the storage one `Seen` stands, and how many readings it kept secret
 * @typedef {{webmail: string, frames: Record<string, Kept[]>}} Index  what is stored of a tab: of a hundred messages one is new, and only
 *   that is written
 */

/** Frames tell at the same time; each waits for the one before. @type {Promise<unknown>} */
let queue = Promise.resolve();

/**
 * Does something after all that came before.
 * @template T
 * @param {() => Promise<T>} step
 * @returns {Promise<T>}
 */
function inTurn(step) {
  const done = queue.then(step, step);
  queue = done.catch(() => {});
  return done;
}

/**
 * @param {number} tabId
 * @returns {Promise<TabReport | null>}
 */
export function of(tabId) {
  return inTurn(async () => {
    const index = await indexOf(tabId);
    if (!index) return null;
    const stored = await api.storage.session.get(placesOf(index));
    return { webmail: index.webmail, frames: Object.fromEntries(Object.entries(index.frames).map(([frame, kept]) => [frame, kept.map(({ place }) => stored[place]).filter(isSeen)])) };
  });
}

/**
 * @param {number} tabId
 * @returns {Promise<Index | null>}
 */
async function indexOf(tabId) {
  const key = PREFIX + tabId;
  const stored = (await api.storage.session.get(key))[key];
  return isIndex(stored) ? stored : null;
}

/** @param {Index | null} index */
const placesOf = (index) => Object.values(index?.frames ?? {}).flat().map(({ place }) => place);

/**
 * @param {unknown} value
 * @returns {value is Index}
 */
function isIndex(value) {
  const { webmail, frames } = /** @type {Partial<Index>} */ (value ?? {});
  const isKept = (/** @type {Partial<Kept>} */ one) => typeof one?.place === 'string' && typeof one.opens === 'number';
  return typeof webmail === 'string' && typeof frames === 'object' && frames !== null && Object.values(frames).every((kept) => Array.isArray(kept) && kept.every(isKept));
}

/**
 * @param {unknown} value
 * @returns {value is Seen}
 */
function isSeen(value) {
  const { blocked, links, passed, key, sender } = /** @type {Partial<Seen>} */ (value ?? {});
  return Array.isArray(blocked) && Array.isArray(links) && Array.isArray(passed) && typeof key === 'string' && (sender === null || typeof sender?.address === 'string');
}

/**
 * @param {number} tabId
 * @param {string} webmail
 */
export function begin(tabId, webmail) {
  return inTurn(async () => {
    const before = placesOf(await indexOf(tabId));
    await save(tabId, { webmail, frames: {} });
    await api.storage.session.remove(before);
  });
}

/**
 * @param {number} tabId
 * @param {number} frameId
 * @param {string} webmail
 * @param {(Seen | number)[]} messages  a number is the place of one that is as it was when the frame told last
 * @returns {Promise<boolean>} False when nothing is known of such a place: the frame has to tell all.
 */
export function tell(tabId, frameId, webmail, messages) {
  return inTurn(async () => {
    const index = (await indexOf(tabId)) ?? { webmail, frames: {} };
    const before = index.frames[frameId] ?? [];
    /** @type {Record<string, Seen>} */
    const fresh = {};
    const now = messages.flatMap((one) => {
      if (typeof one === 'number') return before[one] ?? [];
      const place = SEEN_PREFIX + crypto.randomUUID();
      fresh[place] = one;
      return { place, opens: one.blocked.filter(({ kind }) => kind === 'open').length };
    });
    if (now.length < messages.length) return false;
    if (now.length) index.frames[frameId] = now;
    else delete index.frames[frameId];
    await save(tabId, index, fresh);
    const kept = new Set(now);
    await api.storage.session.remove(before.filter((one) => !kept.has(one)).map(({ place }) => place));
    return true;
  });
}

/** @param {number} tabId */
export function forget(tabId) {
  return inTurn(async () => api.storage.session.remove([PREFIX + tabId, ...placesOf(await indexOf(tabId))]));
}

/**
 * @param {number} tabId
 * @param {Index} index
 * @param {Record<string, Seen>} [fresh]  what is new in it
 */
async function save(tabId, index, fresh = {}) {
  await api.storage.session.set({ ...fresh, [PREFIX + tabId]: index });
  const count = Object.values(index.frames).flat().reduce((sum, { opens }) => sum + opens, 0);
  await api.action.setBadgeBackgroundColor({ tabId, color: BADGE_COLOR });
  await api.action.setBadgeText({ tabId, text: count ? String(count) : '' });
  await api.action.setTitle({ tabId, title: count ? plural('badge_title_blocked', count) : t('badge_title_none') });
}

/**
 * The tab's messages as the popup shows them: what one sender says about one subject together, links counted by who and where.
 * @param {TabReport} report
 */
export function summary(report) {
  /** @type {Map<string, Seen>} */
  const groups = new Map();
  const all = Object.values(report.frames).flat();
  for (const seen of all) {
    // A frame within a message may know less of it.
    const { sender, subject } = all.find((other) => other.key === seen.key && other.sender !== null) ?? seen;
    const name = sender ? `${sender.address.toLowerCase()} ${subject ?? ''}` : seen.key;
    const merged = groups.get(name);
    if (!merged) groups.set(name, { ...seen, sender, subject });
    else Object.assign(merged, { blocked: [...merged.blocked, ...seen.blocked], links: [...merged.links, ...seen.links], passed: [...merged.passed, ...seen.passed], held: merged.held + seen.held });
  }
  return [...groups.values()].map((seen) => ({ ...seen, blocked: seen.blocked.map((thing) => ({ ...thing, count: 1 })), links: grouped(seen.links), passed: grouped(seen.passed) }));
}

/**
 * @template {{vendor: string | null, host: string}} T
 * @param {T[]} things
 * @returns {(T & {count: number})[]}
 */
function grouped(things) {
  /** @type {Map<string, T & {count: number}>} */
  const groups = new Map();
  for (const thing of things) {
    const key = `${thing.vendor ?? ''} ${thing.host}`;
    const group = groups.get(key);
    if (group) group.count += 1;
    else groups.set(key, { ...thing, count: 1 });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}
