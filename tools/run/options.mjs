// The command line of `./build.sh run`.
import { parseArgs } from 'node:util';
import { SHAPES } from '../../tests/browser/lib/shapes.mjs';

export const HELP = `./build.sh run [options] [MAIL…]     MAIL: .eml, .mbox, .html files or folders; without any, letters of our own

Shows a webmail of its own on this computer, with the extension at work in it. Nothing is fetched from anywhere else.
With a display it opens a browser window; without one it opens every message in headless browsers, compares what the
extension says with what a counting server saw, and ends with 1 if a tracker got through.

--browser chromium|firefox    only this one; several by repeating         --headless   even with a display
--shape gmail|outlook|yahoo   only in this webmail's shape; repeatable     --json       one object a line, for machines
--labels FILE                 labels by hand to compare with (id, vector, url, label, per_recipient; tab-separated)
--out DIR                     screenshots, default dist/run                --dark       the dark theme
--dist DIR                    where chrome/ and firefox/ are, default dist`;

/**
 * @typedef {'chromium' | 'firefox'} BrowserName
 * @typedef {object} Options
 * @property {string[]} paths
 * @property {BrowserName[]} browsers   empty: those that are installed
 * @property {string[]} shapes
 * @property {boolean} headless
 * @property {boolean} json
 * @property {boolean} help
 * @property {string | null} labels
 * @property {string} out
 * @property {string} dist
 * @property {'light' | 'dark'} theme
 */

/**
 * @param {string[]} words
 * @param {NodeJS.ProcessEnv} environment
 * @param {string} root  the project's folder
 * @returns {Options}
 * @throws {Error} When a word is not understood.
 */
export function readOptions(words, environment, root) {
  const flag = /** @type {const} */ ({ type: 'boolean', default: false });
  const { values, positionals } = parseArgs({
    args: words, allowPositionals: true,
    options: {
      browser: { type: 'string', multiple: true, default: [] }, shape: { type: 'string', multiple: true, default: [] },
      labels: { type: 'string' }, out: { type: 'string', default: `${root}/dist/run` }, dist: { type: 'string', default: `${root}/dist` },
      headless: flag, json: flag, dark: flag, help: { ...flag, short: 'h' },
    },
  });
  const hasDisplay = Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY) || process.platform === 'darwin';
  return {
    paths: positionals,
    browsers: /** @type {BrowserName[]} */ (chosen(values.browser, ['chromium', 'firefox'], '--browser', [])),
    shapes: chosen(values.shape, Object.keys(SHAPES), '--shape', Object.keys(SHAPES)),
    headless: values.headless || values.json || values.labels !== undefined || !hasDisplay,
    json: values.json, help: values.help, labels: values.labels ?? null, out: values.out, dist: values.dist, theme: values.dark ? 'dark' : 'light',
  };
}

/** @param {string[]} given @param {string[]} known @param {string} option @param {string[]} otherwise */
function chosen(given, known, option, otherwise) {
  const names = given.flatMap((value) => value.split(','));
  const strange = names.find((name) => !known.includes(name));
  if (strange !== undefined) throw new Error(`${option} ${strange}: choose from ${known.join(', ')}`);
  return names.length ? names : otherwise;
}
