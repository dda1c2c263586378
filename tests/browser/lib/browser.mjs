// One driver for both browsers: puppeteer over CDP (Chromium) and WebDriver BiDi (Firefox). What only the browser itself
// may do in Firefox (stop the event page, read its state) goes through BiDi's chrome scope.
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import puppeteer from 'puppeteer-core';
import { filesBelow } from '../../../tools/files.mjs';
import { zip } from '../../../tools/zip.mjs';

/** @typedef {import('puppeteer-core').Page} Page */
/** @typedef {import('puppeteer-core').Browser} PuppeteerBrowser */
/** @typedef {import('puppeteer-core').LaunchOptions} LaunchOptions */
/**
 * @typedef {object} Options
 * @property {'chromium' | 'firefox'} browser
 * @property {string | null} [extension]     unpacked folder; in Firefox its manifest needs browser_specific_settings.gecko.id
 * @property {string} [profile]              kept after close() when given; a temporary one otherwise
 * @property {{port: number, spki: string}} [web]  an open `Web`; every request of the browser goes there
 * @property {Record<string, string | number | boolean>} [prefs]  Firefox only
 * @property {boolean} [kept]                in Firefox: installed as a reader would, so that it is there again after a restart
 * @property {string[]} [args]               more command line
 * @property {boolean} [watched]             false: the driver hears of no request, so that it slows none down; for measurements
 */

/** The same address on every run, so storage (keyed by it) outlives a restart. */
const FIREFOX_UUID = '6b1c0f9e-5a3d-4c0e-9b7a-2f1d8e4c7a55';
const EXECUTABLE = {
  chromium: process.env.CHROMIUM ?? '/usr/bin/chromium',
  firefox: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
};
const BOUND_MS = 10_000;

/** @param {Options} options */
export async function launch(options) {
  const profile = options.profile ?? (await mkdtemp(join(tmpdir(), `bg-${options.browser}-`)));
  const browser = options.browser === 'chromium' ? new Chromium(options, profile) : new Firefox(options, profile);
  try {
    await browser.start();
  } catch (error) {
    await browser.close();
    throw error;
  }
  return browser;
}

/** What both browsers share. `puppeteer` (the raw browser) is there for what the harness does not offer. */
export class Browser {
  /** @type {PuppeteerBrowser | null} */
  raw = null;
  /** The extension's own address, "chrome-extension://…" or "moz-extension://…", '' without an extension. */
  base = '';

  /** @param {Options} options @param {string} profile */
  constructor(options, profile) {
    this.options = options;
    this.profile = profile;
  }

  get name() {
    return this.options.browser;
  }

  /** @returns {PuppeteerBrowser} */
  get puppeteer() {
    if (!this.raw) throw new Error(`${this.name} is not running`);
    return this.raw;
  }

  /** A blank tab. @returns {Promise<Page>} */
  newPage() {
    return this.puppeteer.newPage();
  }

  /** A new tab with this page, loaded. @param {string} url @returns {Promise<Page>} */
  async open(url) {
    const page = await this.newPage();
    await page.goto(url, { waitUntil: 'load', timeout: BOUND_MS });
    return page;
  }

  /** A page of the extension in a tab: `evaluate` there has chrome.* and browser.*. @param {string} path */
  extensionPage(path) {
    if (!this.base) throw new Error('launched without an extension');
    return this.open(`${this.base}/${path.replace(/^\//, '')}`);
  }

  /** @param {Page} page @param {string} path a .png @returns {Promise<void>} */
  async screenshot(page, path) {
    await page.screenshot({ path: /** @type {`${string}.png`} */ (path) });
  }

  /** Stop and start on the same profile; pages are gone, storage and extension stay. */
  async restart() {
    await this.stop();
    await this.start();
  }

