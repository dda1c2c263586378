// The popup and the options page, as a reader uses them: what they say, the keyboard alone, choices that last, and storage
// that holds nonsense.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROOT } from './lib/dist.mjs';
import { HEX, LANGUAGES, Reader, textOf, until } from './lib/reader.mjs';

/** @typedef {import('./lib/reader.mjs').Report} Report */

const SCREENS = process.env.SCREENS ?? join(ROOT, 'dist/screens');

/** Trackers in one style. */
const ABSURD = 40_000;

const sender = (/** @type {string} */ who) => ({ name: `Shop ${who}`, address: `news@${who}.example` });
const isBlocked = (/** @type {Report} */ report) => report.state === 'ok' && report.messages.some((message) => message.blocked.length === 2);

for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(`popup in ${name}`, { timeout: 300_000 }, () => {
    /** @type {Reader} */
    let reader;
    before(async () => {
      reader = await Reader.arrive(name);
    });
    after(() => reader?.leave());

    it('says who tried, why, and which links are recorded', async () => {
      await reader.openMail();
      const key = await reader.receive(sender('one'));
      await reader.fetched(key, 'logo', 'personal');
      await reader.reported(isBlocked);
      const popup = await reader.openPopup();
      assert.deepEqual(await textOf(popup, '#headline'), ['2 trackers blocked in this message']);
      assert.deepEqual(await textOf(popup, '#subline'), ['Mailchimp and open.unknown.example would have learned that you opened this.']);
      assert.deepEqual(await textOf(popup, '.sender > *'), ['Shop one', 'news@one.example']);
      assert.deepEqual((await textOf(popup, '.group-name')).sort(), ['Mailchimp', 'open.unknown.example']);
      const reasons = await textOf(popup, '.reasons > li');
      for (const reason of ['Web addresses like this one are made to count who opens a mail.', 'The picture is too small for anyone to see.', 'The picture is hidden. You would never have seen it.']) {
        assert.ok(reasons.includes(reason), `${reason} is not among ${reasons.join(' | ')}`);
      }
      assert.ok(reasons.every((reason) => /^\S.*[^_]\.$/.test(reason)), `not a sentence among ${reasons.join(' | ')}`);
      assert.deepEqual(await textOf(popup, '.links'), ['2 links go through Mailchimp first. If you follow one, the click is recorded.']);
      assert.deepEqual(await textOf(popup, '#seal-number'), ['2']);
      const badge = await reader.office.evaluate(async (tabId) => [await chrome.action.getBadgeText({ tabId }), await chrome.action.getTitle({ tabId })], reader.tab);
      assert.deepEqual(badge, ['2', 'Briefgeheim: 2 trackers blocked']);
      assert.deepEqual(await reader.fetchedOf(key), ['logo', 'personal']);
      await popup.close();
    });

    it('tells of every open message after what was known of them is lost', async () => {
      await reader.openMail();
      const first = await reader.receive(sender('early'));
      await reader.fetched(first, 'logo');
      await reader.reported(isBlocked);
      await reader.office.evaluate((tabId) => chrome.storage.session.remove(`tab:${tabId}`), reader.tab);
      const second = await reader.receive(sender('late'));
      await reader.fetched(second, 'logo');
      await reader.reported((report) => report.messages.length === 2 && report.messages.every((message) => message.blocked.length === 2));
    });

    it('says that nothing tracked where only a font was held', async () => {
      await reader.openMail();
      await reader.box.insertHtml(reader.letters, '17b0000000990001', '<style>@font-face{font-family:f;src:url(https://fonts.shop.example/f.woff2)}p{font-family:f}</style><p>Dear reader</p>', sender('fonts'));
      await reader.reported((report) => report.messages.some((message) => message.blocked.length === 1 && message.held === 0));
      const popup = await reader.openPopup();
      assert.deepEqual(await textOf(popup, '#headline'), ['Nothing tracked you here']);
      assert.deepEqual(await textOf(popup, '.group-name'), ['Fonts and other parts that wait']);
      await popup.close();
    });

    it('tells of a message with more trackers than anybody could list', async () => {
      await reader.openMail();
      const style = [...Array(ABSURD).keys()].map((i) => `.a{background:url(https://shop.us1.list-manage.com/track/open.php?u=${HEX}9&id=${i})}`).join('');
      await reader.box.insertHtml(reader.letters, '17b0000000880001', `<style>${style}</style>`, sender('absurd'));
      await reader.reported((report) => report.messages.some((message) => message.blocked.length === 1000));
      const other = await reader.receive(sender('plain'));
      await reader.fetched(other, 'logo');
      await reader.reported((report) => report.messages.length === 2);
      const popup = await reader.openPopup();
      assert.deepEqual(await textOf(popup, '#headline'), ['1,002 trackers blocked in 2 open messages']);
      await popup.close();
    });

    it('allows a sender and takes it back, by keyboard alone', async () => {
      await reader.openMail();
      const from = sender('keys');
      const key = await reader.receive(from);
      const other = await reader.receive(sender('other'));
      await reader.fetched(key, 'logo');
      await reader.fetched(other, 'logo');
      await reader.reported((report) => report.messages.length === 2 && report.messages.every((message) => message.blocked.length === 2));
      const popup = await reader.openPopup();
      assert.deepEqual(await textOf(popup, '#headline'), ['4 trackers blocked in 2 open messages']);
      await reader.tabToSwitch(popup);
      await reader.toggle(popup, `Everything from ${from.address} is shown from now on.`);
      await reader.fetched(key, 'known', 'unknown');
      assert.equal(await reader.stored(from.address), true);
      assert.equal(await popup.evaluate(() => document.activeElement?.getAttribute('aria-checked')), 'true', 'the focus has left the switch');
      assert.deepEqual(await reader.fetchedOf(other), ['logo', 'personal'], 'another sender was let through too');
      await reader.reported((report) => report.messages.filter((message) => message.allowed).length === 1 && report.messages.filter((message) => message.blocked.length === 2).length === 1);

      await popup.bringToFront();
      await reader.toggle(popup, `Mail from ${from.address} is protected again.`);
      assert.equal(await reader.stored(from.address), undefined);
      await reader.reported((report) => report.messages.every((message) => !message.allowed && message.blocked.length === 2));
      await reader.openMail();
      const again = await reader.receive(from);
      await reader.fetched(again, 'logo');
      await reader.reported(isBlocked);
      assert.deepEqual(await reader.fetchedOf(again), ['logo', 'personal']);
      await popup.close();
    });

    it('keeps an allowed sender over a restart, and the options page removes it', async () => {
      const from = sender('kept');
      await reader.openMail();
      const key = await reader.receive(from);
      await reader.fetched(key, 'logo');
      await reader.reported(isBlocked);
      const popup = await reader.openPopup();
      await reader.tabToSwitch(popup);
      await reader.toggle(popup, `Everything from ${from.address} is shown from now on.`);
      reader.mail = undefined;
      await reader.browser.restart();
      await reader.sit();
      await reader.openMail();
      const later = await reader.receive(from);
      await reader.fetched(later, 'logo', 'known', 'unknown');

      const options = await reader.browser.extensionPage('options/options.html');
      await until(options, () => document.querySelector('#allowed > li'));
      assert.deepEqual(await textOf(options, '#allowed bdi'), [from.address]);
      await options.bringToFront();
      await options.click('#allowed button');
      await until(options, () => document.querySelector('#allowed > .is-removed'));
      assert.equal(await reader.stored(from.address), undefined);
      await reader.reported((report) => report.messages.every((message) => !message.allowed && message.blocked.length === 2));
      const last = await reader.receive(from);
      await reader.fetched(last, 'logo');
      assert.deepEqual(await reader.fetchedOf(last), ['logo', 'personal']);
      await options.close();
    });

    it('holds as much as the reader chose', async () => {
      /** @type {[string, string[], number][]} */
      const levels = [['strict', ['logo'], 3], ['sealed', [], 4], ['balanced', ['logo', 'personal'], 2]];
      for (const [level, expected, blocked] of levels) {
        await reader.openMail();
        await reader.choose(level);
        const key = await reader.receive(sender('chosen'));
        await reader.fetched(key, ...expected);
        // In every level the two trackers are blocked; what the choice adds waits with them.
        const report = /** @type {Report} */ (await reader.reported((now) => now.messages.some((message) => message.held === 0 && message.blocked.reduce((sum, thing) => sum + thing.count, 0) >= 2)));
        assert.deepEqual(await reader.fetchedOf(key), expected, level);
        const count = report.messages.flatMap((message) => message.blocked).reduce((sum, thing) => sum + thing.count, 0) + report.messages.reduce((sum, message) => sum + message.held, 0);
        assert.equal(count, blocked, `${level}: ${JSON.stringify(report)}`);
        const popup = await reader.openPopup();
        assert.deepEqual(await textOf(popup, '#headline'), ['2 trackers blocked in this message'], level);
        assert.deepEqual(await textOf(popup, '.line:not(.links)'), [], `${level}: nothing is being checked any more`);
        await popup.close();
      }
    });

    it('says so on a page without mail', async () => {
      reader.box.web.on('forum.example', () => ({ body: '<!doctype html><title>Forum</title><img src="https://shop.us1.list-manage.com/track/open.php?u=1&id=2">' }));
      const known = await reader.office.evaluate(async () => (await chrome.tabs.query({})).map((tab) => tab.id));
      const forum = await reader.browser.open('https://forum.example/');
      const tab = await reader.office.evaluate(async (old) => (await chrome.tabs.query({})).find(({ id }) => !old.includes(id))?.id ?? -1, known);
      const popup = await reader.openPopup(tab);
      assert.deepEqual(await textOf(popup, '#headline'), ['No mail on this page']);
      assert.deepEqual(await textOf(popup, '.webmails > li'), ['Gmail', 'Outlook on the web', 'Yahoo Mail and AOL Mail']);
      assert.deepEqual(await textOf(popup, '[role=switch]'), []);
      await Promise.all([popup.close(), forum.close()]);
    });

    describe('with nonsense in storage', () => {
      const from = sender('nonsense');
      const plain = { 'a number': 5, 'a text': 'paranoid', 'an empty text': '', nothing: null, 'a list': [null, 5, {}, 'x'], 'an object': { a: { b: [] } }, false: false };
      const networks = {
        ...plain,
        'half a state': { tokens: [null, 1, {}], tabs: ['x', null, {}, -5, 1.5, 1e20], shown: [true, {}, 'y'] },
        'tokens that are none': { tokens: [{}, { release: '', allow: '', made: 1e18 }], tabs: [], shown: [] },
        'tabs that are none': { tokens: [], tabs: ['x', null], shown: [{}] },
      };
      const reports = {
        ...plain,
        'half a report': { webmail: 1, frames: { 0: [null, 5, {}, { sender: 7, blocked: 'x', links: null }], x: 'y' } },
        'frames that are none': { webmail: 'gmail', frames: 5 },
      };
      /** What stands behind a forged mark: a dot of the sender's, in three spellings that broken tokens would let through. @param {string} key */
      const forge = async (key) => {
        const dot = reader.box.address(`forged ${key}`, `https://open.unknown.example/open/${HEX}f${key}.gif`);
        await reader.box.insertHtml(reader.letters, `17b00000009${key.padStart(5, '0')}`, ['#undefined', '#', '#null'].map((mark) => `<img src="${dot}${mark}" width="1" height="1">`).join(''), from);
      };
      /** A letter comes as ever: the pictures are there, the trackers are not, and the popup knows. */
      const goesOn = async () => {
        const key = await reader.receive(from);
        await forge(key);
        await reader.fetched(key, 'logo', 'personal');
        assert.deepEqual(await reader.fetchedOf(key), ['logo', 'personal']);
        const report = /** @type {Report} */ (await reader.reported((now) => now.state === 'ok' && now.messages.some((message) => message.blocked.length >= 2)));
        assert.ok(report.messages.every((message) => !message.allowed));
        const popup = await reader.openPopup();
        assert.match((await textOf(popup, '#headline'))[0] ?? '', /^\d+ trackers blocked in this message$/);
        await popup.close();
      };
      after(() => reader.forget());

      for (const [what, value] of Object.entries(plain)) {
        it(`goes on with the defaults: ${what} for a choice`, async () => {
          await reader.openMail();
          await reader.office.evaluate(async (names, nonsense) => {
            const stored = Object.fromEntries(names.map((key) => [key, nonsense]));
            await Promise.all([chrome.storage.sync.set(stored), chrome.storage.local.set(stored)]);
          }, ['strictness', 'links', 'links-past-gateway', `allow:${from.address}`, 'allow:', 'allow:nobody', 'allow'], value);
          const settings = await reader.office.evaluate(async () => [await chrome.runtime.sendMessage({ kind: 'settings' }), await chrome.runtime.sendMessage({ kind: 'allowed-list' })]);
          assert.deepEqual(settings, [{ strictness: 'balanced', choice: { links: 'ask', pastGateway: false }, repliesCleaned: true }, { addresses: [] }]);
          await goesOn();
        });
      }

      for (const [what, value] of Object.entries(networks)) {
        it(`goes on: ${what} for the state of the network rules`, async () => {
          // What it knew it has forgotten, and finds this instead.
          await reader.browser.stopBackground();
          await reader.office.evaluate((network) => chrome.storage.session.set({ network }), value);
          await reader.openMail();
          await goesOn();
        });
      }

      for (const [what, value] of Object.entries(reports)) {
        it(`goes on: ${what} for a tab's report`, async () => {
          await reader.openMail();
          await reader.reported((now) => now.state === 'ok');
          await reader.office.evaluate((key, report) => chrome.storage.session.set({ [key]: report }), `tab:${reader.tab}`, value);
          await goesOn();
        });
      }
    });
  });

  describe(`the look of the popup in ${name}`, { timeout: 300_000 }, () => {
    before(() => mkdir(SCREENS, { recursive: true }));

    for (const language of LANGUAGES) {
      it(`fits: ${language}`, async () => {
        const reader = await Reader.arriveSpeaking(name, language);
        try {
          await reader.openMail();
          const key = await reader.receive({ name: 'Zomeruitverkoop bij de Koninklijke Nederlandsche Boekhandel', address: 'nieuwsbrief@boekhandel.example' });
          await reader.fetched(key, 'logo');
          await reader.reported(isBlocked);
          for (const theme of ['light', 'dark']) {
            await reader.light(theme);
            const popup = await reader.openPopup();
            await popup.setViewport({ width: 400, height: 900 });
            if (name === 'chromium') await popup.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
            await popup.evaluate(() => document.querySelectorAll('details').forEach((details, index) => { details.open = index === 0; }));
            const seen = await popup.evaluate(() => ({
              language: document.documentElement.lang,
              isDark: matchMedia('(prefers-color-scheme: dark)').matches,
              overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
              cut: [...document.querySelectorAll('main *, footer *')].filter((element) => element instanceof HTMLElement && !element.closest('.unseen') && element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX !== 'visible').map((element) => element.textContent),
              empty: [...document.querySelectorAll('[data-t], .cost, .switch-label')].filter((element) => !element.textContent).length,
            }));
            assert.deepEqual(seen, { language, isDark: theme === 'dark', overflow: 0, cut: [], empty: 0 });
            await reader.browser.screenshot(popup, join(SCREENS, `popup-${name}-${language}-${theme}.png`));
            await popup.close();
          }
        } finally {
          await reader.leave();
        }
      });
    }
  });
}
