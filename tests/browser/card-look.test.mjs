// The card in every language, on light paper and on dark, and at twice the size: inside the window, nothing cut off. The
// pictures in dist/screens are for people to look at.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { launch } from './lib/browser.mjs';
import { ROOT, dist } from './lib/dist.mjs';
import { Mailbox } from './lib/mailbox.mjs';
import { clickOn, marksOf, textOf } from './lib/marks.mjs';
import { until } from './lib/reader.mjs';
import { SHAPES } from './lib/shapes.mjs';

const SCREENS = process.env.SCREENS ?? join(ROOT, 'dist/screens');
const LONG = `https://www.shop.example/sale/${'a-very-long-name-of-a-thing-'.repeat(12)}?colour=red`;
const TRACKED = `https://mailtrack.io/trace/link/0a1b2c3d4e?url=${encodeURIComponent(LONG)}`;
const GUARDED = `https://nam12.safelinks.protection.outlook.com/?url=${encodeURIComponent(TRACKED)}&data=x&reserved=0`;

describe('the look of the card in chromium', { timeout: 180_000 }, () => {
  for (const language of ['en', 'nl', 'de', 'fr']) {
    it(`fits: ${language}`, async () => {
      await mkdir(SCREENS, { recursive: true });
      const box = await Mailbox.open(/** @type {import('./lib/shapes.mjs').Shape} */ (SHAPES.outlook));
      const browser = await launch({ browser: 'chromium', extension: dist('chromium'), web: box.web, args: [`--lang=${language}`] });
      try {
        for (const [name, background, size] of /** @type {[string, string, number][]} */ ([['light', '#fff', 1], ['dark', '#1b1b1f', 1], ['zoomed', '#fff', 2]])) {
          const page = await box.show(browser);
          await page.setViewport({ width: 640 / size, height: 720 / size, deviceScaleFactor: size });
          await page.evaluate((color) => { document.body.style.background = color; }, background);
          await box.insertHtml(page, '17b0000000000001', `<p>Words and <a href="${TRACKED}">a link</a>, <a href="${GUARDED.replaceAll('&', '&amp;')}">another</a>.</p>`);
          await until(page, () => document.querySelectorAll('span[data-briefgeheim]').length === 2);
          for (const index of [0, 1]) {
            const mark = (await marksOf(page))[index];
            assert.ok(mark);
            await clickOn(page, mark.button);
            const card = (await marksOf(page))[index]?.card;
            assert.ok(card, 'the card opens');
            const outer = await card.node.box();
            assert.ok(outer.x >= 0 && outer.y >= 0 && outer.x + outer.width <= 640 / size && outer.y + outer.height <= 720 / size, `${name}: outside the window: ${JSON.stringify(outer)}`);
            for (const button of card.buttons) {
              const { x, width, height } = await button.box();
              assert.ok(textOf(button) && x >= outer.x && x + width <= outer.x + outer.width && height <= 60, `${name}: ${textOf(button)}`);
            }
            assert.ok(card.lines.every((line) => line.trim()), `an empty line among ${card.lines.join(' | ')}`);
            await browser.screenshot(page, join(SCREENS, `card-${language}-${name}-${index}.png`));
            await page.keyboard.press('Escape');
          }
          await page.close();
        }
      } finally {
        await browser.close();
        await box.close();
      }
    });
  }
});