  async close() {
    await this.stop();
    if (!this.options.profile) await rm(this.profile, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Ends the browser by its own handle. */
  async stop() {
    const raw = this.raw;
    this.raw = null;
    if (!raw) return;
    const child = raw.process();
    const gone = child && child.exitCode === null ? new Promise((done) => child.once('exit', done)) : null;
    const timer = setTimeout(() => child?.kill('SIGKILL'), BOUND_MS);
    try {
      await raw.close();
      await gone;
    } finally {
      clearTimeout(timer);
    }
  }

  /** @returns {Promise<void>} */
  start() { throw new Error('abstract'); }
  /** @returns {Promise<boolean>} */
  backgroundRunning() { throw new Error('abstract'); }
  /** Ends the background as idleness would, and returns when it is gone. @returns {Promise<void>} */
  stopBackground() { throw new Error('abstract'); }
  /** What a press on our button does for the tab in front: its address may be read. @param {Page} _page @returns {Promise<void>} */
  pressAction(_page) { throw new Error('abstract'); }
  /** From now on the browser answers yes when the extension asks for this host. @param {string} _host @returns {Promise<void>} */
  agreeTo(_host) { throw new Error('abstract'); }
  /** The same for an optional permission. The browser may start anew. @param {string} _permission @returns {Promise<void>} */
  agreeToPermission(_permission) { throw new Error('abstract'); }
}

class Chromium extends Browser {
  /** @override */
  async start() {
    const { web, extension, args = [], watched = true } = this.options;
    // A copy in the profile: Chromium writes `_metadata` (indexed rules) into the folder it loads.
    const folder = extension ? join(resolve(this.profile), 'unpacked') : null;
    if (extension && folder) {
      await cp(extension, folder, { recursive: true, filter: (from) => basename(from) !== '_metadata' });
    }
    /** @type {LaunchOptions} */
    const settings = {
      browser: 'chrome',
      networkEnabled: watched,
      executablePath: EXECUTABLE.chromium,
      headless: true,
      pipe: true,
      userDataDir: this.profile,
      // With folders here puppeteer 24.43 does not wait for them (a nested Promise.all): installed below instead.
      enableExtensions: true,
      // Real browsers have it, and rules must hold after "back".
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
      // A debugger on a service worker keeps it alive for ever.
      targetFilter: (target) => target.type() !== 'service_worker',
      defaultViewport: { width: 1000, height: 800 },
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync', '--lang=en-US',
        ...(web ? [
          `--proxy-server=http://127.0.0.1:${web.port}`, '--proxy-bypass-list=<-loopback>',
          // Clean certificate state (unlike --ignore-certificate-errors), so the HTTP cache behaves as it really does.
          `--ignore-certificate-errors-spki-list=${web.spki}`,
        ] : []),
        // Installed over the pipe, an extension ends with the browser, and what was granted to it after a new installation.
        ...(folder ? [`--load-extension=${folder}`] : []),
        ...args,
      ],
    };
    this.raw = await puppeteer.launch(settings);
    if (!folder) return;
    // The profile remembers an unpacked extension: loading it again would reinstall instead of start it.
    const known = [...(await this.raw.extensions()).values()].find((item) => item.path === folder);
    this.base = `chrome-extension://${known?.id ?? (await this.raw.installExtension(folder))}`;
  }

  async #worker() {
    const session = await this.puppeteer.target().createCDPSession();
    try {
      const { targetInfos } = await session.send('Target.getTargets');
      return targetInfos.find((info) => info.type === 'service_worker' && info.url.startsWith(this.base + '/')) ?? null;
    } finally {
      await session.detach();
    }
  }

  /** @override */
  async backgroundRunning() {
    return (await this.#worker()) !== null;
  }

  get #id() {
    return new URL(this.base).hostname;
  }

