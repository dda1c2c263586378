// Pictures that are fetched late: out of view until the reader comes to them, when the token they were released with is long gone.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BOUND_MS, Reader } from './lib/reader.mjs';

const FROM = { name: 'Shop Example', address: 'news@shop.example' };
/** As many as are valid at once, and one more. */
const REPLACED = 3;

for (const browser of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(`${browser}: pictures that are fetched late`, () => {
    /** @type {Reader} */
    let reader;
    before(async () => (reader = await Reader.arrive(browser)));
    after(() => reader?.leave());

    /** Makes the token old, as time would; the next question finds it so. */
    const age = async () => {
      const newest = await reader.office.evaluate(async () => {
        const { network } = await chrome.storage.session.get('network');
        const { tokens } = /** @type {{tokens: {release: string, made: number}[]}} */ (network);
        await chrome.storage.session.set({ network: { .../** @type {object} */ (network), tokens: tokens.map((token) => ({ ...token, made: 0 })) } });
        return tokens[0]?.release;
      });
      await reader.browser.stopBackground();
      const key = await reader.receive(FROM);
      await reader.fetched(key, 'logo');
      await reader.office.evaluate(async (old) => {
        // Replaced after the answer, so that nobody waits for it.
        for (;;) {
          const changed = new Promise((done) => chrome.storage.session.onChanged.addListener(done));
          const { network } = await chrome.storage.session.get('network');
          if (/** @type {any} */ (network).tokens[0].release !== old) return;
          await changed;
        }
      }, newest);
    };

    test('they appear, with the token that is valid then; what is not there is asked for once more at most', async () => {
      await reader.openMail();
      const late = reader.box.address('late picture', 'https://img.shop.example/late.png');
      const gone = reader.box.address('gone picture', 'https://img.shop.example/gone.png');
      reader.box.web.on(new URL(gone).host + new URL(gone).pathname, () => ({ status: 404, headers: { 'cache-control': 'no-store' } }));
      const fold = reader.box.address('folded picture', 'https://img.shop.example/folded.png');
      const tracker = reader.box.address('late tracker', 'https://open.unknown.example/open/0123456789abcdef01234567.gif');
      const first = reader.box.address('first picture', 'https://img.shop.example/first.png');
      await reader.box.insertHtml(reader.letters, '17b0000000770001', `<p>Dear reader</p><img src="${first}" width="120" height="40"><div id="fold" style="display:none"><div style="height:40px;background:url('${fold}')">x</div></div><div style="height:30000px"></div><img id="late" loading="lazy" src="${late}" width="120" height="40"><img loading="lazy" src="${gone}" width="120" height="40"><img loading="lazy" src="${tracker}" width="1" height="1">`, FROM);
      // Judged by now, with the first of the tokens.
      await reader.box.reached(['first picture'], BOUND_MS);
      for (let round = 0; round < REPLACED; round++) await age();
      assert.equal(reader.box.times('late picture') + reader.box.times('folded picture'), 0, 'not yet in view');
      await reader.letters.bringToFront();
      await reader.letters.$eval('#fold', (fold) => /** @type {HTMLElement} */ (fold).style.removeProperty('display'));
      await reader.box.reached(['folded picture'], BOUND_MS);
      await reader.letters.$eval('#late', (image) => image.scrollIntoView());
      await reader.letters.waitForFunction(() => /** @type {HTMLImageElement | null} */ (document.querySelector('#late'))?.naturalWidth, { timeout: 15_000 });
      await reader.box.fence(reader.letters);
      assert.equal(reader.box.times('late picture'), 1);
      assert.equal(reader.box.times('folded picture'), 1);
      assert.equal(reader.box.times('late tracker'), 0);
      assert.ok(reader.box.times('gone picture') <= 2, `asked ${reader.box.times('gone picture')} times for what is not there`);
    });
  });
}
