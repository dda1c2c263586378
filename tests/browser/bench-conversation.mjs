// What our content scripts cost the main thread in a conversation of 100 messages, beside the same page without the extension in the
// same run: opened whole, and message by message, as a reader unfolds it. `node tests/browser/bench-conversation.mjs` alone, too.
import { pathToFileURL } from 'node:url';
import { clockOf, profiledScripts } from './lib/busy.mjs';
import { launch } from './lib/browser.mjs';
import { dist } from './lib/dist.mjs';
import { Mailbox } from './lib/mailbox.mjs';
import { HEX } from './lib/reader.mjs';
import { SHAPES } from './lib/shapes.mjs';

const MESSAGES = 100;
const ROUNDS = 3;
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
 * @param {import('puppeteer-core').Page} page @param {string[]} messages @param {boolean} isWhole
 */
const unfold = (page, messages, isWhole) => page.evaluate(async (all, whole) => {
  const list = document.getElementById('list');
  list?.replaceChildren();
  const rest = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  for (const html of whole ? [all.join('')] : all) {
    const box = document.createElement('div');
    box.innerHTML = html;
    list?.append(box);
    await Promise.all([...box.querySelectorAll('img.t')].map((image) => image instanceof HTMLImageElement && image.complete && image.naturalWidth ? null : new Promise((done) => image.addEventListener('load', done, { once: true }))));
    await rest();
  }
  for (let i = 0; i < 5; i++) await rest();
}, messages, isWhole);

/** @param {'chromium' | 'firefox'} browser */
export async function benchConversation(browser) {
  const mailbox = await Mailbox.open(shape);
  const [bare, shielded] = await Promise.all([launch({ browser, extension: null, web: mailbox.web, watched: false }), launch({ browser, extension: dist(browser), web: mailbox.web, watched: false })]);
  try {
    const pages = { plain: await mailbox.show(bare), held: await mailbox.show(shielded) };
    const clocks = { plain: await clockOf(bare, pages.plain), held: await clockOf(shielded, pages.held) };
    for (const isWhole of [true, false]) {
      /** @type {Record<'plain' | 'held', import('./lib/busy.mjs').Busy[]>} */
      const cost = { plain: [], held: [] };
      for (let round = 0; round < ROUNDS; round++) {
        for (const name of /** @type {const} */ (['plain', 'held'])) {
          const messages = [...Array(MESSAGES).keys()].map((number) => message(`${round}${isWhole ? 1 : 2}`, number));
          await pages[name].bringToFront();
          const before = await clocks[name]();
          await unfold(pages[name], messages, isWhole);
          const after = await clocks[name]();
          cost[name].push({ all: after.all - before.all, scripts: after.scripts === null ? null : after.scripts - Number(before.scripts) });
        }
      }
      // The first round compiles.
      const of = (/** @type {'plain' | 'held'} */ name, /** @type {'all' | 'scripts'} */ what) => median(cost[name].slice(1).map((one) => Number(one[what])));
      const each = (/** @type {'all' | 'scripts'} */ what) => `${((of('held', what) - of('plain', what)) / MESSAGES).toFixed(2)} ms`;
      let scripts = each('scripts');
      if (browser === 'firefox') {
        const profiled = (/** @type {'plain' | 'held'} */ name) => profiledScripts(name === 'plain' ? bare : shielded, pages[name], () => unfold(pages[name], [...Array(MESSAGES).keys()].map((number) => message(`9${isWhole ? 1 : 2}`, number)), isWhole));
        await pages.plain.bringToFront();
        const plain = await profiled('plain');
        await pages.held.bringToFront();
        scripts = `${(((await profiled('held')) - plain) / MESSAGES).toFixed(2)} ms, under the profiler,`;
      }
      console.log(`${browser}: a conversation of ${MESSAGES} messages, ${isWhole ? 'opened whole' : 'unfolded one by one'}: scripts, style and layout ${scripts} more a message (aim < ${AIM_MS} ms); main thread with fetching and drawing ${of('held', 'all').toFixed(0)} ms, without the extension ${of('plain', 'all').toFixed(0)} ms: ${each('all')} more a message (median of ${ROUNDS - 1})`);
    }
  } finally {
    await Promise.allSettled([bare.close(), shielded.close()]);
    await mailbox.close();
  }
}

if (import.meta.url === pathToFileURL(String(process.argv[1])).href) for (const browser of /** @type {const} */ (['chromium', 'firefox'])) await benchConversation(browser);
