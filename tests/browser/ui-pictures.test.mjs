// What belongs to the webmail itself or lies within the message, beside a tracked message, in every shape of webmail: portraits,
// attachments, pictures sent along, icons that other add-ons put into the page. Each appears, as without us, and none waits for us.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { protect } from './lib/added.mjs';
import { launch } from './lib/browser.mjs';
import { ROOT, dist } from './lib/dist.mjs';
import { html, openWeb, png } from './lib/net.mjs';
import { BOUND_MS, HEX } from './lib/reader.mjs';
import { SHAPES } from './lib/shapes.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

/** How long a picture may be held is a figure that is printed; what fails is only what no reader would take. The aim is 100 ms. */
const MOST_MS = 1500;
const ROUNDS = 5;
/** As add-ons do, whose own addresses no page may read. */
const DATA = `data:image/png;base64,${png(16, 16).toString('base64')}`;
/**
 * A webmail: its page with an open message, the part of it that is the message, and pictures by what they are.
 * @typedef {{page: string, html: string, body: string, pictures: Record<string, string>}} Webmail
 */
const OWN = 'https://mail.club.example';
const shaped = (/** @type {string} */ name) => {
  const shape = /** @type {import('./lib/shapes.mjs').Shape} */ (SHAPES[name]);
  return `<!doctype html><meta charset="utf-8"><title>Mail</title>${shape.frame(shape.message({ id: '17b00000001', from: { name: 'Shop', address: 'news@shop.example' }, subject: '', html: '' }, '<p>Hello</p>'))}`;
};
const real = async (/** @type {string} */ fixture) => {
  const text = await readFile(join(ROOT, 'tests/fixtures/webmails', `${fixture}.html`), 'utf8');
  // Its own pictures and its script have tests of their own.
  return text.replace(/<script>[^]*?<\/script>/gu, '').replaceAll(/<(?:img|picture|source)\b[^>]*>/gu, '');
};

/** @type {Record<string, Webmail>} */
const WEBMAILS = {
  gmail: {
    page: 'https://mail.google.com/mail/u/0/', html: shaped('gmail'), body: '.a3s',
    pictures: {
      portrait: 'https://lh3.googleusercontent.com/a/portrait.png=s40-p', icon: 'https://www.gstatic.com/images/icons/material/star.png', attachment: 'https://mail.google.com/mail/u/0/?ui=2&view=att&th=17b0&attid=0.1&disp=thd.png',
      'sent along': 'https://mail.google.com/mail/u/0/?ui=2&view=fimg&th=17b0&attid=0.1.1&disp=emb&realattid=ii_1.png', 'add-on by Google': 'https://lh3.googleusercontent.com/addon/logo.png', drive: 'https://drive-thirdparty.googleusercontent.com/16/type/image.png',
    },
  },
  outlook: {
    page: 'https://outlook.live.com/mail/0/inbox/', html: shaped('outlook'), body: '[id^=UniqueMessageBody]',
    pictures: {
      portrait: 'https://outlook.live.com/owa/service.svc/s/GetPersonaPhoto?email=news@shop.example&size=HR64x64.png', icon: 'https://res.public.onecdn.static.microsoft/owamail/icon.png', attachment: 'https://attachment.outlook.live.net/owa/ana/service.svc/s/GetFileAttachment?id=1.png',
      'sent along': 'https://attachments.office.net/owa/ana/service.svc/s/GetAttachmentThumbnail?id=2.png', 'store of add-ons': 'https://res.cdn.office.net/addons/icon.png',
    },
  },
  yahoo: {
    page: 'https://mail.yahoo.com/d/folders/1/messages/A1', html: shaped('yahoo'), body: '[data-test-id=message-view-body-content]',
    pictures: {
      portrait: 'https://s.yimg.com/portraits/shop.png', icon: 'https://s.yimg.com/nq/icon.png', attachment: 'https://apis.mail.yahoo.com/ws/v3/mailboxes/@.id==1/messages/@.id==2/content/parts/@.id==3/thumbnail.png?appId=YMailNorrin',
      'sent along': 'https://apis.mail.yahoo.com/ws/v3/mailboxes/@.id==1/messages/@.id==2/content/parts/@.id==4/raw.png?appId=YMailNorrin',
    },
  },
  roundcube: {
    page: `${OWN}/rc/?_action=show`, html: await real('roundcube-2026-11'), body: '#messagebody',
    pictures: { portrait: '/rc/?_task=addressbook&_action=photo&_email=news%40shop.example&_error=1.png', icon: '/rc/skins/elastic/images/logo.png', attachment: '/rc/?_task=mail&_action=get&_uid=1&_part=2&_embed=1&_mimeclass=image&_thumb=1.png', 'sent along': '/rc/?_task=mail&_action=get&_uid=1&_part=3&_embed=1&_mimeclass=image.png' },
  },
  sogo: {
    page: `${OWN}/SOGo/so/ana/Mail/view`, html: await real('sogo-2026-11'), body: '.mailer_htmlcontent',
    pictures: { portrait: '/SOGo/so/ana/avatar.png', icon: '/SOGo.woa/WebServerResources/img/logo.png', attachment: '/SOGo/so/ana/Mail/0/folderINBOX/1/2/photo.png', 'sent along': '/SOGo/so/ana/Mail/0/folderINBOX/1/1/2/unknown_1.2.png', gravatar: 'https://www.gravatar.com/avatar/0123.png' },
  },
};

