// Ordinary pictures appear by themselves: once, with the address that the sender wrote, again after the webmail drew the
// message anew, and whatever the page calls its parts.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { dist } from './lib/dist.mjs';
import { Mailbox } from './lib/mailbox.mjs';
import { html } from './lib/net.mjs';
import { SHAPES, scrambled } from './lib/shapes.mjs';
import { VECTORS } from './lib/vectors.mjs';

const BOUND_MS = 15_000;
/** Messages whose style arrives in two parts: in Chromium, of styles released too early about one in fifteen stays blank. */
const IN_PARTS = 12;
/** Copies of a quoted picture that an editor draws one after another. */
const COPIES = 20;
/** Vectors that show a picture. */
const SHOWING = [
  'img', 'img-srcset', 'picture', 'input-image', 'poster', 'background-attr-table', 'background-attr-td', 'css-attr', 'css-attr-escaped', 'css-list-style',
  'css-content', 'css-border-image', 'css-image-set', 'style-block', 'style-block-image-set', 'style-block-media', 'style-block-variable', 'svg-image', 'srcdoc', 'srcdoc-sandbox',
];
/** Addresses as senders write them: each must arrive as it would without us. */
const WRITTEN = ['/plain.png', '/q.png?a=1&b=2', '/frag.png#top', '/sp%20ace.png', '/ünï.png', '/plus+.png?x=a+b', '/semi;v=1/p.png', '/pipe|.png', '/star*.png?^=*', '/empty.png?', '/two.png#a#b'];
const OPEN = 'https://t.tracker.example/open/0123456789abcdef012345.gif';

