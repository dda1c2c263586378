/** The switch in the settings that keeps the browser from connecting ahead. */

import * as ahead from '../shared/ahead.js';
import { api, t } from '../shared/platform.js';
import { announce, byId } from '../shared/page.js';

/** @returns {Promise<void>} */
export async function startAhead() {
  const box = byId('ahead', HTMLInputElement);
  const show = async () => {
    box.checked = (await ahead.state()) === 'on';
  };
  await show();
  box.disabled = false;
  box.addEventListener('change', async () => {
    // Asked for at once: a browser takes the question only as part of the press.
    const isDone = await (box.checked ? ahead.request() : ahead.giveBack()).catch(() => false);
    const isForeign = (await ahead.follow()) === 'foreign';
    // A permission that does nothing is not kept.
    if (isForeign) await ahead.giveBack();
    await show();
    const sentence = t(isForeign ? 'options_ahead_foreign' : isDone ? 'options_links_saved' : 'options_ahead_failed');
    byId('ahead-outcome', HTMLElement).textContent = sentence;
    announce(sentence);
  });
  // Granted or taken back in the browser's own settings. The background does then what it is for, but nobody says when it is done.
  api.permissions.onAdded.addListener(() => ahead.follow().then(show));
  api.permissions.onRemoved.addListener(show);
}
