/** The part of the settings page that lists the webmails which the reader added. */

import { api, t } from '../shared/platform.js';
import { announce, ask, byId, isDone, isRecord, make } from '../shared/page.js';

/** @typedef {{host: string, origins: string[]}} Webmail  `origins` are all hosts that go with it */

/**
 * Draws the list.
 * @returns {Promise<boolean>} whether the background answered
 */
export async function startAdded() {
  const answer = await ask({ kind: 'added-list' });
  if (!isRecord(answer) || !Array.isArray(answer.webmails)) {
    return false;
  }
  /** @type {Webmail[]} */
  const webmails = answer.webmails;
  const list = byId('added', HTMLUListElement);
  list.replaceChildren(...webmails.map(line));
  list.hidden = webmails.length === 0;
  byId('added-none', HTMLElement).hidden = webmails.length > 0;
  return true;
}

/**
 * @param {Webmail} webmail
 * @returns {HTMLLIElement}
 */
function line({ host, origins }) {
  const remove = make('button', { type: 'button', class: 'quiet', 'aria-label': t('options_remove_address', host) }, t('options_remove'));
  const item = make('li', {}, make('bdi', {}, host), remove);
  remove.addEventListener('click', async () => {
    const isGone = await api.permissions.remove({ origins: origins.map((one) => `https://${one}/*`) }).catch(() => false);
    if (isGone && isDone(await ask({ kind: 'added-changed' }))) {
      const said = make('span', { tabindex: '-1' }, t('added_removed', host));
      item.classList.add('is-removed');
      item.replaceChildren(said);
      said.focus();
      announce(t('added_removed', host));
    } else {
      item.querySelector('.failure')?.remove();
      item.append(make('p', { class: 'failure' }, t('not_saved')));
      announce(t('not_saved'));
    }
  });
  return item;
}
