/** The words of the page, in the reader's language. `{name}` stands for what the page fills in. */

import de from './texts/de.js';
import en from './texts/en.js';
import fr from './texts/fr.js';
import nl from './texts/nl.js';

/** Every language, by its code. @type {Record<string, Record<string, string>>} */
export const LANGUAGES = { nl, en, de, fr };

/** The first of the reader's languages that we speak. @param {readonly string[]} wanted @returns {string} */
export const spoken = (wanted) => wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find((code) => Object.hasOwn(LANGUAGES, code)) ?? 'en';

let language = spoken(navigator.languages);

/** The code of the language that the page speaks now. @returns {string} */
export const current = () => language;

/** @param {string} code one of `LANGUAGES` */
export function speak(code) {
  language = code;
}

/** @param {string} key @returns {string} */
const raw = (key) => LANGUAGES[language]?.[key] ?? '';

/**
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function text(key, values = {}) {
  const numbers = new Intl.NumberFormat(language);
  return raw(key).replace(/\{(\w+)\}/gu, (_, name) => {
    const value = values[name] ?? '';
    return typeof value === 'number' ? numbers.format(value) : value;
  });
}

/**
 * The text for a number: `key_one` or `key_other`.
 * @param {string} key
 * @param {number} count
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function plural(key, count, values = {}) {
  const form = new Intl.PluralRules(language).select(count);
  return text(`${key}_${form === 'one' ? 'one' : 'other'}`, { count, ...values });
}

/** "A, B and C". @param {string[]} names @returns {string} */
export const listed = (names) => new Intl.ListFormat(language, { type: 'conjunction' }).format(names);

/** @param {string} time in ISO form @returns {string | undefined} */
export function date(time) {
  const parsed = Date.parse(time);
  return Number.isNaN(parsed) ? undefined : new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(parsed);
}

/**
 * @param {string} key
 * @returns {boolean}
 */
export const hasText = (key) => Object.hasOwn(en, key);
