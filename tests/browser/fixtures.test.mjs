// Pages in the shape of each webmail as it was seen last, with the month in the name of the file: sender, reader, subject and id
// are found, trackers stay out, drafts included, ordinary pictures and the webmail's own appear. And all but the names also when
// every name in the page has changed. Pictures have ids: `x-` and `c-` must never be asked for, `t-` and `ui-` must; `p-` are
// fetched by the webmail's own servers. What tracks, known, unknown and from the sender's own host, is put in where a page says so.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { protect, reported, tabOf } from './lib/added.mjs';
import { launch } from './lib/browser.mjs';
import { ROOT, dist } from './lib/dist.mjs';
import { FIXTURES, WEBMAILS } from './lib/fixtures.mjs';
import { html, openWeb, png } from './lib/net.mjs';
import { BOUND_MS, HEX } from './lib/reader.mjs';
import { scrambled } from './lib/shapes.mjs';

/** @typedef {import('puppeteer-core').Page} Page */
/** @typedef {import('./lib/fixtures.mjs').Fixture} Fixture */

const LONGEST_REPORT_MS = 5000;

/** What is put into a message: a picture to look at, and three that track. @param {Fixture} fixture @param {string} id  apart from those in other places */
function pictures({ picture, passes }, id) {
  const at = (/** @type {string} */ url) => picture(url).replaceAll('&', '&amp;');
  const mark = passes ? 'p' : 'x';
  return `<img id="t-plain${id}" src="${at(`https://img.shop.example/plain${id}.png`)}" width="120" height="40"><img id="${mark}-known${id}" src="${at(`https://shop.us1.list-manage.com/track/open.php?u=${HEX}9&id=${id}4711`)}" width="1" height="1"><img id="${mark}-unknown${id}" src="${at(`https://open.unknown.example/open/${HEX}${id}.gif`)}" style="display:none"><img id="${mark}-own${id}" src="${at(`https://open.shop.example/open/${HEX}${id}.gif`)}" width="1" height="1">`;
}

/** The addresses of the pictures whose ids begin so, as a server sees them. @param {string} text @param {string} page @param {string} prefix */
function addresses(text, page, prefix) {
  const found = [...text.matchAll(new RegExp(`<img id="(?:${prefix})[^>]*?\\s(?:unsafe-|blockedimage)?src="([^"]+)"`, 'gu'))].map(([, src]) => new URL(String(src).replaceAll('&amp;', '&'), page));
  // Without a browser's own tokens: a picture inside the message is not fetched.
  return [...new Set(found.filter(({ protocol }) => protocol.startsWith('http')).map(({ href }) => String(href.split('#')[0])))];
}

