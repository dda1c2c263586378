// How long a page's main thread has worked so far, in milliseconds of the processor: a machine that is busy with other things does
// not count. `scripts` is what scripts do and what they make the page lay out, where the browser can tell; `all` also fetching and
// drawing.

/**
 * @typedef {import('./browser.mjs').Browser} Browser
 * @typedef {import('puppeteer-core').Page} Page
 * @typedef {{all: number, scripts: number | null}} Busy
 */

const OF_SCRIPTS = ['ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration'];
/** Firefox's profiler calls a script's calls into the page and its memory by names of their own. */
const CATEGORIES_OF_SCRIPTS = ['JavaScript', 'DOM', 'Layout', 'GC / CC'];
/** So many places of 9 bytes hold more than a minute of samples. */
const PROFILE_ENTRIES = 20_000_000;

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
  const process = await processOf(page);
  return async () => ({ all: await inFirefox(browser, `${process}.then(({ threads }) => threads.reduce((longest, { cpuTime }) => Math.max(longest, cpuTime), 0) / 1e6)`), scripts: null });
}

/**
 * The scripts of some work in a Firefox page, in milliseconds, as its profiler counts them: that slows them down, so it is more than it would be.
 * @param {Browser} browser @param {Page} page @param {() => Promise<unknown>} work
 * @returns {Promise<number>}
 */
export async function profiledScripts(browser, page, work) {
  const process = await processOf(page);
  await inFirefox(browser, `Services.profiler.StartProfiler(${PROFILE_ENTRIES}, 1, ['js', 'cpu'], ['GeckoMain'])`);
  await work();
  return inFirefox(browser, `Promise.all([Services.profiler.getProfileDataAsync(), ${process}]).then(async ([{ meta, processes }, { pid }]) => {
    await Services.profiler.StopProfiler();
    const names = meta.categories.map(({ name }) => name);
    const { samples, stackTable, frameTable } = processes.flatMap(({ threads }) => threads).find((thread) => thread.name === 'GeckoMain' && Number(thread.pid) === pid);
    const frameOf = (stack) => frameTable.data[stackTable.data[stack][stackTable.schema.frame]];
    let sum = 0;
    for (const sample of samples.data) {
      let stack = sample[samples.schema.stack];
      while (stack !== null && stack !== undefined && typeof frameOf(stack)[frameTable.schema.category] !== 'number') stack = stackTable.data[stack][stackTable.schema.prefix];
      if (stack === null || stack === undefined) continue;
      if (${JSON.stringify(CATEGORIES_OF_SCRIPTS)}.includes(names[frameOf(stack)[frameTable.schema.category]])) sum += sample[samples.schema.threadCPUDelta] ?? 0;
    }
    return sum / 1e6;
  })`);
}

/** @param {Browser} browser @param {string} expression */
function inFirefox(browser, expression) {
  return /** @type {Browser & {privileged(expression: string): Promise<any>}} */ (browser).privileged(expression);
}

/** What finds the process of a page, in Firefox’s own words. @param {Page} page */
async function processOf(page) {
  const address = await page.evaluate(() => location.href);
  return `ChromeUtils.requestProcInfo().then(({ children }) => children.find(({ windows }) => windows.some(({ documentURI }) => documentURI?.spec === ${JSON.stringify(address)})))`;
}
