// The background: listeners at the top level, one table of requests, no state of its own. It may be stopped at any moment.

import { WEBMAILS } from '../rules/session.js';
import { api } from '../shared/platform.js';
import * as engine from './engine.js';
import * as network from './network.js';
import * as reports from './reports.js';
import * as settings from './settings.js';

/**
 * @typedef {chrome.runtime.MessageSender} From
 * @typedef {{tabId: number, frameId: number, page: string, webmail: string}} Frame
 */

/**
 * Requests of content scripts. A message cannot send them; a webmail's page cannot either.
 * @type {Record<string, (request: any, frame: Frame) => Promise<object>>}
 */
const FROM_PAGES = {
  /** A webmail's page has begun. */
  hello: async (_, { tabId, webmail }) => {
    engine.load().catch(() => {});
    await Promise.all([network.holdTab(tabId), reports.begin(tabId, webmail)]);
    return { ok: true };
  },
  /** Facts in, verdicts and the token out. */
  judge: async ({ messages }, { tabId, page }) => {
    engine.load().catch(() => {});
    const isAnonymous = messages.some((/** @type {any} */ message) => !message.sender);
    const [{ strictness, allowed }, token, report] = await Promise.all([readSettings(), network.token(), isAnonymous ? reports.of(tabId) : null]);
    const fallback = onlySender(report);
    const asked = messages.map((/** @type {any} */ message) => {
      const sender = settings.normal(message.sender?.address) ?? fallback;
      return { message: { ...message, sender }, allowed: sender !== null && allowed.includes(sender) };
    });
    const verdicts = await engine.ask({ messages: asked, setting: { strictness, page } });
    const answers = asked.map((/** @type {{allowed: boolean}} */ { allowed }, /** @type {number} */ index) => ({
      allowed,
      suffix: `#${allowed ? token.allow : token.release}`,
      verdicts: verdicts[index],
    }));
    return { answers };
  },
  /** What stands in a frame. */
  tell: async ({ messages }, { tabId, frameId, webmail }) => {
    await reports.tell(tabId, frameId, webmail, messages);
    return { ok: true };
  },
  /** The reader wants the held pictures although the engine gave no verdict. */
  'show-tab': async (_, { tabId }) => {
    await network.showTab(tabId);
    return { ok: true };
  },
};

/**
 * Requests of our own pages: popup and options.
 * @type {Record<string, (request: any) => Promise<object>>}
 */
const FROM_OURS = {
  report: async ({ tabId }) => {
    // Only the addresses of webmail tabs can be read; any other tab has none for us.
    const { url } = await api.tabs.get(tabId);
    const report = url && webmailOf(url) ? await reports.of(tabId) : null;
    if (!report) return { state: 'not-webmail', webmail: null, messages: [] };
    const { allowed, isBroken } = await readSettings();
    const messages = reports.summary(report).map((seen) => ({ ...seen, allowed: seen.sender !== null && allowed.includes(settings.normal(seen.sender.address) ?? '') }));
    return { state: isBroken ? 'storage-broken' : 'ok', webmail: report.webmail, messages };
  },
  allow: async ({ address, allowed }) => {
    const normal = settings.normal(address);
    if (!normal) return { ok: false, code: 'no-address' };
    await settings.allow(normal, allowed === true);
    remembered = null;
    return { ok: true };
  },
  'allowed-list': async () => ({ addresses: (await settings.read()).allowed }),
  settings: async () => ({ strictness: (await settings.read()).strictness }),
  set: async ({ strictness }) => {
    await settings.setStrictness(strictness);
    remembered = null;
    return { ok: true };
  },
  'show-tab': async ({ tabId }) => {
    await network.showTab(tabId);
    await api.tabs.sendMessage(tabId, { kind: 'shown' }).catch(() => {});
    return { ok: true };
  },
};

/** What was read last, until it changes. @type {Promise<{strictness: string, allowed: string[], isBroken: boolean}> | null} */
let remembered = null;

/** Settings, or the defaults when they cannot be read: nobody is allowed then. */
function readSettings() {
  remembered ??= settings.read().then(
    (read) => ({ ...read, isBroken: false }),
    () => {
      remembered = null;
      return { strictness: 'balanced', allowed: [], isBroken: true };
    },
  );
  return remembered;
}

/**
 * Who sent the one message that is open, for frames that cannot see the page around them.
 * @param {reports.TabReport | null} report
 */
function onlySender(report) {
  const senders = new Set((report?.frames['0'] ?? []).map((seen) => settings.normal(seen.sender?.address)));
  const [only] = senders;
  return senders.size === 1 ? (only ?? null) : null;
}

/**
 * The webmail frame that a message comes from, or null when it comes from anywhere else.
 * @param {From} from
 * @returns {Frame | null}
 */
function frameOf({ id, tab, frameId, url }) {
  const page = tab?.url ?? url;
  if (id !== api.runtime.id || tab?.id === undefined || frameId === undefined || !page) return null;
  const webmail = webmailOf(page);
  return webmail ? { tabId: tab.id, frameId, page, webmail: webmail.name } : null;
}

/** @param {string} page */
function webmailOf(page) {
  const hostname = URL.canParse(page) ? new URL(page).hostname : '';
  return WEBMAILS.find(({ pages }) => pages.includes(hostname)) ?? null;
}

api.runtime.onMessage.addListener((request, from, respond) => {
  const isOurs = from.id === api.runtime.id && (from.url ?? '').startsWith(api.runtime.getURL(''));
  const frame = isOurs ? null : frameOf(from);
  const kind = String(request?.kind);
  const answer = isOurs && Object.hasOwn(FROM_OURS, kind) ? FROM_OURS[kind]?.(request) : frame && Object.hasOwn(FROM_PAGES, kind) ? FROM_PAGES[kind]?.(request, frame) : null;
  if (!answer) return false;
  answer.catch((/** @type {Error & {code?: string}} */ error) => ({ ok: false, error: error.message, code: error.code ?? 'failed' })).then(respond);
  return true;
});

api.storage.onChanged.addListener(async (changes, area) => {
  if (area !== 'session') remembered = null;
  if (area === 'session' || !Object.keys(changes).some((key) => key === 'strictness' || key.startsWith('allow:'))) return;
  const tabs = await api.tabs.query({ url: PAGES });
  for (const tab of tabs) if (tab.id !== undefined) api.tabs.sendMessage(tab.id, { kind: 'settings-changed' }).catch(() => {});
});

api.tabs.onRemoved.addListener((tabId) => reports.forget(tabId));

/** Pages that were open before this version was installed have no content script, or an old one that can no longer ask. */
api.runtime.onInstalled.addListener(async () => {
  const scripts = api.runtime.getManifest().content_scripts?.[0]?.js ?? [];
  for (const tab of await api.tabs.query({ url: PAGES })) {
    if (tab.id === undefined) continue;
    // Firefox starts them by itself, and a page may have begun after the installation.
    const isAlive = await api.tabs.sendMessage(tab.id, { kind: 'ping' }, { frameId: 0 }).catch(() => false);
    if (!isAlive) api.scripting.executeScript({ target: { tabId: tab.id, allFrames: true }, files: scripts }).catch(() => {});
  }
});

const PAGES = WEBMAILS.flatMap(({ pages }) => pages.map((page) => `https://${page}/*`));
