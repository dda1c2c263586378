// A real SOGo: logs in, reads messages that were delivered as files, answers one. Its server takes most remote addresses out until
// the reader presses "Load Images"; style blocks, `srcset`, `picture`, `poster` and SVG it forgets, and a reply quotes everything.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { protect, tabOf } from './lib/added.mjs';
import { launch } from './lib/browser.mjs';
import { dist } from './lib/dist.mjs';
import { PASSWORD } from './lib/dovecot.mjs';
import { openWeb, png } from './lib/net.mjs';
import { BOUND_MS, HEX } from './lib/reader.mjs';
import { HOST, Sogo, missing } from './lib/sogo.mjs';

/** @typedef {import('puppeteer-core').Page} Page */
/** @typedef {import('puppeteer-core').Frame} Frame */

const START = `https://${HOST}/SOGo/`;
const MAIL = `${START}so/ana/Mail/`;
const SENDER = 'news@shop.example';
const PIXEL = 'width="1" height="1"';
const SEEN = 'width="80" height="20"';

/** Every vector that SOGo lets through: as it stands in the message, and whether it fetches before anybody pressed anything. @type {Record<string, {isEarly: boolean, html: (url: string, size: string) => string}>} */
const VECTORS = {
  img: { isEarly: false, html: (url, size) => `<img src="${url}" ${size}>` },
  table: { isEarly: false, html: (url, size) => `<table background="${url}" ${size}><tr><td></td></tr></table>` },
  cell: { isEarly: false, html: (url, size) => `<table><tr><td background="${url}" ${size}></td></tr></table>` },
  style: { isEarly: false, html: (url, size) => `<div style="background-image:url('${url}');${size.replaceAll('="', ':').replaceAll('"', 'px;')}">x</div>` },
  block: { isEarly: true, html: (url, size) => `<div class="b${key(url)}" style="${size.replaceAll('="', ':').replaceAll('"', 'px;')}">x</div>` },
  srcset: { isEarly: true, html: (url, size) => `<img srcset="${url} 1x" ${size}>` },
  picture: { isEarly: true, html: (url, size) => `<picture><source srcset="${url}"><img ${size}></picture>` },
  poster: { isEarly: true, html: (url, size) => `<video poster="${url}" ${size}></video>` },
  svg: { isEarly: true, html: (url, size) => `<svg ${size}><image href="${url}" ${size}></image></svg>` },
};

/** @param {string} url */
const key = (url) => url.replace(/[^a-z0-9]/gu, '');

/** A letter whose addresses bear its number. What must never be asked for, and what must be. @param {string} number */
function letter(number) {
  /** @type {Record<string, (vector: string) => string>} */
  const trackers = {
    known: (vector) => `https://shop.us1.list-manage.com/track/open.php?u=${HEX}9&id=${number}${vector}`,
    unknown: (vector) => `https://open.unknown.example/open/${HEX}${number}${vector}.gif`,
    own: (vector) => `https://open.shop.example/open/${HEX}${number}${vector}.gif`,
    // The reader's own provider may be the sender, too.
    provider: (vector) => `https://news.${HOST}/open/${HEX}${number}${vector}.gif`,
  };
  const all = Object.entries(VECTORS).flatMap(([vector, { isEarly, html }]) => [
    ...Object.values(trackers).map((make) => ({ url: make(vector), html: html(make(vector), PIXEL), isEarly, isTracker: true, vector })),
    { url: `https://img.shop.example/${vector}-${number}.png`, html: html(`https://img.shop.example/${vector}-${number}.png`, SEEN), isEarly, isTracker: false, vector },
  ]);
  const urls = (/** @type {(one: typeof all[number]) => boolean} */ isMeant) => all.filter(isMeant).map(({ url }) => url);
  const blocks = all.filter(({ vector }) => vector === 'block').map(({ url }) => `.b${key(url)}{background-image:url(${url})}`);
  return {
    html: `<html><head><title>News</title><style>${blocks.join('\n')}</style></head><body><h1>News ${number}</h1>${all.map(({ html }) => html).join('\n')}
      <img src="cid:flower@shop" width="50" height="20"><a href="https://shop.us1.list-manage.com/track/click?u=${HEX}9&id=${HEX.slice(0, 10)}&e=${number}">all of it</a></body></html>`,
    inline: [{ cid: 'flower@shop', type: 'image/png', body: png(50, 20) }],
    trackers: urls(({ isTracker }) => isTracker),
    pictures: urls(({ isTracker }) => !isTracker),
    early: urls(({ isEarly }) => isEarly),
    late: urls(({ isEarly }) => !isEarly),
    /** What a quoted message shows to the one who writes. */
    quoted: `https://img.shop.example/img-${number}.png`,
  };
}

