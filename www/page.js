/** The audit page: takes files, has a worker read them, and says in plain words who would have known. */

import { EXAMPLE, EXAMPLE_NAME } from './example.js';
import { hasText, plural, text } from './texts.js';

/** @typedef {import('./wasm/briefgeheim.js').Report} Report */
/** @typedef {import('./wasm/briefgeheim.js').Resource} Resource */
/** @typedef {import('./worker.js').Answer} Answer */
/** @typedef {{name: string, report?: Report, failed?: string}} Outcome */

/** The largest file that is read. Large mail providers take 25 to 50 MB. */
const LARGEST_MB = 100;
/** How many web addresses stand under one group. */
const ADDRESSES_SHOWN = 20;
/** Characters of a web address; the rest is the code made for the reader. */
const ADDRESS_MAX_CHARS = 300;
/** Companies named in a headline. */
const NAMES_SHOWN = 3;
/** Companies in the list for many messages. */
const WHO_SHOWN = 10;

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
function byId(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`the page has no ${id}`);
  return element;
}

/**
 * @param {string} tag
 * @param {string} className
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

for (const element of document.querySelectorAll('[data-text]')) {
  if (element instanceof HTMLElement) element.textContent = text(element.dataset.text ?? '');
}
document.title = text('title');

// --- Reading ----------------------------------------------------------------------------------------------------------

/** @type {Worker | undefined} */
let worker;
/** What the worker still owes an answer for. @type {Map<number, (answer: Answer) => void>} */
const waiting = new Map();
let lastId = 0;
/** Counts up when the list is cleared, so that late answers are dropped. */
let round = 0;

/** @returns {Worker} */
function startedWorker() {
  if (worker) return worker;
  worker = new Worker('worker.js', { type: 'module' });
  worker.addEventListener('message', (event) => {
    /** @type {Answer} */
    const answer = event.data;
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
    if ('failed' in answer && answer.failed === 'engine') dropWorker();
  });
  worker.addEventListener('error', () => {
    for (const [id, resolve] of waiting) resolve({ id, failed: 'start' });
    waiting.clear();
    dropWorker();
  });
  return worker;
}

function dropWorker() {
  worker?.terminate();
  worker = undefined;
}

/**
 * @param {string} name
 * @param {ArrayBuffer} bytes
 * @returns {Promise<Outcome>}
 */
async function audited(name, bytes) {
  const start = new TextDecoder().decode(bytes.slice(0, 5));
  // A message taken out of a mailbox may start like one, but is called .eml.
  if (start === 'From ' && !name.toLowerCase().endsWith('.eml')) return { name, failed: 'mailbox' };
  lastId += 1;
  const id = lastId;
  const answer = await new Promise((/** @type {(answer: Answer) => void} */ resolve) => {
    waiting.set(id, resolve);
    startedWorker().postMessage({ id, name, bytes }, [bytes]);
  });
  return 'report' in answer ? { name, report: answer.report } : { name, failed: answer.failed };
}

/**
 * @param {File} file
 * @returns {Promise<Outcome>}
 */
async function read(file) {
  if (file.size > LARGEST_MB * 1_000_000) return { name: file.name, failed: 'too-large' };
  /** @type {ArrayBuffer} */
  let bytes;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    return { name: file.name, failed: 'unreadable' };
  }
  return audited(file.name, bytes);
}

/** @type {Outcome[]} */
let outcomes = [];

/**
 * One file after the other: only one is in memory at a time.
 * @param {Iterable<File>} files
 * @returns {Promise<void>}
 */
async function add(files) {
  const list = [...files];
  const mine = round;
  if (list.length === 0) return;
  byId('found', HTMLElement).hidden = false;
  byId('sum', HTMLElement).textContent = plural('working', list.length);
  for (const file of list) {
    const outcome = await read(file);
    if (mine !== round) return;
    outcomes.push(outcome);
    byId('messages', HTMLElement).append(drawn(outcome));
  }
  drawSum();
  byId('sum', HTMLElement).focus();
}

// --- Drawing ----------------------------------------------------------------------------------------------------------

