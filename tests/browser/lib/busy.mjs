// How long a page's main thread has worked so far, in milliseconds of the processor: a machine that is busy with other things does
// not count. `scripts` is what scripts do and what they make the page lay out, where the browser can tell; `all` also fetching and
// drawing.

/**
 * @typedef {import('./browser.mjs').Browser} Browser
 * @typedef {import('puppeteer-core').Page} Page
 * @typedef {{all: number, scripts: number | null}} Busy
 */

const OF_SCRIPTS = ['ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration'];

/**
 * @param {Browser} browser @param {Page} page
 * @returns {Promise<() => Promise<Busy>>} Asks.
 */
export async function clockOf(browser, page) {
  if (browser.name === 'chromium') {
    const session = await page.createCDPSession();
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    return async () => {
      const { metrics } = await session.send('Performance.getMetrics');
      const sum = (/** @type {string[]} */ names) => metrics.reduce((total, { name, value }) => (names.includes(name) ? total + value * 1000 : total), 0);
      return { all: sum(['TaskDuration']), scripts: sum(OF_SCRIPTS) };
    };
  }
  const { privileged } = /** @type {Browser & {privileged(expression: string): Promise<any>}} */ (browser);
  const address = await page.evaluate(() => location.href);
  return async () => {
    const all = await privileged.call(browser, `ChromeUtils.requestProcInfo().then(({ children }) => {
      const process = children.find(({ windows }) => windows.some(({ documentURI }) => documentURI?.spec === ${JSON.stringify(address)}));
      return process.threads.reduce((longest, { cpuTime }) => Math.max(longest, cpuTime), 0) / 1e6;
    })`);
    return { all, scripts: null };
  };
}
