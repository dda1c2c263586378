// Opens the demonstration in a real browser window and says what the server sees while somebody reads.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import puppeteer from 'puppeteer-core';
import { SHAPES } from '../../tests/browser/lib/shapes.mjs';
import { bold, dim, green, red } from './print.mjs';
import { openSite, plain } from './site.mjs';

/**
 * @typedef {object} Window
 * @property {'chromium' | 'firefox'} browser
 * @property {string} program
 * @property {string} extension   the unpacked folder
 * @property {string[]} shapes    one tab each
 * @property {import('./second.mjs').Judge} judge
 */

/**
 * Runs until the browser is closed or Ctrl-C comes.
 * @param {import('./load.mjs').Message[]} messages
 * @param {Window} options
 */
export async function openWindow(messages, { browser: name, program, extension, shapes, judge }) {
  /** What the engine calls tracking in everything that was opened. @type {Set<string>} */
  const tracking = new Set();
  const site = await openSite(messages, {
    onOpen: ({ message, shape, places }) => {
      const page = SHAPES[shape];
      const found = page && places.length ? judge(message, places, page.page, page.reader) : [];
      const bad = found.filter(({ kind, act }) => kind === 'open' && act === 'hold');
      for (const { url } of bad) tracking.add(plain(url));
      const names = [...new Set(bad.map(({ vendor, host }) => vendor ?? host))];
      console.log(`\n${bold(message.subject)} ${dim(`opened in ${shape}`)}${names.length ? `\n  wants to report that: ${names.join(', ')}` : places.length ? '\n  nobody asks' : ''}`);
    },
    onFetch: (url) => console.log(tracking.has(url) ? red(`  TRACKED  ${url}`) : green(`  shown    ${url}`)),
  });
  const profile = await mkdtemp(join(tmpdir(), `briefgeheim-run-${name}-`));
  /** @type {import('puppeteer-core').Browser | null} */
  let browser = null;
  try {
    browser = await (name === 'chromium' ? startChromium : startFirefox)(program, profile, site.web);
    const closed = new Promise((done) => browser?.once('disconnected', done));
    await browser.installExtension(resolve(extension));
    const [first] = await browser.pages();
    for (const [index, shape] of shapes.entries()) {
      const page = index === 0 && first ? first : await browser.newPage();
      await page.goto(SHAPES[shape]?.page ?? '');
    }
    await (await browser.pages())[0]?.bringToFront();
    console.log([
      bold('\nA browser window is open, with the extension in it. Try this:'),
      '  1. Open “Five books for dark evenings”. The pictures appear; a small seal stands where Mailchimp was kept out.',
      '  2. Rest the pointer on a seal, or on the arrow after a link.',
      '  3. Press the Briefgeheim button in the toolbar (perhaps behind the puzzle piece) to see who wanted to know, and why.',
      '  4. There, let the sender see you, and watch this window say TRACKED. Then protect yourself again.',
      `  5. ${shapes.length > 1 ? 'The other tabs show the same mail in other webmails.' : 'Try --shape outlook or --shape yahoo.'}`,
      dim('What the server of the pictures sees stands below. Ctrl-C ends it and removes the profile.'),
    ].join('\n'));
    await Promise.race([closed, new Promise((done) => ['SIGINT', 'SIGTERM'].forEach((signal) => process.once(signal, done)))]);
  } finally {
    await end(browser);
    await site.web.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** @param {import('puppeteer-core').Browser | null} browser */
async function end(browser) {
  const child = browser?.process();
  if (!browser || !child || child.exitCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  // A browser that hangs must not keep the profile from being removed.
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await browser.close().catch(() => child.kill('SIGKILL'));
  await gone;
  clearTimeout(timer);
}

/** @typedef {{port: number, spki: string}} Web */

/** @param {string} program @param {string} profile @param {Web} web */
function startChromium(program, profile, web) {
  return puppeteer.launch({
    browser: 'chrome', executablePath: program, headless: false, pipe: true, userDataDir: profile, enableExtensions: true,
    defaultViewport: null, handleSIGINT: false, handleSIGTERM: false,
    // Only ours: Chromium says so in a bar, and people should not wonder about that.
    ignoreDefaultArgs: ['--enable-automation'],
    args: [
      '--no-first-run', '--no-default-browser-check', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic', '--window-size=1240,900',
      `--proxy-server=http://127.0.0.1:${web.port}`, '--proxy-bypass-list=<-loopback>', `--ignore-certificate-errors-spki-list=${web.spki}`,
      // Root, as in a container, has no sandbox.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
}

/** @param {string} program @param {string} profile @param {Web} web */
function startFirefox(program, profile, web) {
  return puppeteer.launch({
    browser: 'firefox', executablePath: program, headless: false, userDataDir: profile, acceptInsecureCerts: true,
    defaultViewport: null, handleSIGINT: false, handleSIGTERM: false,
    extraPrefsFirefox: {
      // Real webmail's host names are preloaded and pinned; here they lead to this computer.
      'network.stricttransportsecurity.preloadlist': false, 'security.cert_pinning.enforcement_level': 0,
      'network.proxy.type': 1, 'network.proxy.http': '127.0.0.1', 'network.proxy.http_port': web.port,
      'network.proxy.ssl': '127.0.0.1', 'network.proxy.ssl_port': web.port, 'network.proxy.no_proxies_on': '', 'network.proxy.allow_hijacking_localhost': true,
      'services.settings.server': 'data:,#remote-settings-dummy/v1', 'browser.aboutwelcome.enabled': false, 'browser.tabs.warnOnClose': false, 'datareporting.policy.dataSubmissionEnabled': false,
    },
  });
}
