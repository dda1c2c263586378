// Messages of which the reader wants to see everything although nobody knows who sent them: for this browser session, by the
// webmail's own id or, without one, for one view of a page.

import { api } from '../shared/platform.js';

const KEY = 'shown';
/** Older ones are forgotten: nobody keeps more open. */
const MOST = 500;
const NAME = /^\S+ (?:id|view):.+$/su;

/** @type {Promise<string[]> | null} */
let known = null;
/** One change at a time. @type {Promise<unknown>} */
let queue = Promise.resolve();

/** @returns {Promise<string[]>} */
function names() {
  known ??= api.storage.session.get(KEY).then(
    ({ [KEY]: stored }) => (Array.isArray(stored) ? stored.filter((name) => typeof name === 'string' && NAME.test(name)) : []),
    (error) => {
      known = null;
      throw error;
    },
  );
  return known;
}

/** Ids are unique within one webmail. @param {string} page @param {string} key */
const nameOf = (page, key) => `${new URL(page).hostname} ${key}`;

/** Which of these messages are shown. @param {string} page @param {string[]} keys @returns {Promise<Set<string>>} */
export async function among(page, keys) {
  const all = await names();
  return new Set(all.length ? keys.filter((key) => all.includes(nameOf(page, key))) : []);
}

/** @param {string} page @param {string} key @param {boolean} isShown */
export function show(page, key, isShown) {
  const step = async () => {
    const name = nameOf(page, key);
    if (!NAME.test(name)) throw new RangeError('a message has an id or a view');
    const others = (await names()).filter((other) => other !== name);
    const next = (isShown ? [...others, name] : others).slice(-MOST);
    await api.storage.session.set({ [KEY]: next });
    known = Promise.resolve(next);
  };
  const turn = queue.then(step, step);
  queue = turn.catch(() => {});
  return turn;
}
