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
/** Of nobody whom we know by name. */
const GUESSED = 'https://a.example.com/mail/redirect/go?to=0123456789abcdef0123';
/** Names written in letters that look like others, of a page that knows who comes. */
const IMITATION = `https://mailtrack.io/trace/link/0a1b2c3d4e?url=${encodeURIComponent('https://www.p\u0430ypal.example/')}`;
const TOLD = `https://www.shop.example/offers?d=${'aB3'.repeat(40)}&utm_source=mail`;
const GUARDED = `https://nam12.safelinks.protection.outlook.com/?url=${encodeURIComponent(TRACKED)}&data=x&reserved=0`;

const LANGUAGES = ['en', 'nl', 'de', 'fr'];

/** Firefox speaks what it has language packs for; the browser's own rights make it believe that it has one. @param {import('./lib/browser.mjs').Browser} browser @param {string} language */
async function speak(browser, language) {
  if (!('privileged' in browser)) return;
  const firefox = /** @type {{privileged(code: string): Promise<void>}} */ (/** @type {unknown} */ (browser));
  await firefox.privileged(`(async () => {
    Services.locale.availableLocales = ${JSON.stringify(LANGUAGES)};
    Services.locale.requestedLocales = [${JSON.stringify(language)}];
    const { AddonManager } = ChromeUtils.importESModule('resource://gre/modules/AddonManager.sys.mjs');
    await (await AddonManager.getAddonByID(extension.id)).reload();
  })()`);
}

for (const name of /** @type {const} */ (['chromium', 'firefox'])) describe(`the look of the card in ${name}`, { timeout: 240_000 }, () => {
  for (const language of LANGUAGES) {
    it(`fits: ${language}`, async () => {
      await mkdir(SCREENS, { recursive: true });
      const box = await Mailbox.open(/** @type {import('./lib/shapes.mjs').Shape} */ (SHAPES.outlook));
      const browser = await launch({ browser: name, extension: dist(name), web: box.web, args: name === 'chromium' ? [`--lang=${language}`] : [] });
      try {
        await speak(browser, language);
        for (const [look, background, size] of /** @type {[string, string, number][]} */ ([['light', '#fff', 1], ['dark', '#1b1b1f', 1], ['zoomed', '#fff', 2]])) {
          const page = await box.show(browser);
          await page.setViewport({ width: 640 / size, height: 720 / size, deviceScaleFactor: size });
          await page.evaluate((color) => { document.body.style.background = color; }, background);
          await box.insertHtml(page, '17b0000000000001', `<p>Words and <a href="${TRACKED}">a link</a>, <a href="${GUARDED.replaceAll('&', '&amp;')}">another</a>.</p>
              <p><a href="${GUESSED}" ping="https://ping.example/">A third</a>, <a href="${TOLD.replaceAll('&', '&amp;')}">a fourth</a>, <a href="${IMITATION}">a fifth</a>.</p>`);
          await until(page, () => document.querySelectorAll('span[data-briefgeheim]').length === 5);
          for (const index of [0, 1, 2, 3, 4]) {
            const mark = (await marksOf(page))[index];
            assert.ok(mark);
            await clickOn(page, mark.button);
            const card = (await marksOf(page))[index]?.card;
            assert.ok(card, 'the card opens');
            assert.equal(card.node.attributes.lang, language);
            const outer = await card.node.box();
            assert.ok(outer.x >= 0 && outer.y >= 0 && outer.x + outer.width <= 640 / size && outer.y + outer.height <= 720 / size, `${look}: outside the window: ${JSON.stringify(outer)}`);
            for (const button of card.buttons) {
              const { x, width, height } = await button.box();
              assert.ok(textOf(button) && x >= outer.x && x + width <= outer.x + outer.width && height <= 60, `${look}: ${textOf(button)}`);
            }
            assert.ok(card.lines.every((line) => line.trim()), `an empty line among ${card.lines.join(' | ')}`);
            await browser.screenshot(page, join(SCREENS, `card-${name}-${language}-${look}-${index}.png`));
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