for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(`pictures of the webmail itself in ${name}`, { timeout: 180_000 }, () => {
    /** @type {import('./lib/net.mjs').Web} */ let web;
    /** @type {import('./lib/browser.mjs').Browser} */ let bare;
    /** @type {import('./lib/browser.mjs').Browser} */ let shielded;
    let shown = '';

    before(async () => {
      web = await openWeb((seen) => (/\.(?:js|css)$/u.test(seen.path) ? null : { headers: { 'content-type': 'image/png', 'cache-control': 'no-store' }, body: png(16, 16) }));
      for (const { page: address } of Object.values(WEBMAILS)) web.on(new URL(address).host, (seen) => (seen.dest === 'document' ? html(shown) : null));
      [bare, shielded] = await Promise.all([launch({ browser: name, extension: null, web, watched: false }), launch({ browser: name, extension: dist(name), web, watched: false })]);
      const office = await shielded.extensionPage('options/options.html');
      const tab = await shielded.open(`${OWN}/`);
      await protect(shielded, office, tab, new URL(OWN).host);
      await tab.close();
    });
    after(async () => {
      await Promise.allSettled([bare?.close(), shielded?.close()]);
      await web?.close();
    });

    for (const [webmail, { page: address, html: start, body, pictures }] of Object.entries(WEBMAILS)) {
      it(webmail, async (t) => {
        shown = start;
        const [plain, held] = [await bare.open(address), await shielded.open(address)];
        const tracker = (/** @type {string} */ url) => SHAPES[webmail]?.picture(url) ?? url;
        const trackers = [`https://shop.us1.list-manage.com/track/open.php?u=${HEX}9&id=1`, `https://open.unknown.example/open/${HEX}1.gif`].map(tracker);

        /** Puts pictures and trackers into the page; gives when each picture was shown, from then. @param {Page} tab @param {string} round */
        const times = async (tab, round) => {
          await tab.bringToFront();
          const found = await tab.evaluate(async (selector, all, hidden, icon, number, bound) => {
            const message = document.querySelector(selector);
            document.querySelector('#ui-head')?.remove();
            const head = document.createElement('div');
            head.id = 'ui-head';
            const make = (/** @type {string} */ src, /** @type {number} */ size) => Object.assign(document.createElement('img'), { src, width: size, height: size });
            // Else the browser remembers it.
            const fresh = (/** @type {string} */ url) => {
              const [address = '', ...rest] = url.split('#');
              return [`${address}${address.includes('?') ? '&' : '?'}again=${number}`, ...rest].join('#');
            };
            const images = Object.entries(all).map(([what, url]) => /** @type {const} */ ([what, make(fresh(url), 24)]));
            images.push(['icon of an add-on', make(icon, 16)]);
            const [inside, outside] = [images.filter(([what]) => what === 'sent along'), images.filter(([what]) => what !== 'sent along')];
            const start = performance.now();
            /** @type {Record<string, number>} */
            const shown = {};
            const loaded = images.map(([what, image]) => new Promise((done) => image.addEventListener('load', () => done(shown[what] = performance.now() - start), { once: true })));
            head.append(...outside.map(([, image]) => image));
            document.body.prepend(head);
            message?.replaceChildren(...inside.map(([, image]) => image), ...hidden.map((/** @type {string} */ url) => make(fresh(url), 1)));
            await Promise.race([Promise.all(loaded), new Promise((done) => setTimeout(done, bound))]);
            return shown;
          }, body, pictures, trackers, DATA, round, BOUND_MS);
          assert.deepEqual(Object.keys(found).sort(), [...Object.keys(pictures), 'icon of an add-on'].sort(), 'some never appear');
          return found;
        };

        /** @type {Record<string, number>} */
        const late = {};
        for (let round = 0; round < ROUNDS; round++) {
          const without = await times(plain, `bare${round}`);
          const withUs = await times(held, `ours${round}`);
          for (const what of Object.keys(withUs)) late[what] = Math.min(late[what] ?? Infinity, Number(withUs[what]) - Number(without[what]));
        }
        // What the bare browser asks for may come whenever it likes.
        assert.deepEqual(web.requests().map(({ url }) => url).filter((url) => /list-manage|open(?:\.|%2e)unknown|\/\/ci\d\./iu.test(url) && url.includes('again=ours')), []);
        const [[slowest, longest] = ['', 0]] = Object.entries(late).sort(([, a], [, b]) => b - a);
        t.diagnostic(`${name}, ${webmail}: of ${Object.keys(late).length} kinds the one held longest, ${slowest}: ${longest.toFixed(0)} ms (best of ${ROUNDS}, aim < 100 ms)`);
        assert.ok(longest < MOST_MS, `${slowest} was held ${longest} ms`);
        await Promise.all([plain.close(), held.close()]);
      });
    }
  });
}
