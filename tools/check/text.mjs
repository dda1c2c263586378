// Rules that need no grammar: length, marks of unfinished work, paths of the machine that built it, requests from HTML and CSS.

/** Longer than this and a file holds more than one thing. Data, texts and prose may be long. */
const MOST_LINES = 500;
const MAY_BE_LONG = /^(?:rules\/|docs\/|tests\/fixtures\/|extension\/_locales\/|package-lock\.json)/u;
/** Put together, so that this file does not break its own rule. */
const UNFINISHED = new RegExp(`\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].join('|')})\\b`, 'u');
/** At the start of a word only: an address may well have such a folder. */
const MACHINE_PATH = new RegExp(`(?:^|[\\s"'\`=(,:])/(?:${['work', 'root', 'farm', 'home'].join('|')})/[\\w.]`, 'u');
/** What a browser fetches by itself; a link that a person may follow is none. */
const FETCHED_BY_HTML = /<(?!a\b|area\b)[a-z-]+\b[^>]*?\s(?:src|srcset|href|data|poster|action)\s*=\s*["']?\s*(?:https?:)?\/\//iu;
const FETCHED_BY_CSS = /(?:url\(|@import)\s*["']?\s*(?:https?:)?\/\//iu;

/** @param {string} path @param {string} text @returns {string[]} */
export function breaches(path, text) {
  const lines = text.split('\n');
  const found = [];
  const isShipped = /^(?:extension|www)\//u.test(path);
  const isData = /^(?:rules|tests\/fixtures)\//u.test(path) || path === 'package-lock.json';
  if (lines.length > MOST_LINES && !MAY_BE_LONG.test(path)) found.push(`${path}: ${lines.length} lines, the limit is ${MOST_LINES}`);
  lines.forEach((line, index) => {
    const say = (/** @type {string} */ what) => found.push(`${path}:${index + 1}: ${what}: ${line.trim().slice(0, 100)}`);
    if (!isData && UNFINISHED.test(line)) say('unfinished work');
    if (!isData && MACHINE_PATH.test(line)) say('a path of one machine');
    if (isShipped && /\.(?:html|svg)$/u.test(path) && FETCHED_BY_HTML.test(line)) say('fetches something');
    if (isShipped && /\.(?:css|html|svg)$/u.test(path) && FETCHED_BY_CSS.test(line)) say('fetches something');
  });
  return found;
}
