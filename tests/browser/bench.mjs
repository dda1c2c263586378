// Benchmarks in the real browsers, against the same page without the extension in the same run. Prints; judges nothing.
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { benchConversation } from './bench-conversation.mjs';
import { launch } from './lib/browser.mjs';
import { dist } from './lib/dist.mjs';
import { OPEN, withBareHold, withoutEngine } from './lib/floor.mjs';
import { Mailbox } from './lib/mailbox.mjs';
import { SHAPES } from './lib/shapes.mjs';

const PICTURES = 50;
const LINKS = 500;
const ROUNDS = 21;
const WAKES = 11;
const IDLE_MS = 10_000;
const shape = /** @type {import('./lib/shapes.mjs').Shape} */ (SHAPES.outlook);

/** @param {number[]} numbers */
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
/** @param {number} ms */
const ms = (ms) => `${ms.toFixed(1)} ms`;

/**
 * Time from the insertion of a message to its last picture.
 * @param {import('puppeteer-core').Page} page @param {string} html
 * @param {string} [again]  what the page appends to ask again for a picture that was held
 */
const untilShown = (page, html, again = '') => page.evaluate(async (code, again) => {
  const list = document.getElementById('list');
  list?.replaceChildren();
  const box = document.createElement('div');
  const start = performance.now();
  box.innerHTML = code;
  list?.append(box);
  const images = [...box.querySelectorAll('img.t')].filter((image) => image instanceof HTMLImageElement);
  if (again) for (const image of images) image.addEventListener('error', () => (image.src += again), { once: true });
  await Promise.all(images.map((image) => image.complete && image.naturalWidth ? null : new Promise((done) => image.addEventListener('load', done, { once: true }))));
  return performance.now() - start;
}, html, again);

/**
 * What a message of many tracked links costs the page's main thread: the longest pause, and all pauses together.
 * @param {import('puppeteer-core').Page} page @param {string} html
 */
const pauses = (page, html) => page.evaluate(async (code) => {
  const list = document.getElementById('list');
  list?.replaceChildren();
  const box = document.createElement('div');
  box.innerHTML = code;
  list?.append(box);
  box.getBoundingClientRect();
  // Messages to ourselves arrive as soon as nothing else runs.
  const { port1, port2 } = new MessageChannel();
  const start = performance.now();
  let [last, longest, all] = [start, 0, 0];
  await new Promise((done) => {
    port1.onmessage = () => {
      const now = performance.now();
      const pause = now - last;
      last = now;
      longest = Math.max(longest, pause);
      if (pause > 1) all += pause;
      if (now - start > 1000) done(null);
      else port2.postMessage(null);
    };
    port2.postMessage(null);
  });
  return { longest, all };
}, html);

/** @param {string} id @param {string} html */
const letter = (id, html) => shape.message({ id, from: { name: 'Shop', address: 'news@shop.example' }, subject: '', html: '' }, html);

/**
 * A browser on the demo mailbox.
 * @param {'chromium' | 'firefox'} browser @param {Mailbox} mailbox @param {string | null} extension
 */
async function opened(browser, mailbox, extension) {
  const running = await launch({ browser, extension, web: mailbox.web, watched: false });
  return { running, page: await mailbox.show(running) };
}

