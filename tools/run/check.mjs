// Opens every message in a headless browser and compares what the extension says with what the server saw.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launch } from '../../tests/browser/lib/browser.mjs';
import { SHAPES } from '../../tests/browser/lib/shapes.mjs';
import { openSite, plain } from './site.mjs';

/**
 * @typedef {import('./load.mjs').Message} Message
 * @typedef {import('./second.mjs').Verdict} Verdict
 * @typedef {import('puppeteer-core').Page} Page
 *
 * @typedef {object} Second  the opinions of second.mjs
 * @property {import('./second.mjs').Judge} judge
 * @property {Map<string, Set<string>> | null} audit
 * @property {Map<string, import('./second.mjs').Label[]>} labels
 *
 * @typedef {object} Blocked
 * @property {string} name     the vendor, or the host
 * @property {string} url
 * @property {string} vector
 * @property {string[]} codes  why
 *
 * @typedef {object} Result
 * @property {string} browser
 * @property {string} shape
 * @property {string} name
 * @property {string} from
 * @property {string} subject
 * @property {Blocked[]} blocked     as the extension reports it
 * @property {string[]} shown        pictures that can be seen
 * @property {string[]} missing      pictures that the engine lets through and that never appeared
 * @property {string[]} leaked       called tracking by the extension, the engine or the auditor, and fetched all the same
 * @property {string[]} twice        fetched where it can be seen, and blocked where it cannot: one picture at two places
 * @property {string[]} unreported   called tracking by the engine for the message as sent, and not in the extension's report
 * @property {number} requests       how many requests of the message the server saw
 * @property {number} fetched        of how many addresses
 * @property {number} links          tracked links in the report
 * @property {number} expectedLinks  tracked links by the engine's opinion of the message as sent
 * @property {number} marks          marks that stand in the message
 * @property {{reached: string[], known: string[], missingClean: string[]} | null} labels
 *   open-trackers by label that were fetched; of those, ones some opinion knows; clean static pictures that did not appear
 */

/** No answer takes this long: a check that waits longer has found a fault. */
const BOUND_MS = 8000;
const REPORT_MS = 3000;

/**
 * @param {Message[]} messages
 * @param {{browser: 'chromium' | 'firefox', shapes: string[], extension: string, second: Second, out: string, theme?: 'light' | 'dark', onResult: (result: Result) => void}} options
 */
export async function check(messages, { browser: name, shapes, extension, second, out, theme = 'light', onResult }) {
  /** @type {import('./site.mjs').Opened | null} */
  let opened = null;
  const site = await openSite(messages, { onOpen: (now) => (opened = now) });
  const browser = await launch({ browser: name, extension, web: site.web, prefs: { 'layout.css.prefers-color-scheme.content-override': theme === 'dark' ? 0 : 1 } });
  await mkdir(out, { recursive: true });
  try {
    const ours = await browser.extensionPage('options/options.html');
    for (const shapeName of shapes) {
      const shape = SHAPES[shapeName];
      if (!shape) throw new Error(`no shape ${shapeName}`);
      const page = await browser.newPage();
      await page.setViewport({ width: 1180, height: 860 });
      if (name === 'chromium') await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
      await page.goto(shape.page);
      await page.waitForFunction(() => document.documentElement.dataset.ready === 'yes', { timeout: BOUND_MS, polling: 50 });
      for (const message of messages) {
        opened = null;
        const from = site.fetched.length;
        await page.evaluate((id) => /** @type {HTMLElement} */ (document.querySelector(`[data-open="${id}"]`)).click(), message.id);
        await page.waitForFunction((id) => document.documentElement.dataset.opened === id, { timeout: BOUND_MS, polling: 50 }, message.id);
        const seen = /** @type {import('./site.mjs').Opened | null} */ (opened);
        const verdicts = second.judge(message, seen?.places ?? [], shape.page, shape.reader);
        const isOpen = (/** @type {Verdict} */ { kind, act }) => kind === 'open' && act === 'hold';
        const tracking = new Set(verdicts.filter(isOpen).map(({ url }) => plain(url)));
        const released = new Set(verdicts.filter(({ act }) => act === 'release').map(({ url }) => plain(url)));
        const expected = (seen?.pictures ?? []).filter((url) => !tracking.has(plain(url)) && released.has(plain(url)));
        const expectedLinks = verdicts.filter(({ kind }) => kind === 'click').length;
        const reported = await reportOf(ours, shape.page, message.from.address, verdicts.filter(isOpen).length, expectedLinks);
        const settled = await page.evaluate((urls, bound) => /** @type {any} */ (globalThis).demo.settle(urls, bound), expected, BOUND_MS);
        const marks = await page.evaluate(() => /** @type {any} */ (globalThis).demo.marks());
        const fetched = [...new Set(site.fetched.slice(from))];
        const held = reported.blocked.map(({ url }) => plain(url));
        const bad = new Set([...tracking, ...held, ...(second.audit?.get(message.id) ?? [])]);
        onResult({
          browser: name, shape: shapeName, name: message.name, from: message.from.name, subject: message.subject,
          blocked: reported.blocked.map(({ vendor, host, url, vector, evidence }) => ({ name: vendor ?? host, url, vector, codes: evidence.map(({ code }) => code) })),
          shown: settled.shown, missing: settled.missing, leaked: fetched.filter((url) => bad.has(url) && !released.has(url)),
          twice: fetched.filter((url) => bad.has(url) && released.has(url)),
          unreported: [...tracking].filter((url) => !held.includes(url)), requests: site.fetched.length - from, fetched: fetched.length,
          links: reported.links, expectedLinks, marks, labels: byLabels(second.labels.get(message.name), fetched, bad, settled.shown),
        });
        if (message === messages[0] || reported.blocked.length > 2) await browser.screenshot(page, join(out, `${name}-${shapeName}.png`));
        if (message === messages[0]) await takePopup(browser, ours, shape.page, join(out, `${name}-${shapeName}-popup.png`), theme);
        await page.bringToFront();
        await page.evaluate(() => /** @type {any} */ (globalThis).demo.close());
      }
      await page.close();
    }
  } finally {
    await browser.close();
    await site.web.close();
  }
}

