// Says in plain words what happened, with the extension's own sentences.
import { readFile } from 'node:fs/promises';

/** @typedef {import('./check.mjs').Result} Result */

const isColoured = Boolean(process.stdout.isTTY) && !process.env.NO_COLOR;
/** @param {string} code @param {string} text */
const paint = (code, text) => (isColoured ? `\u001b[${code}m${text}\u001b[0m` : text);
export const bold = (/** @type {string} */ text) => paint('1', text);
export const red = (/** @type {string} */ text) => paint('1;31', text);
export const green = (/** @type {string} */ text) => paint('32', text);
export const dim = (/** @type {string} */ text) => paint('2', text);

/** What a thing that is fetched stands in, for people. @type {Record<string, string>} */
const VECTORS = {
  img: 'picture', srcset: 'picture', 'input-image': 'button picture', 'css-attr': 'background picture', 'style-block': 'background picture',
  'background-attr': 'background picture', 'css-import': 'style sheet', 'font-face': 'font', iframe: 'page within the mail', media: 'video or sound', poster: 'video picture', 'link-rel': 'style sheet',
};
const MOST_LISTED = 5;

/**
 * @param {string} folder  a built extension
 * @returns {Promise<(code: string, vendor: string, host: string) => string>}  the sentence for a reason
 */
export async function loadSentences(folder) {
  /** @type {Record<string, {message: string, placeholders?: Record<string, {content: string}>}>} */
  const messages = JSON.parse(await readFile(`${folder}/_locales/en/messages.json`, 'utf8'));
  return (code, vendor, host) => {
    const found = messages[`evidence_${code.replaceAll('-', '_')}`];
    const values = { $1: vendor, $2: host };
    return found?.message.replace(/\$(\w+)\$/g, (_, name) => {
      const content = found.placeholders?.[name.toLowerCase()]?.content;
      return values[/** @type {'$1' | '$2'} */ (content)] ?? '';
    }) ?? code;
  };
}

/** @param {Result} result @param {(code: string, vendor: string, host: string) => string} sentence */
export function describe(result, sentence) {
  const lines = [`${bold(result.subject)}  ${dim(`${result.from} · ${result.name}`)}`];
  for (const { name, url, vector, codes } of result.blocked.slice(0, MOST_LISTED)) {
    const host = URL.canParse(url) ? new URL(url).hostname : name;
    lines.push(row('blocked', `${bold(name)} (${VECTORS[vector] ?? vector}${name === host ? '' : `, ${host}`})`), row('', dim(codes.map((code) => sentence(code, name, host)).join(' '))));
  }
  if (result.blocked.length > MOST_LISTED) lines.push(row('', `and ${result.blocked.length - MOST_LISTED} more`));
  if (!result.blocked.length) lines.push(row('blocked', 'nothing'));
  const others = result.fetched - result.leaked.length - new Set(result.shown).size;
  lines.push(row('shown', `${count(result.shown.length, 'picture')}${others > 0 ? ` and ${others} in backgrounds and elsewhere` : ''}; ${count(result.links, 'link')} marked as recorded`));
  lines.push(row('server', result.leaked.length
    ? red(`${count(result.leaked.length, 'tracker')} got through`)
    : green(`0 requests for what was blocked, ${result.requests} for the rest`)));
  for (const url of result.leaked) lines.push(row('', red(url)));
  for (const url of result.twice) lines.push(row('twice', dim(`shown where it can be seen, blocked where it is hidden: ${url}`)));
  for (const url of result.unreported) lines.push(row('report', red(`does not say: ${url}`)));
  for (const url of result.missing) lines.push(row('missing', red(`ordinary picture did not appear: ${url}`)));
  if (result.links !== result.expectedLinks) lines.push(row('links', red(`${result.links} reported, ${result.expectedLinks} in the message as sent`)));
  if (result.labels && result.labels.reached.length + result.labels.missingClean.length) {
    const { reached, known, missingClean } = result.labels;
    lines.push(row('labels', `${reached.length} labelled trackers fetched (${known.length} known to the engine, ${reached.length - known.length} missed by it), ${missingClean.length} clean pictures not shown`));
    for (const url of reached) lines.push(row('', (known.includes(url) ? red : dim)(url)));
  }
  return lines.join('\n');
}

/** @param {Result[]} results */
export function summarise(results) {
  /** @param {(result: Result) => number} of */
  const sum = (of) => results.reduce((total, result) => total + of(result), 0);
  const leaked = sum((one) => one.leaked.length);
  const parts = [
    `${count(results.length, 'message')} opened`, `${count(sum((one) => one.blocked.length), 'tracker')} blocked`,
    `${count(sum((one) => one.shown.length), 'picture')} shown`, `${count(sum((one) => one.links), 'link')} marked`,
    leaked ? red(`${leaked} got through`) : green('0 got through'),
  ];
  const missing = sum((one) => one.missing.length);
  if (missing) parts.push(red(`${missing} ordinary pictures missing`));
  const unreported = sum((one) => one.unreported.length);
  if (unreported) parts.push(red(`${unreported} not in the report`));
  if (results.some(({ labels }) => labels)) {
    const reached = sum((one) => one.labels?.reached.length ?? 0);
    const known = sum((one) => one.labels?.known.length ?? 0);
    parts.push(`labels: ${reached} fetched, of which the engine knows ${known} and misses ${reached - known}; ${sum((one) => one.labels?.missingClean.length ?? 0)} clean pictures not shown`);
  }
  return parts.join(', ');
}

/** @param {number} number @param {string} thing */
const count = (number, thing) => `${number} ${thing}${number === 1 ? '' : 's'}`;

/** @param {string} label @param {string} text */
const row = (label, text) => `  ${label.padEnd(8)} ${text}`;
