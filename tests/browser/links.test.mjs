// Links in a message: each tracked one says so in place, the card tells where it leads and opens it as the reader wants, and
// a reader who chose to go directly never meets the redirector, however they click.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch } from './lib/browser.mjs';
import { dist } from './lib/dist.mjs';
import { Mailbox } from './lib/mailbox.mjs';
import { clickOn, marksOf, textOf } from './lib/marks.mjs';
import { html, png } from './lib/net.mjs';
import { until } from './lib/reader.mjs';
import { SHAPES } from './lib/shapes.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

const BOUND_MS = 15_000;
const MARKS = 'span[data-briefgeheim]';
const shape = /** @type {import('./lib/shapes.mjs').Shape} */ (SHAPES.outlook);
const SALE = 'https://shop.example.org/sale?id=7&lang=nl';
const encoded = encodeURIComponent;
/** A redirector that carries its destination. @param {string} to */
const tracked = (to) => `https://mailtrack.io/trace/link/0a1b2c3d4e?url=${encoded(to)}`;
/** @param {string} inner */
const guarded = (inner) => `https://nam12.safelinks.protection.outlook.com/?url=${encoded(inner)}&data=x&reserved=0`;
const HIDDEN = 'https://shop.us1.list-manage.com/track/click?u=0123456789abcdef012345679&id=0123456789&e=1';
const UNSUBSCRIBE = 'https://www.shop.example/unsubscribe?u=7';
/** The shape of a redirector with a host that people trust before it. */
const MADE_UP = `https://www.bank.example/CL0/${encoded(SALE)}/1/0100018f3c2b1a09-1b2c3d4e-1111-2222-3333-444455556666-000000/AbC=390`;
/** Every way in which a link stands in a message. */
const PLACES = `<p>Dear reader, our <a href="${tracked(SALE)}">sale</a>, has begun. A line that goes on and on until it wraps around <a href="${tracked(SALE)}">a link that is rather long and wraps
  around the end of its line, too, and more than once</a>(so it does) and goes on.</p><h1><a href="${HIDDEN}">A headline</a></h1>
  <a href="${HIDDEN}"><img width="200" height="60"></a><a href="${HIDDEN}"><img width="200" height="60" style="display:block"></a>
  <p><a style="display:inline-block;padding:10px 20px;background:#0a7" href="${HIDDEN}">Shop now</a> <a style="display:block;margin:9px" href="${HIDDEN}">A block</a></p>
  <div style="display:flex;gap:10px;justify-content:space-between"><a href="${HIDDEN}">One</a><a href="${HIDDEN}">Two</a></div>
  <div style="display:grid;grid-template-columns:1fr 1fr;gap:8px"><a href="${HIDDEN}">One</a><a href="${HIDDEN}">Two</a></div>
  <div style="display:inline-flex;gap:4px"><a href="${HIDDEN}">x</a></div><ul><li><a href="${HIDDEN}">Item</a></ul>
  <table width="100%"><tr><td align="right"><a href="${HIDDEN}">At the edge</a></td></tr><tr><td nowrap><a href="${HIDDEN}">a</a>|<a href="${HIDDEN}">b</a></td></tr></table>
  <p dir="rtl">שלום <a href="${HIDDEN}">קישור ארוך</a>, עולם (<a href="${HIDDEN}">link</a>)</p><p style="text-align:justify;width:150px">Words that <a href="${HIDDEN}">stand</a> apart <a href="${HIDDEN}">from</a> one another.</p>
  <pre>code <a href="${HIDDEN}">link</a>  code</pre><p style="font-size:9px;line-height:1">small <a href="${HIDDEN}">print</a>.</p>`;

/** What is drawn where in the last message: of every element and every run of text. */
const rects = () => {
  const box = [...document.querySelectorAll('[role=document]')].at(-1);
  const walker = document.createTreeWalker(/** @type {Node} */ (box), NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  const out = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node instanceof Element && node.hasAttribute('data-briefgeheim')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const found = node instanceof Element ? [node.getBoundingClientRect()] : [...range.getClientRects()].filter(({ width }) => width > 0);
    out.push(`${node.nodeName} ${found.map(({ x, y, width, height }) => [x, y, width, height].map((n) => n.toFixed(2)).join()).join(' ')}`);
  }
  return [...out, `${document.documentElement.scrollWidth} ${document.documentElement.scrollHeight}`];
};

