/** What the background reports about a tab, and what of it deserves to be said first. Knows no page. */

import { ask, isRecord } from '../shared/page.js';

/**
 * @typedef {{address: string, name: string}} Sender
 * @typedef {{code: string}} Evidence
 * @typedef {{vendor: string | null, host: string, kind: string, vector: string, evidence: Evidence[], count: number,
 *   url: string}} Blocked  one thing that was not fetched
 * @typedef {{vendor: string | null, host: string, count: number}} Links  links that go through one company
 * @typedef {{sender: Sender | null, key: string, subject: string | null, isPage: boolean, allowed: boolean, blocked: Blocked[], links: Links[], passed: Links[],
 *   held: number}} Message  `key` tells messages apart; `isPage`: nobody knows where one begins; `passed` is what the webmail's own servers fetch; `held` counts pictures that
 *   nobody has judged yet
 * @typedef {'ok' | 'not-webmail' | 'unreachable' | 'storage-broken'} State
 * @typedef {{host: string, origins: string[]}} Addable  a page that could be protected, and every host that it needs
 * @typedef {{host: string, origins: string[], missing: string[]}} Added  a webmail that the reader added; of its hosts some may not
 *   be granted
 * @typedef {{state: State, messages: Message[], addable: Addable | null, added: Added | null, passes: boolean}} Report
 *   messages in the order to show them, the one in view first; `passes` where the webmail's own servers fetch pictures
 * @typedef {{id: string, name: string, host: string, count: number, isTracker: boolean, codes: string[],
 *   urls: string[]}} Group  what one company, or one host, tried
 */

/** The order in which reasons convince: what we know, what one can see, what the address says, what was chosen. */
const EVIDENCE_ORDER = [
  'known-endpoint', 'known-redirector', 'read-receipt', 'says-open', 'says-click', 'tiny', 'hidden', 'not-a-picture',
  'recipient-address', 'personal-token', 'click-host', 'strict-personal', 'sealed', 'gateway',
];

/** @type {readonly string[]} */
const STATES = ['ok', 'not-webmail', 'unreachable', 'storage-broken'];

/**
 * Asks for the report on a tab. No answer, or one we cannot read, is the state `unreachable`.
 * @param {number} tabId
 * @returns {Promise<Report>}
 */
export async function askReport(tabId) {
  const answer = await ask({ kind: 'report', tabId });
  if (!isRecord(answer) || !STATES.includes(String(answer.state))) {
    return { state: 'unreachable', messages: [], addable: null, added: null, passes: false };
  }
  const messages = Array.isArray(answer.messages) ? answer.messages : [];
  const webmail = (/** @type {unknown} */ value) => (isRecord(value) && typeof value.host === 'string' ? value : null);
  return {
    state: /** @type {State} */ (answer.state),
    messages,
    addable: /** @type {Addable | null} */ (webmail(answer.addable)),
    added: /** @type {Added | null} */ (webmail(answer.added)),
    passes: answer.passes === true,
  };
}

/**
 * Whether this would have told somebody something. An ordinary picture that waits because the reader chose
 * "sealed" would not.
 * @param {Blocked} blocked
 * @returns {boolean}
 */
function isTracker(blocked) {
  const isOnlySealed = blocked.evidence.length > 0 && blocked.evidence.every(({ code }) => code === 'sealed');
  return blocked.kind !== 'clean' && !isOnlySealed;
}

/**
 * How many trackers were blocked in a message.
 * @param {Message} message
 * @returns {number}
 */
export function countTrackers(message) {
  return sum(message.blocked.filter(isTracker));
}

/**
 * How many links of a message are recorded.
 * @param {Message} message
 * @returns {number}
 */
export function countLinks(message) {
  return sum(message.links);
}

/**
 * @param {{count: number}[]} parts
 * @returns {number}
 */
function sum(parts) {
  return parts.reduce((total, { count }) => total + count, 0);
}

/**
 * The blocked things of a message by company, else by host; trackers first, then those that tried most.
 * @param {Message} message
 * @returns {Group[]}
 */
export function groupBlocked(message) {
  /** @type {Map<string, Group>} */
  const groups = new Map();
  for (const blocked of message.blocked) {
    const tracker = isTracker(blocked);
    const name = blocked.vendor ?? blocked.host;
    const isPart = blocked.evidence.some(({ code }) => code === 'not-a-picture');
    const id = tracker ? `tracker ${blocked.kind} ${name}` : isPart ? 'parts' : 'pictures';
    const group = groups.get(id) ?? { id, name, host: blocked.host, count: 0, isTracker: tracker, codes: [], urls: [] };
    group.count += blocked.count;
    group.codes = inOrder([...group.codes, ...blocked.evidence.map(({ code }) => code)]);
    if (blocked.url && !group.urls.includes(blocked.url)) {
      group.urls.push(blocked.url);
    }
    groups.set(id, group);
  }
  return [...groups.values()].sort((a, b) => Number(b.isTracker) - Number(a.isTracker) || b.count - a.count);
}

/**
 * Each code once, the most telling first.
 * @param {string[]} codes
 * @returns {string[]}
 */
function inOrder(codes) {
  const rank = (/** @type {string} */ code) =>
    EVIDENCE_ORDER.includes(code) ? EVIDENCE_ORDER.indexOf(code) : EVIDENCE_ORDER.length;
  return [...new Set(codes)].sort((a, b) => rank(a) - rank(b));
}

/**
 * The names of a message's trackers, each once; empty when there are none.
 * @param {Message} message
 * @returns {string[]}
 */
export function trackerNames(message) {
  return [...new Set(groupBlocked(message).filter((group) => group.isTracker && group.name).map(({ name }) => name))];
}

/**
 * The names of those who record clicks in a message, the most frequent first.
 * @param {Message} message
 * @returns {string[]}
 */
export function redirectorNames(message) {
  const byCount = [...message.links].sort((a, b) => b.count - a.count);
  return [...new Set(byCount.map(({ vendor, host }) => vendor ?? host).filter(Boolean))];
}