/** @param {import('./second.mjs').Label[] | undefined} labels @param {string[]} fetched @param {Set<string>} bad @param {string[]} shown */
function byLabels(labels, fetched, bad, shown) {
  if (!labels) return null;
  const trackers = new Set(labels.filter(({ label }) => label === 'open-tracker').map(({ url }) => plain(url)));
  const reached = fetched.filter((url) => trackers.has(url));
  const seen = new Set(shown.map(plain));
  const clean = labels.filter(({ label, vector, isPersonal }) => label === 'clean' && vector === 'img' && !isPersonal).map(({ url }) => plain(url));
  return { reached, known: reached.filter((url) => bad.has(url)), missingClean: [...new Set(clean)].filter((url) => /^https?:/.test(url) && !seen.has(url)) };
}

/**
 * What the extension's background knows about the tab: the popup's report, but with every address. Waits until it says what
 * the engine's second answer lets expect, a moment at most: a report that stays different is a fault that the result shows.
 * @param {Page} ours @param {string} url @param {string} address @param {number} blocked @param {number} links
 * @returns {Promise<{blocked: Verdict[], links: number}>}
 */
function reportOf(ours, url, address, blocked, links) {
  return ours.evaluate(async (pageUrl, sender, wanted, wantedLinks, bound) => {
    const api = /** @type {typeof chrome} */ (/** @type {any} */ (globalThis).browser ?? chrome);
    const tab = (await api.tabs.query({})).find((one) => one.url?.startsWith(pageUrl));
    if (tab?.id === undefined) throw new Error('the extension cannot see the webmail tab');
    const { id } = tab;
    const reports = await import(api.runtime.getURL('background/reports.js'));
    const read = async () => {
      const told = await reports.of(id);
      const seen = /** @type {any[]} */ (Object.values(told?.frames ?? {}).flat());
      return { isOf: seen.some((one) => one.sender?.address === sender), blocked: seen.flatMap((one) => one.blocked), links: seen.flatMap((one) => one.links).length };
    };
    await new Promise((done) => {
      const timer = setTimeout(done, bound);
      const look = async () => {
        const now = await read();
        if (now.blocked.length !== wanted || now.links !== wantedLinks || (wanted + wantedLinks > 0 && !now.isOf)) return;
        clearTimeout(timer);
        api.storage.onChanged.removeListener(look);
        done(true);
      };
      api.storage.onChanged.addListener(look);
      void look();
    });
    return read();
  }, url, address, blocked, links, REPORT_MS);
}

/** @param {Awaited<ReturnType<typeof launch>>} browser @param {Page} ours @param {string} url @param {string} file @param {string} theme */
async function takePopup(browser, ours, url, file, theme) {
  const tab = await ours.evaluate(async (pageUrl) => {
    const api = /** @type {typeof chrome} */ (/** @type {any} */ (globalThis).browser ?? chrome);
    return (await api.tabs.query({})).find((one) => one.url?.startsWith(pageUrl))?.id;
  }, url);
  const popup = await browser.extensionPage(`popup/popup.html?tab=${tab}`);
  await popup.setViewport({ width: 400, height: 560 });
  if (browser.name === 'chromium') await popup.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
  await popup.waitForFunction(() => (document.getElementById('headline')?.textContent?.trim() ?? '') !== '', { timeout: BOUND_MS, polling: 50 });
  await browser.screenshot(popup, file);
  await popup.close();
}
