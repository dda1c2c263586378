// What stands in each tab's frames: for the badge and the popup. Kept in `storage.session`, since the background forgets.

import { plural } from '../shared/page.js';
import { api, t } from '../shared/platform.js';

const PREFIX = 'tab:';
const BADGE_COLOR = '#b3402e';

/**
 * @typedef {{vendor: string | null, host: string, kind: string, vector: string, evidence: {code: string}[], url: string}} Blocked
 * @typedef {{vendor: string | null, host: string}} Party
 * @typedef {{sender: {address: string, name: string} | null, key: string, subject: string | null, isPage: boolean, allowed: boolean, blocked: Blocked[], links: Party[],
 *   passed: Party[], held: number}} Seen  `key` tells messages apart; `isPage`: nobody knows where a message
 *   begins; `passed` is what the webmail's own servers fetch
 * @typedef {{webmail: string, frames: Record<string, Seen[]>}} TabReport
 */

/** Frames tell at the same time; each waits for the one before. @type {Promise<unknown>} */
let queue = Promise.resolve();

/**
 * @param {number} tabId
 * @returns {Promise<TabReport | null>}
 */
export async function of(tabId) {
  const key = PREFIX + tabId;
  const stored = (await api.storage.session.get(key))[key];
  return isReport(stored) ? stored : null;
}

/**
 * @param {unknown} value
 * @returns {value is TabReport}
 */
function isReport(value) {
  const { webmail, frames } = /** @type {Partial<TabReport>} */ (value ?? {});
  return typeof webmail === 'string' && typeof frames === 'object' && frames !== null && Object.values(frames).every((seen) => Array.isArray(seen) && seen.every(isSeen));
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
  queue = queue.then(() => save(tabId, { webmail, frames: {} }), () => {});
  return queue;
}

/**
 * @param {number} tabId
 * @param {number} frameId
 * @param {string} webmail
 * @param {(Seen | number)[]} messages  a number is the place of one that is as it was when the frame told last
 * @returns {Promise<boolean>} False when nothing is known of such a place: the frame has to tell all.
 */
export function tell(tabId, frameId, webmail, messages) {
  const step = async () => {
    const report = (await of(tabId)) ?? { webmail, frames: {} };
    const before = report.frames[frameId] ?? [];
    const now = messages.flatMap((one) => (typeof one === 'number' ? (before[one] ?? []) : one));
    if (now.length < messages.length) return false;
    if (now.length) report.frames[frameId] = now;
    else delete report.frames[frameId];
    await save(tabId, report);
    return true;
  };
  const told = queue.then(step, step);
  queue = told.catch(() => {});
  return told;
}

/** @param {number} tabId */
export function forget(tabId) {
  return api.storage.session.remove(PREFIX + tabId);
}

/**
 * @param {number} tabId
 * @param {TabReport} report
 */
async function save(tabId, report) {
  await api.storage.session.set({ [PREFIX + tabId]: report });
  const count = Object.values(report.frames).flat().reduce((sum, seen) => sum + seen.blocked.filter(({ kind }) => kind === 'open').length, 0);
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
