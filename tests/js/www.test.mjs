/** The audit page says the same in four languages, and has words for all that the engine gives as a reason. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import de from '../../www/texts/de.js';
import en from '../../www/texts/en.js';
import fr from '../../www/texts/fr.js';
import nl from '../../www/texts/nl.js';

/** Reasons of the extension's own: the reader's strictness, which the audit page does not have. */
const NOT_OF_AUDITS = ['evidence_strict-personal', 'evidence_sealed'];

/** @param {string | undefined} words */
const gaps = (words) => [...new Set((words ?? '').match(/\{\w+\}/gu) ?? [])].sort();

for (const [name, words] of Object.entries({ de, fr, nl })) {
  test(`${name}: every text, with the same gaps`, () => {
    assert.deepEqual(Object.keys(words), Object.keys(en));
    for (const [key, sentence] of Object.entries(en)) {
      assert.deepEqual(gaps(words[key]), gaps(sentence), key);
      assert.notEqual(words[key], '', key);
    }
  });
}

test('every reason that the engine knows has words', () => {
  const rust = readFileSync(new URL('../../src/verdict.rs', import.meta.url), 'utf8');
  const [, variants = ''] = /pub enum Evidence \{(.*?)\n\}/su.exec(rust) ?? [];
  const codes = [...variants.matchAll(/^ {4}([A-Z]\w+)/gmu)].map(([, name = '']) => `evidence_${name.replace(/(?<!^)[A-Z]/gu, '-$&').toLowerCase()}`);
  assert.ok(codes.length > 8, 'the list was found');
  assert.deepEqual(codes.filter((code) => !Object.hasOwn(en, code) && !NOT_OF_AUDITS.includes(code)), []);
});
