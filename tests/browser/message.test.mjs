// Where nobody knows who sent a message: the reader may see everything in it, and in no other, until the browser ends. What
// names messages when several are open. And the report that a reader can copy for us, with nothing of theirs in it.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROOT } from './lib/dist.mjs';
import { LANGUAGES, Reader, textOf, until } from './lib/reader.mjs';
import { scrambled } from './lib/shapes.mjs';

const SCREENS = process.env.SCREENS ?? join(ROOT, 'dist/screens');
const FROM = { name: 'Shop Example', address: 'news@shop.example' };
/** A webmail that says no longer who sent what; messages keep their ids. @param {string} html */
const nameless = (html) => html.replace(/<h3[^>]*>.*?<\/h3>/gsu, '');
const SHOWN = 'Everything is shown here now.';
const HIDDEN = 'This is protected again.';

for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(`one message in ${name}`, { timeout: 300_000 }, () => {
    /** @type {Reader} */
    let reader;
    before(async () => {
      reader = await Reader.arrive(name);
    });
    after(() => reader?.leave());

    const allowedKeys = () => reader.office.evaluate(async () => [await chrome.storage.sync.get(null), await chrome.storage.local.get(null)].flatMap((all) => Object.keys(all)).filter((key) => key.startsWith('allow:')));

    it('is shown by itself, by keyboard alone, under its own id, and can be taken back', async () => {
      await reader.openMail(nameless);
      const key = await reader.receive(FROM);
      const other = await reader.receive(FROM);
      await reader.fetched(key, 'logo');
      await reader.fetched(other, 'logo');
      await reader.reported((report) => report.messages.length === 2 && report.messages.every((message) => message.sender === null && message.blocked.length === 2));
      const popup = await reader.openPopup();
      assert.deepEqual(await textOf(popup, '.sender-name'), ['Sender unknown', 'Sender unknown']);
      assert.deepEqual(await textOf(popup, '.switch-label'), ['Show everything in this message', 'Show everything in this message']);
      assert.match((await textOf(popup, '.allow > .cost'))[0] ?? '', /^The page does not say who sent it\./u);
      await reader.tabToSwitch(popup);
      await reader.toggle(popup, SHOWN);
      await reader.fetched(key, 'known', 'unknown');
      assert.deepEqual(await reader.fetchedOf(other), ['logo', 'personal'], 'another message was let through, too');
      assert.deepEqual(await allowedKeys(), [], 'kept longer than the session');
      await popup.close();

      // The same message in a page loaded anew, and another one beside it.
      await reader.openMail(nameless);
      await reader.receive(FROM, key);
      await reader.fetched(key, 'logo', 'known', 'unknown');
      await reader.receive(FROM, other);
      await reader.fetched(other, 'logo');
      assert.deepEqual(await reader.fetchedOf(other), ['logo', 'personal']);

      await reader.reported((report) => report.messages.length === 2 && report.messages.filter((message) => message.allowed).length === 1);
      const again = await reader.openPopup();
      await reader.tabToSwitch(again);
      assert.equal(await again.evaluate(() => document.activeElement?.getAttribute('aria-checked')), 'true');
      await reader.toggle(again, HIDDEN);
      await reader.reported((report) => report.messages.every((message) => !message.allowed && message.blocked.length === 2));
      await again.close();
      await reader.openMail(nameless);
      await reader.receive(FROM, key);
      await reader.fetched(key, 'logo');
      assert.deepEqual(await reader.fetchedOf(key), ['logo', 'personal']);
    });

    it('is forgotten when the browser ends', async () => {
      await reader.openMail(nameless);
      const key = await reader.receive(FROM);
      await reader.fetched(key, 'logo');
      await reader.reported((report) => report.messages.some((message) => message.blocked.length === 2));
      const popup = await reader.openPopup();
      await reader.tabToSwitch(popup);
      await reader.toggle(popup, SHOWN);
      await reader.fetched(key, 'known', 'unknown');
      reader.mail = undefined;
      await reader.browser.restart();
      await reader.sit();
      await reader.openMail(nameless);
      await reader.receive(FROM, key);
      await reader.fetched(key, 'logo');
      assert.deepEqual(await reader.fetchedOf(key), ['logo', 'personal']);
    });

    it('without an id counts for this page view: neither after a reload nor where the page has gone on to', async () => {
      await reader.openMail(scrambled);
      const key = await reader.receive(FROM);
      await reader.fetched(key, 'logo');
      await reader.reported((report) => report.messages.some((message) => message.blocked.length === 2));
      const popup = await reader.openPopup();
      assert.deepEqual(await textOf(popup, '.switch-label'), ['Show everything on this page']);
      assert.match((await textOf(popup, '.allow > .cost'))[0] ?? '', /^The page does not say where a message begins/u);
      await reader.tabToSwitch(popup);
      await reader.toggle(popup, SHOWN);
      await reader.fetched(key, 'known', 'unknown');
      const here = await reader.receive(FROM);
      await reader.fetched(here, 'known', 'unknown');
      await reader.letters.evaluate(() => { location.hash = '#inbox/another'; });
      const there = await reader.receive(FROM);
      await reader.fetched(there, 'logo');
      assert.deepEqual(await reader.fetchedOf(there), ['logo', 'personal']);
      await popup.close();
      await reader.openMail(scrambled);
      const later = await reader.receive(FROM);
      await reader.fetched(later, 'logo');
      assert.deepEqual(await reader.fetchedOf(later), ['logo', 'personal']);
    });

    it('is named by its subject beside the sender when several are open', async () => {
      let count = 0;
      await reader.openMail((html) => html.replace('<div class="gs">', () => `<h2 class="hP" data-legacy-thread-id="17b">Order ${++count}</h2><div class="gs">`));
      const [one, two] = [await reader.receive(FROM), await reader.receive(FROM)];
      await reader.fetched(one, 'logo');
      await reader.fetched(two, 'logo');
      await reader.reported((report) => report.messages.length === 2 && report.messages.every((message) => message.blocked.length === 2));
      const popup = await reader.openPopup();
      assert.deepEqual(await textOf(popup, '.subject'), ['Order 1', 'Order 2']);
      assert.deepEqual(await textOf(popup, '.sender-name'), ['Shop Example', 'Shop Example']);
      await popup.close();
    });

    it('that claims to be a webmail, in a frame without an origin, is not believed', async () => {
      await reader.openMail(nameless);
      await reader.office.evaluate(() => chrome.storage.sync.set({ 'allow:friend@club.example': true }));
      const key = '900001';
      const at = (/** @type {string} */ what, /** @type {string} */ url) => reader.box.address(`${what} ${key}`, url);
      const inner = `<body class='task-mail'><table><tr><td class='header from'><a class='rcmContactAddress' title='friend@club.example'>Friend</a></td></tr></table>
        <div id='messagebody'><img src='${at('known', 'https://shop.us1.list-manage.com/track/open.php?u=1&id=900001')}' width='1' height='1'><img src='${at('logo', 'https://img.shop.example/logo-900001.png')}' width='90' height='30'></div></body>`;
      await reader.box.insertHtml(reader.letters, '17b0000000900001', `<iframe sandbox srcdoc="${inner.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"></iframe>`, FROM);
      await reader.fetched(key, 'logo');
      assert.deepEqual(await reader.fetchedOf(key), ['logo']);
      await reader.forget();
    });

    it('leaves nothing of the reader in the report that can be copied', async () => {
      await reader.openMail();
      const key = await reader.receive(FROM);
      await reader.fetched(key, 'logo');
      await reader.reported((report) => report.messages.some((message) => message.blocked.length === 2));
      const popup = await reader.openPopup();
      const stops = [];
      for (let stop = 0; stop < 20 && stops.at(-1) !== 'diagnosis_title'; stop++) {
        await popup.keyboard.press('Tab');
        stops.push(await popup.evaluate(() => document.activeElement?.getAttribute('data-t')));
      }
      assert.equal(stops.at(-1), 'diagnosis_title', 'not reached by keyboard');
      await popup.keyboard.press('Enter');
      await popup.waitForFunction(() => /** @type {HTMLTextAreaElement} */ (document.getElementById('diagnosis-report')).value.includes('Frame 1'), { timeout: 15_000 });
      const text = await popup.$eval('#diagnosis-report', (area) => /** @type {HTMLTextAreaElement} */ (area).value);
      for (const part of [/^Briefgeheim \d+\.\d+/u, new RegExp(`^Browser: ${name === 'chromium' ? 'Chrome' : 'Firefox'} \\d+$`, 'mu'), /^State: ok; webmail: gmail$/mu, /^Background: answers after \d+ ms, strictness balanced$/mu, /isAnswered true/u, /messages 1, senders 1, ids 1, subjects 1, recipient true, held 2, released 2, failed 0/u, /bodies 1 1 1 0;/u]) assert.match(text, part);
      for (const part of ['shop', 'news', 'ana', 'example', 'google', 'http', '@', '17b0', 'Inbox', 'mail.']) assert.ok(!text.replace('webmail: gmail', '').toLowerCase().includes(part.toLowerCase()), `the report holds "${part}": ${text}`);
      await popup.focus('#diagnosis-copy');
      await popup.keyboard.press('Enter');
      await until(popup, () => document.getElementById('live')?.textContent === document.getElementById('diagnosis-copy')?.textContent && document.getElementById('live')?.textContent === 'Copied');
      await reader.letters.bringToFront();
      await reader.letters.evaluate(() => { const area = document.createElement('textarea'); area.id = 'paste'; document.body.prepend(area); area.focus(); });
      await reader.letters.keyboard.down('Control');
      await reader.letters.keyboard.press('v');
      await reader.letters.keyboard.up('Control');
      await reader.letters.waitForFunction((wanted) => /** @type {HTMLTextAreaElement} */ (document.getElementById('paste')).value === wanted, { timeout: 15_000 }, text);
      await popup.close();
    });
  });

  describe(`the look of it in ${name}`, { timeout: 600_000 }, () => {
    before(() => mkdir(SCREENS, { recursive: true }));
    for (const language of LANGUAGES) {
      it(`fits: ${language}`, async () => {
        const reader = await Reader.arriveSpeaking(name, language);
        try {
          let count = 0;
          await reader.openMail((html) => nameless(html).replace('<div class="gs">', () => `<h2 class="hP" data-legacy-thread-id="17b">Zomeruitverkoop bij de Koninklijke Nederlandsche Boekhandel, nu met tienduizend titels (${++count})</h2><div class="gs">`));
          for (const key of [await reader.receive(FROM), await reader.receive(FROM)]) await reader.fetched(key, 'logo');
          await reader.reported((report) => report.messages.length === 2 && report.messages.every((message) => message.blocked.length === 2));
          for (const theme of ['light', 'dark']) {
            await reader.light(theme);
            const popup = await reader.openPopup();
            if (name === 'chromium') await popup.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
            await popup.click('#diagnosis > summary');
            await popup.waitForFunction(() => /** @type {HTMLTextAreaElement} */ (document.getElementById('diagnosis-report')).value.includes('Frame 1'), { timeout: 15_000 });
            // A popup at twice the size has half the room.
            for (const width of [400, 200]) {
              await popup.setViewport({ width, height: width === 400 ? 1200 : 2000 });
              const seen = await popup.evaluate(() => ({
                overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
                cut: [...document.querySelectorAll('main *, footer *')].filter((element) => element instanceof HTMLElement && !element.closest('.unseen, textarea') && element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX !== 'visible').map((element) => element.textContent),
                empty: [...document.querySelectorAll('[data-t], .cost, .switch-label')].filter((element) => !element.textContent).length,
              }));
              assert.deepEqual(seen, { overflow: 0, cut: [], empty: 0 }, `${theme}, ${width}`);
              await reader.browser.screenshot(popup, join(SCREENS, `message-${name}-${language}-${theme}-${width}.png`));
            }
            await popup.close();
          }
        } finally {
          await reader.leave();
        }
      });
    }
  });
}
