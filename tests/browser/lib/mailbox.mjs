// A webmail of one shape on the counting web: shows its page, inserts messages late by script, and knows which request
// belongs to which address of which message.
import { asset, html, openWeb } from './net.mjs';
import { strictCsp } from './shapes.mjs';

/**
 * @typedef {import('./shapes.mjs').Shape} Shape
 * @typedef {import('./vectors.mjs').Vector} Vector
 * @typedef {import('./browser.mjs').Browser} Browser
 * @typedef {import('puppeteer-core').Page} Page
 */

const NONCE = 'r4nd0m';
const SENDER = { name: 'Shop Example', address: 'news@shop.example' };

export class Mailbox {
  /** What the server sees of an address (no fragment) → label. @type {Map<string, string>} */
  labels = new Map();
  #ids = 0;

  /** @param {Shape} shape @param {import('./net.mjs').Web} web @param {boolean} worker */
  constructor(shape, web, worker) {
    this.shape = shape;
    this.web = web;
    this.worker = worker;
    this.host = new URL(shape.page).host;
    /** @type {(html: string) => string} */
    this.dress = (text) => text;
  }

  /** @param {Shape} shape @param {{worker?: boolean}} [options] */
  static async open(shape, { worker = false } = {}) {
    const web = await openWeb();
    const box = new Mailbox(shape, web, worker);
    web.on(`${box.host}/fence`, () => ({ headers: { 'cache-control': 'no-store' }, body: 'ok' }));
    web.on(`${box.host}/worker.js`, () => ({
      headers: { 'content-type': 'text/javascript', 'service-worker-allowed': '/' },
      body: `self.addEventListener('install', () => self.skipWaiting()); self.addEventListener('activate', (e) => e.waitUntil(clients.claim()));
        self.addEventListener('fetch', (e) => e.respondWith(fetch(e.request)));`,
    }));
    web.on(box.host, (seen) => (seen.dest === 'document' || seen.path === new URL(shape.page).pathname ? html(box.page(), { 'content-security-policy': strictCsp(NONCE) }) : { status: 404 }));
    for (const proxy of ['ci3.googleusercontent.com', 'ecp.yusercontent.com', 'imgproxy-prod.services.web.outlook.com']) web.on(proxy, () => asset('/picture.png'));
    return box;
  }

  close() {
    return this.web.close();
  }

  page() {
    const start = this.worker ? `navigator.serviceWorker.register('/worker.js', { scope: '/' });` : '';
    return `<!DOCTYPE html><html><head><meta charset="utf-8"><title>Mail</title><script nonce="${NONCE}">${start}</script></head><body>${this.dress(this.shape.frame(''))}</body></html>`;
  }

  /**
   * Opens the webmail and waits until its worker, if it has one, answers for it.
   * @param {Browser} browser @param {(html: string) => string} [dress]
   */
  async show(browser, dress = (text) => text) {
    this.web.clear();
    this.labels.clear();
    this.dress = dress;
    const page = await browser.open(this.shape.page);
    if (this.worker) await page.waitForFunction(() => navigator.serviceWorker.controller !== null, { timeout: 10_000 });
    return page;
  }

  /** A fresh address as it stands in the webmail. @param {string} label @param {string} url */
  address(label, url) {
    const address = this.shape.picture(url);
    this.labels.set(/** @type {string} */ (address.split('#')[0]), label);
    return address;
  }

  /**
   * Inserts one message with every vector, once for each maker of addresses. Gives the labels of all addresses in it.
   * @param {Page} page @param {Vector[]} vectors @param {Record<string, (id: string) => string>} makers @param {{width?: number}} [look]
   */
  async insert(page, vectors, makers, { width } = {}) {
    const id = `17b00000000${String(++this.#ids).padStart(5, '0')}`;
    const labels = [];
    let text = '';
    const scripts = [];
    for (const [kind, make] of Object.entries(makers)) {
      for (const vector of vectors) {
        const label = `${kind} ${id} ${vector.name}`;
        const url = this.address(label, make(`${id.slice(-3)}${vectors.indexOf(vector)}`));
        labels.push(label);
        // An ordinary picture is one that can be seen.
        const visible = (/** @type {string} */ code) => (width ? code.replaceAll('width="1" height="1"', `width="${width}" height="20"`).replaceAll('width=&quot;1&quot; height=&quot;1&quot;', `width=&quot;${width}&quot; height=&quot;20&quot;`).replaceAll('width=\\"1\\" height=\\"1\\"', `width=\\"${width}\\" height=\\"20\\"`).replaceAll('width%3D%221%22%20height%3D%221%22', `width%3D%22${width}%22%20height%3D%2220%22`) : code);
        if (vector.html) text += visible(vector.html(url));
        if (vector.script) scripts.push(visible(vector.script(url)));
      }
    }
    await this.insertHtml(page, id, text);
    for (const code of scripts) await page.evaluate(code);
    return labels;
  }

  /** Inserts one message as a webmail does: late, by script, half of it in a tree that is attached afterwards. @param {Page} page @param {string} id @param {string} text @param {{name: string, address: string}} [from] */
  async insertHtml(page, id, text, from = SENDER) {
    // Only the webmail's part is dressed: a redesign does not change what senders write.
    const whole = this.dress(this.shape.message({ id, from, subject: 'Subject', html: '' }, '@BODY@')).replace('@BODY@', () => text);
    await page.evaluate((code) => {
      const box = document.createElement('div');
      box.innerHTML = code;
      document.getElementById('list')?.append(box);
    }, whole);
    return id;
  }

  /** Sets every picture's address anew, as Gmail does for unread messages. @param {Page} page */
  async resetSources(page) {
    await page.evaluate(() => {
      for (const image of document.querySelectorAll('img[src]')) image.setAttribute('src', String(image.getAttribute('src')).replace(/#[0-9a-f]{32}$/, ''));
    });
  }

  /** Labels whose address reached the server. */
  leaks() {
    const seen = new Set(this.web.requests().map((request) => this.labels.get(request.url)));
    return [...seen].filter((label) => label !== undefined);
  }

  /** How often a label's address reached the server. @param {string} label */
  times(label) {
    return this.web.requests().filter((request) => this.labels.get(request.url) === label).length;
  }

  /** Waits until all these addresses were asked for. @param {string[]} labels @param {number} boundMs */
  async reached(labels, boundMs) {
    const missing = () => {
      const seen = new Set(this.leaks());
      return labels.filter((label) => !seen.has(label));
    };
    await this.web.waitFor(() => missing().length === 0, boundMs).catch(() => {
      throw new Error(`never asked for: ${missing().join(', ')}`);
    });
  }

  /**
   * Waits until what was started before has come or been refused: two requests to the page's own host and two frames drawn.
   * @param {Page} page
   */
  async fence(page) {
    for (const _ of [1, 2]) {
      await page.evaluate(async () => {
        await fetch('/fence', { cache: 'no-store' });
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      });
    }
  }
}