/**
 * @param {string} url
 * @returns {string}
 */
function hostOf(url) {
  return URL.canParse(url) ? new URL(url).host : '';
}

/** Who is behind an address, as far as we know. @param {Resource} resource @returns {string} */
const who = (resource) => resource.vendor ?? (hostOf(resource.url) || resource.url);

/**
 * @template T
 * @param {Iterable<T>} list
 * @param {(element: T) => string} key
 * @returns {[string, T[]][]}
 */
function grouped(list, key) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const element of list) {
    const name = key(element);
    const group = groups.get(name);
    if (group) group.push(element);
    else groups.set(name, [element]);
  }
  return [...groups].sort((a, b) => b[1].length - a[1].length);
}

/**
 * "A, B and 3 others".
 * @param {string[]} names
 * @returns {string}
 */
function listed(names) {
  const shown = names.slice(0, names.length > NAMES_SHOWN ? NAMES_SHOWN - 1 : NAMES_SHOWN);
  if (shown.length < names.length) shown.push(plural('names_more', names.length - shown.length));
  const last = shown.pop() ?? '';
  return shown.length > 0 ? text('and', { first: shown.join(', '), last }) : last;
}

/** @param {Outcome} outcome @returns {HTMLElement} */
function drawn({ name, report, failed }) {
  if (!report) {
    const key = `failed_${hasText(`failed_${failed}`) ? failed : 'engine'}`;
    return make('li', 'message failed', make('h2', '', name), make('p', '', text(key, { size: LARGEST_MB })));
  }
  /** @param {Resource['kind']} kind */
  const of = (kind) => report.resources.filter((resource) => resource.kind === kind);
  const opens = of('open');
  const receipts = of('receipt');
  const names = grouped(opens, who).map(([vendor]) => vendor);
  const headline = names.length > 0 ? text('learned', { names: listed(names) }) : receipts.length > 0 ? text('learned_receipt') : text('learned_nobody');
  const item = make('li', `message ${names.length > 0 || receipts.length > 0 ? 'watched' : 'unwatched'}`);
  item.append(make('h2', '', report.subject ?? (report.from ? text('no_subject') : name)));
  const about = [report.from, shownDate(report.date)].filter((part) => typeof part === 'string');
  if (about.length > 0) item.append(make('p', 'soft', about.join(' · ')));
  item.append(make('p', 'verdict', headline));
  for (const refusal of report.refusals ?? []) item.append(make('p', 'warning', text(`refusal_${refusal.code}`)));
  item.append(...section('opens_title', grouped(opens, who).map(([vendor, group]) => openGroup(vendor, group))));
  item.append(...section('receipts_title', receipts.map((receipt) => make('li', '', make('strong', '', receipt.url), reasons([receipt])))));
  item.append(...section('links_title', grouped(of('click'), who).map(([vendor, group]) => linkGroup('links_from', vendor, group))));
  item.append(...section('params_title', grouped(of('param'), who).map(([vendor, group]) => linkGroup('params', vendor, group))));
  const clean = of('clean').length;
  if (report.resources.length === 0) item.append(make('p', 'soft', text('nothing_remote')));
  else if (clean > 0) item.append(make('p', 'soft', plural(clean === report.resources.length ? 'only_clean' : 'clean', clean)));
  return item;
}

/**
 * @param {string} title
 * @param {HTMLElement[]} items
 * @returns {HTMLElement[]}
 */
function section(title, items) {
  return items.length > 0 ? [make('section', '', make('h3', '', text(title)), make('ul', 'groups', ...items))] : [];
}

/**
 * @param {string} vendor
 * @param {Resource[]} group
 * @returns {HTMLElement}
 */
function openGroup(vendor, group) {
  const name = make('p', '', make('strong', '', vendor));
  if (group.length > 1) name.append(' ', make('span', 'soft', text('times', { count: group.length })));
  if (group.some((resource) => resource.personal)) name.append(' ', make('span', 'tag', text('personal')));
  return make('li', '', name, reasons(group), addresses(group));
}

/**
 * @param {string} key
 * @param {string} vendor
 * @param {Resource[]} group
 * @returns {HTMLElement}
 */