for (const browser of /** @type {const} */ (['chromium', 'firefox'])) {
  for (const shape of Object.values(SHAPES)) {
    describe(`${browser}, ${shape.name}: ordinary pictures`, () => {
      /** @type {Mailbox} */
      let mailbox;
      /** @type {import('./lib/browser.mjs').Browser} */
      let shielded;
      /** @type {import('./lib/browser.mjs').Browser} */
      let bare;
      before(async () => {
        mailbox = await Mailbox.open(shape);
        [shielded, bare] = await Promise.all([launch({ browser, extension: dist(browser), web: mailbox.web }), launch({ browser, extension: null, web: mailbox.web })]);
      });
      after(async () => {
        await Promise.allSettled([shielded?.close(), bare?.close()]);
        await mailbox?.close();
      });

      for (const isScrambled of [false, true]) {
        test(`every vector shows, once${isScrambled ? ', all names in the page replaced' : ''}`, async () => {
          const page = await mailbox.show(shielded, isScrambled ? scrambled : undefined);
          const labels = await mailbox.insert(page, VECTORS.filter((vector) => SHOWING.includes(vector.name)), { picture: (id) => `https://img.shop.example/${id}.png` }, { width: 60 });
          await mailbox.reached(labels, BOUND_MS);
          await mailbox.fence(page);
          assert.deepEqual(labels.filter((label) => mailbox.times(label) !== 1), [], 'asked for more than once');
          await page.close();
        });
      }

      test('a picture that no change of the page announced is found when it fails', async () => {
        const page = await mailbox.show(shielded);
        const picture = mailbox.address('late input', 'https://img.shop.example/late-input.png');
        await mailbox.insertHtml(page, '17b0000000009997', `<input class="i" type="text" src="${picture}" formaction="https://www.shop.example/go" style="width:90px;height:20px">`);
        await mailbox.fence(page);
        assert.equal(mailbox.times('late input'), 0);
        await page.evaluate(() => document.querySelector('input.i')?.setAttribute('type', 'image'));
        await mailbox.reached(['late input'], BOUND_MS);
        await page.close();
      });

      test('one of many spacers that is set anew is a spacer still', async () => {
        const page = await mailbox.show(shielded);
        const spacer = mailbox.address('spacer', 'https://img.shop.example/images/pixel.gif');
        await mailbox.insertHtml(page, '17b0000000009998', `<img class="s" src="${spacer}" width="1" height="1">`.repeat(6));
        const isShown = () => [...document.querySelectorAll('img.s')].every((image) => image instanceof HTMLImageElement && image.complete && image.naturalWidth > 0);
        await page.waitForFunction(isShown, { timeout: BOUND_MS });
        await page.evaluate((address) => document.querySelector('img.s')?.setAttribute('src', address), spacer);
        await mailbox.fence(page);
        await page.waitForFunction(isShown, { timeout: BOUND_MS });
        assert.equal(await page.$$eval('span[data-briefgeheim]', (found) => found.length), 0);
        await page.close();
      });

      test('a picture that is quoted in a reply is seen, however often the editor draws it anew meanwhile', async () => {
        const page = await mailbox.show(shielded);
        const picture = mailbox.address('quoted', 'https://img.shop.example/quoted.png');
        await page.evaluate((address, copies) => {
          const draft = document.body.appendChild(document.createElement('div'));
          draft.contentEditable = 'true';
          const quote = draft.appendChild(document.createElement('blockquote'));
          const draw = () => {
            const image = new Image(80, 20);
            image.className = 'q';
            quote.append(image);
            image.src = address;
            if (quote.childElementCount < copies) requestAnimationFrame(draw);
          };
          draw();
        }, picture, COPIES);
        await mailbox.reached(['quoted'], BOUND_MS);
        await page.waitForFunction((copies) => {
          const images = [...document.querySelectorAll('img.q')];
          return images.length === copies && images.every((image) => image instanceof HTMLImageElement && (image.naturalWidth > 0 || getComputedStyle(image).content.startsWith('url(')));
        }, { timeout: BOUND_MS }, COPIES);
        await mailbox.fence(page);
        assert.equal(mailbox.times('quoted'), 1);
        assert.deepEqual([...new Set(await page.$$eval('img.q', (images) => images.map((image) => image.getAttribute('src'))))], [picture], 'the draft itself stays as it is');
        await page.close();
      });

      test('the address is the one that was written, and stays shown when drawn anew', async () => {
        const page = await mailbox.show(shielded);
        const cid = '17b0000000009999';
        const addresses = WRITTEN.map((path) => mailbox.address(`picture ${path}`, `https://img.shop.example${path}`));
        const tracker = mailbox.address('tracker', OPEN);
        const text = `${addresses.map((url) => `<img class="t" src="${url.replaceAll('&', '&amp;')}" width="50" height="20">`).join('')}<img src="${tracker}" width="1" height="1">`;
        await mailbox.insertHtml(page, cid, text);
        const isShown = () => [...document.querySelectorAll('img.t')].every((image) => image instanceof HTMLImageElement && image.complete && image.naturalWidth > 0);
        await page.waitForFunction(isShown, { timeout: BOUND_MS });
        const asked = () => mailbox.web.requests().filter((seen) => seen.dest === 'image' && !/avatar|tracker|favicon/.test(seen.url)).map((seen) => seen.url).sort();
        const withUs = asked();
        assert.equal(withUs.length, WRITTEN.length);

        // The webmail draws the message anew with the addresses it knows, three times.
        for (const _ of [1, 2, 3]) {
          await page.evaluate((html) => {
            const first = document.querySelector('img.t');
            if (first?.parentElement) first.parentElement.innerHTML = html;
          }, text);
          await page.waitForFunction(isShown, { timeout: BOUND_MS });
        }
        // And sets the addresses again on the pictures that stand there.
        await mailbox.resetSources(page);
        await page.waitForFunction(isShown, { timeout: BOUND_MS });
        assert.equal(mailbox.times('tracker'), 0);
        await page.close();

        // What arrives without us: the same addresses, the same number of times.
        const plain = await bare.open(shape.page);
        mailbox.web.clear();
        await mailbox.insertHtml(plain, cid, text.replace(/<img src="[^>]*>$/, ''));
        await plain.waitForFunction(isShown, { timeout: BOUND_MS });
        assert.deepEqual(withUs, asked());
        await plain.close();
      });

      test('styles that arrive in two parts, cut within an address, and that a script adds to', async () => {
        const page = await mailbox.show(shielded);
        const boxes = ['a', 'b', 'c', 'd'].map((name) => `<div class="${name}" style="width:90px;height:20px">x</div>`).join('');
        const expected = [];
        for (let number = 0; number < IN_PARTS; number++) {
          const [seen, a, b, d] = ['seen', 'a', 'b', 'd'].map((label) => mailbox.address(`${label} ${number}`, `https://img.shop.example/${label}-${number}.png`));
          expected.push(`seen ${number}`, `a ${number}`, `b ${number}`, `d ${number}`);
          const style = `.a{background:url("${a}")}.b{background:url("${b}")}.c{background:url("${mailbox.address('tracker', `${OPEN}?${number}`)}")}`;
          const cut = style.indexOf(String(b)) + String(b).length - 6;
          // The rest arrives when everything in the first part has been judged and shown.
          const rest = mailbox.reached([`seen ${number}`], BOUND_MS)
            .then(() => page.waitForFunction(() => document.querySelector('iframe')?.contentDocument?.images[0]?.naturalWidth, { timeout: BOUND_MS }))
            .then(() => `${style.slice(cut)}</style>`);
          mailbox.web.on(`${mailbox.host}/parts${number}`, () => ({ ...html(`<!DOCTYPE html><html><body>${boxes}<img src="${seen}" width="90" height="20"><style>${style.slice(0, cut)}`), rest }));
          await page.evaluate((path) => {
            const frame = document.createElement('iframe');
            frame.src = path;
            document.querySelector('iframe')?.remove();
            document.getElementById('list')?.append(frame);
          }, `/parts${number}`);
          await mailbox.reached([`a ${number}`, `b ${number}`], BOUND_MS);
          await page.evaluate((css) => document.querySelector('iframe')?.contentDocument?.querySelector('style')?.append(css), `.d{background:url("${d}")}`);
          await mailbox.reached([`d ${number}`], BOUND_MS);
        }
        await mailbox.fence(page);
        const asked = mailbox.web.requests().filter(({ dest, url }) => dest === 'image' && !/avatar|favicon/.test(url));
        assert.deepEqual(asked.map(({ url }) => mailbox.labels.get(url) ?? url).sort(), expected.sort());
        await page.close();
      });

      test('the webmail’s own pictures are never touched', async () => {
        const page = await mailbox.show(shielded);
        await page.waitForFunction(() => [...document.querySelectorAll('#ui-avatar')].every((image) => image instanceof HTMLImageElement && image.naturalWidth > 0), { timeout: BOUND_MS });
        assert.equal(await page.$eval('#ui-avatar', (image) => String(image.getAttribute('src')).includes('#')), false);
        await page.close();
      });
    });
  }
}
