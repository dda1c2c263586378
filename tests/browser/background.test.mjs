// The background may be stopped at any moment: before a message comes, while it is judged, after. The result is the same.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { dist } from './lib/dist.mjs';
import { Mailbox } from './lib/mailbox.mjs';
import { SHAPES } from './lib/shapes.mjs';

const BOUND_MS = 20_000;
const ROUNDS = 6;

for (const browser of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(`${browser}: the background is stopped`, () => {
    /** @type {Mailbox} */
    let mailbox;
    /** @type {import('./lib/browser.mjs').Browser} */
    let shielded;
    before(async () => {
      mailbox = await Mailbox.open(/** @type {import('./lib/shapes.mjs').Shape} */ (SHAPES.gmail));
      shielded = await launch({ browser, extension: dist(browser), web: mailbox.web });
    });
    after(async () => {
      await shielded?.close();
      await mailbox?.close();
    });

    /** @param {number} round */
    const message = (round) => {
      const picture = mailbox.address(`picture ${round}`, `https://img.shop.example/${round}.png`);
      const unknown = mailbox.address(`unknown ${round}`, `https://t.tracker.example/open/0123456789abcdef0123${round}.gif`);
      const known = mailbox.address(`known ${round}`, `https://shop.us1.list-manage.com/track/open.php?u=0123456789abcdef012345678&id=${round}`);
      return `<img src="${picture}" width="50" height="20"><img src="${unknown}" width="1" height="1"><div style="background:url('${known}')">x</div>`;
    };

    for (const [name, stopEarly, stopLate] of /** @type {const} */ ([['before', true, false], ['during', false, true]])) {
      test(`${name} the judgement`, async () => {
        const page = await mailbox.show(shielded);
        const rounds = [...Array(ROUNDS).keys()];
        for (const round of rounds) {
          if (stopEarly) await shielded.stopBackground();
          const html = message(round);
          const inserted = mailbox.insertHtml(page, `17b000000000000${round}`, html);
          if (stopLate) await shielded.stopBackground();
          await inserted;
          await mailbox.reached([`picture ${round}`], BOUND_MS);
        }
        await mailbox.fence(page);
        assert.deepEqual(mailbox.leaks().sort(), rounds.map((round) => `picture ${round}`));
        await page.close();
      });
    }

    test('after the judgement: what the webmail draws anew is shown and held as before', async () => {
      const page = await mailbox.show(shielded);
      const html = `<div id="again">${message(1)}</div>`;
      await mailbox.insertHtml(page, '17b0000000000001', html);
      await mailbox.reached(['picture 1'], BOUND_MS);
      await shielded.stopBackground();
      await page.evaluate((text) => {
        const box = document.querySelector('#again');
        if (box) box.outerHTML = text;
      }, html);
      await page.waitForFunction(() => [...document.querySelectorAll('#again img[width="50"]')].every((image) => image instanceof HTMLImageElement && image.naturalWidth > 0), { timeout: BOUND_MS });
      await mailbox.fence(page);
      assert.deepEqual(mailbox.leaks(), ['picture 1']);
      await page.close();
    });
  });
}
