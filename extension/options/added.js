/** The part of the settings page that lists the webmails which the reader added. */

import { api, t } from '../shared/platform.js';
import { announce, ask, byId, isDone, isRecord, make } from '../shared/page.js';

/**
 * Draws the list.
 * @returns {Promise<boolean>} whether the background answered
 */
export async function startAdded() {
  const answer = await ask({ kind: 'added-list' });
  if (!isRecord(answer) || !Array.isArray(answer.hosts)) {
    return false;
  }
  /** @type {string[]} */
  const hosts = answer.hosts;
  const list = byId('added', HTMLUListElement);
  list.replaceChildren(...hosts.map((host) => line(host)));
  list.hidden = hosts.length === 0;
  byId('added-none', HTMLElement).hidden = hosts.length > 0;
  return true;
}

/**
 * @param {string} host
 * @returns {HTMLLIElement}
 */
function line(host) {
  const remove = make('button', { type: 'button', class: 'quiet', 'aria-label': t('options_remove_address', host) }, t('options_remove'));
  const item = make('li', {}, make('bdi', {}, host), remove);
  remove.addEventListener('click', async () => {
    const isGone = await api.permissions.remove({ origins: [`https://${host}/*`] }).catch(() => false);
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