for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(`links in ${name}`, { timeout: 300_000 }, () => {
    /** @type {Mailbox} */ let box;
    /** @type {import('./lib/browser.mjs').Browser} */ let browser;
    /** @type {Page} */ let mail;
    /** @type {Page} */ let desk;
    let letters = 0;

    before(async () => {
      box = await Mailbox.open(shape);
      browser = await launch({ browser: name, extension: dist(name), web: box.web });
      desk = await browser.extensionPage('options/options.html');
    });
    after(async () => {
      await browser?.close();
      await box?.close();
    });

    /** Opens the webmail with one message, and waits for its marks. @param {string} text @param {number} count */
    const read = async (text, count) => {
      await mail?.close();
      mail = await box.show(browser);
      await box.insertHtml(mail, `17b0000000${String(++letters).padStart(6, '0')}`, text);
      await until(mail, ([selector, wanted]) => document.querySelectorAll(selector).length === wanted, /** @type {[string, number]} */ ([MARKS, count]));
      await mail.bringToFront();
    };
    /** @param {number} index */
    const mark = async (index) => {
      const found = (await marksOf(mail))[index];
      assert.ok(found, `there is no mark ${index}`);
      return found;
    };
    /** The open card. */
    const card = async () => {
      const open = (await marksOf(mail)).flatMap((found) => found.card ?? []);
      assert.equal(open.length, 1, 'one card is open');
      return /** @type {NonNullable<import('./lib/marks.mjs').Mark['card']>} */ (open[0]);
    };
    const isClosed = async () => (await marksOf(mail)).every((found) => found.card === null);
    /** @param {string} label */
    const press = async (label) => {
      const button = (await card()).buttons.find((node) => textOf(node) === label);
      assert.ok(button, `the card has no button ${label}`);
      await clickOn(mail, button);
    };
    /** What a click asks for, first of all, and every host that was connected to. @param {() => Promise<void>} click */
    const asked = async (click) => {
      box.web.clear();
      await mail.bringToFront();
      const before = new Set(await browser.puppeteer.pages());
      await click();
      const first = await box.web.waitFor((log) => log.find((seen) => seen.dest === 'document'), BOUND_MS, 'a page');
      for (const page of await browser.puppeteer.pages()) if (!before.has(page)) await page.close();
      return { url: first.url, referer: first.referer, hosts: box.web.connects() };
    };
    /** @param {object} choice */
    const choose = (choice) => desk.evaluate((wanted) => chrome.runtime.sendMessage({ kind: 'set', choice: wanted }), choice);
    const link = () => mail.$(`[role=document] a`).then((found) => /** @type {import('puppeteer-core').ElementHandle<Element>} */ (found));

    it('names who learns of the click and where the link leads, and nothing on other links', async () => {
      await read(`<p><a href="${tracked(SALE)}">a</a> <a href="${HIDDEN}">b</a> <a href="https://www.shop.example/x?utm_source=mail">c</a> <a href="${guarded(tracked(SALE))}">d</a> <a href="${guarded('https://www.example.org/')}">e</a>
        <a href="https://protect-eu.mimecast.com/s/AbCdEfGhIj?domain=example.org">f</a> <a href="${tracked('https://www.bücher.example/')}">g</a> <a href="${tracked('https://www.p\u0430ypal.example/')}">h</a> <a href="${tracked('https://accounts.shop.example/login')}">i</a>
        <a href="https://www.example.org/">j</a> <a href="${UNSUBSCRIBE}">k</a> <a href="mailto:a@example.org">l</a> <a>m</a></p>`, 9);
      assert.deepEqual((await marksOf(mail)).map((found) => found.label), [
        'Mailtrack would learn that you clicked this. It leads to shop.example.org.',
        'Mailchimp would learn that it was you who clicked this. Only Mailchimp knows where it leads.',
        'This link tells www.shop.example which mail you came from. It leads to www.shop.example.',
        'Mailtrack would learn that you clicked this. It leads to shop.example.org.',
        'Microsoft Safe Links, a mail filter, checks this link when you open it. It leads to www.example.org.',
        'Mimecast, a mail filter, checks this link when you open it. Only Mimecast knows where it leads.',
        'Mailtrack would learn that you clicked this. It leads to www.bücher.example.',
        'This name is written in letters that only look like others. It may imitate a name you know. Mailtrack would learn that you clicked this. It leads to www.xn--pypal-4ve.example.',
        'Mailtrack would learn that you clicked this. It leads to accounts.shop.example.',
      ]);
      /** @type {[number, string[], string[]][]} */
      const cards = [
        [0, ['shop.example.org', '/sale?id=7&lang=nl'], ['Open directly', 'Open as sent', 'Copy clean link', 'Yes', 'No']],
        [1, ['Only Mailchimp knows where it leads.'], ['Open as sent']],
        [2, ['www.shop.example', '/x'], ['Open directly', 'Open as sent', 'Copy clean link', 'Yes', 'No']],
        [3, ['shop.example.org', 'Microsoft Safe Links, a mail filter, checks this link when you open it. Opening it directly skips that check.'], ['Open directly', 'Open as sent', 'Copy clean link']],
        [5, ['Only Mimecast knows where it leads.'], ['Open as sent']],
        [6, ['www.bücher.example', 'Also written www.xn--bcher-kva.example'], ['Open directly', 'Open as sent', 'Copy clean link', 'Yes', 'No']],
        [7, ['www.xn--pypal-4ve.example', 'Also written www.p\u0430ypal.example'], ['Open as sent']],
        [8, ['accounts.shop.example', 'It may do something for you there, like signing you in. So it is only opened as sent.'], ['Open as sent']],
      ];
      for (const [index, lines, buttons] of cards) {
        await clickOn(mail, (await mark(index)).button);
        const open = await card();
        for (const line of lines) assert.ok(open.lines.includes(line), `${index}: ${line} is not among ${open.lines.join(' | ')}`);
        assert.deepEqual(open.buttons.map(textOf), buttons);
        await mail.keyboard.press('Escape');
        assert.ok(await isClosed());
      }
    });

    it('says why, where no name stands for it, and who would have been told besides', async () => {
      const payload = 'aB3'.repeat(40);
      await read(`<p><a href="https://a.example.com/mail/redirect/go?to=0123456789abcdef0123">a</a> <a href="https://www.shop.example/x?utm_source=mail">b</a> <a href="https://www.shop.example/y?from=newsletter_42">c</a>
        <a href="https://www.shop.example/z?d=${payload}">d</a> <a href="https://b.example/1?m=Xy7zAbQ2">e</a> <a href="https://b.example/2?m=Xy7zAbQ2">f</a> <a href="https://b.example/3?m=Xy7zAbQ2">g</a>
        <a href="${HIDDEN}" ping="https://p.example/1 https://p.example/2 https://q.example/">h</a> <a href="https://www.example.org/" ping="https://p.example/">i</a></p>`, 8);
      const leads = 'It leads to';
      const told = [
        ['a.example.com would learn that it was you who clicked this.', 'Its web address says so itself: it sends you on to another place.', 'Only a.example.com knows where it leads.'],
        ['This link tells www.shop.example which mail you came from.', 'Its web address carries labels that stand for this mailing, or for you.', leads],
        ['This link tells www.shop.example which mail you came from.', 'Its web address says itself where you come from.', leads],
        ['This link tells www.shop.example that it is you who comes, and from which mail.', 'Its web address carries a code made for you alone.', leads],
        ...['', '', ''].map(() => ['This link tells b.example which mail you came from.', 'Other links in this message carry the same code, so it is about the mailing, or about you.', leads]),
        ['Mailchimp would learn that it was you who clicked this.', 'Only Mailchimp knows where it leads.', 'The browser was also told to report your click to p.example, q.example. Briefgeheim stops that.'],
      ];
      for (const [index, lines] of told.entries()) {
        await clickOn(mail, (await mark(index)).button);
        assert.deepEqual((await card()).lines.slice(0, 3), lines);
        await mail.keyboard.press('Escape');
      }
    });

    it('moves nothing in the message', async () => {
      await mail?.close();
      mail = await box.show(browser);
      const before = await mail.evaluate((source, code) => {
        const list = document.getElementById('list');
        const host = document.createElement('div');
        host.innerHTML = code;
        list?.append(host);
        return new Function(`return (${source})()`)();
      }, String(rects), shape.message({ id: '17b0000000000001', from: { name: 'Shop', address: 'news@shop.example' }, subject: '', html: '' }, PLACES));
      const count = (PLACES.match(/<a /g) ?? []).length;
      await until(mail, ([selector, wanted]) => document.querySelectorAll(selector).length === wanted, /** @type {[string, number]} */ ([MARKS, count]));
      assert.deepEqual(await mail.evaluate(rects), before);
      // Each mark stands at its link, and can be hit.
      const boxes = await Promise.all((await marksOf(mail)).map((found) => found.button.box()));
      const misplaced = await mail.evaluate((all) => [...document.querySelectorAll('[role=document] a')].flatMap((anchor, index) => {
        const at = all[index];
        const ends = [...(anchor.querySelector('img') ?? anchor).getClientRects()].at(-1);
        if (!at || !ends) return [`no mark for ${anchor.textContent}`];
        const [x, y] = [at.x + at.width / 2, at.y + at.height / 2];
        const isNear = x > ends.left - 25 && x < ends.right + 25 && y > ends.top - 25 && y < ends.bottom + 25;
        return isNear && at.width > 9 ? [] : [`${anchor.textContent} ends at ${JSON.stringify(ends)}, its mark is at ${JSON.stringify(at)}`];
      }), boxes);
      assert.deepEqual(misplaced, []);
    });

    it('opens directly, as sent, and copies, as the reader asks on the card', async () => {
      await read(`<p><a href="${tracked(`${SALE}&utm_source=mail`)}">the sale</a></p>`, 1);
      await clickOn(mail, (await mark(0)).button);
      const direct = await asked(() => press('Open directly'));
      assert.deepEqual([direct.url, direct.referer, direct.hosts.includes('mailtrack.io')], [SALE, '', false]);
      await mail.bringToFront();
      await clickOn(mail, (await mark(0)).button);
      const sent = await asked(() => press('Open as sent'));
      assert.equal(sent.url, tracked(`${SALE}&utm_source=mail`));
      await mail.bringToFront();
      await clickOn(mail, (await mark(0)).button);
      await press('Copy clean link');
      assert.ok((await card()).buttons.map(textOf).includes('Copied'));
      await mail.evaluate(() => {
        const field = document.createElement('textarea');
        field.id = 'ui-field';
        document.body.prepend(field);
        field.focus();
      });
      await mail.keyboard.down('Control');
      await mail.keyboard.press('v', { commands: ['Paste'] });
      await mail.keyboard.up('Control');
      await until(mail, () => document.querySelector('textarea')?.value !== '');
      assert.equal(await mail.$eval('textarea', (field) => field.value), SALE);
      assert.ok(await isClosed(), 'the card went when the reader did');
    });

    it('opens on hover, stays while the pointer is in it, and goes when it leaves', async () => {
      await read(`<p>A word, and <a href="${tracked(SALE)}">the sale</a>.</p>`, 1);
      const { button } = await mark(0);
      const at = await button.box();
      await mail.mouse.move(at.x + 7, at.y + 7);
      const shown = async () => !(await isClosed());
      await eventually(shown, 'the card opens');
      const inside = await (await card()).node.box();
      await mail.mouse.move(inside.x + 20, inside.y + 10, { steps: 4 });
      await mail.mouse.move(inside.x + 40, inside.y + 40, { steps: 4 });
      assert.ok(await shown());
      await mail.mouse.move(700, 600, { steps: 3 });
      await eventually(isClosed, 'the card closes');
      // Resting on the link itself opens it, too.
      await (await link()).hover();
      await eventually(shown, 'the card opens for the link');
    });

    it('is used by keyboard alone, and keeps its keys from the webmail', async () => {
      await read(`<p><a href="${tracked(SALE)}">the sale</a> <a href="${UNSUBSCRIBE}" id="x_next">unsubscribe</a></p>`, 1);
      await mail.evaluate(() => {
        for (const type of ['keydown', 'keyup', 'keypress']) document.addEventListener(type, (event) => { document.title += ` ${/** @type {KeyboardEvent} */ (event).key}`; }, true);
        document.title = 'keys:';
      });
      await (await link()).focus();
      await mail.keyboard.press('Tab');
      assert.equal(await mail.title(), 'keys: Tab', 'the key that left the link is the webmail’s; its end is ours');
      await card();
      await mail.keyboard.press('Escape');
      assert.ok(await isClosed());
      await mail.keyboard.press('Enter');
      assert.equal(textOf((await card()).buttons[0] ?? (await card()).node), 'Open directly');
      const direct = await asked(() => mail.keyboard.press('Enter'));
      assert.equal(direct.url, SALE);
      await mail.bringToFront();
      assert.equal(await mail.evaluate(() => document.activeElement?.hasAttribute('data-briefgeheim')), true, 'back at the mark');
      await mail.keyboard.press('Enter');
      for (const _ of [1, 2, 3, 4]) await mail.keyboard.press('Tab');
      await card();
      await mail.keyboard.press('Tab');
      assert.equal(await mail.evaluate(() => document.activeElement?.id), 'x_next', 'Tab goes on in the message');
      assert.ok(await isClosed());
      assert.equal(await mail.title(), 'keys: Tab Tab', 'no other key reached the webmail but the end of the one that left the card');
    });

    // Only Chromium shows its driver what it tells a screen reader.
    if (name === 'chromium') it('is heard: the mark after its link, the card as a dialog with all that it says', async () => {
      await read(`<p><a href="${tracked(SALE)}">the sale</a> and more</p>`, 1);
      /** What a screen reader meets, in its order. */
      const heard = async () => {
        /** @type {string[]} */
        const told = [];
        /** @param {import('puppeteer-core').SerializedAXNode | null} node */
        const tell = (node) => {
          if (!node) return;
          if (['link', 'button', 'dialog', 'group', 'StaticText'].includes(node.role)) told.push(`${node.role} ${node.name ?? ''}`.trim());
          node.children?.forEach(tell);
        };
        tell(await mail.accessibility.snapshot({ interestingOnly: false }));
        return told.slice(told.indexOf('link the sale'));
      };
      assert.deepEqual(await heard(), ['link the sale', 'StaticText the sale', 'button Mailtrack would learn that you clicked this. It leads to shop.example.org.', 'StaticText  and more']);
      await (await link()).focus();
      await mail.keyboard.press('Tab');
      const open = await heard();
      const from = open.indexOf('dialog About this link');
      assert.equal(open[from - 1], 'button Mailtrack would learn that you clicked this. It leads to shop.example.org.');
      assert.deepEqual(open.slice(from + 1).filter((told, at, all) => told.replace('StaticText', 'button') !== all[at - 1]), [
        'StaticText Mailtrack would learn that you clicked this.', 'StaticText It leads to', 'StaticText shop.', 'StaticText example.org', 'StaticText /sale?id=7&lang=nl',
        'button Open directly', 'button Open as sent', 'button Copy clean link', 'group Always open such links directly?', 'StaticText Always open such links directly?', 'button Yes', 'button No', 'StaticText  and more',
      ]);
      await mail.keyboard.press('Escape');
    });

    it('asks once, and a click goes where the answer says', async () => {
      await desk.evaluate(() => Promise.all([chrome.storage.sync.clear(), chrome.storage.local.clear()]));
      await read(`<p><a href="${tracked(SALE)}" target="_blank">the sale</a></p>`, 1);
      assert.equal((await asked(async () => (await link()).click())).url, tracked(SALE), 'not asked yet');
      await mail.bringToFront();
      await clickOn(mail, (await mark(0)).button);
      await press('Yes');
      await eventually(async () => (await card()).buttons.length === 3, 'the question goes');
      await mail.keyboard.press('Escape');
      const target = await link();
      /** @type {[string, () => Promise<void>][]} */
      const ways = [
        ['a click', () => target.click()],
        ['a middle click', () => target.click({ button: 'middle' })],
        ['Enter', async () => { await target.focus(); await mail.keyboard.press('Enter'); }],
        ['Control and a click', async () => { await mail.keyboard.down('Control'); await target.click(); await mail.keyboard.up('Control'); }],
        ['Shift and a click', async () => { await mail.keyboard.down('Shift'); await target.click(); await mail.keyboard.up('Shift'); }],
      ];
      for (const [way, click] of ways) {
        const { url, referer, hosts } = await asked(click);
        // The browser itself may speak to its maker at the same time.
        assert.deepEqual([url, referer, hosts.includes('mailtrack.io')], [SALE, '', false], way);
      }
      assert.equal(await target.evaluate((element) => element.getAttribute('href')), tracked(SALE), 'the page still has the link as sent');
      // A page that rewrites the link while it is pressed, as webmails do.
      await target.evaluate((element) => element.addEventListener('mousedown', () => element.setAttribute('href', 'https://www.google.com/url?q=x')));
      assert.equal((await asked(() => target.click())).url, SALE);
      // Asked once: the next card has no question.
      await read(`<p><a href="${tracked(SALE)}">the sale</a></p>`, 1);
      await clickOn(mail, (await mark(0)).button);
      assert.deepEqual((await card()).buttons.map(textOf), ['Open directly', 'Open as sent', 'Copy clean link']);
    });

    it('goes directly only where that is safe', async () => {
      await choose({ links: 'direct', pastGateway: false });
      /** @type {[string, string, string][]} */
      const cases = [
        ['not decodable', HIDDEN, HIDDEN],
        ['a link that does something', UNSUBSCRIBE, UNSUBSCRIBE],
        ['leads to a sign-in', tracked('https://accounts.shop.example/login'), tracked('https://accounts.shop.example/login')],
        ['leads to an imitation', tracked('https://www.p\u0430ypal.example/'), tracked('https://www.p\u0430ypal.example/')],
        ['a shape that a sender can make up', MADE_UP, MADE_UP],
        ['a guarded link', guarded(tracked(SALE)), guarded(tracked(SALE))],
        ['tracking parameters', `${SALE}&utm_source=mail`, SALE],
      ];
      for (const [what, href, expected] of cases) {
        await read(`<p><a href="${href.replaceAll('&', '&amp;')}" target="_blank">x</a></p>`, href === UNSUBSCRIBE ? 0 : 1);
        await box.fence(mail);
        assert.equal((await asked(async () => (await link()).click())).url, expected, what);
      }
      await choose({ links: 'direct', pastGateway: true });
      await read(`<p><a href="${guarded(tracked(SALE)).replaceAll('&', '&amp;')}" target="_blank">x</a></p>`, 1);
      assert.equal((await asked(async () => (await link()).click())).url, SALE);
      await choose({ links: 'sent', pastGateway: false });
      assert.equal((await asked(async () => (await link()).click())).url, guarded(tracked(SALE)));
    });

    it('names the destination while the browser builds its menu, and only then', async () => {
      await choose({ links: 'direct', pastGateway: false });
      await read(`<p><a href="${tracked(SALE)}">the sale</a></p>`, 1);
      const target = await link();
      await mail.evaluate(() => window.addEventListener('contextmenu', (event) => {
        document.title = String(/** @type {Element} */ (event.target).getAttribute('href'));
      }));
      await target.click({ button: 'right' });
      assert.equal(await mail.title(), SALE);
      await until(mail, (sent) => document.querySelector('[role=document] a')?.getAttribute('href') === sent, tracked(SALE));
      if ('privileged' in browser) {
        const firefox = /** @type {{privileged(code: string): Promise<any>}} */ (/** @type {unknown} */ (browser));
        const seen = await firefox.privileged(`new Promise((done) => {
          const window = Services.wm.getMostRecentWindow('navigator:browser');
          const menu = window.document.getElementById('contentAreaContextMenu');
          const tell = () => { const url = window.gContextMenu?.linkURL; menu.hidePopup(); done(url); };
          if (menu.state === 'open') tell(); else menu.addEventListener('popupshown', tell, { once: true });
        })`);
        assert.equal(seen, SALE, 'what the menu opens and copies');
      }
      assert.equal(await mail.$$eval(MARKS, (found) => found.length), 1);
    });

    it('leaves what is being written alone', async () => {
      await read(`<p><a href="${tracked(SALE)}">the sale</a></p>`, 1);
      const draft = await mail.evaluate((code) => {
        const editor = document.createElement('div');
        editor.contentEditable = 'true';
        editor.id = 'ui-editor';
        // A reply that quotes what stands on the page, marks and all, beside a message that is written anew.
        editor.innerHTML = `<p>Hello</p><blockquote>${document.querySelector('[role=document]')?.innerHTML}</blockquote>${code}`;
        const clean = editor.cloneNode(true);
        for (const mark of /** @type {Element} */ (clean).querySelectorAll('span[data-briefgeheim]')) mark.remove();
        document.body.append(editor);
        return /** @type {Element} */ (clean).innerHTML;
      }, `<p><a href="${HIDDEN}">quoted</a></p>`);
      await box.fence(mail);
      assert.equal(await mail.$eval('#ui-editor', (editor) => editor.innerHTML), draft);
      // A message that becomes a draft loses its marks.
      await mail.evaluate(() => document.querySelector('[role=document]')?.setAttribute('contenteditable', 'true'));
      await until(mail, (selector) => !document.querySelector(selector), MARKS);
    });

    it('goes with its link', async () => {
      await read(`<p id="x_from"><a href="${tracked(SALE)}">the sale</a></p><p id="x_to"></p><p><a href="${HIDDEN}">b</a></p>`, 2);
      await mail.evaluate(() => document.querySelector('#x_to')?.append(/** @type {Node} */ (document.querySelector('#x_from a'))));
      await until(mail, () => document.querySelector('#x_to a + span[data-briefgeheim]'));
      assert.equal(await mail.$$eval(MARKS, (found) => found.length), 2);
      await mail.evaluate(() => document.querySelector('#x_to a')?.remove());
      await until(mail, (selector) => document.querySelectorAll(selector).length === 1, MARKS);
      await mail.evaluate((clean) => document.querySelector('[role=document] a')?.setAttribute('href', clean), 'https://www.example.org/');
      await until(mail, (selector) => document.querySelectorAll(selector).length === 0, MARKS);
    });

    it('comes when the reader comes near its message, as the one of a tracker does', async () => {
      await read('<p>The message before.</p>', 0);
      await mail.evaluate(() => {
        const space = document.createElement('div');
        space.style.height = '9000px';
        document.getElementById('list')?.append(space);
      });
      const picture = box.address('far picture', 'https://img.shop.example/far.png');
      await box.insertHtml(mail, '17b0000000000777', `<p><a href="${tracked(SALE)}">the sale</a></p><img src="${picture}" width="90" height="20"><img src="${box.address('far tracker', 'https://t.tracker.example/open/0123456789abcdef012345.gif')}" width="1" height="1">`);
      await box.reached(['far picture'], 15_000);
      await box.fence(mail);
      assert.equal(await mail.$$eval(MARKS, (found) => found.length), 0);
      await mail.evaluate(() => [...document.querySelectorAll('[role=document]')].at(-1)?.scrollIntoView());
      await until(mail, (selector) => document.querySelectorAll(selector).length === 2, MARKS);
    });

    it('comes with the verdict where the reader looks, without a drawn frame in between', async () => {
      await mail?.close();
      mail = await box.show(browser);
      await mail.bringToFront();
      // A picture is written when the verdict comes, or when its refusal does: by then the mark stands.
      await mail.evaluate((marks) => {
        new MutationObserver(() => (document.documentElement.dataset.marks ??= String(document.querySelectorAll(marks).length))).observe(document, { subtree: true, attributeFilter: ['src'] });
      }, MARKS);
      await box.insertHtml(mail, '17b0000000000778', `<p><a href="${HIDDEN}">the sale</a></p><img src="${box.address('beside a link', 'https://img.shop.example/beside.png')}" width="90" height="20">`);
      await until(mail, () => document.documentElement.dataset.marks !== undefined);
      assert.equal(await mail.evaluate(() => document.documentElement.dataset.marks), '1');
    });

    it('stands in the corner of a picture that says its size only when it comes', async () => {
      const picture = box.address('slow picture', 'https://img.shop.example/slow.png');
      /** @type {(value: unknown) => void} */
      let send = () => {};
      const sent = new Promise((done) => (send = done));
      const { host, pathname } = new URL(picture);
      box.web.on(host + pathname, async () => (await sent, { headers: { 'content-type': 'image/png' }, body: png(200, 120) }));
      await read(`<p><a href="${HIDDEN}"><img src="${picture}" style="display:block"></a></p>`, 1);
      send(null);
      await until(mail, () => document.querySelector('[role=document] img')?.getBoundingClientRect().height === 120);
      const image = await link().then((found) => found.$('img')).then((found) => found?.boundingBox());
      assert.ok(image);
      await eventually(async () => {
        const at = await (await mark(0)).button.box();
        return Math.abs(at.x + at.width - (image.x + image.width)) < 9 && Math.abs(at.y + at.height - (image.y + image.height)) < 9;
      }, 'the mark stands in the corner');
    });

    it('works under the strictest policy, and in a frame that may do nothing', async () => {
      await choose({ links: 'sent', pastGateway: false });
      await mail?.close();
      const body = `<p><a href="${tracked(SALE)}">the sale</a></p>`;
      box.web.on(box.host, () => html(`<!doctype html><body>${shape.frame(shape.message({ id: '17b0000000000002', from: { name: 'S', address: 'n@shop.example' }, subject: '', html: '' }, `${body}<iframe sandbox="" width="600" height="300" srcdoc="${body.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"></iframe>`))}`,
        { 'content-security-policy': "default-src 'none'; style-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'; sandbox allow-same-origin allow-scripts" }));
      mail = await browser.open(shape.page);
      await until(mail, (selector) => document.querySelectorAll(selector).length === 1, MARKS);
      const at = await (await mark(0)).button.box();
      assert.deepEqual([Math.round(at.width), Math.round(at.height)], [15, 15], 'it is drawn as it should');
      await clickOn(mail, (await mark(0)).button);
      assert.equal((await asked(() => press('Open directly'))).url, SALE);
      await mail.bringToFront();
      const frame = mail.frames().find((one) => one !== mail.mainFrame());
      assert.ok(frame, 'there is a frame');
      await eventually(async () => (await marksOf(mail, frame)).length > (name === 'chromium' ? 1 : 0), 'the frame has its mark');
      const inner = (await marksOf(mail, frame)).at(-1);
      // Firefox measures inside the frame.
      const offset = name === 'firefox' ? await mail.$eval('iframe', (element) => ({ x: element.getBoundingClientRect().x + 2, y: element.getBoundingClientRect().y + 2 })) : { x: 0, y: 0 };
      const button = await /** @type {NonNullable<typeof inner>} */ (inner).button.box();
      await mail.mouse.click(button.x + offset.x + 7, button.y + offset.y + 7);
      await eventually(async () => (await marksOf(mail, frame)).at(-1)?.card !== null, 'its card opens');
      const open = (await marksOf(mail, frame)).at(-1)?.card;
      const first = await /** @type {NonNullable<typeof open>} */ (open).buttons[0]?.box();
      assert.ok(first);
      assert.equal((await asked(() => mail.mouse.click(first.x + offset.x + 20, first.y + offset.y + 10))).url, SALE);
    });
  });
}

/** Waits for what only asking tells, for as long as an animation frame at a time. @param {() => Promise<boolean>} condition @param {string} what */
async function eventually(condition, what) {
  const end = performance.now() + BOUND_MS;
  while (!(await condition())) assert.ok(performance.now() < end, `never: ${what}`);
}
