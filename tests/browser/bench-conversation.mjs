// What our content scripts cost the main thread in a conversation of 100 messages, beside the same page without the extension in the
// same run, and beside the floor, where each picture is refused and asked for again by the page itself and nothing is judged: opened
// whole, and message by message, as a reader unfolds it. `node tests/browser/bench-conversation.mjs` alone, too.
import { pathToFileURL } from 'node:url';
import { clockOf, profiledScripts } from './lib/busy.mjs';
import { launch } from './lib/browser.mjs';
import { dist } from './lib/dist.mjs';
import { OPEN, withBareHold } from './lib/floor.mjs';
import { Mailbox } from './lib/mailbox.mjs';
import { HEX } from './lib/reader.mjs';
import { SHAPES } from './lib/shapes.mjs';

const MESSAGES = 100;
const ROUNDS = 6;
/** The aim, a message. */
const AIM_MS = 5;
const shape = /** @type {import('./lib/shapes.mjs').Shape} */ (SHAPES.gmail);

/** @param {number[]} numbers */
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;

/** A letter as shops send them: tables, five pictures, ten recorded links, two trackers. @param {string} id @param {number} number */
function message(id, number) {
  const picture = (/** @type {string} */ url) => shape.picture(url);
  const row = (/** @type {number} */ i) => `<tr><td style="padding:4px"><img class="t" src="${picture(`https://img.shop.example/${number % 10}-${i}.png`)}" width="120" height="40"></td><td style="color:#333"><table><tr><td><p>Words, and
    <a href="https://shop.us1.list-manage.com/track/click?u=${HEX}9&id=${HEX.slice(0, 10)}&e=${number}${i}">a link</a> and <a href="https://shop.us1.list-manage.com/track/click?u=${HEX}9&id=${HEX.slice(0, 10)}&e=${number}${i}b">another</a>.</p></td></tr></table></td></tr>`;
  const text = `<table>${[0, 1, 2, 3, 4].map(row).join('')}</table><img src="${picture(`https://shop.us1.list-manage.com/track/open.php?u=${HEX}9&id=${number}`)}" width="1" height="1"><img src="${picture(`https://open.unknown.example/open/${HEX}${number}.gif`)}" width="1" height="1">`;
  return shape.message({ id: `17b0${id}${number}`, from: { name: 'Shop', address: `news${number % 7}@shop.example` }, subject: '', html: '' }, text);
}

/**
 * Puts messages into the page, all at once or each after the one before is shown, and waits until everything is done.
 * @param {import('puppeteer-core').Page} page @param {string[]} messages @param {boolean} isWhole @param {string} again what the page itself asks with, when it was refused
 */
const unfold = (page, messages, isWhole, again) => page.evaluate(async (all, whole, suffix) => {
  const list = document.getElementById('list');
  list?.replaceChildren();
  const rest = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  for (const html of whole ? [all.join('')] : all) {
    const box = document.createElement('div');
    box.innerHTML = html;
    if (suffix) for (const image of box.querySelectorAll('img.t')) image.addEventListener('error', () => image.setAttribute('src', image.getAttribute('src') + suffix), { once: true });
    list?.append(box);
    await Promise.all([...box.querySelectorAll('img.t')].map((image) => image instanceof HTMLImageElement && image.complete && image.naturalWidth ? null : new Promise((done) => image.addEventListener('load', done, { once: true }))));
    await rest();
  }
  for (let i = 0; i < 5; i++) await rest();
}, messages, isWhole, again);

/** Without the extension, the floor, and ours. @typedef {'plain' | 'floor' | 'held'} Way @type {Way[]} */
const WAYS = ['plain', 'floor', 'held'];

/** @template T @param {(way: Way) => Promise<T>} make @returns {Promise<Record<Way, T>>} */
const ofEach = async (make) => /** @type {Record<Way, T>} */ (Object.fromEntries(await Promise.all(WAYS.map(async (way) => [way, await make(way)]))));

/** @param {'chromium' | 'firefox'} browser */
export const benchConversation = (browser) => withBareHold(dist(browser), async (bareHold) => {
  const mailbox = await Mailbox.open(shape);
  const extensions = { plain: null, floor: bareHold, held: dist(browser) };
  const browsers = await ofEach((way) => launch({ browser, extension: extensions[way], web: mailbox.web, watched: false }));
  try {
    const pages = await ofEach((way) => mailbox.show(browsers[way]));
    const clocks = await ofEach((way) => clockOf(browsers[way], pages[way]));
    for (const isWhole of [true, false]) {
      const again = (/** @type {Way} */ way) => (way === 'floor' ? OPEN : '');
      const messages = (/** @type {number} */ round) => [...Array(MESSAGES).keys()].map((number) => message(`${round}${isWhole ? 1 : 2}`, number));
      /** @type {Record<Way, import('./lib/busy.mjs').Busy[]>} */
      const cost = { plain: [], floor: [], held: [] };
      for (let round = 0; round < ROUNDS; round++) {
        for (const way of WAYS) {
          await pages[way].bringToFront();
          const before = await clocks[way]();
          await unfold(pages[way], messages(round), isWhole, again(way));
          const after = await clocks[way]();
          cost[way].push({ all: after.all - before.all, scripts: after.scripts === null ? null : after.scripts - Number(before.scripts) });
        }
      }
      // The first round compiles.
      const of = (/** @type {Way} */ way, /** @type {'all' | 'scripts'} */ what) => median(cost[way].slice(1).map((one) => Number(one[what])));
      const more = (/** @type {Way} */ way, /** @type {'all' | 'scripts'} */ what) => `${((of(way, what) - of('plain', what)) / MESSAGES).toFixed(2)} ms`;
      let scripts = more('held', 'scripts');
      if (browser === 'firefox') {
        const profiled = async (/** @type {Way} */ way) => {
          await pages[way].bringToFront();
          return profiledScripts(browsers[way], pages[way], () => unfold(pages[way], messages(9), isWhole, again(way)));
        };
        const plain = await profiled('plain');
        scripts = `${(((await profiled('held')) - plain) / MESSAGES).toFixed(2)} ms, under the profiler,`;
      }
      console.log(`${browser}: a conversation of ${MESSAGES} messages, ${isWhole ? 'opened whole' : 'unfolded one by one'}: scripts, style and layout ${scripts} more a message (aim < ${AIM_MS} ms)`);
      console.log(`${browser}: the same, main thread with fetching and drawing ${of('held', 'all').toFixed(0)} ms, without the extension ${of('plain', 'all').toFixed(0)} ms: ${more('held', 'all')} more a message (aim < ${AIM_MS} ms); floor, each picture refused once and asked for again by the page itself: ${more('floor', 'all')} more (medians of ${ROUNDS - 1})`);
    }
  } finally {
    await Promise.allSettled(WAYS.map((way) => browsers[way].close()));
    await mailbox.close();
  }
});

if (import.meta.url === pathToFileURL(String(process.argv[1])).href) for (const browser of /** @type {const} */ (['chromium', 'firefox'])) await benchConversation(browser);
