// A real Roundcube: logs in, reads messages that were delivered as files, in every view. There the message is part of the page
// that the server sends, so the browser's first look at it already fetches; nothing that tracks may pass even then.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { protect, tabOf } from './lib/added.mjs';
import { launch } from './lib/browser.mjs';
import { dist } from './lib/dist.mjs';
import { openWeb, png } from './lib/net.mjs';
import { BOUND_MS, HEX } from './lib/reader.mjs';
import { PASSWORD } from './lib/dovecot.mjs';
import { HOST, Roundcube, missing } from './lib/roundcube.mjs';

/** @typedef {import('puppeteer-core').Page} Page */
/** @typedef {import('puppeteer-core').Frame} Frame */

const START = `https://${HOST}/`;
const SENDER = 'news@shop.example';

/** A letter whose addresses bear its number: what must never be asked for, and what must be, once. @param {string} key */
function letter(key) {
  const trackers = [
    `https://shop.us1.list-manage.com/track/open.php?u=${HEX}9&id=${key}`,
    `https://open.unknown.example/open/${HEX}${key}.gif`,
    `https://open.shop.example/open/${HEX}${key}.gif`,
    `https://open.shop.example/open/${HEX}${key}b.gif`,
    `https://open.shop.example/open/${HEX}${key}c.gif`,
    // The reader's own provider may be the sender, too.
    `https://news.${HOST}/open/${HEX}${key}.gif`,
  ];
  const pictures = [`https://img.shop.example/logo-${key}.png`, `https://img.shop.example/table-${key}.png`, `https://img.shop.example/style-${key}.png`, `https://img.shop.example/block-${key}.png`];
  const [known, unknown, own, table, style, provider] = trackers;
  const [logo, background, inline, block] = pictures;
  const html = `<html><head><style>.b{background-image:url(${block});width:80px;height:20px}</style></head><body><h1>News ${key}</h1>
    <img src="${logo}" width="120" height="40"><img src="${known}" width="1" height="1"><img src="${unknown}" style="display:none"><img src="${own}" width="1" height="1">
    <table background="${background}" width="200" height="20"><tr><td>offers</td></tr></table><div style="background-image:url('${inline}');width:80px;height:20px">x</div><div class="b">x</div>
    <div style="display:none"><img src="${table}"></div><p style="background:url(${style});width:1px;height:1px"></p><img src="${provider}" width="1" height="1">
    <img src="cid:flower@shop" width="50" height="20"><a href="https://shop.us1.list-manage.com/track/click?u=${HEX}9&id=${HEX.slice(0, 10)}&e=${key}">all of it</a></body></html>`;
  const along = [{ cid: 'flower@shop', type: 'image/png', body: png(50, 20) }];
  return { key, html, along, trackers, pictures };
}

const why = await missing();

