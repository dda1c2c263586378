/** The part of the popup that adds and removes a webmail of the reader's own. */

import { t } from '../shared/platform.js';
import { make } from '../shared/page.js';

/**
 * On a page that is no webmail we know.
 * @param {string} host
 * @param {(host: string) => void} add
 * @returns {HTMLElement}
 */
export function addSection(host, add) {
  const button = make('button', { type: 'button', class: 'main-action', 'data-key': 'add', 'aria-describedby': 'add-text' }, t('add_button'));
  button.addEventListener('click', () => add(host));
  return make('section', { class: 'add' },
    make('h2', {}, t('add_title')),
    make('p', { class: 'cost', id: 'add-text' }, t('add_text', host)),
    make('div', { class: 'actions' }, button, make('p', { class: 'cost', id: 'add-outcome' })));
}

/**
 * On a webmail that the reader added.
 * @param {string} host
 * @param {(host: string) => void} remove
 * @returns {HTMLElement}
 */
export function removeSection(host, remove) {
  const button = make('button', { type: 'button', class: 'quiet', 'data-key': 'remove' }, t('added_remove', host));
  button.addEventListener('click', () => remove(host));
  return make('div', { class: 'actions' }, button, make('p', { class: 'cost', id: 'add-outcome' }));
}

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
