/** The switch in the settings that keeps the browser from connecting ahead. */

import * as ahead from '../shared/ahead.js';
import { api, t } from '../shared/platform.js';
import { announce, byId } from '../shared/page.js';

/** @returns {Promise<void>} */
export async function startAhead() {
  const box = byId('ahead', HTMLInputElement);
  const outcome = byId('ahead-outcome', HTMLElement);
  /** @param {string} sentence */
  const say = (sentence) => {
    outcome.textContent = sentence;
    if (sentence) announce(sentence);
  };
  /** @param {ahead.State} state */
  const show = (state) => {
    box.checked = state !== 'off';
  };
  show(await ahead.state());
  box.disabled = false;
  box.addEventListener('change', async () => {
    // Asked for at once: a browser takes the question only as part of the press.
    const isDone = await (box.checked ? ahead.request() : ahead.giveBack()).catch(() => false);
    const state = await ahead.follow();
    show(state);
    say(t(!isDone ? 'options_ahead_failed' : state === 'foreign' ? 'options_ahead_foreign' : 'options_links_saved'));
  });
  // Granted or taken back in the browser's own settings.
  const look = async () => show(await ahead.state());
  api.permissions.onAdded.addListener(look);
  api.permissions.onRemoved.addListener(look);
}
