// A webmail that the reader adds is protected like those we know: after one press, in the tab that is open and in every later
// one, over restarts and updates, until it is removed. Nothing else changes.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { popupOf, protect, removed, tabHeld, tabOf, updated } from './lib/added.mjs';
import { launch } from './lib/browser.mjs';
import { dist } from './lib/dist.mjs';
import { Mailbox } from './lib/mailbox.mjs';
import { BOUND_MS, HEX, textOf, until } from './lib/reader.mjs';
import { UNKNOWN } from './lib/shapes.mjs';
import { DATA_VECTORS, VECTORS } from './lib/vectors.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

const HOST = new URL(UNKNOWN.page).host;
const ALL = [...VECTORS, ...DATA_VECTORS];
const TRACKERS = {
  known: (/** @type {string} */ id) => `https://shop.us1.list-manage.com/track/open.php?u=${HEX}9&id=${id}`,
  unknown: (/** @type {string} */ id) => `https://open.unknown.example/open/${HEX}${id}.gif`,
  own: (/** @type {string} */ id) => `https://open.shop.example/open/${HEX}${id}.gif`,
};
const picture = { picture: (/** @type {string} */ id) => `https://img.shop.example/${id}.png` };
const SHOWN = VECTORS.filter(({ name }) => ['img', 'img-srcset', 'css-attr', 'srcdoc', 'srcdoc-sandbox', 'blob-frame-sandbox'].includes(name));

for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(`a webmail of the reader's own in ${name}`, { timeout: 300_000 }, () => {
    /** @type {Mailbox} */ let box;
    /** @type {import('./lib/browser.mjs').Browser} */ let browser;
    /** @type {Page} */ let office;
    /** @type {Page} */ let page;

    before(async () => {
      box = await Mailbox.open(UNKNOWN);
      browser = await launch({ browser: name, extension: dist(name), web: box.web, kept: true });
      office = await browser.extensionPage('options/options.html');
      page = await box.show(browser);
    });
    after(async () => {
      await browser?.close();
      await box?.close();
    });

    const rules = () => office.evaluate(async () => (await chrome.declarativeNetRequest.getDynamicRules()).length);
    const scripts = () => office.evaluate(async () => (await chrome.scripting.getRegisteredContentScripts()).length);

    /** Ordinary pictures appear, once, and nothing that tracks is asked for. */
    const isProtected = async () => {
      await tabHeld(office, await tabOf(office, HOST), BOUND_MS);
      const trackers = await box.insert(page, ALL, TRACKERS);
      const pictures = await box.insert(page, SHOWN, picture, { width: 60 });
      await box.reached(pictures, BOUND_MS);
      await box.fence(page);
      assert.deepEqual(box.leaks().filter((label) => trackers.includes(String(label))), []);
      assert.deepEqual(pictures.filter((label) => box.times(label) !== 1), [], 'asked for more than once');
      assert.equal(await page.$eval('#ui-avatar', (image) => String(image.getAttribute('src')).includes('#')), false, 'a picture of the webmail itself was touched');
    };

    it('is not protected before', async () => {
      const alive = ALL.filter(({ dead, name: vector }) => !dead?.includes(name) && !['link-prefetch', 'audio', 'video', 'video-source', 'track'].includes(vector));
      const labels = await box.insert(page, alive, { unknown: TRACKERS.unknown });
      await box.reached(labels, BOUND_MS);
      assert.deepEqual([await rules(), await scripts()], [0, 0]);
    });

    it('is offered, and says so when the browser refuses', async () => {
      const popup = await popupOf(browser, office, page, HOST);
      assert.deepEqual(await textOf(popup, '#headline'), ['No mail on this page']);
      assert.match((await textOf(popup, '#add-text')).join(), new RegExp(HOST.replaceAll('.', '\\.')));
      await popup.evaluate(() => {
        chrome.permissions.request = async () => false;
      });
      await popup.click('[data-key=add]');
      await until(popup, () => document.getElementById('add-outcome')?.textContent === 'Not protected: your browser did not give permission.');
      assert.deepEqual([await rules(), await scripts()], [0, 0]);
      await popup.close();
    });

    it('is protected after one press, in the tab that was open', async () => {
      await protect(browser, office, page, HOST);
      assert.deepEqual([await rules(), await scripts()], [3, 1]);
      await page.bringToFront();
      box.web.clear();
      await isProtected();
    });

    it('is protected when opened anew', async () => {
      await page.close();
      page = await box.show(browser);
      await isProtected();
    });

    it('holds nothing on another site in the same tab, and holds again after that', async () => {
      // Below a top-level domain that exists, as in update.test.mjs.
      box.web.on('forum.example.org', () => ({ headers: { 'content-type': 'text/html', 'cache-control': 'no-store' }, body: `<!doctype html><meta charset="utf-8"><title>Forum</title><img src="https://img.forum.example.org/plain.png">
        <iframe sandbox srcdoc="<img src='https://img.forum.example.org/framed.png'>"></iframe>` }));
      await page.goto('https://forum.example.org/', { timeout: BOUND_MS });
      await box.web.waitFor((log) => ['/plain.png', '/framed.png'].every((path) => log.some((seen) => seen.host === 'img.forum.example.org' && seen.path === path)), BOUND_MS, 'the pictures of the forum');
      await page.goto(UNKNOWN.page, { timeout: BOUND_MS });
      await isProtected();
    });

    it('stays protected after a restart', async () => {
      await browser.restart();
      office = await browser.extensionPage('options/options.html');
      page = await box.show(browser);
      await isProtected();
    });

    it('stays protected after an update', async () => {
      office = await updated(browser, office);
      await page.close();
      page = await box.show(browser);
      await isProtected();
    });

    it('is removed in the settings, and everything is as before', async () => {
      office = await removed(browser, office, HOST);
      assert.deepEqual([await rules(), await scripts(), await tabOf(office, HOST)], [0, 0, -1]);
      await page.bringToFront();
      const labels = await box.insert(page, SHOWN, { unknown: TRACKERS.unknown });
      await box.reached(labels, BOUND_MS);
      const marks = await page.evaluate(() => document.querySelectorAll('span[data-briefgeheim]').length);
      assert.equal(marks, 0, 'marks of ours were left behind');
    });
  });
}
