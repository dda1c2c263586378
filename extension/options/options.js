/** The settings page: how careful to be, who may see the reader, and who we are. */

import { api, t } from '../shared/platform.js';
import { announce, ask, byId, isDone, isRecord, localise, make } from '../shared/page.js';
import { startAdded } from './added.js';
import { startAhead } from './ahead.js';

/** Where the package keeps the licence text. */
const LICENCE_PATH = 'LICENSE.txt';

/**
 * Says something under the radio buttons, and to screen readers.
 * @param {string} sentence
 * @param {string} [place]
 * @returns {void}
 */
function say(sentence, place = 'outcome') {
  byId(place, HTMLElement).textContent = sentence;
  announce(sentence);
}

/**
 * The radio button of a strictness.
 * @param {unknown} strictness
 * @returns {HTMLInputElement | undefined}
 */
function choice(strictness) {
  return [...document.querySelectorAll('input')].find(({ type, value }) => type === 'radio' && value === strictness);
}

/**
 * The radio button of a choice, which our own page has.
 * @param {string} value
 * @returns {HTMLInputElement}
 */
function choiceOf(value) {
  const found = choice(value);
  if (!found) {
    throw new TypeError(`no choice ${value} on this page`);
  }
  return found;
}

/** @returns {Promise<boolean>} whether the background answered */
async function startStrictness() {
  const answer = await ask({ kind: 'settings' });
  let current = isRecord(answer) ? choice(answer.strictness) : undefined;
  if (current === undefined) {
    return false;
  }
  current.checked = true;
  startReplies(answer);
  const group = byId('strictness', HTMLFieldSetElement);
  group.disabled = false;
  group.addEventListener('change', async ({ target }) => {
    if (!(target instanceof HTMLInputElement)) {
      return;
    }
    const done = isDone(await ask({ kind: 'set', strictness: target.value }));
    if (done) {
      current = target;
    } else if (current) {
      current.checked = true;
    }
    say(t(done ? 'options_saved' : 'not_saved'));
  });
  return true;
}

/**
 * Whether trackers are taken out of what the reader quotes.
 * @param {unknown} answer
 * @returns {void}
 */
function startReplies(answer) {
  const box = byId('replies', HTMLInputElement);
  box.checked = isRecord(answer) && answer.repliesCleaned === true;
  box.disabled = false;
  box.addEventListener('change', async () => {
    const done = isDone(await ask({ kind: 'set', repliesCleaned: box.checked }));
    if (!done) {
      box.checked = !box.checked;
    }
    announce(t(done ? 'options_saved' : 'not_saved'));
  });
}

/** @returns {Promise<boolean>} whether the background answered */
async function startLinks() {
  const answer = await ask({ kind: 'settings' });
  const choice = isRecord(answer) && isRecord(answer.choice) ? answer.choice : undefined;
  if (choice === undefined) {
    return false;
  }
  let { links, pastGateway } = choice;
  const gateway = byId('past-gateway', HTMLInputElement);
  const direct = choiceOf('direct');
  const sent = choiceOf('sent');
  const show = () => {
    direct.checked = links === 'direct';
    // Not asked yet means as sent.
    sent.checked = !direct.checked;
    gateway.checked = pastGateway === true;
    gateway.disabled = !direct.checked;
  };
  show();
  const group = byId('links', HTMLFieldSetElement);
  group.disabled = false;
  group.addEventListener('change', async () => {
    const wanted = { links: direct.checked ? 'direct' : 'sent', pastGateway: gateway.checked };
    const done = isDone(await ask({ kind: 'set', choice: wanted }));
    if (done) {
      ({ links, pastGateway } = wanted);
    }
    show();
    say(t(done ? 'options_links_saved' : 'not_saved'), 'links-outcome');
  });
  return true;
}

/** @returns {Promise<boolean>} whether the background answered */
async function startAllowed() {
  const answer = await ask({ kind: 'allowed-list' });
  if (!isRecord(answer) || !Array.isArray(answer.addresses)) {
    return false;
  }
  /** @type {string[]} */
  const addresses = answer.addresses;
  const byAlphabet = [...addresses].sort((a, b) => a.localeCompare(b));
  const list = byId('allowed', HTMLUListElement);
  list.replaceChildren(...byAlphabet.map((address) => allowedLine(address)));
  list.hidden = addresses.length === 0;
  byId('allowed-none', HTMLElement).hidden = addresses.length > 0;
  return true;
}

/**
 * @param {string} address
 * @returns {HTMLLIElement}
 */
function allowedLine(address) {
  const line = make('li', {});
  showAllowed(line, address);
  return line;
}

/**
 * @param {HTMLLIElement} line
 * @param {string} address
 * @returns {HTMLButtonElement}
 */
function showAllowed(line, address) {
  const label = t('options_remove_address', address);
  const remove = make('button', { type: 'button', class: 'quiet', 'aria-label': label }, t('options_remove'));
  remove.addEventListener('click', async () => {
    if (isDone(await ask({ kind: 'allow', address, allowed: false }))) {
      showRemoved(line, address).focus();
      announce(t('options_removed', address));
    } else {
      announceFailure(line);
    }
  });
  line.classList.remove('is-removed');
  line.replaceChildren(make('bdi', {}, address), remove);
  return remove;
}

/**
 * The line stays in its place so that a slip of the hand can be undone.
 * @param {HTMLLIElement} line
 * @param {string} address
 * @returns {HTMLButtonElement}
 */
function showRemoved(line, address) {
  const undo = make('button', { type: 'button', class: 'quiet' }, t('options_undo'));
  undo.addEventListener('click', async () => {
    if (isDone(await ask({ kind: 'allow', address, allowed: true }))) {
      showAllowed(line, address).focus();
      announce(t('options_restored', address));
    } else {
      announceFailure(line);
    }
  });
  line.classList.add('is-removed');
  line.replaceChildren(make('span', {}, t('options_removed', address)), undo);
  return undo;
}

/**
 * @param {HTMLLIElement} line
 * @returns {void}
 */
function announceFailure(line) {
  line.querySelector('.failure')?.remove();
  line.append(make('p', { class: 'failure' }, t('not_saved')));
  announce(t('not_saved'));
}

/** @returns {Promise<void>} */
async function startAbout() {
  const { version, homepage_url: homepage } = api.runtime.getManifest();
  byId('version', HTMLElement).textContent = t('about_version', version);
  if (homepage) {
    showLink('source', homepage);
  }
  // Our own file, inside the package; a build from source may lack it.
  const licence = api.runtime.getURL(LICENCE_PATH);
  const found = await fetch(licence).then(({ ok }) => ok, () => false);
  if (found) {
    showLink('licence', licence);
  }
}

/**
 * @param {string} id
 * @param {string} address
 * @returns {void}
 */
function showLink(id, address) {
  const link = byId(id, HTMLAnchorElement);
  link.href = address;
  link.hidden = false;
}

async function start() {
  localise();
  document.title = `Briefgeheim: ${t('options_title')}`;
  void startAbout();
  void startAhead();
  const answered = await Promise.all([startStrictness(), startAllowed(), startAdded(), startLinks()]);
  const failed = answered.includes(false);
  byId('unreachable', HTMLElement).hidden = !failed;
  byId('allowed-section', HTMLElement).hidden = answered[1] === false;
  byId('added-section', HTMLElement).hidden = answered[2] === false;
  if (failed) {
    announce(t('options_unreachable'));
  }
}

void start();
