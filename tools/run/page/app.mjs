// The demonstration's webmail: a list, a reading pane, and messages that are put in late by script, as real ones do.
import { SHAPES } from '../../../tests/browser/lib/shapes.mjs';
import { prepare } from './prepare.mjs';

/**
 * @typedef {{id: string, from: {name: string, address: string}, subject: string, date: string, snippet: string}} Row
 * @typedef {{html: string}} Body
 */

const root = document.documentElement;
const shape = /** @type {import('../../../tests/browser/lib/shapes.mjs').Shape} */ (SHAPES[root.dataset.shape ?? '']);
/** Real webmail enforces Trusted Types, and so does this page. */
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy('demo', { createHTML: (/** @type {string} */ html) => html });
const trusted = (/** @type {string} */ html) => /** @type {string} */ (policy?.createHTML(html) ?? html);
const text = (/** @type {string} */ value) => value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** Outlook keeps the panes of messages that were open, hidden. @type {Map<string, HTMLElement>} */
const panes = new Map();
/** What each picture of the open message was called before, for whoever checks. @type {Map<HTMLImageElement, string>} */
let pictures = new Map();
let turn = 0;

/** @param {string} path @param {object} [body] */
async function call(path, body) {
  const answer = await fetch(path, body && { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

/** @param {HTMLElement} list */
function close(list) {
  if (shape.name === 'outlook') for (const pane of panes.values()) pane.style.display = 'none';
  else list.replaceChildren();
  delete root.dataset.opened;
}

/** @param {Row} mail */
async function open(mail) {
  const mine = ++turn;
  const list = /** @type {HTMLElement} */ (document.getElementById('list'));
  for (const row of document.querySelectorAll('[data-open]')) row.setAttribute('aria-selected', String(row.getAttribute('data-open') === mail.id));
  close(list);
  const kept = panes.get(mail.id);
  if (kept) {
    kept.style.display = '';
    await call('/.demo/opened', { id: mail.id, again: true });
    root.dataset.opened = mail.id;
    return;
  }
  const { html } = /** @type {Body} */ (await call(`/.demo/message?${mail.id}`));
  const prepared = prepare(html, `mail-${mail.id}`, shape.picture, trusted);
  await call('/.demo/opened', { id: mail.id, places: prepared.places, pictures: prepared.pictures });
  if (mine !== turn) return;
  const pane = document.createElement('div');
  pane.className = 'pane';
  const from = { name: text(mail.from.name), address: text(mail.from.address) };
  const shown = shape.message({ id: mail.id, from, subject: text(mail.subject), html: '' }, prepared.html);
  const card = `<h1 class="subject">${text(mail.subject)}</h1>${shown}`;
  // Yahoo's application builds the pane before it puts it in: the browser asks for pictures before anything sees them.
  if (shape.name === 'yahoo') {
    pane.innerHTML = trusted(card);
    list.append(pane);
  } else {
    list.append(pane);
    pane.innerHTML = trusted(card);
  }
  if (shape.name === 'outlook') panes.set(mail.id, pane);
  const original = new Map(prepared.pictures.map(([before, after]) => [after, before]));
  pictures = new Map();
  for (const image of pane.querySelectorAll('img')) {
    const before = original.get(image.getAttribute('src') ?? '');
    if (before) pictures.set(image, before);
  }
  // Gmail sets the pictures of unread messages a second time.
  if (shape.name === 'gmail' && !document.querySelector(`[data-open="${mail.id}"].read`)) {
    const sources = [...pane.querySelectorAll('img')].map((image) => /** @type {const} */ ([image, image.getAttribute('src')]));
    requestAnimationFrame(() => sources.forEach(([image, source]) => source && image.setAttribute('src', source)));
  }
  document.querySelector(`[data-open="${mail.id}"]`)?.classList.add('read');
  root.dataset.opened = mail.id;
}

/** Waits until every expected picture of the open message can be seen. @param {string[]} expected @param {number} boundMs */
async function settle(expected, boundMs) {
  const wanted = new Set(expected);
  const missing = () => [...pictures].filter(([image, url]) => wanted.has(url) && !(image.complete && image.naturalWidth > 0));
  const until = performance.now() + boundMs;
  while (missing().length && performance.now() < until) {
    await new Promise((done) => {
      const timer = setTimeout(done, until - performance.now());
      const look = () => {
        if (missing().length) return;
        clearTimeout(timer);
        document.removeEventListener('load', look, true);
        done(true);
      };
      document.addEventListener('load', look, true);
      look();
    });
  }
  // Whatever the browser wanted to fetch by now has left before this does.
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  await call('/.demo/barrier');
  return {
    shown: [...pictures].filter(([image]) => image.complete && image.naturalWidth > 0).map(([, url]) => url),
    missing: missing().map(([, url]) => url),
  };
}

/** The marks beside what was blocked and after links: elements that the message did not bring. */
const marks = () => [...document.querySelectorAll('#list .pane span[style*="initial"]')].filter((element) => element.getClientRects().length).length;

/** @param {string} date */
const when = (date) => {
  const day = new Date(date);
  return Number.isNaN(day.getTime()) ? '' : day.toLocaleDateString([], { day: 'numeric', month: 'short' });
};

async function start() {
  const rows = /** @type {Row[]} */ (await call('/.demo/inbox'));
  document.body.innerHTML = trusted(`<div class="app"><div class="bar"><span class="brand">${text(root.dataset.title ?? '')}</span><span class="hint">Demonstration. Nothing leaves this computer.</span></div>
    <nav class="inbox" aria-label="Inbox">${rows.map((row) => `<button type="button" class="row" data-open="${row.id}" aria-selected="false">
      <span class="face" aria-hidden="true">${text([...row.from.name][0] ?? '?')}</span><span class="who">${text(row.from.name)}</span><time>${text(when(row.date))}</time>
      <span class="what">${text(row.subject)}</span><span class="start">${text(row.snippet)}</span></button>`).join('')}</nav>
    <div class="reader">${shape.frame('')}</div></div>`);
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const button of document.querySelectorAll('[data-open]')) {
    button.addEventListener('click', () => {
      const row = byId.get(button.getAttribute('data-open') ?? '');
      if (row) open(row).catch((error) => console.error(error));
    });
  }
  Object.assign(globalThis, { demo: { settle, marks, close: () => close(/** @type {HTMLElement} */ (document.getElementById('list'))) } });
  root.dataset.ready = 'yes';
}

void start();
