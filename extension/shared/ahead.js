/**
 * Whether the browser connects ahead to hosts that nobody has chosen to visit yet: those a message names in `preconnect`, and that
 * of a link while it is pressed. The browser's own setting decides. What the reader granted is the choice: there is no copy of it.
 */

import { api } from './platform.js';

/** @type {chrome.permissions.Permissions} */
const PERMISSION = { permissions: ['privacy'] };

/** Of the API only as long as the permission is there, so asked for anew each time. */
const setting = () => api.privacy.network.networkPredictionEnabled;

/**
 * `on`: the browser no longer connects ahead. `foreign`: we may say so, but another extension or an employer decides, and it does.
 * @typedef {'off' | 'on' | 'foreign'} State
 */

/** @returns {Promise<State>} */
export async function state() {
  if (!(await api.permissions.contains(PERMISSION))) return 'off';
  return (await setting().get({})).value === false ? 'on' : 'foreign';
}

/**
 * Does what the permission is for, if it is there.
 * @returns {Promise<State>}
 */
export async function follow() {
  if (await api.permissions.contains(PERMISSION)) await setting().set({ value: false }).catch(() => {});
  return state();
}

/** Asks the reader, so only at a press of theirs. @returns {Promise<boolean>} */
export const request = () => api.permissions.request(PERMISSION);

/** Gives back the setting first: without the permission nobody could. @returns {Promise<boolean>} whether all is as it was */
export async function giveBack() {
  if (!(await api.permissions.contains(PERMISSION))) return true;
  await setting().clear({});
  return api.permissions.remove(PERMISSION);
}
