/** What popup and options share: asking the background, and putting text in four languages on a page. */

import { api, t } from './platform.js';

/** A background that is silent for this long counts as gone. Waking it takes about 40 ms. */
const ANSWER_TIMEOUT_MS = 4000;

/** The language of the texts, which is not always that of the browser. */
export const language = () => t('language_code') || 'en';

/**
 * Asks the background. Never rejects: a background that is gone, silent or broken gives `undefined`.
 * @param {{kind: string, [field: string]: unknown}} request
 * @returns {Promise<unknown>}
 */
export async function ask(request) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const silence = new Promise((resolve) => {
    timer = setTimeout(resolve, ANSWER_TIMEOUT_MS, undefined);
  });
  try {
    return await Promise.race([api.runtime.sendMessage(request), silence]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Whether the background did what it was asked.
 * @param {unknown} answer
 * @returns {boolean}
 */
export function isDone(answer) {
  return isRecord(answer) && answer.ok === true;
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export function isRecord(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The text for a number: `key_one` or `key_other`, with the number as first substitution.
 * @param {string} key
 * @param {number} count
 * @param {...(string | number)} more
 * @returns {string}
 */
export function plural(key, count, ...more) {
  const form = new Intl.PluralRules(language()).select(count) === 'one' ? 'one' : 'other';
  return t(`${key}_${form}`, new Intl.NumberFormat(language()).format(count), ...more);
}

/**
 * "A, B and 2 others".
 * @param {string[]} names
 * @returns {string}
 */
export function listNames(names) {
  const shown = names.length > 3 ? [...names.slice(0, 2), plural('names_more', names.length - 2)] : names;
  return new Intl.ListFormat(language(), { type: 'conjunction' }).format(shown);
}

/**
 * Fills every element that names its text in `data-t`.
 * @returns {void}
 */
export function localise() {
  document.documentElement.lang = language();
  for (const element of document.querySelectorAll('[data-t]')) {
    element.textContent = t(element.getAttribute('data-t') ?? '');
  }
}

/**
 * A new element. Children that are strings become text, never markup.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/**
 * The element of our own page with this id; its absence is our own mistake.
 * @template {HTMLElement} Type
 * @param {string} id
 * @param {new () => Type} type
 * @returns {Type}
 */
export function byId(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) {
    throw new TypeError(`no ${type.name} #${id} on this page`);
  }
  return element;
}

/**
 * Has screen readers say a sentence, also the same one twice.
 * @param {string} sentence
 * @returns {void}
 */
export function announce(sentence) {
  const live = byId('live', HTMLElement);
  live.textContent = '';
  requestAnimationFrame(() => {
    live.textContent = sentence;
  });
}
