// Firefox looks up hosts that a message hints at, long before a click; not where we are. (Chromium without a window was never
// seen to do it.) Without a proxy, since behind one a browser looks nothing up itself.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import https from 'node:https';
import { test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { dist } from './lib/dist.mjs';
import { identityOfTheWeb } from './lib/net.mjs';

const BOUND_MS = 15_000;
const HINTS = '<link rel="dns-prefetch" href="https://late.hinted.example/"><iframe sandbox srcdoc=\'<link rel="dns-prefetch" href="https://framed.hinted.example/">\'></iframe>';

for (const extension of [null, dist('firefox')]) {
  test(`hosts that are only hinted at are ${extension ? 'not ' : ''}looked up ${extension ? 'with' : 'without'} the extension`, { timeout: 60_000 }, async () => {
    const server = https.createServer(await identityOfTheWeb(), (_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html><title>Mail</title><body>'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    // Looked up as the last: what was hinted at before is on its way by then.
    const browser = await launch({ browser: 'firefox', extension, prefs: { 'network.proxy.type': 0, 'network.dns.localDomains': 'mail.google.com', 'network.dns.disablePrefetch': false } });
    try {
      const page = await browser.open(`https://mail.google.com:${port}/`);
      await page.evaluate((code) => {
        const box = document.createElement('div');
        box.innerHTML = code;
        document.body.append(box);
      }, HINTS);
      await page.evaluate(() => fetch('https://fence.hinted.example/', { mode: 'no-cors' }).catch(() => {}));
      const firefox = /** @type {{privileged(code: string): Promise<string[]>}} */ (/** @type {unknown} */ (browser));
      const lookedUp = async () => (await firefox.privileged(`new Promise((done) => Cc['@mozilla.org/network/dashboard;1'].getService(Ci.nsIDashboard).requestDNSInfo((info) => done(info.entries.map((entry) => entry.hostname))))`)).filter((host) => host.endsWith('.hinted.example'));
      const end = performance.now() + (extension ? 1500 : BOUND_MS);
      let found = await lookedUp();
      while (performance.now() < end && !(found.includes('late.hinted.example') && found.includes('framed.hinted.example'))) found = await lookedUp();
      const expected = extension ? [] : ['framed.hinted.example', 'late.hinted.example'];
      assert.deepEqual([...new Set(found)].filter((host) => !host.startsWith('fence')).sort(), expected);
    } finally {
      await browser.close();
      server.closeAllConnections();
      server.close();
    }
  });
}
