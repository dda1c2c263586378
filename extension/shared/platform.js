/** Everything that differs between browsers, for our scripts. */

/** @type {typeof chrome} */
export const api = /** @type {{browser?: typeof chrome}} */ (globalThis).browser ?? globalThis.chrome;

/**
 * The text for a key in the reader's language.
 * @param {string} key
 * @param {...(string | number)} substitutions
 * @returns {string}
 */
export function t(key, ...substitutions) {
  return api.i18n.getMessage(key, substitutions.map(String));
}
