// Somebody reads all day in one tab: 500 messages opened one after the other. What is gone from the page is gone from memory,
// and the last messages appear as fast as the first.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch } from './lib/browser.mjs';
import { dist } from './lib/dist.mjs';
import { Mailbox } from './lib/mailbox.mjs';
import { held } from './lib/memory.mjs';
import { png } from './lib/net.mjs';
import { HEX } from './lib/reader.mjs';
import { SHAPES } from './lib/shapes.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

const OPENINGS = 500;
/** Memory is looked at after so many, and at the end: before that, caches fill. */
const WARM = 100;
const PART = 50;
/** Of the delays, which are a few milliseconds: a browser may stumble, a list that grows does not stop at this. */
const MOST_SLOWER = 3;
const SLACK_MS = 40;
/** What each opening may leave, on average. Its nodes are about forty and its facts some kilobytes. */
const MOST_NODES = 2;
const MOST_BYTES = 1500;
/** What the background knows of one open message, and its tokens, in characters. */
const MOST_REMEMBERED = 10_000;

const FROM = { name: 'Shop', address: 'news@shop.example' };
const shape = /** @type {import('./lib/shapes.mjs').Shape} */ (SHAPES.outlook);
const TEXT = `<style>.k@N@{background-image:url(https://img.shop.example/k.png)}</style><p class="k@N@">Dear reader, <a href="https://shop.us1.list-manage.com/track/click?u=${HEX}9&id=${HEX.slice(0, 10)}&e=@N@">the news</a>
  and <a href="https://shop.us1.list-manage.com/track/click?u=${HEX}9&id=${HEX.slice(0, 10)}&e=@N@1">more of it</a>.</p><table background="https://img.shop.example/t.png"><tr><td>offers</td></tr></table>
  <img class="t" src="https://img.shop.example/logo-@N@.png" width="120" height="40"><img src="https://img.shop.example/hero.png" width="600" height="20">
  <img src="https://shop.us1.list-manage.com/track/open.php?u=${HEX}9&id=@N@" width="1" height="1"><img src="https://open.unknown.example/open/${HEX}@N@.gif" style="display:none">
  ${'<table><tr><td><p>Words, many words.</p></td></tr></table>'.repeat(4)}`;

/** @param {number[]} numbers */
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;

for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(`500 messages in one tab of ${name}`, { timeout: 180_000 }, () => {
    /** @type {Mailbox} */ let box;
    /** @type {import('./lib/browser.mjs').Browser} */ let browser;
    /** @type {Page} */ let page;
    /** @type {Page} */ let office;

    before(async () => {
      box = await Mailbox.open(shape);
      box.web.on('img.shop.example', () => ({ headers: { 'content-type': 'image/png', 'cache-control': 'max-age=600' }, body: png(20, 20) }));
      // Nothing but the browser itself may remember what was opened.
      browser = await launch({ browser: name, extension: dist(name), web: box.web, watched: false });
      office = await browser.extensionPage('options/options.html');
      page = await box.show(browser);
      await page.bringToFront();
    });
    after(async () => {
      await browser?.close();
      await box?.close();
    });

    /** Opens messages one after the other, each in the place of the last; gives how long each took to show its picture. @param {number} from @param {number} count */
    const openMessages = (from, count) => page.evaluate(async (whole, text, first, number) => {
      const list = document.getElementById('list');
      const delays = [];
      for (let i = first; i < first + number; i++) {
        const box = document.createElement('div');
        const start = performance.now();
        box.innerHTML = whole.replaceAll('@ID@', `AAQ${i}`).replace('@BODY@', () => text.replaceAll('@N@', String(i)));
        list?.replaceChildren(box);
        const image = box.querySelector('img.t');
        await new Promise((done) => image?.addEventListener('load', done, { once: true }));
        delays.push(performance.now() - start);
      }
      return delays;
    }, shape.message({ id: '@ID@', from: FROM, subject: '', html: '' }, '@BODY@'), TEXT, from, count);

    const remembered = () => office.evaluate(async () => JSON.stringify(await chrome.storage.session.get(null)).length);

    it('memory stays flat, and nothing gets slower', async (t) => {
      /** @type {number[]} */
      const delays = [];
      const read = async (/** @type {number} */ until) => {
        while (delays.length < until) delays.push(...(await openMessages(delays.length, PART)));
        return { ...(await held(browser, page)), remembered: await remembered() };
      };
      const early = await read(WARM);
      const late = await read(OPENINGS);
      const grown = (/** @type {'nodes' | 'bytes'} */ what) => (late[what] - early[what]) / (OPENINGS - WARM);
      const [first, last] = [median(delays.slice(PART, 2 * PART)), median(delays.slice(-PART))];
      t.diagnostic(`${name}: an opening leaves ${grown('nodes').toFixed(2)} nodes and ${grown('bytes').toFixed(0)} bytes; a picture is shown after ${first.toFixed(1)} ms at first, ${last.toFixed(1)} ms at the end`);
      assert.equal(box.web.requests(/list-manage|open\.unknown/u).length, 0);
      assert.ok(grown('nodes') < MOST_NODES, `${grown('nodes')} nodes stay of each message`);
      assert.ok(grown('bytes') < MOST_BYTES, `${grown('bytes')} bytes stay of each message`);
      assert.ok(late.remembered < MOST_REMEMBERED, `the background remembers ${late.remembered} characters`);
      assert.ok(last < MOST_SLOWER * first + SLACK_MS, `the last pictures took ${last} ms, the first ${first} ms`);
    });
  });
}
