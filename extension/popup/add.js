/** The part of the popup that adds and removes a webmail of the reader's own. */

import { t } from '../shared/platform.js';
import { make } from '../shared/page.js';

/**
 * On a page that is no webmail we know.
 * @param {import('./report.js').Addable} webmail
 * @param {(host: string, origins: string[]) => void} add
 * @returns {HTMLElement}
 */
export function addSection({ host, origins }, add) {
  const others = origins.filter((one) => one !== host);
  const button = make('button', { type: 'button', class: 'main-action', 'data-key': 'add', 'aria-describedby': 'add-text' }, t('add_button'));
  button.addEventListener('click', () => add(host, origins));
  return make('section', { class: 'add' },
    make('h2', {}, t('add_title')),
    make('p', { class: 'cost', id: 'add-text' }, t(others.length > 0 ? 'add_text_more' : 'add_text', host)),
    ...(others.length > 0 ? [hostList(others)] : []),
    make('div', { class: 'actions' }, button, make('p', { class: 'cost', id: 'add-outcome' })));
}

/**
 * On a webmail that the reader added.
 * @param {import('./report.js').Added} webmail
 * @param {(host: string, origins: string[]) => void} remove
 * @returns {HTMLElement}
 */
export function removeSection({ host, origins }, remove) {
  const button = make('button', { type: 'button', class: 'quiet', 'data-key': 'remove' }, t('added_remove', host));
  button.addEventListener('click', () => remove(host, origins));
  return make('div', { class: 'actions' }, button, make('p', { class: 'cost', id: 'add-outcome' }));
}

/**
 * On a webmail that the reader added, of which the browser did not grant a part.
 * @param {import('./report.js').Added} webmail
 * @param {(host: string, origins: string[]) => void} add
 * @returns {HTMLElement}
 */
export function missingSection({ host, missing }, add) {
  const button = make('button', { type: 'button', class: 'main-action', 'data-key': 'add-missing', 'aria-describedby': 'missing-text' }, t('missing_button'));
  button.addEventListener('click', () => add(host, missing));
  return make('section', { class: 'notice add' },
    make('p', { class: 'notice-title' }, t('missing_title')),
    make('p', { class: 'cost', id: 'missing-text' }, t('missing_text')),
    hostList(missing),
    make('div', { class: 'actions' }, button));
}

/**
 * @param {string[]} hosts
 * @returns {HTMLElement}
 */
const hostList = (hosts) => make('ul', { class: 'hosts' }, ...hosts.map((host) => make('li', {}, make('bdi', {}, host))));

/**
 * Says beside the button how it went.
 * @param {string} sentence
 * @returns {void}
 */
export function explainAdd(sentence) {
  const outcome = document.getElementById('add-outcome');
  if (outcome) {
    outcome.textContent = sentence;
  }
}
