// The extension is replaced by a new version while mail is open, and a tab comes and goes between mail and other sites.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { tabHeld, updated } from './lib/added.mjs';
import { BOUND_MS, HEX, Reader } from './lib/reader.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

const FROM = { name: 'Shop', address: 'news@shop.example' };
const TRACKER = `https://shop.us1.list-manage.com/track/open.php?u=${HEX}9&id=`;

/**
 * A page of another site, below a top-level domain that exists: only those are told apart by their name (`rules/tlds.txt`), and Chromium
 * may lose the first picture of a page that is not. It has a picture of its own, one in a frame without an origin, and one that comes late.
 */
const FORUM = `<!doctype html><meta charset="utf-8"><title>Forum</title><img src="https://img.forum.example.org/plain.png">
  <iframe sandbox srcdoc="<img src='https://img.forum.example.org/framed.png'>"></iframe><div style="background:url(https://img.forum.example.org/style.png)">x</div>`;

/** How many marks of ours stand in each open message, in the order of the messages. @param {Page} page */
const marks = (page) => page.evaluate(() => [...document.querySelectorAll('.a3s')].map((body) => body.querySelectorAll('span[data-briefgeheim]').length));

/** A frame without an origin in a message: only the hold of the whole tab reaches it. @param {Reader} reader @param {string} key */
async function receiveFramed(reader, key) {
  const [tracker, picture] = [reader.box.address(`framed-tracker ${key}`, TRACKER + key), reader.box.address(`framed-picture ${key}`, `https://img.shop.example/framed-${key}.png`)];
  await reader.box.insertHtml(reader.letters, `17b0000008${key.padStart(6, '0')}`, `<iframe sandbox srcdoc='<img src="${tracker}" width="1" height="1"><img src="${picture}" width="80" height="20">'></iframe>`, FROM);
}

for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(`an update in ${name}`, { timeout: 120_000 }, () => {
    /** @type {Reader} */ let reader;
    /** @type {string} */ let early;
    /** @type {number[]} */ let atFirst;
    /** @type {Page} */ let forum;

    before(async () => {
      reader = await Reader.arrive(name);
      reader.box.web.on('forum.example.org', () => ({ headers: { 'content-type': 'text/html', 'cache-control': 'no-store' }, body: FORUM }));
      forum = await reader.browser.open('https://forum.example.org/');
      await reader.openMail();
      early = await reader.receive(FROM);
      await reader.fetched(early, 'logo', 'personal');
      await reader.reported((report) => report.messages.some((message) => message.blocked.length === 2));
      atFirst = await marks(reader.letters);
      reader.desk = await updated(reader.browser, reader.office);
    });
    after(() => reader?.leave());

    it('lets the pictures of a new message appear, its trackers stay out', async () => {
      const late = await reader.receive(FROM);
      await reader.fetched(late, 'logo', 'personal');
      await reader.reported((report) => report.messages.some((message) => message.blocked.reduce((sum, { count }) => sum + count, 0) === 4));
      assert.deepEqual(await reader.fetchedOf(late), ['logo', 'personal']);
      assert.deepEqual(await reader.fetchedOf(early), ['logo', 'personal']);
    });

    it('leaves one mark where there was one', async () => {
      assert.ok((atFirst[0] ?? 0) >= 3, `only ${atFirst} marks before the update`);
      const [old, fresh] = await marks(reader.letters);
      assert.deepEqual([old, fresh], [atFirst[0], atFirst[0]]);
    });

    it('keeps the open message at work', async () => {
      const allShown = () => reader.letters.waitForFunction(() => [...document.querySelectorAll('.a3s img')].filter((image) => image instanceof HTMLImageElement && image.naturalWidth > 0).length === 4, { timeout: BOUND_MS });
      await reader.letters.bringToFront();
      await allShown();
      // The webmail writes its addresses anew, without our mark: what is not in the browser's memory is asked for once more.
      await reader.box.resetSources(reader.letters);
      await reader.box.fence(reader.letters);
      await allShown();
      assert.deepEqual(await reader.fetchedOf(early), ['logo', 'personal']);
    });

    it('holds the tab as a whole again', async () => {
      await tabHeld(reader.office, reader.tab, BOUND_MS);
      await receiveFramed(reader, '900');
      await reader.fetched('900', 'framed-picture');
      assert.deepEqual(await reader.fetchedOf('900'), ['framed-picture']);
    });

    it('answers the reader in the open message', async () => {
      await reader.office.evaluate((address) => chrome.runtime.sendMessage({ kind: 'allow', address, allowed: true }), FROM.address);
      await reader.fetched(early, 'known', 'unknown');
      await reader.office.evaluate((address) => chrome.runtime.sendMessage({ kind: 'allow', address, allowed: false }), FROM.address);
    });

    it('holds nothing in the tabs of other sites', async () => {
      await forum.evaluate(() => {
        document.body.insertAdjacentHTML('beforeend', `<img src="https://img.forum.example.org/late.png"><iframe sandbox srcdoc="<img src='https://img.forum.example.org/late-framed.png'>"></iframe>`);
      });
      await reader.box.web.waitFor((log) => ['/late.png', '/late-framed.png'].every((path) => log.some((seen) => seen.host === 'img.forum.example.org' && seen.path === path)), BOUND_MS, 'the pictures of the forum');
    });
  });

  describe(`a tab that leaves the mail in ${name}`, { timeout: 120_000 }, () => {
    /** @type {Reader} */ let reader;
    before(async () => {
      reader = await Reader.arrive(name);
      reader.box.web.on('forum.example.org', () => ({ headers: { 'content-type': 'text/html', 'cache-control': 'no-store' }, body: FORUM }));
      await reader.openMail();
      await tabHeld(reader.office, reader.tab, BOUND_MS);
    });
    after(() => reader?.leave());

    const forumLoads = () => reader.box.web.waitFor((log) => ['/plain.png', '/framed.png', '/style.png'].every((path) => log.some((seen) => seen.host === 'img.forum.example.org' && seen.path === path)), BOUND_MS, 'the pictures of the forum');
    const mailHolds = async () => {
      const key = await reader.receive(FROM);
      await receiveFramed(reader, key);
      await reader.fetched(key, 'logo', 'personal', 'framed-picture');
      await reader.reported((report) => report.messages.some((message) => message.blocked.length >= 2));
      assert.deepEqual(await reader.fetchedOf(key), ['framed-picture', 'logo', 'personal']);
    };

    it('is held while it shows mail', mailHolds);

    it('loads everything elsewhere', async () => {
      await reader.letters.goto('https://forum.example.org/', { timeout: BOUND_MS });
      await forumLoads();
    });

    it('is held again after going back', async () => {
      await reader.letters.goBack({ timeout: BOUND_MS });
      await mailHolds();
    });

    it('loads everything elsewhere after going forward, and holds once more when the mail is opened anew', async () => {
      reader.box.web.clear();
      await reader.letters.goto('https://forum.example.org/?again', { timeout: BOUND_MS });
      await forumLoads();
      await reader.letters.goto(reader.box.shape.page, { timeout: BOUND_MS });
      await mailHolds();
    });
  });
}
