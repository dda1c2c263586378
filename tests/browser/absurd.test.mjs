// What nobody should send, and an engine that cannot run: nothing leaks, nothing hangs, the page says what is held.
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { dist } from './lib/dist.mjs';
import { Mailbox } from './lib/mailbox.mjs';
import { SHAPES } from './lib/shapes.mjs';

const BOUND_MS = 60_000;
const ID = '17b0000000000001';
const shape = /** @type {import('./lib/shapes.mjs').Shape} */ (SHAPES.outlook);
const TRACKER = 'https://t.tracker.example/open/0123456789abcdef0123.gif';
const KNOWN = 'https://shop.list-manage.com/track/open.php?u=0123456789abcdef012345678&id=1';

for (const browser of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(`${browser}: absurd messages`, () => {
    /** @type {Mailbox} */
    let mailbox;
    /** @type {import('./lib/browser.mjs').Browser} */
    let shielded;
    before(async () => {
      mailbox = await Mailbox.open(shape);
      shielded = await launch({ browser, extension: dist(browser), web: mailbox.web });
    });
    after(async () => {
      await shielded?.close();
      await mailbox?.close();
    });

    const pixel = () => `<img src="${mailbox.address('tracker', TRACKER)}" width="1" height="1">`;
    const picture = () => `<img src="${mailbox.address('picture', 'https://img.shop.example/last.png')}" width="50" height="20">`;
    /** @type {Record<string, () => string>} */
    const messages = {
      '10 MB of HTML': () => `${pixel()}${'<p>Lorem ipsum <b>dolor</b> sit amet.</p>'.repeat(260_000)}${pixel()}${picture()}`,
      '5,000 pictures': () => `${[...Array(5000).keys()].map((i) => `<img src="${mailbox.address(`many ${i % 50}`, `https://img.shop.example/${i % 50}.png`)}" width="9" height="9">`).join('')}${pixel()}${picture()}`,
      '200 levels deep': () => `${'<table><tr><td><div>'.repeat(200)}${pixel()}${picture()}${'</div></td></tr></table>'.repeat(200)}`,
      'broken encodings': () => `<p>\u{fffd}\u{0}\u{d800}\u{202e}</p><img src="https://\u{fffd}/%ff%zz" width="1" height="1"><img src="https://[" width="1"><div style="background:url(https://img.shop.example/\\110000 x.png);}}{{;;'\\">x</div><img srcset=",,, ,"><style>@import '${'a('.repeat(5000)}</style>${pixel()}${picture()}`,
      'unclosed everything': () => `<div><table><td>${pixel()}${picture()}<style>a{b:c<p title="`,
      'style of 2 MB': () => `<style>${'.a{background:url(https://img.shop.example/s.png)}'.repeat(40_000)}</style>${pixel()}${picture()}`,
    };
    for (const [name, make] of Object.entries(messages)) {
      test(name, async () => {
        const page = await mailbox.show(shielded);
        await mailbox.insertHtml(page, ID, make());
        await mailbox.reached(['picture'], BOUND_MS);
        await mailbox.fence(page);
        assert.equal(mailbox.times('tracker'), 0);
        assert.equal(mailbox.web.requests('t.tracker.example').length, 0);
        await page.close();
      });
    }
  });

  describe(`${browser}: the engine cannot run`, () => {
    /** @type {string} */
    let broken;
    /** @type {Mailbox} */
    let mailbox;
    /** @type {import('./lib/browser.mjs').Browser} */
    let shielded;
    before(async () => {
      broken = await mkdtemp(join(tmpdir(), 'bg-broken-'));
      await cp(dist(browser), broken, { recursive: true });
      await truncate(join(broken, 'engine', 'briefgeheim_bg.wasm'), 1000);
      mailbox = await Mailbox.open(shape);
      shielded = await launch({ browser, extension: broken, web: mailbox.web });
    });
    after(async () => {
      await shielded?.close();
      await mailbox?.close();
      await rm(broken, { recursive: true, force: true });
    });

    test('everything is held, the page says so, and one click shows what is not known to track', async () => {
      const page = await mailbox.show(shielded);
      await page.setViewport({ width: 900, height: 600 });
      const known = mailbox.address('known', KNOWN);
      const text = `<img class="t" src="${mailbox.address('picture', 'https://img.shop.example/a.png')}" width="50" height="20"><div style="width:9px;height:9px;background:url('${mailbox.address('css', 'https://img.shop.example/b.png')}')"></div><img src="${known}" width="1" height="1">`;
      await mailbox.insertHtml(page, ID, text);
      // The notice keeps its insides in a closed root; its outside is the last thing in the body.
      await page.waitForFunction(() => document.body.lastElementChild?.tagName === 'DIV' && document.body.lastElementChild.childElementCount === 0 && document.body.lastElementChild.id === '', { timeout: BOUND_MS });
      await mailbox.fence(page);
      assert.deepEqual(mailbox.leaks(), [], 'nothing may be fetched while the engine is silent');
      await page.bringToFront();
      const hasFocus = () => page.evaluate(() => document.activeElement === document.body.lastElementChild);
      // While the extension is being installed its scripts may start anew in the page, with a notice of their own.
      for (let press = 0; press < 3 && mailbox.times('picture') === 0; press++) {
        for (let i = 0; i < 30 && !(await hasFocus()); i++) await page.keyboard.press('Tab');
        assert.ok(await hasFocus(), 'the notice can be reached by keyboard');
        await page.keyboard.press('Enter');
        await mailbox.reached(['picture'], 5000).catch(() => {});
      }
      await mailbox.reached(['picture', 'css'], BOUND_MS);
      await page.waitForFunction(() => [...document.querySelectorAll('img.t')].every((image) => image instanceof HTMLImageElement && image.naturalWidth > 0), { timeout: BOUND_MS });
      await mailbox.fence(page);
      assert.equal(mailbox.times('known'), 0, 'what is known to track stays blocked');
      await page.close();
    });
  });
}
