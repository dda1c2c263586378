// The session's network rules: release tokens, and the hold for a webmail's whole tab.

import { NAMED_INITIATORS, PRIORITY, TAB_HOLD } from '../rules/session.js';
import { api } from '../shared/platform.js';

/**
 * A token reaches no server, but the page can read it and a reply may quote it. It is replaced at the next question after
 * this long; the one before stays valid for what is still loading.
 */
const TOKEN_AGE_MS = 5 * 60 * 1000;
const TOKEN_BYTES = 16;
const TOKEN = /^[0-9a-f]{32}$/;
/** What is never held: the page itself (see NOT_HELD in src/lower.rs). */
const NOT_RELEASED = [/** @type {const} */ ('main_frame')];
const KEY = 'network';

/**
 * @typedef {{release: string, allow: string, made: number}} Token
 * @typedef {{tokens: Token[], tabs: number[], shown: number[]}} State
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
  const { tokens, tabs, shown } = /** @type {Record<string, unknown>} */ (Object(value));
  const list = (/** @type {unknown} */ some) => (Array.isArray(some) ? some : []);
  const isToken = (/** @type {any} */ token) => TOKEN.test(token?.release) && TOKEN.test(token?.allow) && Number.isFinite(token.made) && token.made <= Date.now();
  const isTab = (/** @type {unknown} */ id) => Number.isInteger(id) && Number(id) >= 0;
  return { tokens: list(tokens).filter(isToken).slice(0, 2), tabs: list(tabs).filter(isTab), shown: list(shown).filter(isTab) };
}

function random() {
  return [...crypto.getRandomValues(new Uint8Array(TOKEN_BYTES))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {State} next */
async function apply(next) {
  const open = new Set((await api.tabs.query({})).map((tab) => tab.id));
  next.tabs = next.tabs.filter((id) => open.has(id));
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
function rulesFor({ tokens, tabs, shown }) {
  /** @type {[number, string, object][]} */
  const wanted = [];
  for (const token of tokens) {
    const ends = (/** @type {string} */ mark) => ({ urlFilter: `#${mark}|`, isUrlFilterCaseSensitive: true });
    wanted.push([PRIORITY.RELEASE, 'allow', { ...ends(token.release), excludedResourceTypes: NOT_RELEASED }]);
    wanted.push([PRIORITY.ALLOW, 'allow', { ...ends(token.allow), excludedResourceTypes: NOT_RELEASED }]);
    // A released frame is another page: what it loads itself is no mail.
    for (const mark of [token.release, token.allow]) wanted.push([PRIORITY.SPARE, 'allowAllRequests', { ...ends(mark), resourceTypes: ['sub_frame'] }]);
  }
  if (tabs.length) for (const condition of TAB_HOLD) wanted.push([PRIORITY.TAB_HOLD, 'block', { ...condition, excludedInitiatorDomains: NAMED_INITIATORS, tabIds: tabs }]);
  if (shown.length) wanted.push([PRIORITY.SHOW_TAB, 'allow', { tabIds: shown, excludedResourceTypes: NOT_RELEASED }]);
  return wanted.map(([priority, type, condition], index) => /** @type {chrome.declarativeNetRequest.Rule} */ ({ id: index + 1, priority, action: { type }, condition }));
}

/**
 * Holds everything in a tab that shows a webmail. Frames without an origin have no initiator that a static rule could name.
 * @param {number} tabId
 */
export function holdTab(tabId) {
  return inTurn(async () => {
    const current = await load();
    // A tab that starts a webmail page anew is held anew.
    if (current.tabs.includes(tabId) && !current.shown.includes(tabId)) return;
    await apply({ ...current, tabs: [...new Set([...current.tabs, tabId])], shown: current.shown.filter((id) => id !== tabId) });
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

/**
 * The current token; made or replaced when there is none or it is old.
 * @returns {Promise<Token>}
 */
export function token() {
  return inTurn(async () => {
    const current = await load();
    const [newest] = current.tokens;
    if (newest && Date.now() - newest.made < TOKEN_AGE_MS) return newest;
    const fresh = { release: random(), allow: random(), made: Date.now() };
    await apply({ ...current, tokens: [fresh, ...current.tokens.slice(0, 1)] });
    return fresh;
  });
}
