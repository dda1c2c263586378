// The reader's choices: strictness, and the senders they allow. In `storage.sync`, or in `storage.local` where that fails.

import { api } from '../shared/platform.js';

/** Each sender has a key of its own: two devices that allow at the same time both win. */
const ALLOW = 'allow:';
const STRICTNESS = 'strictness';
const LINKS = 'links';
const PAST_GATEWAY = 'links-past-gateway';
/** What a click on a link with a known destination does. Asked once; until then links open as sent. */
const LINK_CHOICES = ['ask', 'direct', 'sent'];
const REPLIES = 'cleanReplies';
const LEVELS = ['balanced', 'strict', 'sealed'];
/** Longest address that RFC 5321 permits, in characters. */
const LONGEST_ADDRESS = 320;

/** @typedef {{links: string, pastGateway: boolean}} LinkChoice */

/** Storage keys of which a change concerns links alone. */
export const LINK_KEYS = [LINKS, PAST_GATEWAY];

/** Thrown when neither storage can be read or written. */
export class StorageBroken extends Error {
  code = 'storage-broken';
}

/**
 * @template T
 * @param {(area: chrome.storage.StorageArea) => Promise<T>} use
 * @returns {Promise<T[]>} What each area answered, those that failed left out.
 */
async function each(use) {
  const results = await Promise.allSettled([api.storage.sync, api.storage.local].map(use));
  const answers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (!answers.length) throw new StorageBroken('neither storage.sync nor storage.local answers');
  return answers;
}

/** @param {unknown} address */
export function normal(address) {
  return typeof address === 'string' && address.includes('@') && address.length <= LONGEST_ADDRESS ? address.trim().toLowerCase() : null;
}

/**
 * What is stored. Values of another shape, from a broken or foreign file, count as absent.
 * @returns {Promise<{strictness: string, allowed: string[], choice: LinkChoice, repliesCleaned: boolean}>}
 */
export async function read() {
  const stored = Object.assign({}, ...(await each((area) => area.get(null))).reverse());
  const strictness = LEVELS.includes(stored[STRICTNESS]) ? stored[STRICTNESS] : 'balanced';
  const allowed = Object.keys(stored).filter((key) => key.startsWith(ALLOW) && stored[key] === true && normal(key.slice(ALLOW.length)));
  const links = LINK_CHOICES.includes(stored[LINKS]) ? stored[LINKS] : 'ask';
  const choice = { links, pastGateway: stored[PAST_GATEWAY] === true };
  return { strictness, allowed: allowed.map((key) => key.slice(ALLOW.length)).sort(), choice, repliesCleaned: stored[REPLIES] !== false };
}

/**
 * @param {string} address
 * @param {boolean} isAllowed
 */
export async function allow(address, isAllowed) {
  const key = ALLOW + address;
  await each((area) => (isAllowed ? area.set({ [key]: true }) : area.remove(key)));
}

/** @param {string} strictness */
export async function setStrictness(strictness) {
  if (!LEVELS.includes(strictness)) throw new RangeError(`strictness is one of ${LEVELS.join(', ')}`);
  await each((area) => area.set({ [STRICTNESS]: strictness }));
}

/** @param {LinkChoice} choice */
export async function setChoice({ links, pastGateway }) {
  if (!LINK_CHOICES.includes(links)) throw new RangeError(`links is one of ${LINK_CHOICES.join(', ')}`);
  await each((area) => area.set({ [LINKS]: links, [PAST_GATEWAY]: pastGateway === true }));
}

/** @param {boolean} isWanted  whether trackers are taken out of what is quoted */
export async function setRepliesCleaned(isWanted) {
  await each((area) => area.set({ [REPLIES]: isWanted }));
}