  /** @override @param {Page} page */
  async pressAction(page) {
    const extension = (await this.puppeteer.extensions()).get(this.#id);
    if (!extension) throw new Error('launched without an extension');
    await page.bringToFront();
    await page.triggerExtensionAction(extension);
  }

  /** What chrome://extensions offers under "site access": then the question is not put any more. @override @param {string} host */
  async agreeTo(host) {
    const page = await this.open('chrome://extensions/');
    await page.evaluate(`chrome.developerPrivate.addHostPermission(${JSON.stringify(this.#id)}, ${JSON.stringify(`https://${host}/*`)})`);
    await page.close();
  }

  /** What was granted once is granted again without a question: the profile says that it was. @override @param {string} permission */
  async agreeToPermission(permission) {
    await this.stop();
    const file = join(this.profile, 'Default', 'Preferences');
    const stored = JSON.parse(await readFile(file, 'utf8'));
    stored.extensions.settings[this.#id].runtime_granted_permissions = { api: [permission], explicit_host: [], manifest_permissions: [], scriptable_host: [] };
    await writeFile(file, JSON.stringify(stored));
    await this.start();
  }

  /** @override */
  async stopBackground() {
    const worker = await this.#worker();
    if (!worker) return;
    const session = await this.puppeteer.target().createCDPSession();
    try {
      // A question that waits starts the worker anew at once, under the same target: then it is never seen to be gone.
      for (let look = 0; look < 3; look++) {
        await session.send('Target.closeTarget', { targetId: worker.targetId }).catch(() => {});
        const { targetInfos } = await session.send('Target.getTargets');
        if (!targetInfos.some(({ targetId }) => targetId === worker.targetId)) return;
        await new Promise((done) => setTimeout(done, 50));
      }
    } finally {
      await session.detach();
    }
  }
}

class Firefox extends Browser {
  #id = '';

  /** @override @param {Page} page */
  async pressAction(page) {
    await page.bringToFront();
    await this.privileged(`void extension.tabManager.addActiveTabPermission(Services.wm.getMostRecentWindow('navigator:browser').gBrowser.selectedTab)`);
  }

  /** The prompt is switched off, and with it every question is answered yes. @override */
  async agreeTo() {
    await this.privileged(`void Services.prefs.setBoolPref('extensions.webextOptionalPermissionPrompts', false)`);
  }

  /** @override */
  agreeToPermission() {
    return this.agreeTo();
  }

  /** @override */
  async start() {
    const { web, extension, prefs = {}, args = [], watched = true, kept = false } = this.options;
    const folder = extension ? resolve(extension) : null;
    if (folder) {
      const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
      this.#id = manifest.browser_specific_settings?.gecko?.id ?? '';
      if (!this.#id) throw new Error('the manifest has no browser_specific_settings.gecko.id');
      this.base = `moz-extension://${FIREFOX_UUID}`;
      if (kept) await this.#keep(folder);
    }
    /** @type {LaunchOptions} */
    const settings = {
      browser: 'firefox',
      networkEnabled: watched,
      executablePath: EXECUTABLE.firefox,
      headless: true,
      userDataDir: this.profile,
      acceptInsecureCerts: true,
      defaultViewport: { width: 1000, height: 800 },
      args: ['--remote-allow-system-access', ...args],
      extraPrefsFirefox: {
        'intl.locale.requested': 'en-US',
        // Host names of real webmail are preloaded and pinned.
        'network.stricttransportsecurity.preloadlist': false,
        'security.cert_pinning.enforcement_level': 0,
        // A temporary add-on is removed at exit; these keep what it stored, and where.
        'extensions.webextensions.keepStorageOnUninstall': true,
        'extensions.webextensions.keepUuidOnUninstall': true,
        ...(folder ? { 'extensions.webextensions.uuids': JSON.stringify({ [this.#id]: FIREFOX_UUID }) } : {}),
        'extensions.dnr.feedback': true,
        // Debian's Firefox takes an unsigned add-on out of the profile.
        ...(kept ? { 'xpinstall.signatures.required': false, 'extensions.autoDisableScopes': 0, 'extensions.startupScanScopes': 1 } : {}),
        // The browser's own errands would only clutter the log.
        'services.settings.server': 'data:,#remote-settings-dummy/v1',
        ...(web ? {
          'network.proxy.type': 1,
          'network.proxy.http': '127.0.0.1', 'network.proxy.http_port': web.port,
          'network.proxy.ssl': '127.0.0.1', 'network.proxy.ssl_port': web.port,
          'network.proxy.no_proxies_on': '', 'network.proxy.allow_hijacking_localhost': true,
        } : {}),
        ...prefs,
      },
    };
    this.raw = await puppeteer.launch(settings);
    if (folder && !kept) await this.raw.installExtension(folder);
    if (kept) await bounded(this.privileged(`new Promise((done) => {
      const look = () => (WebExtensionPolicy.getByID(${JSON.stringify(this.#id)})?.extension?.backgroundState ? done(true) : setTimeout(look, 50));
      look();
    })`), 'Firefox did not start the add-on in its profile');
  }

  /** Puts the extension, packed, where the profile's own add-ons are. @param {string} folder */
  async #keep(folder) {
    const place = join(this.profile, 'extensions', `${this.#id}.xpi`);
    if (existsSync(place)) return;
    await mkdir(join(this.profile, 'extensions'), { recursive: true });
    const entries = new Map(filesBelow(folder).map((path) => [path, readFileSync(join(folder, path))]));
    await writeFile(place, zip(entries, new Date()));
  }

  /** BiDi itself, which puppeteer's types hide. */
  get #connection() {
    return /** @type {{connection: {send(method: string, params: object): Promise<any>}}} */ (
      /** @type {unknown} */ (this.puppeteer)).connection;
  }

  /**
   * Runs an expression with the browser's own rights (`extension` names ours) and returns its JSON-plain value.
   * @param {string} expression @returns {Promise<any>}
   */
  async privileged(expression) {
    const connection = this.#connection;
    const tree = await connection.send('browsingContext.getTree', { 'moz:scope': 'chrome', maxDepth: 0 });
    const { result } = await connection.send('script.evaluate', {
      target: { context: tree.result.contexts[0].context },
      awaitPromise: true,
      expression: `(async () => {
        const extension = WebExtensionPolicy.getByID(${JSON.stringify(this.#id)})?.extension;
        return JSON.stringify((await (${expression})) ?? null);
      })()`,
    });
    if (result.type !== 'success') throw new Error(result.exceptionDetails?.text ?? 'privileged script failed');
    return JSON.parse(result.result.value);
  }

  /**
   * BiDi sends no load event for pages in the extension process, so the browser itself is asked when it has loaded.
   * (For the same reason `page.url()` stays "about:blank" here; `evaluate` works.)
   * @override @param {string} path
   */
  async extensionPage(path) {
    if (!this.base) throw new Error('launched without an extension');
    const url = `${this.base}/${path.replace(/^\//, '')}`;
    const page = await this.newPage();
    // The context id is not in puppeteer's types.
    const context = /** @type {{_id: string}} */ (/** @type {unknown} */ (page.mainFrame()))._id;
    // First the listener, then the navigation: a page that loads fast would be missed.
    await this.privileged(`void (globalThis.ourPageLoaded = new Promise((done) => {
      const { gBrowser } = Services.wm.getMostRecentWindow('navigator:browser');
      const listener = {
        onStateChange(browser, progress, request, flags) {
          const ended = Ci.nsIWebProgressListener.STATE_STOP | Ci.nsIWebProgressListener.STATE_IS_WINDOW;
          if ((flags & ended) !== ended || !progress.isTopLevel) return;
          if (browser.currentURI.spec !== ${JSON.stringify(url)}) return;
          gBrowser.removeTabsProgressListener(listener);
          done(true);
        },
      };
      gBrowser.addTabsProgressListener(listener);
    }))`);
    await this.#connection.send('browsingContext.navigate', { context, url, wait: 'none' });
    await bounded(this.privileged('globalThis.ourPageLoaded'), `${url} did not load`);
    return page;
  }

  /** @override */
  async backgroundRunning() {
    return (await this.privileged('extension.backgroundState')) === 'running';
  }

  /** @override */
  async stopBackground() {
    await this.privileged('extension.terminateBackground({ ignoreDevToolsAttached: true, disableResetIdleForTest: true })');
    // It has stopped when the call above returns; a question that arrived meanwhile may have started it anew, as in life.
  }
}

/** @template T @param {Promise<T>} promise @param {string} message @returns {Promise<T>} */
function bounded(promise, message) {
  /** @type {NodeJS.Timeout} */
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(message)), BOUND_MS); });
  return /** @type {Promise<T>} */ (Promise.race([promise, late]).finally(() => clearTimeout(timer)));
}
