// What a tab holds in memory after everything that can go has gone.

/**
 * @typedef {import('./browser.mjs').Browser} Browser
 * @typedef {import('puppeteer-core').Page} Page
 * @typedef {{nodes: number, bytes: number}} Held  nodes of documents, and bytes of script objects
 */

/** @param {Browser} browser @param {Page} page @returns {Promise<Held>} */
export async function held(browser, page) {
  return browser.name === 'chromium' ? inChromium(page) : inFirefox(/** @type {Browser & {privileged(expression: string): Promise<any>}} */ (browser), new URL(await page.evaluate(() => location.href)).host);
}

/** @param {Page} page @returns {Promise<Held>} */
async function inChromium(page) {
  const session = await page.createCDPSession();
  try {
    await session.send('Performance.enable');
    // What has an end of its own, such as a picture that is being loaded, goes in a second turn.
    for (const _ of [1, 2, 3]) await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    const value = (/** @type {string} */ wanted) => metrics.find(({ name }) => name === wanted)?.value ?? NaN;
    return { nodes: value('Nodes'), bytes: value('JSHeapUsedSize') };
  } finally {
    await session.detach();
  }
}

/** About what one node takes. */
const NODE_BYTES = 144;

/** What about:memory shows of this page and of our content scripts. @param {{privileged(expression: string): Promise<any>}} browser @param {string} host @returns {Promise<Held>} */
async function inFirefox(browser, host) {
  /** @type {{path: string, amount: number}[]} */
  const reports = await browser.privileged(`new Promise((done) => {
    const manager = Cc['@mozilla.org/memory-reporter-manager;1'].getService(Ci.nsIMemoryReporterManager);
    const found = [];
    Services.obs.notifyObservers(null, 'child-mmu-request');
    manager.minimizeMemoryUsage(() => manager.getReports((process, path, kind, units, amount) => {
      if (path.includes(${JSON.stringify(host)})) found.push({ path, amount });
    }, null, () => done(found), null, false));
  })`);
  const sum = (/** @type {RegExp} */ meant) => reports.reduce((total, { path, amount }) => (meant.test(path) ? total + amount : total), 0);
  const [nodes, bytes] = [sum(/\/dom\/(?:element|text|comment|orphan|cdata)-nodes$/u), sum(/Content Script "Briefgeheim"/u)];
  if (!nodes || !bytes) throw new Error('Firefox no longer reports memory by these names');
  return { nodes: nodes / NODE_BYTES, bytes };
}
