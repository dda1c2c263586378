// A reader at work: one browser with the built extension, one Gmail-shaped mailbox, and what both say afterwards.
import { launch } from './browser.mjs';
import { dist } from './dist.mjs';
import { Mailbox } from './mailbox.mjs';
import { png } from './net.mjs';
import { SHAPES } from './shapes.mjs';

/** @typedef {import('puppeteer-core').Page} Page */
/** @typedef {Awaited<ReturnType<typeof launch>>} Browser */
/** @typedef {{state: string, messages: {sender: {address: string} | null, subject: string | null, key: string, allowed: boolean, blocked: {count: number}[], held: number}[]}} Report */

/** Longest wait for anything. */
export const BOUND_MS = 15_000;
/** Between two looks at what tells nobody that it changes. */
const BETWEEN_MS = 200;
/** Half of what a code made for one reader looks like. */
export const HEX = '0123456789abcdef01234567';
/** The languages of our texts. */
export const LANGUAGES = ['en', 'nl', 'de', 'fr'];
const PROXY = 'ci3.googleusercontent.com';
/** Tab stops that a popup may have before the switch. */
const MOST_STOPS = 20;

/**
 * Waits until something holds in a page, looking at every change of it, and now and then besides: a tick or the focus changes
 * nothing of the document.
 * @template T @param {Page} page @param {import('puppeteer-core').EvaluateFunc<[T]>} condition @param {T} [argument]
 */
export async function until(page, condition, argument) {
  const stop = new AbortController();
  const looking = (/** @type {'mutation' | number} */ polling) => page.waitForFunction(condition, { polling, timeout: BOUND_MS, signal: stop.signal }, /** @type {T} */ (argument));
  try {
    await Promise.any([looking('mutation'), looking(BETWEEN_MS)]);
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error;
  } finally {
    stop.abort();
  }
}

/** The texts of all elements that a selector finds. */
export const textOf = (/** @type {Page} */ page, /** @type {string} */ selector) =>
  page.evaluate((wanted) => [...document.querySelectorAll(wanted)].map((element) => element.textContent?.trim() ?? ''), selector);

/** A reader with one browser and one Gmail-shaped mailbox. */
export class Reader {
  #letters = 0;
  /** Our own page from which the extension's state is asked. @type {Page | undefined} */ desk;
  /** @type {Page | undefined} */ mail;
  /** The number of the mail's tab. */
  tab = -1;

  /** @param {Browser} browser @param {Mailbox} box */
  constructor(browser, box) {
    this.browser = browser;
    this.box = box;
  }

  /** @param {'chromium' | 'firefox'} name @param {object} [options] */
  static async arrive(name, options = {}) {
    const box = await Mailbox.open(SHAPES.gmail);
    box.web.on(PROXY, () => ({ headers: { 'content-type': 'image/png', 'cache-control': 'no-store' }, body: png(120, 40) }));
    const browser = await launch({ browser: name, extension: dist(name), web: box.web, ...options });
    const reader = new Reader(browser, box);
    await reader.sit();
    return reader;
  }

  /** One whose browser speaks a language. @param {'chromium' | 'firefox'} name @param {string} language */
  static async arriveSpeaking(name, language) {
    const reader = await Reader.arrive(name, name === 'chromium' ? { args: [`--lang=${language}`] } : {});
    // Firefox speaks what it has language packs for; the browser's own rights make it believe that it has one.
    if ('privileged' in reader.browser) {
      await reader.browser.privileged(`(async () => {
        Services.locale.availableLocales = ${JSON.stringify(LANGUAGES)};
        Services.locale.requestedLocales = [${JSON.stringify(language)}];
        const { AddonManager } = ChromeUtils.importESModule('resource://gre/modules/AddonManager.sys.mjs');
        await (await AddonManager.getAddonByID(extension.id)).reload();
      })()`);
      await reader.sit();
    }
    return reader;
  }

  /** Firefox shows pages light or dark from now on; Chromium is asked for each page. @param {string} theme */
  async light(theme) {
    if (!('privileged' in this.browser)) return;
    await this.browser.privileged(`(Services.prefs.setIntPref('layout.css.prefers-color-scheme.content-override', ${theme === 'dark' ? 0 : 1}), Services.prefs.setIntPref('ui.systemUsesDarkTheme', ${theme === 'dark' ? 1 : 0}))`);
  }

  async sit() {
    this.desk = await this.browser.extensionPage('options/options.html');
  }

  async leave() {
    await this.browser.close();
    await this.box.close();
  }

  /** @returns {Page} */
  get office() {
    if (!this.desk) throw new Error('sit down first');
    return this.desk;
  }

  /** @returns {Page} */
  get letters() {
    if (!this.mail) throw new Error('open the mail first');
    return this.mail;
  }

