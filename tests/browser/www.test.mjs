// The audit page in real browsers: it reads what people drop, says who would have known, in each language, and asks the net for
// nothing but its own files.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { ROOT } from './lib/dist.mjs';
import { openWeb } from './lib/net.mjs';
import { textOf, until } from './lib/reader.mjs';

const HOST = 'audit.example';
const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript', css: 'text/css', wasm: 'application/wasm' };
const LETTERS = 260;
/** Larger than a message has to be for the mailbox to span several of the slices that the page reads. */
const PADDING = `X-Padding: ${'p'.repeat(900)}\n`.repeat(10);
const OPEN = 'https://shop.us1.list-manage.com/track/open.php?u=0123456789abcdef012345679&id=0123456789&e=';

/** @param {string} subject @param {string} html */
const letter = (subject, html) => `From: Shop <news@shop.example>\nTo: ann@example.net\nSubject: ${subject}\nDate: Tue, 1 Sep 2026 10:00:00 +0000\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n${html}\n`;
/** Every other letter is tracked. @param {number} number */
const numbered = (number) => letter(`Letter ${number}`, `<p>Good day</p>${number % 2 ? `<img src="${OPEN}${number}" width="1" height="1">` : '<img src="https://img.shop.example/logo.png" width="120" height="40">'}`);

for (const browser of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(`${browser}: the audit page`, () => {
    /** @type {Awaited<ReturnType<typeof openWeb>>} */
    let web;
    /** @type {import('./lib/browser.mjs').Browser} */
    let running;
    /** @type {import('puppeteer-core').Page} */
    let page;
    /** @type {string} */
    let folder;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'bg-www-'));
      web = await openWeb();
      web.on(HOST, async ({ path }) => {
        const name = path === '/' ? 'index.html' : path.slice(1).replace(/\?.*$/u, '');
        const ending = /** @type {keyof TYPES} */ (name.split('.').pop());
        return { headers: { 'content-type': TYPES[ending] ?? 'text/plain' }, body: await readFile(join(ROOT, 'dist/www', name)) };
      });
      running = await launch({ browser, extension: null, web });
      page = await running.open(`https://${HOST}/`);
    });
    after(async () => {
      await running?.close();
      await web?.close();
      if (folder) await rm(folder, { recursive: true, force: true });
    });

    /** Chooses files as a person would, and waits for the sum. @param {Record<string, string | Buffer>} files */
    const choose = async (files) => {
      const paths = await Promise.all(Object.entries(files).map(async ([name, content]) => {
        const path = join(folder, name);
        await writeFile(path, content);
        return path;
      }));
      const input = /** @type {import('puppeteer-core').ElementHandle<HTMLInputElement>} */ (await page.$('#files'));
      await input.uploadFile(...paths);
      await until(page, () => document.activeElement?.id === 'sum');
    };
    const clear = () => page.$eval('#clear', (button) => /** @type {HTMLElement} */ (button).click());
    const heads = () => textOf(page, '.message h2');

    test('the example', async () => {
      await page.$eval('#example', (button) => /** @type {HTMLElement} */ (button).click());
      await until(page, () => document.activeElement?.id === 'sum');
      assert.deepEqual(await textOf(page, '#sum'), ['This message would have told somebody that you opened it.']);
      assert.deepEqual(await textOf(page, '.verdict'), ['Mailchimp and metrics.garden.example would have learned that you opened this.']);
      await clear();
    });

    test('a mailbox of many messages: the first are listed, all are counted', async () => {
      const box = [...Array(LETTERS).keys()].map((number) => `From shop@example Tue Sep  1 10:00:00 2026\n${PADDING}${numbered(number)}\n`).join('');
      assert.ok(box.length > 2 << 20, 'more than two slices');
      await choose({ 'mail.mbox': box });
      assert.deepEqual(await textOf(page, '#sum'), [`${LETTERS / 2} of ${LETTERS} messages would have told somebody that you opened them.`]);
      assert.deepEqual((await heads()).slice(0, 2), ['Letter 0', 'Letter 1']);
      assert.equal((await heads()).length, 200);
      assert.deepEqual(await textOf(page, '#unlisted'), ['60 more messages are counted above and not listed.']);
      assert.deepEqual(await textOf(page, '#who li'), [`Mailchimp ${LETTERS / 2} messages`]);
      assert.equal(await page.$eval('#progress', (bar) => /** @type {HTMLElement} */ (bar).hidden), true);
      await clear();
    });

    test('bad files are named, and the others are read', async () => {
      const whole = Buffer.from(numbered(1));
      await choose({ 'a.eml': whole, 'cut.eml': whole.subarray(0, whole.length - 40), 'empty.eml': '', 'noise.eml': Buffer.from([0, 255, 1, 254, 0, 13, 10, 200]), 'deep.html': '<div>'.repeat(20_000), 'b.eml': numbered(2) });
      assert.deepEqual(await heads(), ['Letter 1', 'Letter 1', 'empty.eml', 'noise.eml', 'deep.html', 'Letter 2']);
      assert.deepEqual(await textOf(page, '.failed h2'), ['empty.eml', 'noise.eml']);
      assert.match((await textOf(page, '#sum'))[0] ?? '', /2 messages could not be read\.$/);
      await clear();
    });

    test('in each language, whole; the list stays when another is chosen', async () => {
      await choose({ 'a.eml': numbered(1) });
      const learned = { nl: 'Mailchimp zou hebben gezien dat je dit opende.', en: 'Mailchimp would have learned that you opened this.', de: 'Mailchimp hätte erfahren, dass Sie das geöffnet haben.', fr: 'Mailchimp aurait su que vous avez ouvert ce message.' };
      for (const [code, sentence] of Object.entries(learned)) {
        await page.$eval(`#languages [lang=${code}]`, (button) => /** @type {HTMLElement} */ (button).click());
        assert.deepEqual(await textOf(page, '.verdict'), [sentence]);
        assert.equal(await page.evaluate(() => document.documentElement.lang), code);
        assert.deepEqual(await page.$$eval('[data-text]', (all) => all.filter((element) => !element.textContent).length), 0);
        assert.deepEqual(await textOf(page, '[aria-pressed=true]'), [{ nl: 'Nederlands', en: 'English', de: 'Deutsch', fr: 'Français' }[code]]);
      }
      await clear();
    });

    test('nothing but its own files was asked for', () => {
      assert.deepEqual([...new Set(web.requests().map((seen) => seen.host))], [HOST]);
      // Chromium calls its maker by itself.
      assert.deepEqual([...new Set(web.connects().filter((host) => /\.example$|list-manage/u.test(host)))], [HOST]);
    });
  });
}