for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
  for (const images of /** @type {const} */ ([2, 0])) {
    describe(`Roundcube in ${name}, remote pictures ${images ? 'always' : 'when asked for'}`, { skip: why ?? false, timeout: 300_000 }, () => {
      /** @type {Roundcube} */ let cube;
      /** @type {import('./lib/net.mjs').Web} */ let web;
      /** @type {import('./lib/browser.mjs').Browser} */ let bare;
      /** @type {import('./lib/browser.mjs').Browser} */ let shielded;
      /** @type {Page} */ let plain;
      /** @type {Page} */ let page;
      /** @type {Page} */ let office;

      before(async () => {
        [cube, web] = await Promise.all([Roundcube.open({ images }), openWeb()]);
        web.on(HOST, cube.serve);
        web.on('img.shop.example', () => ({ headers: { 'content-type': 'image/png', 'cache-control': 'no-store' }, body: png(80, 20) }));
        [bare, shielded] = await Promise.all([launch({ browser: name, extension: null, web }), launch({ browser: name, extension: dist(name), web })]);
        office = await shielded.extensionPage('options/options.html');
        page = await shielded.open(START);
        await protect(shielded, office, page, HOST);
        await page.close();
        // One after the other: Roundcube stumbles when the same person comes for the first time twice at once.
        plain = await arrive(bare);
        page = await arrive(shielded);
      });
      after(async () => {
        await Promise.allSettled([bare?.close(), shielded?.close()]);
        await Promise.allSettled([web?.close(), cube?.close()]);
      });

      /** Logs in. @param {import('./lib/browser.mjs').Browser} browser */
      const arrive = async (browser) => {
        const inbox = await browser.newPage();
        // The print view opens the browser's own dialogue, which waits for a person.
        await inbox.evaluateOnNewDocument(() => { window.print = () => {}; });
        // Roundcube asks whether a draft may be left.
        inbox.on('dialog', (dialog) => void dialog.accept());
        await inbox.goto(START, { timeout: BOUND_MS });
        await inbox.type('#rcmloginuser', 'ana');
        await inbox.type('#rcmloginpwd', PASSWORD);
        await Promise.all([inbox.waitForNavigation({ timeout: BOUND_MS }), inbox.click('#rcmloginsubmit')]);
        return inbox;
      };

      let letters = 0;
      /** Delivers a letter and gives its number in the mailbox. */
      const receive = async () => {
        const sent = letter(`${name[0]}${images}n${++letters}`);
        await cube.deliver('ana', { from: `Shop <${SENDER}>`, subject: `News ${sent.key}`, html: sent.html, inline: sent.along });
        return { ...sent, uid: letters };
      };
      const asked = (/** @type {string[]} */ urls) => urls.filter((url) => web.requests().some((seen) => seen.url === url));
      const times = (/** @type {string} */ url) => web.requests().filter((seen) => seen.url === url).length;

      /** The frame or page in which a message stands. @param {Page} mail @param {string} key @returns {Promise<Frame>} */
      const standing = async (mail, key) => {
        await mail.waitForFunction((title) => [document, ...[...document.querySelectorAll('iframe')].map((frame) => frame.contentDocument)].some((one) => one?.querySelector('#messagebody, #composebody_ifr, body#tinymce')?.ownerDocument.body.textContent?.includes(title)), { timeout: BOUND_MS }, `News ${key}`);
        for (const frame of mail.frames()) if (await frame.evaluate((title) => document.querySelector('#messagebody, body#tinymce')?.textContent?.includes(title) ?? false, `News ${key}`).catch(() => false)) return frame;
        throw new Error(`message ${key} is nowhere`);
      };

      /** Where remote pictures wait for a press, presses. @param {Page} mail @param {string} key */
      const allow = async (mail, key) => {
        const frame = await standing(mail, key);
        if (images) return;
        await frame.waitForSelector('a[href="#loadremote"]', { timeout: BOUND_MS });
        await frame.evaluate(() => /** @type {HTMLElement} */ (document.querySelector('a[href="#loadremote"]')).click());
      };

      /** Waits until everything of a page has come or been refused. @param {Page} mail */
      const fence = async (mail) => {
        for (const _ of [1, 2, 3]) {
          await mail.evaluate(async () => {
            await fetch('/skins/elastic/images/favicon.ico', { cache: 'no-store' });
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
          });
        }
      };

      /**
       * Opens a view in both browsers: without us the trackers are fetched, with us none, and every picture once.
       * @param {(mail: Page, sent: {uid: number, key: string}) => Promise<Page>} open
       */
      const compare = async (open) => {
        const sent = await receive();
        const first = await open(plain, sent);
        await web.waitFor(() => asked(sent.trackers).length === sent.trackers.length && asked(sent.pictures).length === sent.pictures.length, BOUND_MS, `the trackers of ${sent.key}`);
        if (first !== plain) await first.close();
        web.clear();
        await page.bringToFront();
        const second = await open(page, sent);
        await web.waitFor(() => asked(sent.pictures).length === sent.pictures.length, BOUND_MS, `the pictures of ${sent.key}`);
        await fence(second);
        assert.deepEqual(asked(sent.trackers), []);
        assert.deepEqual(sent.pictures.filter((url) => times(url) !== 1), [], 'not asked for once');
        return { sent, view: second };
      };

      const inbox = (/** @type {number} */ uid, /** @type {string} */ action) => `${START}?_task=mail&_mbox=INBOX&_uid=${uid}&_action=${action}`;

      it('preview beside the list', async () => {
        const { sent, view } = await compare(async (mail, { uid, key }) => {
          await mail.goto(`${START}?_task=mail&_mbox=INBOX`, { timeout: BOUND_MS });
          await mail.waitForSelector('#messagelist tr.message', { timeout: BOUND_MS });
          await mail.evaluate((number) => /** @type {any} */ (window).rcmail.show_message(String(number), false, true), uid);
          await allow(mail, key);
          return mail;
        });
        const frame = await standing(view, sent.key);
        const shown = await frame.evaluate(() => [...document.querySelectorAll('#messagebody img')].filter((image) => image instanceof HTMLImageElement && image.naturalWidth > 0).map((image) => image.getAttribute('width')));
        assert.deepEqual(shown, ['120', '50'], 'the logo or the picture that was sent along is not drawn');
        const tab = await tabOf(office, HOST);
        const report = await office.evaluate((tabId) => chrome.runtime.sendMessage({ kind: 'report', tabId }), tab);
        assert.deepEqual(report.messages.map((/** @type {any} */ { sender }) => sender), [{ address: SENDER, name: 'Shop' }]);
        assert.equal(report.messages[0].blocked.length, 6);
      });

      it('the whole message', async () => {
        await compare(async (mail, { uid, key }) => {
          await mail.goto(inbox(uid, 'show'), { timeout: BOUND_MS });
          await allow(mail, key);
          return mail;
        });
      });

      it('in a window of its own', async () => {
        await compare(async (mail, { uid, key }) => {
          await mail.goto(`${inbox(uid, 'show')}&_extwin=1`, { timeout: BOUND_MS });
          await allow(mail, key);
          return mail;
        });
      });

      it('print', async () => {
        await compare(async (mail, { uid }) => {
          await mail.goto(`${inbox(uid, 'print')}&_safe=1`, { timeout: BOUND_MS });
          return mail;
        });
      });

      for (const [what, parameter] of [['a reply', '_reply_uid'], ['a message that is passed on', '_forward_uid']]) {
        it(`${what}: quoted pictures are seen, and no tracker goes out`, async () => {
          const sent = await receive();
          const [logo] = sent.pictures;
          const quoted = [...sent.trackers.slice(0, 4), ...sent.trackers.slice(5)];
          const write = async (/** @type {Page} */ mail) => {
            await mail.bringToFront();
            // What Roundcube does not show in a message it does not quote either.
            if (!images) {
              await mail.goto(inbox(sent.uid, 'show'), { timeout: BOUND_MS });
              await allow(mail, sent.key);
              await web.waitFor(() => asked(sent.pictures).length === sent.pictures.length, BOUND_MS, 'the pictures that were allowed');
              await mail.waitForFunction(() => location.search.includes('_safe=1') && document.readyState === 'complete', { timeout: BOUND_MS });
              await fence(mail);
            }
            await mail.goto('about:blank', { timeout: BOUND_MS });
            web.clear();
            await mail.goto(`${START}?_task=mail&_action=compose&${parameter}=${sent.uid}&_mbox=INBOX`, { timeout: BOUND_MS });
            return standing(mail, sent.key);
          };
          await write(plain);
          await web.waitFor(() => asked([...quoted, String(logo)]).length === quoted.length + 1, BOUND_MS, 'the trackers of a quoted message');
          await fence(plain);
          await plain.goto('about:blank', { timeout: BOUND_MS });
          web.clear();

          const content = () => page.evaluate(() => String(/** @type {any} */ (window).tinymce.activeEditor.getContent()));
          const goesOut = async (/** @type {string[]} */ urls) => {
            const text = await content();
            return urls.filter((url) => text.includes(url.replaceAll('&', '&amp;')));
          };
          const draft = await write(page);
          await web.waitFor(() => asked([String(logo)]).length === 1, BOUND_MS, 'the quoted logo');
          await draft.waitForFunction((urls) => [...document.images].every((image) => !urls.includes(image.src)), { timeout: BOUND_MS }, quoted);
          await fence(page);
          assert.deepEqual(asked(sent.trackers), []);
          assert.equal(times(String(logo)), 1);
          assert.deepEqual(await goesOut(sent.trackers), []);
          assert.deepEqual(await goesOut([String(logo)]), [logo]);
          assert.doesNotMatch(await content(), /#[0-9a-f]{32}/, 'a token of ours would be sent along');

          if (parameter !== '_reply_uid' || !images) return;
          const clean = (/** @type {boolean} */ repliesCleaned) => office.evaluate((is) => chrome.runtime.sendMessage({ kind: 'set', repliesCleaned: is }), repliesCleaned);
          await clean(false);
          await write(page);
          await web.waitFor(() => asked([String(logo)]).length === 1, BOUND_MS, 'the quoted logo');
          await fence(page);
          assert.deepEqual(await goesOut(sent.trackers), sent.trackers, 'switched off, and yet something was taken out');
          assert.deepEqual(asked(sent.trackers), []);
          await clean(true);
        });
      }
    });
  }
}