/** @param {string} text */
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(`webmail shapes in ${name}`, { timeout: 600_000 }, () => {
    /** @type {import('./lib/net.mjs').Web} */ let web;
    /** @type {import('./lib/browser.mjs').Browser} */ let browser;
    /** @type {Page} */ let office;
    /** Host and path, or host alone → the page. @type {Map<string, string>} */
    const shown = new Map();

    before(async () => {
      web = await openWeb((seen) => (/\.(js|css)$/u.test(seen.path) ? null : { headers: { 'content-type': 'image/png', 'cache-control': 'no-store' }, body: png(20, 20) }));
      const places = Object.values(FIXTURES).flatMap(({ page, frames = {} }) => [page, ...Object.keys(frames)]);
      const show = (/** @type {import('./lib/net.mjs').Seen} */ { dest, host, path }) => (dest === 'document' || dest === 'iframe' ? html(shown.get(`${host}${path.split('?')[0]}`) ?? shown.get(host) ?? '') : null);
      for (const host of new Set(places.map((place) => new URL(place).host))) web.on(host, show);
      browser = await launch({ browser: name, extension: dist(name), web });
      office = await browser.extensionPage('options/options.html');
      for (const { page: address, others } of WEBMAILS) {
        const page = await browser.open(address);
        await protect(browser, office, page, new URL(address).host, others);
        await page.close();
      }
    });
    after(async () => {
      await browser?.close();
      await web?.close();
    });

    /** What our own scripts read in each frame of a tab. @param {number} tab */
    const read = (tab) => office.evaluate(async (tabId) => {
      const func = () => {
        const ours = /** @type {any} */ (globalThis).briefgeheim;
        const { page, adapter, kind } = ours;
        page.look();
        if (page.told || page.isBodyFrame()) return { kind, told: page.told };
        const bodies = new Set(adapter.bodies.length ? page.all(document, adapter.bodies.join(', ')).map(page.bodyOf) : []);
        const isMeant = (/** @type {Element | null} */ body) => body?.ownerDocument === document && body.getClientRects().length > 0 && !page.isDraft(body);
        return {
          kind,
          told: null,
          recipient: page.recipient(),
          messages: [...bodies].filter(isMeant).map((body) => ({ ...page.sender(body), id: page.id(body), subject: page.subject(body) })),
          rows: (adapter.rows.length ? page.all(document, adapter.rows.join(', ')) : []).map((/** @type {Element} */ row) => page.rowSender(row)?.address ?? null),
        };
      };
      const results = await chrome.scripting.executeScript({ target: { tabId, allFrames: true }, func });
      return results.map(({ result }) => /** @type {any} */ (result)).filter(Boolean);
    }, tab);

    for (const [fixture, expected] of Object.entries(FIXTURES)) {
      for (const isScrambled of [false, true]) {
        it(`${fixture}${isScrambled ? ', all names replaced' : ''}`, async () => {
          const { page: address, file = fixture, frames = {} } = expected;
          shown.clear();
          /** @type {[string, string][]} */
          const texts = [];
          for (const [place, part] of [[address, file], ...Object.entries(frames)]) {
            const text = (await readFile(join(ROOT, 'tests/fixtures/webmails', `${part}-2026-11.html`), 'utf8'))
              .replaceAll('<!--pictures-->', () => pictures(expected, '')).replaceAll('&lt;!--quoted--&gt;', () => escaped(pictures(expected, 'q')));
            texts.push([String(place), text]);
            const { host, pathname } = new URL(String(place));
            shown.set(pathname === '/' ? host : `${host}${pathname}`, isScrambled ? scrambled(text) : text);
          }
          web.clear();
          const page = await browser.open(address);
          const times = (/** @type {string} */ url) => web.requests().filter((seen) => seen.url === url).length;
          const of = (/** @type {string} */ prefix) => [...new Set(texts.flatMap(([place, text]) => addresses(text.replaceAll('&lt;', '<').replaceAll('&quot;', '"').replaceAll('&amp;amp;', '&amp;'), place, prefix)))];
          const [trackers, ordinary, others] = [of('[a-z0-9]*x-|c-q'), of('[a-z0-9]*t-'), of('ui-|p-')];
          assert.ok(trackers.length + others.length > 0 && ordinary.length > 0, 'the expressions above still find the pictures');
          await web.waitFor(() => [...ordinary, ...others].every((url) => times(url) > 0), BOUND_MS, `the pictures of ${fixture}: ${[...ordinary, ...others].filter((url) => times(url) === 0)}`);
          if (!isScrambled) {
            const tab = await tabOf(office, new URL(address).host);
            assert.deepEqual(await reported(office, tab, expected.reported, LONGEST_REPORT_MS), expected.reported);
            const seen = await read(tab);
            assert.deepEqual(seen.flatMap(({ messages = [] }) => messages), expected.messages);
            assert.deepEqual([...new Set(seen.flatMap((frame) => ('recipient' in frame && frame.recipient ? [frame.recipient] : [])))], expected.recipient ? [expected.recipient] : []);
            assert.deepEqual(seen.flatMap(({ rows = [] }) => rows), expected.rows ?? []);
            assert.deepEqual([...new Set(seen.map(({ kind }) => kind).filter((kind) => kind !== 'generic'))], [expected.kind]);
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
