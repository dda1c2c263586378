/** The four languages say the same things, and everything they say is said somewhere. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { test } from 'node:test';

const EXTENSION = new URL('../../extension/', import.meta.url).pathname;
const LOCALES = readdirSync(join(EXTENSION, '_locales')).sort();
/** The Chrome Web Store's and addons.mozilla.org's limit for a description. */
const DESCRIPTION_MAX_CHARS = 132;
/** Keys put together from what the engine answers; the Rust side names the codes. */
const ENGINE_PREFIX = 'evidence_';

/** @typedef {{message: string, description?: string, placeholders?: Record<string, {content: string}>}} Text */

/**
 * @param {string} locale
 * @returns {Record<string, Text>}
 */
const read = (locale) => JSON.parse(readFileSync(join(EXTENSION, '_locales', locale, 'messages.json'), 'utf8'));

/** All our sources as one text, locales left out. */
const sources = readdirSync(EXTENSION, { recursive: true, encoding: 'utf8' })
  .filter((path) => ['.js', '.html', '.json'].includes(extname(path)) && !path.startsWith('_locales'))
  .map((path) => readFileSync(join(EXTENSION, path), 'utf8'))
  .join('\n');

/** @param {string} message */
const placeholdersIn = (message) =>
  [...new Set([...message.matchAll(/\$(\w+)\$/gu)].map(([, name]) => name.toLowerCase()))].sort();

test('there are the languages we promise', () => {
  assert.deepEqual(LOCALES, ['de', 'en', 'fr', 'nl']);
});

for (const locale of LOCALES) {
  test(`${locale} has every text, with the same placeholders at the same positions`, () => {
    const english = read('en');
    const texts = read(locale);
    assert.deepEqual(Object.keys(texts), Object.keys(english), 'the same keys in the same order');
    assert.equal(texts.language_code.message, locale);
    for (const [key, { message, placeholders = {} }] of Object.entries(texts)) {
      assert.ok(message.trim(), `${key} is empty`);
      assert.deepEqual(placeholdersIn(message), Object.keys(placeholders).sort(), `${key}: used and declared placeholders`);
      const positions = (/** @type {NonNullable<Text['placeholders']>} */ all) =>
        Object.fromEntries(Object.entries(all).map(([name, { content }]) => [name, content]));
      assert.deepEqual(positions(placeholders), positions(english[key].placeholders ?? {}), `${key}: same as in English`);
      assert.ok(!/<|&[a-z]+;|['"]|\.\.\./u.test(message), `${key}: no markup, and typographic quotes and dots: ${message}`);
    }
  });

  test(`${locale} keeps the description short enough for the stores`, () => {
    assert.ok([...read(locale).app_description.message].length <= DESCRIPTION_MAX_CHARS);
  });
}

test('French has its narrow spaces before double punctuation', () => {
  for (const [key, { message }] of Object.entries(read('fr'))) {
    assert.ok(!/[^\s\u00a0\u202f][?!;»]|[^\s\u00a0\u202f]:(?!\/)| [?!;:»]|« /u.test(message), `${key}: ${message}`);
  }
});

test('every reason that the engine may give has a text', () => {
  const [, variants = ''] = /pub enum Evidence \{([^}]*)\}/u.exec(readFileSync(new URL('../../src/verdict.rs', import.meta.url), 'utf8')) ?? [];
  const codes = [...variants.matchAll(/^ {4}(\w+),$/gmu)].map(([, name]) => name.replaceAll(/(?<!^)(?=[A-Z])/gu, '-').toLowerCase());
  assert.ok(codes.length >= 19 && codes.includes('known-redirector'), `the expressions above still find the reasons: ${codes.join()}`);
  const keys = Object.keys(read('en'));
  assert.deepEqual(codes.filter((code) => !keys.includes(`${ENGINE_PREFIX}${code.replaceAll('-', '_')}`)), []);
});

test('every text is used', () => {
  const unused = Object.keys(read('en')).filter((key) => {
    const stem = key.replace(/_(?:one|other)$/u, '');
    // A quote or a manifest's underscores on both sides: `held_one` must not count as used because of `held_one_more`.
    const isNamed = [key, stem].some((name) => new RegExp(`['"\`]${name}['"\`]|__MSG_${name}__`, 'u').test(sources));
    return !isNamed && !key.startsWith(ENGINE_PREFIX);
  });
  assert.deepEqual(unused, []);
});

test('every text that is asked for exists', () => {
  const keys = new Set(Object.keys(read('en')));
  const asked = [
    ...[/\bt\(\s*'(\w+)'/gu, /data-t="(\w+)"/gu, /__MSG_(\w+)__/gu]
      .flatMap((pattern) => [...sources.matchAll(pattern)])
      .map(([, key]) => key),
    ...[...sources.matchAll(/\bplural\(\s*'(\w+)'/gu)].flatMap(([, stem]) => [`${stem}_one`, `${stem}_other`]),
  ].filter((key) => !key.startsWith('@@'));
  assert.ok(asked.length > 20, 'the patterns above still find what they look for');
  assert.deepEqual([...new Set(asked)].filter((key) => !keys.has(key)), []);
});
