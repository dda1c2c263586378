// Nothing that tracks reaches a server: every vector, in the shape of every webmail, in both browsers, with and without a
// service worker of the page, in two messages at once. Without the extension every vector is shown to leak.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { dist } from './lib/dist.mjs';
import { Mailbox } from './lib/mailbox.mjs';
import { SHAPES, scrambled } from './lib/shapes.mjs';
import { DATA_VECTORS, VECTORS } from './lib/vectors.mjs';

const HEX = '0123456789abcdef01234567';
/** One tracker of each sort: a rule knows it; no rule knows it; it is the sender's own. */
const TRACKERS = {
  known: (/** @type {string} */ id) => `https://shop.us1.list-manage.com/track/open.php?u=${HEX}9&id=${id}`,
  unknown: (/** @type {string} */ id) => `https://open.unknown.example/open/${HEX}${id}.gif`,
  own: (/** @type {string} */ id) => `https://open.shop.example/open/${HEX}${id}.gif`,
};
/** Frames in which an ordinary picture must appear too: proof that they were looked into. */
const FRAMES = ['srcdoc', 'srcdoc-sandbox', 'srcdoc-sandbox-same-origin', 'data-frame', 'blob-frame', 'blob-frame-sandbox', 'blank-frame-written'];
const BOUND_MS = 15_000;

for (const browser of /** @type {const} */ (['chromium', 'firefox'])) {
  for (const shape of Object.values(SHAPES)) {
    for (const worker of [false, true]) {
      describe(`${browser}, ${shape.name}${worker ? ', page service worker' : ''}`, () => {
        /** @type {Mailbox} */
        let mailbox;
        /** @type {import('./lib/browser.mjs').Browser} */
        let shielded;
        /** @type {import('./lib/browser.mjs').Browser} */
        let bare;
        before(async () => {
          mailbox = await Mailbox.open(shape, { worker });
          [shielded, bare] = await Promise.all([launch({ browser, extension: dist(browser), web: mailbox.web }), launch({ browser, extension: null, web: mailbox.web })]);
        });
        after(async () => {
          await Promise.allSettled([shielded?.close(), bare?.close()]);
          await mailbox?.close();
        });

        const vectors = shape.name === 'outlook' ? [...VECTORS, ...DATA_VECTORS] : VECTORS;
        const alive = vectors.filter((vector) => !vector.dead?.includes(browser));

        test('without the extension every vector leaks', async () => {
          const page = await mailbox.show(bare);
          const labels = await mailbox.insert(page, vectors, TRACKERS);
          const expected = labels.filter((label) => alive.some((vector) => label.endsWith(` ${vector.name}`)));
          await mailbox.reached(expected, BOUND_MS);
          // What one browser fetches late or not at all may come or not; what both leave alone must stay so.
          const dead = vectors.filter((vector) => vector.dead?.length === 2).map((vector) => vector.name);
          assert.deepEqual(mailbox.leaks().filter((label) => dead.some((name) => label.endsWith(` ${name}`))), [], 'declared dead, yet fetched: take them off the list');
          await page.close();
        });

        for (const isScrambled of [false, true]) {
          test(`with it nothing leaks${isScrambled ? ', all names in the page replaced' : ''}`, async () => {
            const page = await mailbox.show(shielded, isScrambled ? scrambled : undefined);
            // Two messages, the second inserted while the first is open; ordinary pictures in every kind of frame.
            const first = await mailbox.insert(page, vectors, TRACKERS);
            const frames = vectors.filter((vector) => FRAMES.includes(vector.name));
            const pictures = await mailbox.insert(page, frames, { picture: (id) => `https://img.shop.example/${id}.png` }, { width: 40 });
            const second = await mailbox.insert(page, vectors, TRACKERS);
            assert.equal(first.length + second.length, 2 * 3 * vectors.length);
            await mailbox.reached(pictures, BOUND_MS);
            await mailbox.resetSources(page);
            await mailbox.fence(page);
            assert.deepEqual(mailbox.leaks().filter((label) => !label.startsWith('picture ')), []);
            await page.close();
          });
        }
      });
    }
  }
}