/** @param {'chromium' | 'firefox'} browser @param {string} bareHold @param {string} engineless folders of the floors */
async function bench(browser, bareHold, engineless) {
  const mailbox = await Mailbox.open(shape);
  /** @type {Awaited<ReturnType<typeof opened>>[]} */
  const all = [];
  try {
    for (const extension of [null, dist(browser), bareHold, engineless]) all.push(await opened(browser, mailbox, extension));
    const [plain, held, bare, blind] = /** @type {[typeof all[0], typeof all[0], typeof all[0], typeof all[0]]} */ (all);

    /** @type {Record<'plain' | 'bare' | 'held', number[]>} */
    const times = { plain: [], bare: [], held: [] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, { page }] of /** @type {const} */ ([['plain', plain], ['bare', bare], ['held', held]])) {
        const text = [...Array(PICTURES).keys()].map((i) => `<img class="t" src="https://img.shop.example/${name}${round}-${i}.png" width="20" height="20">`).join('');
        times[name].push(await untilShown(page, letter(String(round), text), name === 'bare' ? OPEN : ''));
      }
    }
    // The first round warms connections and the engine.
    const [without, atLeast, withUs] = [median(times.plain.slice(1)), median(times.bare.slice(1)), median(times.held.slice(1))];
    console.log(`${browser}: last of ${PICTURES} pictures after ${ms(withUs)}, without the extension ${ms(without)}: ${ms(withUs - without)} more (median of ${ROUNDS - 1})`);
    console.log(`${browser}: floor, each picture refused once and asked for again by the page itself: ${ms(atLeast)}, ${ms(atLeast - without)} more; ours takes ${(withUs / atLeast).toFixed(2)} times as long`);

    const links = (/** @type {number} */ round) => letter(`l${round}`, [...Array(LINKS).keys()].map((i) => `<p>Words and <a href="https://shop.us1.list-manage.com/track/click?u=0123456789abcdef012345679&id=0123456789&e=${round}${i}">a link</a>, and more.</p>`).join(''));
    /** @type {Record<'plain' | 'held', {longest: number, all: number}[]>} */
    const pause = { plain: [], held: [] };
    for (let round = 0; round < 5; round++) {
      for (const [name, { page }] of /** @type {const} */ ([['plain', plain], ['held', held]])) {
        await page.bringToFront();
        pause[name].push(await pauses(page, links(round)));
      }
    }
    const of = (/** @type {'plain' | 'held'} */ name, /** @type {'longest' | 'all'} */ what) => median(pause[name].slice(1).map((one) => one[what]));
    console.log(`${browser}: ${LINKS} tracked links: longest pause of the page ${ms(of('held', 'longest'))}, without the extension ${ms(of('plain', 'longest'))}; all pauses in the first second ${ms(of('held', 'all'))}, without ${ms(of('plain', 'all'))}`);

    const options = await held.running.extensionPage('options/options.html');
    const engine = await options.evaluate(async () => {
      const { default: init, judge } = await import(String(new URL('../engine/briefgeheim.js', location.href)));
      await init();
      const link = (/** @type {number} */ id) => ({ id, vector: 'link-href', text: `https://click.shop.example/ls/click?upn=u001.AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-${id}` });
      const picture = (/** @type {number} */ id) => ({ id, vector: 'img', text: `https://img.shop.example/newsletter/2026/header-${id}.png?v=3`, width: '600' });
      // Clocks in browsers are coarse: ten at a time.
      const time = (/** @type {object[]} */ facts) => [...Array(41)].map(() => {
        const request = { messages: [{ message: { sender: 'news@shop.example', recipient: null, base: null, facts }, allowed: false }], setting: { strictness: 'balanced', page: 'https://outlook.live.com/' } };
        const start = performance.now();
        for (let i = 0; i < 10; i++) judge(request);
        return (performance.now() - start) / 10;
      });
      const facts = time([...Array(200).keys()].map((id) => (id % 2 ? link(id) : picture(id))));
      return { facts, links: time([...Array(500).keys()].map(link)) };
    });
    const linkTime = median(engine.links);
    console.log(`${browser}: engine in wasm, 200 facts: ${ms(median(engine.facts))}; 500 links: ${ms(linkTime)}, ${(linkTime * 2).toFixed(1)} µs each (medians of ${engine.facts.length * 10})`);

    /** @type {Record<'held' | 'blind', number[]>} */
    const wakes = { held: [], blind: [] };
    for (let wake = 0; wake < WAKES; wake++) {
      for (const [name, { running, page }] of /** @type {const} */ ([['held', held], ['blind', blind]])) {
        await running.stopBackground();
        const others = [...Array(100).keys()].map((i) => `<a href="https://www.shop.example/${wake}/${i}">x</a>`).join('');
        wakes[name].push(await untilShown(page, letter(`w${wake}`, `${others}<img class="t" src="https://img.shop.example/w${wake}.png" width="20" height="20">`)));
      }
    }
    const [woken, blindly] = [median(wakes.held), median(wakes.blind)];
    const warm = await untilShown(held.page, '<img class="t" src="https://img.shop.example/warm.png" width="20" height="20">');
    console.log(`${browser}: first picture with the background asleep, wasm and 100 facts: ${ms(woken)} (median of ${WAKES}); awake: ${ms(warm)}`);
    console.log(`${browser}: floor, the same extension waking without an engine: ${ms(blindly)}; ours takes ${(woken / blindly).toFixed(2)} times as long`);

    if (browser === 'chromium') {
      const idle = await Promise.all([plain, held].map(async ({ page }) => {
        const before = (await page.metrics()).ScriptDuration ?? 0;
        await new Promise((done) => setTimeout(done, IDLE_MS));
        return (((await page.metrics()).ScriptDuration ?? 0) - before) * 1000;
      }));
      console.log(`chromium: script in an idle page over ${IDLE_MS / 1000} s: ${ms(idle[1] ?? NaN)}, without the extension ${ms(idle[0] ?? NaN)}`);
    }
    const isAwake = await held.running.backgroundRunning();
    console.log(`${browser}: background after use: ${isAwake ? 'still awake (the browser ends it when idle)' : 'asleep'}`);
  } finally {
    await Promise.allSettled(all.map(({ running }) => running.close()));
    await mailbox.close();
  }
}

const wasm = await readFile(`${dist('chromium')}/engine/briefgeheim_bg.wasm`);
console.log(`wasm of the extension: ${(wasm.length / 1000).toFixed(0)} KB, ${(gzipSync(wasm, { level: 9 }).length / 1000).toFixed(0)} KB gzipped (gates 700 and 360)`);
for (const browser of /** @type {const} */ (['chromium', 'firefox'])) {
  await withBareHold(dist(browser), (bareHold) => withoutEngine(dist(browser), (engineless) => bench(browser, bareHold, engineless)));
  await benchConversation(browser);
}