  /** Opens the webmail afresh. @param {(html: string) => string} [dress] */
  async openMail(dress) {
    await this.mail?.close();
    this.mail = await this.box.show(this.browser, dress);
    this.tab = await this.office.evaluate(async () => (await chrome.tabs.query({ url: 'https://mail.google.com/*' }))[0]?.id ?? -1);
  }

  /**
   * Inserts a message with a logo, a picture made for the reader, two trackers and two recorded links; gives its number.
   * @param {{name: string, address: string}} from
   */
  async receive(from, key = `${++this.#letters}`) {
    const at = (/** @type {string} */ what, /** @type {string} */ url) => this.box.address(`${what} ${key}`, url);
    const link = `https://shop.us1.list-manage.com/track/click?u=${HEX}9&id=${HEX.slice(0, 10)}&e=${key}`;
    await this.box.insertHtml(this.letters, `17b0000000${key.padStart(6, '0')}`, `<p>Dear reader, <a href="${link}">the news</a> and <a href="${link}1">more of it</a>.</p>
      <img src="${at('logo', `https://img.shop.example/logo-${key}.png`)}" width="120" height="40">
      <img src="${at('personal', `https://img.shop.example/hero/AbCdEf0123456789GhIjKl${key}.png`)}" width="600" height="200">
      <img src="${at('known', `https://shop.us1.list-manage.com/track/open.php?u=${HEX}9&id=${key}`)}" width="1" height="1">
      <img src="${at('unknown', `https://open.unknown.example/open/${HEX}${key}.gif`)}" style="display:none">`, from);
    return key;
  }

  /** Waits until these parts of a letter were fetched. @param {string} key @param {...string} parts */
  fetched(key, ...parts) {
    return this.box.reached(parts.map((part) => `${part} ${key}`), BOUND_MS);
  }

  /** What of a letter was fetched, after everything that was started has come or been refused. @param {string} key */
  async fetchedOf(key) {
    await this.letters.bringToFront();
    await this.box.fence(this.letters);
    return this.box.leaks().filter((label) => label?.endsWith(` ${key}`)).map((label) => label?.split(' ')[0]).sort();
  }

  /** Waits until the background reports what is expected, asking at every change of its records. @param {(report: Report) => boolean} isRight */
  async reported(isRight) {
    return this.office.evaluate(async (tabId, source, bound) => {
      const isRight = /** @type {(report: Report) => boolean} */ (new Function(`return ${source}`)());
      return new Promise((resolve, reject) => {
        /** @type {unknown} */
        let last;
        const look = async () => {
          last = await chrome.runtime.sendMessage({ kind: 'report', tabId });
          if (!isRight(/** @type {Report} */ (last))) return;
          chrome.storage.onChanged.removeListener(look);
          clearTimeout(timer);
          resolve(last);
        };
        const timer = setTimeout(() => reject(new Error(`the report stayed ${JSON.stringify(last).slice(0, 600)}`)), bound);
        chrome.storage.onChanged.addListener(look);
        void look();
      });
    }, this.tab, String(isRight), BOUND_MS);
  }

  /** The popup of a tab, drawn. @param {number} [tab] */
  async openPopup(tab = this.tab) {
    const popup = await this.browser.extensionPage(`popup/popup.html?tab=${tab}`);
    await until(popup, () => document.getElementById('hero')?.dataset.seal !== 'waiting' || document.getElementById('content')?.childElementCount || document.getElementById('subline')?.textContent);
    await popup.bringToFront();
    return popup;
  }

  /** Goes to the switch by Tab alone. @param {Page} popup */
  async tabToSwitch(popup) {
    for (let stop = 1; stop <= MOST_STOPS; stop++) {
      await popup.keyboard.press('Tab');
      if (await popup.evaluate(() => document.activeElement?.getAttribute('role') === 'switch')) return stop;
    }
    throw new Error('Tab does not reach the switch');
  }

  /** Presses Space on the switch and waits until that is done and told. @param {Page} popup @param {string} said */
  async toggle(popup, said) {
    await popup.keyboard.press(' ');
    await until(popup, (sentence) => document.getElementById('live')?.textContent === sentence, said);
  }

  /** @param {string} address */
  stored(address) {
    return this.office.evaluate(async (key) => (await chrome.storage.sync.get(key))[key], `allow:${address}`);
  }

  /** @param {string} level */
  async choose(level) {
    const options = await this.browser.extensionPage('options/options.html');
    await until(options, () => document.querySelector('input:checked'));
    await options.bringToFront();
    await options.click(`input[value=${level}]`);
    await until(options, () => document.getElementById('outcome')?.textContent?.startsWith('Saved.'));
    await options.close();
  }

  /** Forgets all choices. */
  async forget() {
    await this.office.evaluate(() => Promise.all([chrome.storage.sync.clear(), chrome.storage.local.clear()]));
  }
}
