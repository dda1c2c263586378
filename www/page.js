/** The audit page: takes files, has a worker read them, and says in plain words who would have known. */

import { EXAMPLE, EXAMPLE_NAME } from './example.js';
import { LANGUAGES, current, date, hasText, listed as conjoined, plural, speak, text } from './texts.js';

/** @typedef {import('./wasm/briefgeheim.js').Report} Report */
/** @typedef {import('./wasm/briefgeheim.js').Resource} Resource */
/** @typedef {import('./worker.js').Answer} Answer */
/** @typedef {import('./worker.js').Outcome} Outcome */

/** The largest single message that is read: see the worker. */
const LARGEST_MB = 100;
/** Messages that are listed one by one; those after them are counted. */
const MESSAGES_LISTED = 200;
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

/** Writes everything that stands on the page in the language that it speaks now. */
function write() {
  document.documentElement.lang = current();
  document.title = text('title');
  for (const element of document.querySelectorAll('[data-text]')) {
    if (element instanceof HTMLElement) element.textContent = text(element.dataset.text ?? '');
  }
  byId('languages', HTMLElement).setAttribute('aria-label', text('language'));
  for (const button of byId('languages', HTMLElement).children) button.setAttribute('aria-pressed', String(button.getAttribute('lang') === current()));
  byId('messages', HTMLElement).replaceChildren(...listed.map(drawn));
  if (seen.count > 0) drawSum();
}

// --- Reading ----------------------------------------------------------------------------------------------------------

/** @type {Worker | undefined} */
let worker;
/** Who waits for the worker's answers. @type {Map<number, (answer: Answer) => void>} */
const waiting = new Map();
let lastId = 0;
/** Counts up when the list is cleared, so that late answers are dropped. */
let round = 0;

/** @returns {Worker} */
function startedWorker() {
  if (worker) return worker;
  worker = new Worker('worker.js', { type: 'module' });
  worker.addEventListener('message', (event) => waiting.get(event.data.id)?.(event.data));
  worker.addEventListener('error', () => {
    const left = [...waiting];
    dropWorker();
    for (const [id, take] of left) {
      take({ id, name: '', read: 0, failed: 'start' });
      take({ id, isDone: true });
    }
  });
  return worker;
}

function dropWorker() {
  worker?.terminate();
  worker = undefined;
  waiting.clear();
}

/**
 * Reads a file, message by message.
 * @param {File} file
 * @param {(outcome: Outcome, read: number) => void} take
 * @returns {Promise<void>}
 */
function read(file, take) {
  let count = 0;
  return new Promise((resolve) => {
    const ask = () => {
      lastId += 1;
      waiting.set(lastId, (answer) => {
        if (answer.isDone) {
          waiting.delete(answer.id);
          resolve();
          return;
        }
        count += 1;
        take({ ...answer, name: answer.name || file.name }, answer.read);
        if (answer.failed !== 'engine') return;
        dropWorker();
        ask();
      });
      // A single message that the engine cannot take is not asked for again: there is none after it.
      startedWorker().postMessage({ id: lastId, file, skip: count });
    };
    ask();
  });
}

/** What of the messages is kept: those that are listed whole, of all others who would have known. @type {Outcome[]} */
let listed = [];
let seen = { count: 0, tracked: 0, failed: 0, who: /** @type {Map<string, number>} */ (new Map()) };

/** @param {Outcome} outcome */
function count({ report }) {
  seen.count += 1;
  if (!report) {
    seen.failed += 1;
    return;
  }
  const names = new Set(report.resources.filter(({ kind }) => kind === 'open' || kind === 'receipt').map(who));
  if (names.size > 0) seen.tracked += 1;
  for (const name of names) seen.who.set(name, (seen.who.get(name) ?? 0) + 1);
}

/**
 * One file after the other: only one message is in memory at a time.
 * @param {Iterable<File>} files
 * @returns {Promise<void>}
 */
async function add(files) {
  const list = [...files];
  const mine = round;
  if (list.length === 0) return;
  byId('found', HTMLElement).hidden = false;
  byId('sum', HTMLElement).textContent = plural('working', list.length);
  const progress = byId('progress', HTMLProgressElement);
  progress.hidden = false;
  for (const [index, file] of list.entries()) {
    await read(file, (outcome, part) => {
      if (mine !== round) return;
      count(outcome);
      progress.value = (index + part) / list.length;
      if (listed.length >= MESSAGES_LISTED) return;
      listed.push(outcome);
      byId('messages', HTMLElement).append(drawn(outcome));
    });
    if (mine !== round) return;
  }
  progress.hidden = true;
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
function named(names) {
  const shown = names.slice(0, names.length > NAMES_SHOWN ? NAMES_SHOWN - 1 : NAMES_SHOWN);
  if (shown.length < names.length) shown.push(plural('names_more', names.length - shown.length));
  return conjoined(shown);
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
  const headline = names.length > 0 ? plural('learned', names.length, { names: named(names) }) : receipts.length > 0 ? text('learned_receipt') : text('learned_nobody');
  const item = make('li', `message ${names.length > 0 || receipts.length > 0 ? 'watched' : 'unwatched'}`);
  item.append(make('h2', '', report.subject ?? (report.from ? text('no_subject') : name)));
  const about = [report.from, date(report.date ?? '')].filter((part) => typeof part === 'string');
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
  return make('li', '', make('p', '', plural(key, group.length, { who: vendor })), reasons(group, SAID_OF_LINKS), addresses(group));
}

/** What the line above a group of links has said already. */
const SAID_OF_LINKS = ['known-redirector', 'tracking-parameter'];

/** Each reason once. @param {Resource[]} group @param {string[]} [said] @returns {HTMLElement} */
function reasons(group, said = []) {
  const sentences = new Set();
  for (const resource of group) {
    for (const { code } of resource.evidence) {
      if (said.includes(code)) continue;
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

function drawSum() {
  const read = seen.count - seen.failed;
  const sentences = [];
  if (read > 0) sentences.push(seen.tracked > 0 ? plural('sum', read, { tracked: seen.tracked }) : plural('sum_none', read));
  if (seen.failed > 0) sentences.push(plural('sum_failed', seen.failed));
  byId('sum', HTMLElement).textContent = sentences.join(' ');
  const ranking = [...seen.who].sort((a, b) => b[1] - a[1]).slice(0, WHO_SHOWN);
  const rows = ranking.map(([name, times]) => make('li', '', make('strong', '', name), ' ', make('span', 'soft', plural('who_times', times))));
  byId('who', HTMLElement).replaceChildren(...(read > 1 && rows.length > 0 ? [make('h2', '', text('who_title')), make('ol', '', ...rows)] : []));
  const unlisted = seen.count - listed.length;
  byId('unlisted', HTMLElement).textContent = unlisted > 0 ? plural('unlisted', unlisted) : '';
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
  // It may be in the middle of a mailbox.
  dropWorker();
  listed = [];
  seen = { count: 0, tracked: 0, failed: 0, who: new Map() };
  for (const id of ['messages', 'who', 'unlisted']) byId(id, HTMLElement).replaceChildren();
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

// --- Languages --------------------------------------------------------------------------------------------------------

for (const [code, words] of Object.entries(LANGUAGES)) {
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', lang: code, textContent: words.own_name });
  button.addEventListener('click', () => {
    speak(code);
    write();
  });
  byId('languages', HTMLElement).append(button);
}
write();
