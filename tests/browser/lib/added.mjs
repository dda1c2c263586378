// Adding and removing a webmail, as a reader does it, and what may happen to the extension meanwhile.
import { join } from 'node:path';
import { dist } from './dist.mjs';
import { textOf, until } from './reader.mjs';

/**
 * @typedef {import('./browser.mjs').Browser} Browser
 * @typedef {import('puppeteer-core').Page} Page
 */

/** The number of the tab with this page. @param {Page} office @param {string} host */
export const tabOf = (office, host) =>
  office.evaluate(async (wanted) => (await chrome.tabs.query({})).find(({ url }) => url?.startsWith(`https://${wanted}/`))?.id ?? -1, host);

/**
 * The popup of a page that stands in front, with the right to read that page's address.
 * @param {Browser} browser @param {Page} office @param {Page} page @param {string} host
 */
export async function popupOf(browser, office, page, host) {
  await browser.pressAction(page);
  const popup = await browser.extensionPage(`popup/popup.html?tab=${await tabOf(office, host)}`);
  await until(popup, () => document.getElementById('content')?.childElementCount || document.getElementById('subline')?.textContent);
  await popup.bringToFront();
  return popup;
}

/**
 * Presses "Protect this webmail", and yes in the browser's question.
 * @param {Browser} browser @param {Page} office @param {Page} page @param {string} host @param {string[]} [others]  that it needs, too
 */
export async function protect(browser, office, page, host, others = []) {
  for (const one of [host, ...others]) await browser.agreeTo(one);
  const popup = await popupOf(browser, office, page, host);
  await popup.click('[data-key=add]');
  await until(popup, (wanted) => document.getElementById('live')?.textContent === wanted, `${host} is protected from now on.`);
  const texts = await textOf(popup, '[data-key=remove]');
  if (texts.length !== 1) throw new Error('the popup does not offer to remove it again');
  await popup.close();
}

/**
 * Removes the one added webmail in the settings, opened anew.
 * @param {Browser} browser @param {Page} office @param {string} host
 * @returns {Promise<Page>} The settings.
 */
export async function removed(browser, office, host) {
  await office.close();
  const options = await browser.extensionPage('options/options.html');
  await until(options, () => document.querySelector('#added > li'));
  const listed = await textOf(options, '#added bdi');
  if (listed.join() !== host) throw new Error(`the settings list ${listed.join() || 'nothing'}`);
  await options.bringToFront();
  await options.click('#added button');
  await until(options, () => document.querySelector('#added > .is-removed'));
  return options;
}

/**
 * Waits until the popup would list this of a tab's messages in which something was found, asking at every change of its records.
 * Gives what it would list in the end.
 * @param {Page} office @param {number} tab @param {{sender: string | null, subject: string | null, blocked: number, passed: number}[]} wanted @param {number} boundMs
 */
export const reported = (office, tab, wanted, boundMs) =>
  office.evaluate((tabId, expected, bound) => new Promise((resolve) => {
    const look = async () => {
      const { messages } = await chrome.runtime.sendMessage({ kind: 'report', tabId });
      const told = messages.filter((/** @type {any} */ { blocked, passed }) => blocked.length || passed.length)
        .map((/** @type {any} */ { sender, subject, blocked, passed }) => ({ sender: sender?.address ?? null, subject, blocked: blocked.length, passed: passed.reduce((/** @type {number} */ sum, /** @type {any} */ { count }) => sum + count, 0) }));
      if (JSON.stringify(told) !== expected && performance.now() < end) return;
      chrome.storage.onChanged.removeListener(look);
      clearTimeout(timer);
      resolve(told);
    };
    const end = performance.now() + bound;
    const timer = setTimeout(look, bound + 50);
    chrome.storage.onChanged.addListener(look);
    void look();
  }), tab, JSON.stringify(wanted), boundMs);

/**
 * Installs the extension once more over itself, as an update does. Not with `runtime.reload()`: after that Chromium keeps an
 * unpacked extension disabled unless its developer mode is on.
 * @param {Browser} browser @param {Page} office
 * @returns {Promise<Page>} A new page of ours: the browser closes the old one.
 */
export async function updated(browser, office) {
  const isChromium = browser.name === 'chromium';
  const gone = isChromium ? new Promise((done) => office.once('close', done)) : null;
  await browser.puppeteer.installExtension(isChromium ? join(browser.profile, 'unpacked') : dist('firefox'));
  await gone;
  return browser.extensionPage('options/options.html');
}

/** Waits until a tab is held as a whole. @param {Page} office @param {number} tab @param {number} boundMs */
export const tabHeld = (office, tab, boundMs) =>
  office.evaluate((tabId, bound) => new Promise((resolve, reject) => {
    const look = async () => {
      const rules = await chrome.declarativeNetRequest.getSessionRules();
      if (!rules.some(({ action, condition }) => action.type === 'block' && condition.tabIds?.includes(tabId))) return;
      chrome.storage.onChanged.removeListener(look);
      clearTimeout(timer);
      resolve(true);
    };
    const timer = setTimeout(() => reject(new Error('the tab is not held')), bound);
    chrome.storage.onChanged.addListener(look);
    void look();
  }), tab, boundMs);