const why = await missing();

for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(`SOGo in ${name}`, { skip: why ?? false, timeout: 300_000 }, () => {
    /** @type {Sogo} */ let sogo;
    /** @type {import('./lib/net.mjs').Web} */ let web;
    /** @type {import('./lib/browser.mjs').Browser} */ let bare;
    /** @type {import('./lib/browser.mjs').Browser} */ let shielded;
    /** @type {Page} */ let plain;
    /** @type {Page} */ let page;
    /** @type {Page} */ let office;

    before(async () => {
      [sogo, web] = await Promise.all([Sogo.open(), openWeb()]);
      web.on(HOST, sogo.serve);
      web.on('img.shop.example', () => ({ headers: { 'content-type': 'image/png', 'cache-control': 'max-age=600' }, body: png(80, 20) }));
      [bare, shielded] = await Promise.all([launch({ browser: name, extension: null, web }), launch({ browser: name, extension: dist(name), web })]);
      office = await shielded.extensionPage('options/options.html');
      page = await shielded.open(START);
      await protect(shielded, office, page, HOST);
      await page.close();
      [plain, page] = [await arrive(bare), await arrive(shielded)];
    });
    after(async () => {
      await Promise.allSettled([bare?.close(), shielded?.close()]);
      await Promise.allSettled([web?.close(), sogo?.close()]);
    });

    /** Logs in. @param {import('./lib/browser.mjs').Browser} browser */
    const arrive = async (browser) => {
      const inbox = await browser.newPage();
      await inbox.goto(START, { timeout: BOUND_MS });
      await inbox.waitForSelector('input[type=password]', { visible: true, timeout: BOUND_MS });
      await inbox.type('input[ng-model="app.creds.username"]', 'ana');
      await inbox.type('input[type=password]', PASSWORD);
      await Promise.all([inbox.waitForNavigation({ timeout: BOUND_MS }), inbox.keyboard.press('Enter')]);
      return inbox;
    };

    let letters = 0;
    const receive = async () => {
      const number = `${name[0]}${++letters}`;
      const sent = letter(number);
      const uid = await sogo.deliver('ana', { from: `Shop <${SENDER}>`, subject: `News ${number}`, html: sent.html, inline: sent.inline });
      return { ...sent, uid };
    };
    const times = (/** @type {string} */ url) => web.requests().filter((seen) => seen.url === url).length;
    const asked = (/** @type {string[]} */ urls) => urls.filter((url) => times(url) > 0);
    const allAsked = (/** @type {string[]} */ urls, /** @type {string} */ what) => web.waitFor(() => urls.every((url) => times(url) > 0), BOUND_MS, what).catch(() => assert.fail(`${what} never asked for: ${urls.filter((url) => !times(url))}`));

    /** Waits until everything of a page has come or been refused. @param {Page} mail */
    const fence = async (mail) => {
      for (const _ of [1, 2, 3]) {
        await mail.evaluate(async () => {
          await fetch('/SOGo.woa/WebServerResources/img/sogo.ico', { cache: 'no-store' });
          await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        });
      }
    };

    /** Leaves a page, and nothing of it is still on its way. @param {Page} mail */
    const leave = async (mail) => {
      await fence(mail);
      await mail.goto('about:blank', { timeout: BOUND_MS });
    };

    /** @param {Page} mail @param {number} uid @param {string} view */
    const open = async (mail, uid, view) => {
      await mail.bringToFront();
      // Only another document begins anew.
      await mail.goto('about:blank', { timeout: BOUND_MS });
      await mail.goto(`${MAIL}${view}#!/Mail/0/INBOX/${uid}`, { timeout: BOUND_MS });
      await mail.waitForSelector('.msg-body .mailer_htmlcontent', { timeout: BOUND_MS });
    };

    /** Presses "Load Images". @param {Page} mail */
    const load = async (mail) => {
      await mail.waitForSelector('[ng-click="viewer.message.loadUnsafeContent()"]', { visible: true, timeout: BOUND_MS });
      await mail.evaluate(() => /** @type {HTMLElement} */ (document.querySelector('[ng-click="viewer.message.loadUnsafeContent()"]')).click());
    };

    for (const [what, view] of /** @type {const} */ ([['beside the list', 'view'], ['in a window of its own', 'UIxMailPopupView']])) {
      it(`a message ${what}: no tracker, every picture, the sender`, async () => {
        const sent = await receive();
        web.clear();
        await open(plain, sent.uid, view);
        await allAsked(sent.early, 'what SOGo forgets to take out');
        await load(plain);
        await allAsked(sent.late, 'what SOGo loads when asked to');
        await leave(plain);
        web.clear();

        await open(page, sent.uid, view);
        await allAsked(asked(sent.early).filter((url) => sent.pictures.includes(url)), 'the first pictures');
        await load(page);
        await allAsked(sent.pictures, 'the pictures');
        await fence(page);
        assert.deepEqual(asked(sent.trackers), []);
        // A message that is drawn anew may ask for its pictures anew.
        assert.deepEqual(sent.pictures.filter((url) => times(url) > (sent.early.includes(url) ? 2 : 1)), [], 'asked for too often');
        await page.waitForFunction(() => [...document.querySelectorAll('.msg-body img[width="80"], .msg-body img[width="50"]')].every((image) => image instanceof HTMLImageElement && image.naturalWidth > 0), { timeout: BOUND_MS });

        const tab = await tabOf(office, HOST);
        const report = await office.evaluate((tabId) => chrome.runtime.sendMessage({ kind: 'report', tabId }), tab);
        assert.deepEqual(report.messages.map((/** @type {any} */ { sender }) => sender), [{ address: SENDER, name: 'Shop' }]);
        assert.deepEqual(report.messages[0].blocked.map((/** @type {any} */ { url }) => url).sort(), [...sent.trackers].sort());
      });
    }

    describe('a reply', () => {
      /** Presses "Reply"; gives the frame of the editor. @param {Page} mail @param {number} uid */
      const reply = async (mail, uid) => {
        await open(mail, uid, 'view');
        await mail.evaluate(() => /** @type {HTMLElement} */ (document.querySelector('button[ng-click^="viewer.reply("]')).click());
        const holder = await mail.waitForSelector('iframe.cke_wysiwyg_frame', { timeout: BOUND_MS });
        const frame = await holder?.contentFrame();
        assert.ok(frame);
        await frame.waitForFunction(() => document.body?.isContentEditable && document.body.textContent?.includes('News'), { timeout: BOUND_MS });
        return frame;
      };

      /** What is sent. @param {Page} mail */
      const send = async (mail) => {
        const known = web.requests().length;
        await mail.evaluate(() => /** @type {HTMLElement} */ (document.querySelector('#mailEditor button[ng-click="editor.send()"]')).click());
        const seen = await web.waitFor((log) => log.slice(known).find(({ method, path }) => method === 'POST' && /\/Drafts?\/|folderDrafts/u.test(path) && path.endsWith('/send')), BOUND_MS, 'the letter that is sent');
        return String(JSON.parse(seen.body.toString('utf8')).text);
      };
      /** What became of the pictures of a draft, for when they do not come. @param {import('puppeteer-core').Frame} draft */
      const stateOf = async (draft) => {
        const images = await draft.evaluate(() => [...document.images].map((image) => [image.src, image.complete, image.naturalWidth, getComputedStyle(image).content]));
        const tab = await tabOf(office, HOST);
        const { messages } = await office.evaluate((tabId) => chrome.runtime.sendMessage({ kind: 'report', tabId }), tab);
        return JSON.stringify({ images, messages });
      };
      const goesOut = (/** @type {string} */ text, /** @type {string[]} */ urls) => urls.filter((url) => text.includes(url) || text.includes(url.replaceAll('&', '&amp;')));

      it('quoted pictures are seen, and no tracker goes out', async () => {
        const sent = await receive();
        web.clear();
        await reply(plain, sent.uid);
        await allAsked(sent.trackers, 'the trackers of a quoted message');
        await leave(plain);
        web.clear();
        const draft = await reply(page, sent.uid);
        await allAsked([sent.quoted], 'the quoted picture').catch(async (error) => assert.fail(`${error.message}: ${await stateOf(draft)}`));
        await draft.waitForFunction((urls) => [...document.images].every((image) => !urls.includes(image.src)), { timeout: BOUND_MS }, sent.trackers);
        await fence(page);
        assert.deepEqual(asked(sent.trackers), []);
        const text = await send(page);
        assert.deepEqual(goesOut(text, sent.trackers), []);
        assert.deepEqual(goesOut(text, [sent.quoted]), [sent.quoted]);
        assert.doesNotMatch(text, /#[0-9a-f]{32}/u, 'a token of ours would be sent along');
      });
    });
  });
}
