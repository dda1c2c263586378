// The session's network rules: release tokens, and the hold for a webmail's whole tab.

import { kindOf } from './kinds.js';
import { NAMED_INITIATORS, NOT_HELD, PRIORITY, TAB_HOLD, WEBMAILS } from '../rules/session.js';
import { api } from '../shared/platform.js';

/**
 * A token reaches no server, but the page can read it and a reply may quote it. It is replaced after the next answer after
 * this long; the one before stays valid for what is still loading.
 */
const TOKEN_AGE_MS = 5 * 60 * 1000;
const TOKEN_BYTES = 16;
const TOKEN = /^[0-9a-f]{32}$/;
/** Only the page itself: what is shown in it may be released. */
const NOT_RELEASED = [/** @type {const} */ ('main_frame')];
const KEY = 'network';

/**
 * @typedef {{release: string, allow: string, made: number}} Token
 * @typedef {{tokens: Token[], tabs: number[], added: {tabId: number, host: string}[], shown: number[]}} State
 *   `tabs` show webmails that we know, `added` those that the reader added
 */

/** One change at a time: two questions at once must not undo each other's rules. @type {Promise<unknown>} */
let queue = Promise.resolve();

/**
 * @template T
 * @param {() => Promise<T>} step
 * @returns {Promise<T>}
 */
function inTurn(step) {
  const turn = queue.then(step, step);
  queue = turn.catch(() => {});
  return turn;
}

/** @type {State | null} */
let state = null;

/** @returns {Promise<State>} */
async function load() {
  if (!state) {
    state = cleaned((await api.storage.session.get(KEY))[KEY]);
  }
  return state;
}

/**
 * What is stored, with everything left out that we did not write: a token that is no token would open a door.
 * @param {unknown} value
 * @returns {State}
 */
function cleaned(value) {
  const { tokens, tabs, added, shown } = /** @type {Record<string, unknown>} */ (Object(value));
  const list = (/** @type {unknown} */ some) => (Array.isArray(some) ? some : []);
  const isToken = (/** @type {any} */ token) => TOKEN.test(token?.release) && TOKEN.test(token?.allow) && Number.isFinite(token.made) && token.made <= Date.now();
  const isTab = (/** @type {unknown} */ id) => Number.isInteger(id) && Number(id) >= 0;
  const isAdded = (/** @type {any} */ one) => isTab(one?.tabId) && typeof one.host === 'string' && one.host !== '';
  return { tokens: list(tokens).filter(isToken).slice(0, 2), tabs: list(tabs).filter(isTab), added: list(added).filter(isAdded), shown: list(shown).filter(isTab) };
}

