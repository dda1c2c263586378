// The background: listeners at the top level, one table of requests, no state of its own. It may be stopped at any moment.

import { WEBMAILS } from '../rules/session.js';
import * as ahead from '../shared/ahead.js';
import { api } from '../shared/platform.js';
import * as added from './added.js';
import * as engine from './engine.js';
import * as network from './network.js';
import * as reports from './reports.js';
import * as settings from './settings.js';
import * as shown from './shown.js';

/**
 * @typedef {chrome.runtime.MessageSender} From
 * @typedef {{host: string, origins: string[], missing: string[]}} State  of a webmail that the reader added: what goes with it,
 *   and what of it the browser did not grant
 * @typedef {{name: string, host: string | null, passes: boolean, state: State | null}} Webmail  `host` only when the reader
 *   added it; `passes` where its own servers fetch pictures
 * @typedef {{tabId: number, frameId: number, page: string, webmail: Webmail, isInside: boolean}} Frame  `isInside`: the tab shows
 *   a webmail, and no other site around one
 */

/**
 * Requests of content scripts. A message cannot send them; a webmail's page cannot either.
 * @type {Record<string, (request: any, frame: Frame) => Promise<object>>}
 */
const FROM_PAGES = {
  /** A webmail's page has begun. */
  hello: async (_, { tabId, webmail }) => {
    engine.load().catch(() => {});
    await Promise.all([network.holdTab(tabId, webmail.host), reports.begin(tabId, webmail.name)]);
    return { ok: true };
  },
  /** Facts in, verdicts and the token out. */
  judge: async ({ messages }, { tabId, page }) => {
    engine.load().catch(() => {});
    const isAnonymous = messages.some((/** @type {any} */ message) => !message.sender);
    const keys = messages.map((/** @type {any} */ { key }) => String(key));
    const [{ strictness, allowed, choice, repliesCleaned }, token, report, open] = await Promise.all([readSettings(), network.token(), isAnonymous ? reports.of(tabId) : null, shown.among(page, keys)]);
    const fallback = onlySender(report);
    const asked = messages.map((/** @type {any} */ { key, ...message }) => {
      const sender = settings.normal(message.sender?.address) ?? fallback;
      return { message: { ...message, sender }, allowed: open.has(String(key)) || (sender !== null && allowed.includes(sender)) };
    });
    const verdicts = await engine.ask({ messages: asked, setting: { strictness, page } });
    const answers = asked.map((/** @type {{allowed: boolean}} */ { allowed }, /** @type {number} */ index) => ({
      allowed,
      suffix: `#${allowed ? token.allow : token.release}`,
      verdicts: verdicts[index],
    }));
    network.renewToken().catch(() => {});
    return { answers, choice, repliesCleaned };
  },
  /** What stands in a frame; and what a frame within it, which cannot see it, asked to know. */
  tell: async ({ messages, around }, { tabId, frameId, webmail, isInside }) => {
    if (around) await api.tabs.sendMessage(tabId, { kind: 'around', around }).catch(() => {});
    const ok = !messages || (await reports.tell(tabId, frameId, webmail.name, messages));
    return { ok, isInside };
  },
  /** The reader follows a link. A tab made here sends no referrer and cannot reach the webmail. */
  'open-link': async ({ url, where }, { tabId }) => {
    if (!/^https?:$/u.test(URL.canParse(url) ? new URL(url).protocol : '')) throw new RangeError('only web addresses are opened');
    const { windowId, index, incognito } = await api.tabs.get(tabId);
    if (where === 'window') await api.windows.create({ url, incognito });
    else await api.tabs.create({ url, windowId, index: index + 1, openerTabId: tabId, active: where === 'front' });
    return { ok: true };
  },
  /** The one question that is asked in a page. It is answered once; whoever changes their mind does so on the options page. */
  'answer-links': async ({ links }) => {
    const { choice, isBroken } = await readSettings();
    if (isBroken || choice.links !== 'ask' || !['direct', 'sent'].includes(links)) return { ok: false };
    await settings.setChoice({ ...choice, links });
    remembered = null;
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
    // The address of any other tab can be read only where the reader has just pressed our button.
    const { url } = await api.tabs.get(tabId);
    const webmail = url ? await webmailOf(url) : null;
    if (!webmail) return { state: 'not-webmail', addable: added.addable(url), messages: [] };
    const report = (await reports.of(tabId)) ?? { webmail: webmail.name, frames: {} };
    const { allowed, isBroken } = await readSettings();
    const summary = reports.summary(report);
    const open = await shown.among(url ?? '', summary.map(({ key }) => key));
    const messages = summary.map((seen) => ({ ...seen, allowed: open.has(seen.key) || (seen.sender !== null && allowed.includes(settings.normal(seen.sender.address) ?? '')) }));
    const { state, ...rest } = webmail;
    return { state: isBroken ? 'storage-broken' : 'ok', ...rest, added: state, messages };
  },
  /** Webmails that the reader added. */
  'added-list': async () => {
    const all = await added.webmails();
    return { webmails: all.map((webmail) => ({ host: webmail.host, origins: added.ownOf(webmail, all) })) };
  },
  /** The browser has already granted or taken the permission; this waits until all is done. */
  'added-changed': async () => {
    await followAdded();
    return { ok: true };
  },
  allow: async ({ address, allowed, tabId, key }) => {
    if (key !== undefined) {
      const { url = '' } = await api.tabs.get(tabId);
      await shown.show(url, key, allowed === true);
      await api.tabs.sendMessage(tabId, { kind: 'settings-changed' }).catch(() => {});
      return { ok: true };
    }
    const normal = settings.normal(address);
    if (!normal) return { ok: false, code: 'no-address' };
    await settings.allow(normal, allowed === true);
    remembered = null;
    return { ok: true };
  },
  'allowed-list': async () => ({ addresses: (await settings.read()).allowed }),
  settings: async () => {
    const { strictness, choice, repliesCleaned } = await settings.read();
    return { strictness, choice, repliesCleaned };
  },
  set: async ({ strictness, choice, repliesCleaned }) => {
    if (strictness !== undefined) await settings.setStrictness(strictness);
    if (choice !== undefined) await settings.setChoice(choice);
    if (repliesCleaned !== undefined) await settings.setRepliesCleaned(repliesCleaned === true);
    remembered = null;
    return { ok: true };
  },
  'show-tab': async ({ tabId }) => {
    await network.showTab(tabId);
    await api.tabs.sendMessage(tabId, { kind: 'shown' }).catch(() => {});
    return { ok: true };
  },
};

