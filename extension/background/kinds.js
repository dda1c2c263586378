// Webmails of which we know what they need, for a reader who adds one.

import { OPTIONAL } from '../rules/session.js';

/** @typedef {(typeof OPTIONAL)[number] & {page: string}} Kind  `page`: the host that the reader's page is, or lies below */

/** @param {string} host @param {string} above */
const isBelow = (host, above) => host === above || host.endsWith(`.${above}`);

/** What kind of webmail a host belongs to, or null. @param {string} host @returns {Kind | null} */
export function kindOf(host) {
  for (const kind of OPTIONAL) {
    const page = kind.pages.find((name) => isBelow(host, name));
    if (page) return { ...kind, page };
  }
  return null;
}

/** The hosts of frames that it needs besides its page. @param {Kind} kind @returns {string[]} */
export const needsOf = ({ frames, page }) => frames.map((frame) => frame.replace('{page}', page));
