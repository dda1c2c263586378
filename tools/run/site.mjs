// The demonstration's server: a webmail's pages, its image proxies, and every sender in the world. Counts what is fetched.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { asset, html, openWeb } from '../../tests/browser/lib/net.mjs';
import { SHAPES, strictCsp } from '../../tests/browser/lib/shapes.mjs';
import { pictureFor } from './art.mjs';
import { escapeHtml } from './mail.mjs';

/**
 * @typedef {import('./load.mjs').Message} Message
 * @typedef {import('../../tests/browser/lib/net.mjs').Seen} Seen
 * @typedef {import('../../tests/browser/lib/net.mjs').Reply} Reply
 * @typedef {import('./page/prepare.mjs').Place} Place
 *
 * @typedef {object} Opened
 * @property {Message} message
 * @property {string} shape
 * @property {Place[]} places       the page's own list of everything remote in it
 * @property {string[]} pictures    addresses of its pictures, as the sender wrote them
 *
 * @typedef {{onOpen?: (opened: Opened) => void, onFetch?: (url: string, seen: Seen) => void}} Watch
 */

const TITLES = /** @type {Record<string, string>} */ ({ gmail: 'Gmail', outlook: 'Outlook', yahoo: 'Yahoo Mail' });
/** What belongs to the webmails themselves: no sender learns anything from it. */
const OWN = /(^|\.)(gstatic\.com|yimg\.com|onecdn\.static\.microsoft)$|^lh3\.googleusercontent\.com$/;

/** One address in one spelling: what a server can see of it. @param {string} url */
export function plain(url) {
  const trimmed = url.trim().replace(/^\/\//, 'https://');
  if (!URL.canParse(trimmed)) return trimmed;
  const parsed = new URL(trimmed);
  parsed.hash = '';
  return parsed.href;
}

/**
 * @param {Message[]} messages
 * @param {Watch} [watch]
 */
export async function openSite(messages, watch = {}) {
  /** What the page is made of, at the same places as in the project, so that its modules find each other. */
  /** @type {Record<string, Reply>} */
  const files = {};
  for (const path of ['tools/run/page/app.mjs', 'tools/run/page/prepare.mjs', 'tests/browser/lib/shapes.mjs', 'tools/run/page/style.css']) {
    const type = path.endsWith('.css') ? 'text/css' : 'text/javascript';
    files[path] = { headers: { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' }, body: await readFile(new URL(`../../${path}`, import.meta.url)) };
  }
  /** What the addresses of Gmail's proxy stand for; no other proxy keeps a secret. @type {Map<string, string>} */
  const proxied = new Map();
  /** @type {string[]} */
  const fetched = [];
  const pages = new Map(Object.values(SHAPES).map((shape) => [new URL(shape.page).hostname, shape]));

  /** What a request asks for in the end. @param {Seen} seen */
  const wanted = (seen) => {
    const url = new URL(seen.url);
    if (/^ci\d\.googleusercontent\.com$/.test(seen.host)) return proxied.get(seen.url) ?? seen.url;
    if (seen.host.endsWith('.services.web.outlook.com')) return url.searchParams.get('u') ?? seen.url;
    if (seen.host === 'ecp.yusercontent.com') return url.searchParams.get('url') ?? seen.url;
    return seen.url;
  };

  /** @param {Seen} seen @param {import('../../tests/browser/lib/shapes.mjs').Shape} shape @returns {Reply} */
  const answerPage = (seen, shape) => {
    const [, name = '', query = ''] = /^\/\.demo\/([^?]*)\??(.*)$/.exec(seen.path) ?? [];
    if (files[name]) return files[name];
    switch (name) {
      case '':
        return seen.path.startsWith('/mail/') || seen.path.startsWith('/d/') || seen.path === '/' ? frontPage(shape.name) : { status: 404 };
      case 'inbox':
        return json(messages.map(({ id, from, subject, date, html: body }) => ({ id, from, subject, date, snippet: snippet(body) })));
      case 'message':
        return json({ html: messages.find(({ id }) => id === query)?.html ?? '' });
      case 'opened': {
        const { id, places = [], pictures = [] } = JSON.parse(seen.body.toString('utf8'));
        for (const [original, shown] of pictures) if (shape.name === 'gmail') proxied.set(shown.split('#')[0], original);
        const message = messages.find((one) => one.id === id);
        if (message) watch.onOpen?.({ message, shape: shape.name, places, pictures: pictures.map((/** @type {string[]} */ [original]) => original) });
        return json({});
      }
      default:
        return json({});
    }
  };

  const web = await openWeb((seen) => {
    const shape = pages.get(seen.host);
    if (shape) return answerPage(seen, shape);
    const url = wanted(seen);
    const { pathname, hostname } = new URL(plain(url));
    if (OWN.test(seen.host)) return pictureFor(pathname);
    if (seen.dest === 'document') return elsewhere(hostname);
    fetched.push(plain(url));
    watch.onFetch?.(plain(url), seen);
    const isPicture = ['image', '', 'object', 'embed'].includes(seen.dest) || /\.(png|jpe?g|gif|svg|webp)$/i.test(pathname);
    return isPicture ? pictureFor(pathname) : asset(pathname) ?? { headers: { 'content-type': 'text/plain' }, body: '' };
  });
  return { web, /** Addresses as their senders wrote them, oldest first. */ fetched };
}

/** @param {string} name */
function frontPage(name) {
  const nonce = randomBytes(12).toString('base64');
  return html(`<!doctype html><html lang="en" data-shape="${name}" data-title="${TITLES[name]}"><head><meta charset="utf-8"><title>${TITLES[name]} (demonstration)</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><link rel="stylesheet" href="/.demo/tools/run/page/style.css"></head>
<body><script type="module" nonce="${nonce}" src="/.demo/tools/run/page/app.mjs"></script></body></html>`,
  { 'content-security-policy': `${strictCsp(nonce)}; require-trusted-types-for 'script'` });
}

/** Where a link of a message leads. @param {string} host */
const elsewhere = (host) => html(`<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${escapeHtml(host)}</title>
<body style="font:18px/1.6 system-ui,sans-serif;max-width:34rem;margin:20vh auto;padding:0 1rem"><h1 style="font-size:1.4em">${escapeHtml(host)}</h1>
<p>Your click was counted here, or would have been: this is a demonstration, and nothing left your computer.</p>`);

/** @param {unknown} value @returns {Reply} */
const json = (value) => ({ headers: { 'content-type': 'application/json', 'cache-control': 'no-store' }, body: JSON.stringify(value) });

/** The first words of a message. @param {string} body */
const snippet = (body) => body
  .replace(/<(style|script|title|head)\b[\s\S]*?<\/\1>|<!--[\s\S]*?-->/gi, ' ').replace(/<[^>]*>/g, ' ')
  .replace(/&(?:nbsp|zwnj|shy|#847|#8199|#173);/g, ' ').replace(/&amp;/g, '&').replace(/&#(\d+);/g, (_, n) => String.fromCodePoint(Math.min(Number(n), 0x10ffff)))
  .replace(/\s+/g, ' ').trim().slice(0, 90);