function random() {
  return [...crypto.getRandomValues(new Uint8Array(TOKEN_BYTES))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {State} next */
async function apply(next) {
  const open = new Set((await api.tabs.query({})).map((tab) => tab.id));
  next.tabs = next.tabs.filter((id) => open.has(id));
  next.added = next.added.filter(({ tabId }) => open.has(tabId));
  next.shown = next.shown.filter((id) => open.has(id));
  const old = await api.declarativeNetRequest.getSessionRules();
  await api.declarativeNetRequest.updateSessionRules({ removeRuleIds: old.map((rule) => rule.id), addRules: rulesFor(next) });
  await api.storage.session.set({ [KEY]: next });
  state = next;
}

/**
 * @param {State} next
 * @returns {chrome.declarativeNetRequest.Rule[]}
 */
function rulesFor({ tokens, tabs, added, shown }) {
  /** @type {[number, string, object][]} */
  const wanted = [];
  for (const token of tokens) {
    const ends = (/** @type {string} */ mark) => ({ urlFilter: `#${mark}|`, isUrlFilterCaseSensitive: true });
    wanted.push([PRIORITY.RELEASE, 'allow', { ...ends(token.release), excludedResourceTypes: NOT_RELEASED }]);
    wanted.push([PRIORITY.ALLOW, 'allow', { ...ends(token.allow), excludedResourceTypes: NOT_RELEASED }]);
    // A released frame is another page: what it loads itself is no mail.
    for (const mark of [token.release, token.allow]) wanted.push([PRIORITY.ADDED_SPARE, 'allowAllRequests', { ...ends(mark), resourceTypes: ['sub_frame'] }]);
  }
  if (tabs.length) for (const condition of TAB_HOLD) wanted.push([PRIORITY.TAB_HOLD, 'block', { ...condition, excludedInitiatorDomains: NAMED_INITIATORS, tabIds: tabs }]);
  for (const { tabId, host } of added) {
    for (const condition of kindOf(host)?.heldInFrames ?? heldBy(host)) wanted.push([PRIORITY.ADDED_TAB_HOLD, 'block', { ...condition, excludedInitiatorDomains: NAMED_INITIATORS, tabIds: [tabId] }]);
  }
  if (shown.length) wanted.push([PRIORITY.SHOW_TAB, 'allow', { tabIds: shown, excludedResourceTypes: NOT_RELEASED }]);
  return numbered(wanted);
}

/** @param {[number, string, object][]} wanted */
function numbered(wanted) {
  return wanted.map(([priority, type, condition], index) => /** @type {chrome.declarativeNetRequest.Rule} */ ({ id: index + 1, priority, action: { type }, condition }));
}

/**
 * What a webmail of no kind that we know may not fetch by itself: everything that is not its own. Domains in conditions mean those
 * below them too, and the sender may be the reader's own provider: those have a rule of their own.
 * @param {string} host
 */
const heldBy = (host) => [
  { excludedRequestDomains: [host], excludedResourceTypes: NOT_HELD },
  { regexFilter: `^https?://[^/?#]*\\.${host.replaceAll('.', '\\.')}[/:]`, excludedResourceTypes: NOT_HELD },
];

/**
 * The rules for webmails that the reader added; they outlive the session, as the static ones of the others do. A frame is held
 * also where the browser did not grant it: then its pictures wait, and the popup says for what.
 * @param {import('./added.js').Added[]} all
 */
export function addedRules(all) {
  /** @type {[number, string, object][]} */
  const wanted = [];
  const hold = (/** @type {object[]} */ conditions, /** @type {string[]} */ hosts) => {
    if (hosts.length) for (const condition of conditions) wanted.push([PRIORITY.HOLD, 'block', { ...condition, initiatorDomains: hosts }]);
  };
  for (const { host, hosts, frames } of all) {
    const kind = kindOf(host);
    if (!kind) {
      hold(heldBy(host), hosts);
      continue;
    }
    const isPage = (/** @type {string} */ frame) => !frame.startsWith('*.') && kindOf(frame) !== null;
    hold(kind.held, [...new Set([...hosts, ...frames.filter(isPage)])]);
    hold(kind.heldInFrames, frames.filter((frame) => !isPage(frame)).map((frame) => frame.replace('*.', '')));
  }
  const pages = [...all.flatMap(({ hosts }) => hosts), ...WEBMAILS.flatMap((webmail) => webmail.pages)];
  if (all.length) wanted.push([PRIORITY.ADDED_SPARE, 'allowAllRequests', { resourceTypes: ['main_frame'], excludedRequestDomains: pages }]);
  return numbered(wanted);
}

/**
 * Holds everything in a tab that shows a webmail. Frames without an origin have no initiator that a static rule could name.
 * @param {number} tabId
 * @param {string | null} host  of a webmail that the reader added
 */
export function holdTab(tabId, host) {
  return inTurn(async () => {
    const current = await load();
    const isHeld = host === null ? current.tabs.includes(tabId) : current.added.some((one) => one.tabId === tabId && one.host === host);
    // A tab that starts a webmail page anew is held anew.
    if (isHeld && !current.shown.includes(tabId)) return;
    const tabs = current.tabs.filter((id) => id !== tabId);
    const added = current.added.filter((one) => one.tabId !== tabId);
    if (host === null) tabs.push(tabId);
    else added.push({ tabId, host });
    await apply({ ...current, tabs, added, shown: current.shown.filter((id) => id !== tabId) });
  });
}

/**
 * Lets go of the tabs of webmails that the reader removed.
 * @param {string[]} hosts  those that stay
 * @returns {Promise<number[]>} The tabs.
 */
export function freeTabs(hosts) {
  return inTurn(async () => {
    const current = await load();
    const gone = current.added.filter(({ host }) => !hosts.includes(host));
    if (gone.length) await apply({ ...current, added: current.added.filter((one) => !gone.includes(one)) });
    return gone.map(({ tabId }) => tabId);
  });
}

/**
 * Shows everything in a tab that is not known to track, until its page is loaded anew.
 * @param {number} tabId
 */
export function showTab(tabId) {
  return inTurn(async () => {
    const current = await load();
    await apply({ ...current, shown: [...new Set([...current.shown, tabId])] });
  });
}

/** @param {State} current */
async function replaceToken(current) {
  const fresh = { release: random(), allow: random(), made: Date.now() };
  await apply({ ...current, tokens: [fresh, ...current.tokens.slice(0, 1)] });
  return fresh;
}

/**
 * The current token; made when there is none.
 * @returns {Promise<Token>}
 */
export function token() {
  return inTurn(async () => {
    const current = await load();
    return current.tokens[0] ?? replaceToken(current);
  });
}

/** Replaces the token when it is old. For when nobody waits: changing rules takes longer than an answer. */
export function renewToken() {
  return inTurn(async () => {
    const current = await load();
    const [newest] = current.tokens;
    if (newest && Date.now() - newest.made >= TOKEN_AGE_MS) await replaceToken(current);
  });
}
