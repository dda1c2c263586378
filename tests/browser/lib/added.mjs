// Adding and removing a webmail, as a reader does it.
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
