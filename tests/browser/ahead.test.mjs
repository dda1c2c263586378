// Browsers connect to a host before anybody chose to go there: because a message says so (`preconnect`), and while a link is
// pressed. No script and no network rule hears of it in time; the switch in the settings turns it off in the browser itself. What
// counts here are connections, not requests, so there is no proxy: behind one, Firefox does nothing ahead in the first place.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import https from 'node:https';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { launch } from './lib/browser.mjs';
import { dist } from './lib/dist.mjs';
import { identityOfTheWeb } from './lib/net.mjs';
import { textOf, until } from './lib/reader.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

const BOUND_MS = 10_000;
const SITE = '.ahead.example';
/** Hosts for all that is done here: who was connected to once may be connected still. */
const NUMBERS = [...Array(60).keys()];
/** Looked up and connected to after what is waited for, one after the other: what did not come before them does not come. */
const FENCES = 3;

/** Firefox's own values, of which puppeteer's profile for tests switches some off. */
const AS_SHIPPED = { 'network.http.speculative-parallel-limit': 20, 'network.dns.disablePrefetch': false, 'network.prefetch-next': true };

for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(`connections before a click in ${name}`, { timeout: 180_000 }, () => {
    /** @type {import('./lib/browser.mjs').Browser} */ let browser;
    /** @type {https.Server} */ let server;
    /** @type {Page} */ let mail;
    /** @type {Page} */ let options;
    /** Hosts of which a connection was accepted, one entry a connection. @type {string[]} */
    const connected = [];
    /** @type {Set<() => void>} */
    const watchers = new Set();
    let port = '';
    let count = 0;

    before(async () => {
      const identity = await identityOfTheWeb();
      server = https.createServer({
        ...identity,
        SNICallback: (host, done) => {
          connected.push(host);
          for (const look of watchers) look();
          done(null);
        },
      }, (_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html><title>Mail</title><body>'));
      server.on('tlsClientError', () => {});
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const address = /** @type {import('node:net').AddressInfo} */ (server.address());
      if (name === 'firefox') port = `:${address.port}`;
      browser = await launch({
        browser: name,
        extension: dist(name),
        args: name === 'chromium' ? [`--host-resolver-rules=MAP * 127.0.0.1:${address.port}`, `--ignore-certificate-errors-spki-list=${identity.spki}`] : [],
        prefs: { ...AS_SHIPPED, 'network.proxy.type': 0, 'network.dns.localDomains': ['mail.google.com', ...NUMBERS.map((number) => `h${number}${SITE}`)].join() },
      });
      await browser.agreeToPermission('privacy');
      options = await browser.extensionPage('options/options.html');
      await until(options, () => document.querySelector('#ahead:not(:disabled)'));
      mail = await browser.open(`https://mail.google.com${port}/`);
    });
    after(async () => {
      await browser?.close();
      server?.closeAllConnections();
      server?.close();
    });

    const fresh = () => `h${NUMBERS[count++]}${SITE}`;
    /** @param {string} host */
    const wasConnected = (host) => connected.includes(host);
    /** @param {string} host @returns {Promise<void>} */
    const connection = (host) => new Promise((resolve, reject) => {
      const look = () => {
        if (!wasConnected(host)) return;
        clearTimeout(timer);
        watchers.delete(look);
        resolve();
      };
      const timer = setTimeout(() => reject(new Error(`no connection to ${host}`)), BOUND_MS);
      watchers.add(look);
      look();
    });
    const fence = async () => {
      for (let left = FENCES; left > 0; left--) {
        const host = fresh();
        await mail.evaluate((url) => fetch(url, { mode: 'no-cors' }).then(() => {}, () => {}), `https://${host}${port}/`);
        assert.ok(wasConnected(host), 'the fence stands');
      }
    };
    /** A message that asks for a connection. @param {(host: string) => Promise<void>} then */
    const preconnect = async (then) => {
      const host = fresh();
      await mail.bringToFront();
      await mail.evaluate((url) => {
        const hint = document.createElement('link');
        hint.rel = 'preconnect';
        hint.href = url;
        document.body.append(hint);
      }, `https://${host}${port}/`);
      await then(host);
    };
    /** A press on a link, which is then let go of elsewhere. @param {(host: string) => Promise<void>} then */
    const press = async (then) => {
      const host = fresh();
      await mail.bringToFront();
      const at = await mail.evaluate((url) => {
        const link = document.createElement('a');
        link.href = url;
        link.textContent = 'A link that stands in a message';
        document.body.replaceChildren(link);
        const { x, y } = link.getBoundingClientRect();
        return { x, y };
      }, `https://${host}${port}/`);
      await mail.mouse.move(at.x + 20, at.y + 8);
      await mail.mouse.down();
      await then(host);
      await mail.mouse.move(600, 500);
      await mail.mouse.up();
    };
    /** @param {string} host */
    const isNot = async (host) => {
      await fence();
      assert.ok(!wasConnected(host), `${host} was connected to`);
    };
    const connects = async () => {
      await preconnect(connection);
      await press(connection);
    };
    const isQuiet = async () => {
      await preconnect(isNot);
      await press(isNot);
    };
    const isGranted = () => options.evaluate(() => chrome.permissions.contains({ permissions: ['privacy'] }));
    const isTicked = () => options.$eval('#ahead', (box) => /** @type {HTMLInputElement} */ (box).checked);
    /** @param {boolean} isOn */
    const turn = async (isOn) => {
      await options.bringToFront();
      await options.click('#ahead');
      await until(options, (expected) => document.getElementById('ahead-outcome')?.textContent === 'Saved. It counts from now on.' && /** @type {HTMLInputElement} */ (document.getElementById('ahead')).checked === expected, isOn);
      assert.equal(await isGranted(), isOn);
    };

    it('are made as the browser comes, and no permission is asked for', async () => {
      assert.equal(await isGranted(), false);
      assert.equal(await isTicked(), false);
      await connects();
    });

    it('are no longer made once the reader says so, on the page that was open', async () => {
      await turn(true);
      await isQuiet();
    });

    it('are not made after the browser was started anew, nor on a new page', async () => {
      // A temporary add-on, which is what Firefox takes unsigned, ends with the browser.
      if (name === 'chromium') {
        await browser.restart();
        options = await browser.extensionPage('options/options.html');
      }
      mail = await browser.open(`https://mail.google.com${port}/`);
      await isQuiet();
    });

    it('are made again when the reader takes it back, and the permission is given back', async () => {
      await options.close();
      options = await browser.extensionPage('options/options.html');
      await until(options, () => document.querySelector('#ahead:checked:not(:disabled)'));
      await turn(false);
      await connects();
    });

    // about:addons has a switch for each optional permission. Chromium offers no such place: there, only our own switch can.
    if (name === 'firefox') it('follow what the reader grants and takes away in the browser’s own settings', async () => {
      const firefox = /** @type {{privileged(code: string): Promise<void>}} */ (/** @type {unknown} */ (browser));
      const change = (/** @type {'add' | 'remove'} */ what) => firefox.privileged(`(async () => {
        const { ExtensionPermissions } = ChromeUtils.importESModule('resource://gre/modules/ExtensionPermissions.sys.mjs');
        await ExtensionPermissions.${what}(extension.id, { permissions: ['privacy'], origins: [] }, extension);
      })()`);
      await change('add');
      await until(options, () => document.querySelector('#ahead:checked'));
      await isQuiet();
      await change('remove');
      await until(options, () => document.querySelector('#ahead:not(:checked)'));
      await connects();
    });

    it('stay as they are when the browser says no', async () => {
      await options.evaluate(() => {
        chrome.permissions.request = async () => false;
      });
      await options.bringToFront();
      await options.click('#ahead');
      await until(options, () => document.getElementById('ahead-outcome')?.textContent);
      assert.deepEqual(await textOf(options, '#ahead-outcome'), ['Nothing has changed: your browser did not allow it.']);
      assert.deepEqual([await isGranted(), await isTicked()], [false, false]);
    });

    it('are another extension’s matter where one decides, and the reader is told', async () => {
      const folder = join(browser.profile, 'other');
      await mkdir(folder);
      await writeFile(join(folder, 'manifest.json'), JSON.stringify({
        manifest_version: 3, name: 'Other', version: '1', permissions: ['privacy'], browser_specific_settings: { gecko: { id: 'other@other.example' } },
        background: name === 'chromium' ? { service_worker: 'other.js' } : { scripts: ['other.js'] },
      }));
      await writeFile(join(folder, 'other.js'), 'chrome.privacy.network.networkPredictionEnabled.set({ value: true });');
      await browser.puppeteer.installExtension(folder);
      await options.close();
      options = await browser.extensionPage('options/options.html');
      await until(options, () => document.querySelector('#ahead:not(:disabled)'));
      await options.bringToFront();
      await options.click('#ahead');
      await until(options, () => document.getElementById('ahead-outcome')?.textContent);
      assert.deepEqual(await textOf(options, '#ahead-outcome'), ['Another extension, or your organisation, decides about this here. Nothing has changed.']);
      assert.deepEqual([await isGranted(), await isTicked()], [false, false]);
    });
  });
}
