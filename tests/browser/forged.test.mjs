// A sender who writes a marker into an address gains nothing: not the words that other blockers use, not ours, not a token
// from an earlier session.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { dist } from './lib/dist.mjs';
import { Mailbox } from './lib/mailbox.mjs';
import { SHAPES } from './lib/shapes.mjs';

const BOUND_MS = 15_000;

for (const browser of /** @type {const} */ (['chromium', 'firefox'])) {
  for (const shape of Object.values(SHAPES)) {
    describe(`${browser}, ${shape.name}: forged markers`, () => {
      test('open no door', async (t) => {
        const mailbox = await Mailbox.open(shape);
        t.after(() => mailbox.close());
        const shielded = await launch({ browser, extension: dist(browser), web: mailbox.web });
        t.after(() => shielded.close());

        // A token of this session, read as a page could read it.
        const page = await mailbox.show(shielded);
        await mailbox.insertHtml(page, '17b0000000000001', `<img id="seen" src="${mailbox.address('picture', 'https://img.shop.example/a.png')}" width="50" height="20">`);
        await page.waitForFunction(() => document.querySelector('#seen')?.getAttribute('src')?.match(/#[0-9a-f]{32}$/), { timeout: BOUND_MS });
        const token = (await page.$eval('#seen', (image) => String(image.getAttribute('src')))).slice(-32);
        await shielded.restart();

        const later = await mailbox.show(shielded);
        const markers = [`#${token}`, `?release=${token}`, `?${token}`, `#x#${token}`, `?trnonsuspmrk=1`, `?trnonsuspmrk=1#trnonsuspmrk=1`, '#briefgeheim', '?briefgeheim=release', '#allow', '#release', `#${'0'.repeat(32)}`, '#*', '#|', `#${token.toUpperCase()}`];
        const pixels = markers.map((marker, index) => mailbox.address(`forged ${marker}`, `https://t.tracker.example/open/0123456789abcdef0123${index}.gif${marker}`));
        const html = pixels.map((url) => `<img src="${url}" width="1" height="1"><div style="background:url('${url}')">x</div><img srcset="${url} 1x" style="display:none">`).join('');
        await mailbox.insertHtml(later, '17b0000000000002', `${html}<img src="${mailbox.address('picture', 'https://img.shop.example/b.png')}" width="50" height="20">`);
        await mailbox.reached(['picture'], BOUND_MS);
        await mailbox.fence(later);
        assert.deepEqual(mailbox.leaks().filter((label) => label !== 'picture'), []);
      });
    });
  }
}
