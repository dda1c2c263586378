// Pages in the shape of each webmail as it was seen last, with the month in the name of the file: the sender is found, trackers
// stay out, drafts included, ordinary pictures and the webmail's own appear. And all but the sender also when every name in the
// page has changed. Pictures have ids: `x-` and `c-` must never be asked for, `t-` and `ui-` must.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { protect, tabOf } from './lib/added.mjs';
import { launch } from './lib/browser.mjs';
import { ROOT, dist } from './lib/dist.mjs';
import { html, openWeb, png } from './lib/net.mjs';
import { BOUND_MS } from './lib/reader.mjs';
import { scrambled } from './lib/shapes.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

const OWN = 'https://mail.club.example';
/** @type {Record<string, {page: string, senders: string[]}>} */
const FIXTURES = {
  'gmail-2026-11': { page: 'https://mail.google.com/mail/u/0/', senders: ['news@shop.example'] },
  'gmail-print-2026-11': { page: 'https://mail.google.com/mail/u/0/?view=pt', senders: ['news@shop.example'] },
  'outlook-2026-11': { page: 'https://outlook.live.com/mail/0/inbox/', senders: ['news@shop.example'] },
  'yahoo-2026-11': { page: 'https://mail.yahoo.com/d/folders/1/messages/A1', senders: ['news@shop.example'] },
  'roundcube-2026-11': { page: `${OWN}/rc/?_action=show`, senders: ['news@shop.example'] },
  'sogo-2026-11': { page: `${OWN}/SOGo/so/ana/Mail/view`, senders: ['news@shop.example'] },
  'ox-2026-11': { page: `${OWN}/appsuite/`, senders: ['news@shop.example'] },
};

/** The addresses of the pictures whose ids begin so, as a server sees them. @param {string} text @param {string} page @param {string} prefix */
function pictures(text, page, prefix) {
  const found = [...text.matchAll(new RegExp(`<img id="(?:${prefix})[^>]*?\\s(?:unsafe-)?src="([^"]+)"`, 'gu'))].map(([, src]) => new URL(String(src).replaceAll('&amp;', '&'), page));
  // Without a browser's own tokens: a picture inside the message is not fetched.
  return [...new Set(found.filter(({ protocol }) => protocol.startsWith('http')).map(({ href }) => String(href.split('#')[0])))];
}

for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(`webmail shapes in ${name}`, { timeout: 240_000 }, () => {
    /** @type {import('./lib/net.mjs').Web} */ let web;
    /** @type {import('./lib/browser.mjs').Browser} */ let browser;
    /** @type {Page} */ let office;
    let shown = '';

    before(async () => {
      web = await openWeb((seen) => (/\.(js|css)$/u.test(seen.path) ? null : { headers: { 'content-type': 'image/png', 'cache-control': 'no-store' }, body: png(20, 20) }));
      for (const host of new Set(Object.values(FIXTURES).map(({ page }) => new URL(page).host))) web.on(host, (seen) => (seen.dest === 'document' ? html(shown) : null));
      browser = await launch({ browser: name, extension: dist(name), web });
      office = await browser.extensionPage('options/options.html');
      const page = await browser.open(`${OWN}/`);
      await protect(browser, office, page, new URL(OWN).host);
      await page.close();
    });
    after(async () => {
      await browser?.close();
      await web?.close();
    });

    for (const [fixture, { page: address, senders }] of Object.entries(FIXTURES)) {
      for (const isScrambled of [false, true]) {
        it(`${fixture}${isScrambled ? ', all names replaced' : ''}`, async () => {
          const text = await readFile(join(ROOT, 'tests/fixtures/webmails', `${fixture}.html`), 'utf8');
          shown = isScrambled ? scrambled(text) : text;
          web.clear();
          const page = await browser.open(address);
          const times = (/** @type {string} */ url) => web.requests().filter((seen) => seen.url === url).length;
          const [trackers, ordinary, ui] = [pictures(text, address, '[a-z0-9]*x-|c-q'), pictures(text, address, '[a-z0-9]*t-'), pictures(text, address, 'ui-')];
          assert.ok(trackers.length > 0 && ordinary.length > 0, 'the expressions above still find the pictures');
          await web.waitFor(() => [...ordinary, ...ui].every((url) => times(url) > 0), BOUND_MS, `the pictures of ${fixture}: ${[...ordinary, ...ui]}`);
          if (!isScrambled) {
            const tab = await tabOf(office, new URL(address).host);
            const found = await office.evaluate((tabId, wanted, bound) => new Promise((resolve) => {
              const look = async () => {
                const { messages } = await chrome.runtime.sendMessage({ kind: 'report', tabId });
                const all = messages.filter((/** @type {any} */ { blocked }) => blocked.length).map((/** @type {any} */ { sender }) => sender?.address ?? null);
                if (JSON.stringify(all) !== wanted && performance.now() < end) return;
                chrome.storage.onChanged.removeListener(look);
                clearTimeout(timer);
                resolve(all);
              };
              const end = performance.now() + bound;
              const timer = setTimeout(look, bound + 50);
              chrome.storage.onChanged.addListener(look);
              void look();
            }), tab, JSON.stringify(senders), 5000);
            assert.deepEqual(found, senders);
          }
          await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
          assert.deepEqual(trackers.filter((url) => times(url) > 0), []);
          // How often a webmail asks for what is its own is not ours to say.
          assert.deepEqual(ordinary.filter((url) => new URL(url).host !== new URL(address).host && times(url) !== 1), [], 'not asked for once');
          await page.close();
        });
      }
    }
  });
}