/** What was read last, until it changes. @type {Promise<Awaited<ReturnType<typeof settings.read>> & {isBroken: boolean}> | null} */
let remembered = null;

/** Settings, or the defaults when they cannot be read: nobody is allowed then. */
function readSettings() {
  remembered ??= settings.read().then(
    (read) => ({ ...read, isBroken: false }),
    () => {
      remembered = null;
      return { strictness: 'balanced', allowed: [], choice: { links: 'ask', pastGateway: false }, repliesCleaned: true, isBroken: true };
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
 * @returns {Promise<Frame | null>}
 */
async function frameOf({ tab, frameId, url }) {
  const page = tab?.url ?? url;
  if (tab?.id === undefined || frameId === undefined || !page) return null;
  const webmail = await webmailOf(page);
  return webmail ? { tabId: tab.id, frameId, page, webmail, isInside: tab.url !== undefined } : null;
}

/** @param {string} page @returns {Promise<Webmail | null>} */
async function webmailOf(page) {
  const { protocol = '', hostname = '' } = URL.canParse(page) ? new URL(page) : {};
  const named = WEBMAILS.find(({ pages }) => pages.includes(hostname));
  if (named) return { name: named.name, host: null, passes: false, state: null };
  const all = await added.webmails();
  const own = protocol === 'https:' ? added.find(all, hostname) : undefined;
  if (!own) return null;
  const { name, passes, host, missing } = own;
  return { name, host: hostname, passes, state: { host, origins: added.ownOf(own, all), missing } };
}

api.runtime.onMessage.addListener((request, from, respond) => {
  if (from.id !== api.runtime.id) return false;
  const isOurs = (from.url ?? '').startsWith(api.runtime.getURL(''));
  const kind = String(request?.kind);
  if (!Object.hasOwn(isOurs ? FROM_OURS : FROM_PAGES, kind)) return false;
  const answer = isOurs ? FROM_OURS[kind]?.(request) : frameOf(from).then((frame) => (frame ? FROM_PAGES[kind]?.(request, frame) : undefined));
  answer?.catch((/** @type {Error & {code?: string}} */ error) => ({ ok: false, error: error.message, code: error.code ?? 'failed' })).then(respond);
  return true;
});

api.storage.onChanged.addListener(async (changes, area) => {
  if (area !== 'session') remembered = null;
  const keys = area === 'session' ? [] : Object.keys(changes);
  const isJudging = keys.some((key) => key === 'strictness' || key.startsWith('allow:'));
  if (!isJudging && !keys.some((key) => settings.LINK_KEYS.includes(key))) return;
  const message = isJudging ? { kind: 'settings-changed' } : { kind: 'choice-changed', choice: (await readSettings()).choice };
  for (const tab of await webmailTabs()) if (tab.id !== undefined) api.tabs.sendMessage(tab.id, message).catch(() => {});
});

api.tabs.onRemoved.addListener((tabId) => reports.forget(tabId));

/** Webmails were added or removed: by our button, or in the browser's own settings. */
async function followAdded() {
  await added.follow();
  for (const tabId of await network.freeTabs((await added.webmails()).flatMap(({ hosts }) => hosts))) {
    await reports.forget(tabId);
    api.tabs.sendMessage(tabId, { kind: 'stop' }).catch(() => {});
  }
  await startInOpenTabs();
}
api.permissions.onAdded.addListener(followAdded);
api.permissions.onRemoved.addListener(async () => {
  await followAdded();
  await added.giveBack();
});
// Granted in the browser's own settings, it has to be done here. Firefox undoes it by itself when it is taken back there.
api.permissions.onAdded.addListener(() => void ahead.follow());

async function webmailTabs() {
  return api.tabs.query({ url: [...PAGES, ...(await added.webmails()).flatMap(({ hosts }) => hosts.map(added.pattern))] });
}

/** Pages that were open before have no content script, or an old one that can no longer ask. */
async function startInOpenTabs() {
  for (const tab of await webmailTabs()) {
    if (tab.id === undefined) continue;
    // Firefox starts them by itself, and a page may have begun after the installation.
    const isAlive = await api.tabs.sendMessage(tab.id, { kind: 'ping' }, { frameId: 0 }).catch(() => false);
    if (!isAlive) api.scripting.executeScript({ target: { tabId: tab.id, allFrames: true }, files: added.files() }).catch(() => {});
  }
}

api.runtime.onInstalled.addListener(async () => {
  await added.follow();
  await startInOpenTabs();
});
// Scripts and rules outlive the browser's end by themselves; should one of them be lost, it comes back here.
api.runtime.onStartup.addListener(added.follow);

const PAGES = WEBMAILS.flatMap(({ pages }) => pages.map((page) => `https://${page}/*`));