function linkGroup(key, vendor, group) {
  return make('li', '', make('p', '', plural(key, group.length, { who: vendor })), addresses(group));
}

/** Each reason once. @param {Resource[]} group @returns {HTMLElement} */
function reasons(group) {
  const sentences = new Set();
  for (const resource of group) {
    for (const { code } of resource.evidence) {
      const sentence = text(`evidence_${code}`, { vendor: who(resource), host: hostOf(resource.url) });
      if (sentence) sentences.add(sentence);
    }
  }
  return make('ul', 'reasons', ...[...sentences].map((sentence) => make('li', '', sentence)));
}

/**
 * The web addresses, as text: nothing on this page leads to them.
 * @param {Resource[]} group
 * @returns {HTMLElement}
 */
function addresses(group) {
  const urls = grouped(group, (resource) => resource.url);
  const list = make('ul', 'addresses');
  for (const [url, [resource]] of urls.slice(0, ADDRESSES_SHOWN)) {
    const shown = url.length > ADDRESS_MAX_CHARS ? `${url.slice(0, ADDRESS_MAX_CHARS)}…` : url;
    const item = make('li', '', make('code', '', shown));
    if (resource?.destination) item.append(make('p', '', text('leads_to', { destination: resource.destination })));
    list.append(item);
  }
  if (urls.length > ADDRESSES_SHOWN) list.append(make('li', 'soft', plural('addresses_more', urls.length - ADDRESSES_SHOWN)));
  return make('details', '', make('summary', '', plural('addresses', urls.length)), list);
}

/**
 * @param {string | null} date
 * @returns {string | undefined}
 */
function shownDate(date) {
  const time = date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(time) ? undefined : new Intl.DateTimeFormat('en', { dateStyle: 'long' }).format(time);
}

function drawSum() {
  const reports = outcomes.flatMap(({ report }) => (report ? [report] : []));
  const watched = reports.map((report) => new Set(report.resources.filter(({ kind }) => kind === 'open' || kind === 'receipt').map(who)));
  const tracked = watched.filter((names) => names.size > 0).length;
  const failed = outcomes.length - reports.length;
  const sentences = [];
  if (reports.length > 0) sentences.push(tracked > 0 ? plural('sum', reports.length, { tracked }) : plural('sum_none', reports.length));
  if (failed > 0) sentences.push(plural('sum_failed', failed));
  byId('sum', HTMLElement).textContent = sentences.join(' ');
  const ranking = grouped(watched.flatMap((names) => [...names]), (name) => name).slice(0, WHO_SHOWN);
  const rows = ranking.map(([name, times]) => make('li', '', make('strong', '', name), ' ', make('span', 'soft', plural('who_times', times.length))));
  byId('who', HTMLElement).replaceChildren(...(reports.length > 1 && rows.length > 0 ? [make('h2', '', text('who_title')), make('ol', '', ...rows)] : []));
}

// --- Taking files -----------------------------------------------------------------------------------------------------

const files = byId('files', HTMLInputElement);
files.addEventListener('change', () => {
  const chosen = [...(files.files ?? [])];
  // The same file can then be chosen again.
  files.value = '';
  void add(chosen);
});

byId('example', HTMLButtonElement).addEventListener('click', () => {
  void add([new File([EXAMPLE], EXAMPLE_NAME)]);
});

byId('clear', HTMLButtonElement).addEventListener('click', () => {
  round += 1;
  outcomes = [];
  byId('messages', HTMLElement).replaceChildren();
  byId('who', HTMLElement).replaceChildren();
  byId('found', HTMLElement).hidden = true;
  files.focus();
});

const drop = byId('drop', HTMLElement);
// The whole page takes files: one that misses the box must not open in place of the page, where it would load its pictures.
document.addEventListener('dragover', (event) => {
  event.preventDefault();
  drop.classList.add('over');
});
document.addEventListener('dragleave', (event) => {
  if (event.relatedTarget === null) drop.classList.remove('over');
});
document.addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  void add([...(event.dataTransfer?.files ?? [])]);
});
