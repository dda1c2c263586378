// `./build.sh run [MAIL…]`: the extension at work in a webmail of our own. See options.mjs for the words it takes.
import { access, constants } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEMO, loadMessages } from './load.mjs';
import { HELP, readOptions } from './options.mjs';
import { bold, describe, dim, loadSentences, red, summarise } from './print.mjs';
import { askAuditor, loadEngine, readLabels } from './second.mjs';

/** @typedef {import('./options.mjs').BrowserName} BrowserName */

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
/** @type {Record<BrowserName, string>} */
const FOLDERS = { chromium: 'chrome', firefox: 'firefox' };
/** @type {Record<BrowserName, string[]>} */
const PROGRAMS = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', '/Applications/Chromium.app/Contents/MacOS/Chromium', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'],
  firefox: ['firefox-esr', 'firefox', '/Applications/Firefox.app/Contents/MacOS/firefox'],
};

/** @param {string} path */
const isProgram = (path) => access(path, constants.X_OK).then(() => true, () => false);

/** @param {BrowserName} name @returns {Promise<string | null>} */
async function findProgram(name) {
  const told = process.env[name.toUpperCase()];
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  for (const program of told ? [told] : PROGRAMS[name]) {
    const paths = program.includes('/') ? [program] : folders.map((folder) => join(folder, program));
    for (const path of paths) if (await isProgram(path)) return path;
  }
  return null;
}

async function main() {
  const options = readOptions(process.argv.slice(2), process.env, ROOT);
  if (options.help) {
    console.log(HELP);
    return;
  }
  /** @type {[BrowserName, string][]} */
  const browsers = [];
  for (const name of /** @type {BrowserName[]} */ (['chromium', 'firefox'])) {
    if (options.browsers.length && !options.browsers.includes(name)) continue;
    const program = await findProgram(name);
    if (program) browsers.push([name, program]);
    else if (options.browsers.length) throw new Error(`${name} is not installed; name its program in ${name.toUpperCase()}`);
  }
  const [first] = browsers;
  if (!first) throw new Error('neither Chromium, Chrome nor Firefox is installed; name a program in CHROMIUM or FIREFOX');
  const folderOf = (/** @type {BrowserName} */ name) => join(options.dist, FOLDERS[name]);
  await access(join(folderOf(first[0]), 'manifest.json')).catch(() => {
    throw new Error(`${folderOf(first[0])} is not there: run ./build.sh first`);
  });
  const messages = await loadMessages(options.paths.length ? options.paths : [DEMO]);
  const judge = await loadEngine(folderOf(first[0]));

  if (!options.headless) {
    const { openWindow } = await import('./window.mjs');
    const [browser, program] = first;
    await openWindow(messages, { browser, program, extension: folderOf(browser), shapes: options.shapes, judge });
    return;
  }

  // The harness reads these when it is loaded.
  for (const [name, program] of browsers) process.env[name.toUpperCase()] = program;
  const { check } = await import('./check.mjs');
  const sentence = await loadSentences(folderOf(first[0]));
  const audit = await askAuditor(messages, resolve(ROOT, process.env.CARGO_TARGET_DIR ?? 'target', 'release', 'briefgeheim'));
  // Our own letters are labelled by hand too.
  const labelled = options.labels ?? (options.paths.length ? null : join(DEMO, 'labels.tsv'));
  const labels = labelled ? await readLabels(labelled) : new Map();
  const say = (/** @type {string} */ text) => (options.json ? undefined : console.log(text));
  say(dim(audit ? 'compared with: the server, the engine asked a second time, the native auditor' : 'compared with: the server, the engine asked a second time'));
  /** @type {import('./check.mjs').Result[]} */
  const results = [];
  for (const [browser] of browsers) {
    let shape = '';
    await check(messages, {
      browser, shapes: options.shapes, extension: folderOf(browser), second: { judge, audit, labels }, out: options.out, theme: options.theme,
      onResult: (result) => {
        results.push(result);
        if (result.shape !== shape) say(bold(`\n── ${browser}, ${result.shape} ${'─'.repeat(60)}`));
        shape = result.shape;
        if (options.json) console.log(JSON.stringify(result));
        else say(`\n${describe(result, sentence)}`);
      },
    });
  }
  say('');
  for (const [browser] of browsers) for (const shape of options.shapes) {
    say(`${`${browser}, ${shape}`.padEnd(18)} ${summarise(results.filter((one) => one.browser === browser && one.shape === shape))}`);
  }
  say(`\n${bold('All')}: ${summarise(results)}\nScreenshots: ${options.out}`);
  if (results.some(({ leaked }) => leaked.length)) process.exitCode = 1;
}

main().catch((error) => {
  console.error(red(error instanceof Error ? error.message : String(error)));
  if (process.env.DEBUG) console.error(error);
  process.exitCode = 2;
});
