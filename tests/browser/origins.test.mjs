// A webmail whose messages stand in frames of another site: the reader is told which sites before being asked, all of them are
// added and removed together, over restarts and updates; and what the browser does not grant stays held, and is said.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { popupOf, protect, removed, reported, tabOf, updated } from './lib/added.mjs';
import { launch } from './lib/browser.mjs';
import { ROOT, dist } from './lib/dist.mjs';
import { html, openWeb, png } from './lib/net.mjs';
import { BOUND_MS, HEX, textOf, until } from './lib/reader.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

const PAGE = 'https://navigator.gmx.net/mail';
const HOST = 'navigator.gmx.net';
const OTHERS = ['webmailer.gmx.net', '*.mailbody-ui.de'];
const ORIGINS = [HOST, ...OTHERS].map((host) => `https://${host}/*`);
const LOGO = 'https://img.shop.example/logo.png';
const TRACKERS = [`https://shop.us1.list-manage.com/track/open.php?u=${HEX}9&id=4711`, `https://open.unknown.example/open/${HEX}.gif`];
const PICTURES = `<img src="${LOGO}" width="120" height="40">${TRACKERS.map((url) => `<img src="${url.replaceAll('&', '&amp;')}" width="1" height="1">`).join('')}`;

for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(`a webmail of several sites in ${name}`, { timeout: 240_000 }, () => {
    /** @type {import('./lib/net.mjs').Web} */ let web;
    /** @type {import('./lib/browser.mjs').Browser} */ let browser;
    /** @type {Page} */ let office;
    /** @type {Page} */ let page;

    before(async () => {
      web = await openWeb((seen) => (/\.(js|css)$/u.test(seen.path) ? null : { headers: { 'content-type': 'image/png', 'cache-control': 'no-store' }, body: png(20, 20) }));
      const part = (/** @type {string} */ file) => readFile(join(ROOT, 'tests/fixtures/webmails', `gmx${file}-2026-11.html`), 'utf8');
      const parts = { [HOST]: await part(''), 'webmailer.gmx.net': await part('-program'), 'gmxnet.mailbody-ui.de': (await part('-body')).replace('<!--pictures-->', PICTURES) };
      for (const [host, text] of Object.entries(parts)) web.on(host, (seen) => (['document', 'iframe'].includes(seen.dest) ? html(text) : null));
      browser = await launch({ browser: name, extension: dist(name), web });
      office = await browser.extensionPage('options/options.html');
      page = await browser.open(PAGE);
    });
    after(async () => {
      await browser?.close();
      await web?.close();
    });

    const origins = () => office.evaluate(async () => (await chrome.permissions.getAll()).origins ?? []);
    const granted = async () => (await origins()).filter((origin) => ORIGINS.includes(origin)).sort();
    const state = () => office.evaluate(async () => [(await chrome.declarativeNetRequest.getDynamicRules()).length, (await chrome.scripting.getRegisteredContentScripts()).flatMap(({ matches = [] }) => matches).sort()]);
    const times = (/** @type {string} */ url) => web.requests().filter((seen) => seen.url === url).length;
    const reload = async () => {
      web.clear();
      await page.close();
      page = await browser.open(PAGE);
    };
    const leaks = async () => {
      await page.bringToFront();
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      return TRACKERS.filter((url) => times(url) > 0);
    };
    /** The message's pictures appear, once, and what tracks does not; the sender is known. */
    const isProtected = async () => {
      await web.waitFor(() => times(LOGO) > 0, BOUND_MS, 'the picture of the message');
      const tab = await tabOf(office, HOST);
      const wanted = [{ sender: 'news@shop.example', subject: 'Your order', blocked: 2, passed: 0 }];
      assert.deepEqual(await reported(office, tab, wanted, BOUND_MS), wanted);
      assert.deepEqual(await leaks(), []);
      assert.equal(times(LOGO), 1);
    };
    it('is not protected before, and its sites are named before the browser asks', async () => {
      // What is known is blocked on every site.
      await web.waitFor(() => times(LOGO) > 0 && times(String(TRACKERS[1])) > 0, BOUND_MS, 'the picture and the unknown tracker');
      assert.deepEqual(await granted(), []);
      const popup = await popupOf(browser, office, page, HOST);
      assert.match((await textOf(popup, '#add-text')).join(), /^Briefgeheim knows this webmail\..* on navigator\.gmx\.net and /u);
      assert.deepEqual(await textOf(popup, '.hosts > li'), OTHERS);
      const asked = await popup.evaluate(() => new Promise((resolve) => {
        chrome.permissions.request = async (/** @type {any} */ { origins }) => {
          resolve(origins);
          return false;
        };
        /** @type {HTMLElement} */ (document.querySelector('[data-key=add]')).click();
      }));
      assert.deepEqual(asked, ORIGINS);
      await until(popup, () => document.getElementById('add-outcome')?.textContent === 'Not protected: your browser did not give permission.');
      await popup.close();
    });

    it('is protected after one press, by rules and scripts for all of its sites', async () => {
      await protect(browser, office, page, HOST, OTHERS);
      assert.deepEqual(await granted(), [...ORIGINS].sort());
      assert.deepEqual(await state(), [4, [...ORIGINS].sort()]);
      await reload();
      await isProtected();
    });

    // A temporary add-on, which is what Firefox takes unsigned, ends with the browser.
    if (name === 'chromium') it('stays protected after a restart', async () => {
      await browser.restart();
      office = await browser.extensionPage('options/options.html');
      web.clear();
      page = await browser.open(PAGE);
      await isProtected();
    });

    it('stays protected after an update', async () => {
      office = await updated(browser, office);
      await reload();
      await isProtected();
    });

    it('keeps everything held where the browser takes a part back, says so, and shows it again when that is given', async () => {
      await office.bringToFront();
      assert.equal(await office.evaluate(() => chrome.permissions.remove({ origins: ['https://*.mailbody-ui.de/*'] })), true);
      await office.evaluate(() => chrome.runtime.sendMessage({ kind: 'added-changed' }));
      await reload();
      assert.deepEqual(await leaks(), []);
      assert.equal(times(LOGO), 0, 'let through without having been judged');
      const popup = await popupOf(browser, office, page, HOST);
      assert.deepEqual(await textOf(popup, '.notice-title'), ['Part of this webmail is closed to Briefgeheim']);
      assert.deepEqual(await textOf(popup, '.notice .hosts > li'), ['*.mailbody-ui.de']);
      await popup.click('[data-key=add-missing]');
      await until(popup, () => !document.querySelector('.notice'));
      await popup.close();
      await reload();
      await isProtected();
    });

    it('is removed in the settings with all of its sites', async () => {
      office = await removed(browser, office, HOST);
      assert.deepEqual([await granted(), await state()], [[], [0, []]]);
    });

    it('gives back the frames\' sites when the browser takes the page back', async () => {
      await reload();
      await protect(browser, office, page, HOST, OTHERS);
      await office.evaluate(() => new Promise((done) => {
        let count = 0;
        const ours = new Set(['https://navigator.gmx.net/*', 'https://webmailer.gmx.net/*', 'https://*.mailbody-ui.de/*']);
        chrome.permissions.onRemoved.addListener(({ origins = [] }) => {
          count += origins.filter((origin) => ours.has(origin)).length;
          if (count === ours.size) done(true);
        });
        void chrome.permissions.remove({ origins: ['https://navigator.gmx.net/*', 'https://webmailer.gmx.net/*'] });
      }));
      assert.deepEqual(await granted(), []);
    });
  });
}
