// Benchmarks in the real browsers, against the same page without the extension in the same run. Prints; judges nothing.
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { launch } from './lib/browser.mjs';
import { dist } from './lib/dist.mjs';
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
 */
const untilShown = (page, html) => page.evaluate(async (code) => {
  const list = document.getElementById('list');
  list?.replaceChildren();
  const box = document.createElement('div');
  const start = performance.now();
  box.innerHTML = code;
  list?.append(box);
  const images = [...box.querySelectorAll('img.t')];
  await Promise.all(images.map((image) => image instanceof HTMLImageElement && image.complete && image.naturalWidth ? null : new Promise((done) => image.addEventListener('load', done, { once: true }))));
  return performance.now() - start;
}, html);

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

/** @param {'chromium' | 'firefox'} browser */
async function bench(browser) {
  const mailbox = await Mailbox.open(shape);
  const [bare, shielded] = await Promise.all([launch({ browser, extension: null, web: mailbox.web, watched: false }), launch({ browser, extension: dist(browser), web: mailbox.web, watched: false })]);
  try {
    const [plain, held] = [await mailbox.show(bare), await mailbox.show(shielded)];
    /** @type {Record<'plain' | 'held', number[]>} */
    const times = { plain: [], held: [] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, page] of /** @type {const} */ ([['plain', plain], ['held', held]])) {
        const text = [...Array(PICTURES).keys()].map((i) => `<img class="t" src="https://img.shop.example/${name}${round}-${i}.png" width="20" height="20">`).join('');
        const html = shape.message({ id: String(round), from: { name: 'Shop', address: 'news@shop.example' }, subject: '', html: '' }, text);
        times[name].push(await untilShown(page, html));
      }
    }
    // The first round warms connections and the engine.
    const [without, withUs] = [median(times.plain.slice(1)), median(times.held.slice(1))];
    console.log(`${browser}: last of ${PICTURES} pictures after ${ms(withUs)}, without the extension ${ms(without)}: ${ms(withUs - without)} more, ratio ${(withUs / without).toFixed(2)} (median of ${ROUNDS - 1})`);

    const links = (/** @type {number} */ round) => shape.message({ id: `l${round}`, from: { name: 'Shop', address: 'news@shop.example' }, subject: '', html: '' },
      [...Array(LINKS).keys()].map((i) => `<p>Words and <a href="https://shop.us1.list-manage.com/track/click?u=0123456789abcdef012345679&id=0123456789&e=${round}${i}">a link</a>, and more.</p>`).join(''));
    /** @type {Record<'plain' | 'held', {longest: number, all: number}[]>} */
    const pause = { plain: [], held: [] };
    for (let round = 0; round < 5; round++) {
      for (const [name, page] of /** @type {const} */ ([['plain', plain], ['held', held]])) {
        await page.bringToFront();
        pause[name].push(await pauses(page, links(round)));
      }
    }
    const of = (/** @type {'plain' | 'held'} */ name, /** @type {'longest' | 'all'} */ what) => median(pause[name].slice(1).map((one) => one[what]));
    console.log(`${browser}: ${LINKS} tracked links: longest pause of the page ${ms(of('held', 'longest'))}, without the extension ${ms(of('plain', 'longest'))}; all pauses in the first second ${ms(of('held', 'all'))}, without ${ms(of('plain', 'all'))}`);

    const options = await shielded.extensionPage('options/options.html');
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

    /** @type {number[]} */
    const wakes = [];
    for (let wake = 0; wake < WAKES; wake++) {
      await shielded.stopBackground();
      const html = shape.message({ id: `w${wake}`, from: { name: 'Shop', address: 'news@shop.example' }, subject: '', html: '' }, [...Array(100).keys()].map((i) => `<a href="https://www.shop.example/${wake}/${i}">x</a>`).join('') + `<img class="t" src="https://img.shop.example/w${wake}.png" width="20" height="20">`);
      wakes.push(await untilShown(held, html));
    }
    const warm = await untilShown(held, '<img class="t" src="https://img.shop.example/warm.png" width="20" height="20">');
    console.log(`${browser}: first picture with the background asleep, wasm and 100 facts: ${ms(median(wakes))} (median of ${WAKES}); awake: ${ms(warm)}`);

    if (browser === 'chromium') {
      const idle = await Promise.all([plain, held].map(async (page) => {
        const before = (await page.metrics()).ScriptDuration ?? 0;
        await new Promise((done) => setTimeout(done, IDLE_MS));
        return (((await page.metrics()).ScriptDuration ?? 0) - before) * 1000;
      }));
      console.log(`chromium: script in an idle page over ${IDLE_MS / 1000} s: ${ms(idle[1] ?? NaN)}, without the extension ${ms(idle[0] ?? NaN)}`);
    }
    const isAwake = await shielded.backgroundRunning();
    console.log(`${browser}: background after use: ${isAwake ? 'still awake (the browser ends it when idle)' : 'asleep'}`);
  } finally {
    await Promise.allSettled([bare.close(), shielded.close()]);
    await mailbox.close();
  }
}

const wasm = await readFile(`${dist('chromium')}/engine/briefgeheim_bg.wasm`);
console.log(`wasm of the extension: ${(wasm.length / 1000).toFixed(0)} KB, ${(gzipSync(wasm, { level: 9 }).length / 1000).toFixed(0)} KB gzipped (gates 700 and 360)`);
for (const browser of /** @type {const} */ (['chromium', 'firefox'])) await bench(browser);
