// Two walkers, one truth: the content script's, over the DOM that each browser makes of a message, and the audit's, over its
// text, see the same addresses, and the engine says the same of them. What may differ stands in `parity/page.mjs`.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { launch } from './lib/browser.mjs';
import { ROOT } from './lib/dist.mjs';
import { html, openWeb } from './lib/net.mjs';
import { CASES } from './parity/cases.mjs';
import { byDom, byString } from './parity/engine.mjs';
import { generate } from './parity/generate.mjs';
import { DIFFERENCES, walkAll } from './parity/page.mjs';

/** Host of no message: a link to the page's own host is none. */
const PAGE = 'https://parity.invalid/';
/** The content script's walker with what it needs. */
const SCRIPTS = ['namespace.js', 'page.js', 'adapters/generic.js', 'walk.js'].map((name) => readFileSync(join(ROOT, 'extension/content', name), 'utf8'));
const GENERATED = 400;
/** Messages walked in one call. */
const BATCH = 50;
/** Failures told at most. */
const SHOWN = Number(process.env.SHOWN ?? 8);
/** Other people's mail, beside the repository and never in it. */
const CORPUS = join(ROOT, '../shared/corpus/messages');

/** @typedef {import('./parity/cases.mjs').Case} Case */

/** The HTML parts of saved mail, as the audit reads them. @param {string} folder @returns {Case[]} */
function partsOf(folder) {
  const printed = execFileSync('cargo', ['run', '--quiet', '--example', 'parts', '--', folder], { cwd: ROOT, maxBuffer: 1 << 30, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return printed.trim().split('\n').map((line) => JSON.parse(line));
}

for (const browser of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(`${browser}: both walkers`, () => {
    /** @type {import('./lib/net.mjs').Web} */ let web;
    /** @type {import('./lib/browser.mjs').Browser} */ let reader;
    /** @type {import('puppeteer-core').Page} */ let page;
    before(async () => {
      // Nothing is fetched; styles count, as they say what is hidden.
      web = await openWeb(() => html('<!doctype html><title>Parity</title><body>', { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'" }));
      reader = await launch({ browser, web });
      page = await reader.open(PAGE);
      await page.evaluate(`${SCRIPTS.join('\n')}\nbriefgeheim.mark = { isOurs: () => false };\nbriefgeheim.links = { isSwapped: () => false };`);
    });
    after(async () => {
      await reader?.close();
      await web?.close();
    });

    /** Fails with the first differences. @param {Case[]} cases */
    const compare = async (cases) => {
      /** @type {string[]} */
      const told = [];
      for (let at = 0; at < cases.length; at += BATCH) {
        const batch = cases.slice(at, at + BATCH);
        const seen = await page.evaluate(walkAll, batch.map(({ html }) => html), DIFFERENCES);
        for (const [index, { name, html, onlyInText = [] }] of batch.entries()) {
          const dom = byDom(/** @type {import('./parity/page.mjs').Seen} */ (seen[index]));
          const text = byString(html);
          const missing = onlyInText.filter((start) => !text.some((line) => line.startsWith(start)) || dom.some((line) => line.startsWith(start)));
          const wrong = [
            ...missing.map((start) => `no longer only in the text, take it off the list: ${start}`),
            ...dom.filter((line) => !text.includes(line)).map((line) => `only in the DOM: ${line}`),
            ...text.filter((line) => !dom.includes(line) && !onlyInText.some((start) => line.startsWith(start))).map((line) => `only in the text: ${line}`),
          ];
          if (wrong.length) told.push([name, ...wrong.slice(0, 12), ...(name.startsWith('corpus ') ? [] : [html])].join('\n  '));
        }
      }
      assert.ok(told.length === 0, `${told.length} of ${cases.length} messages are seen differently:\n${told.slice(0, SHOWN).join('\n')}`);
    };

    test(`${CASES.length} shapes written by hand`, async () => {
      // A walker that sees nothing agrees with everybody.
      assert.deepEqual(CASES.filter(({ html, isEmpty }) => !isEmpty && byString(html).length === 0).map(({ name }) => name), []);
      await compare(CASES);
    });

    test(`${GENERATED} generated messages`, async () => {
      const cases = Array.from({ length: GENERATED }, (_, seed) => ({ name: `seed ${seed}`, html: generate(seed) }));
      assert.ok(cases.reduce((sum, { html }) => sum + byString(html).length, 0) > 5 * GENERATED);
      await compare(cases);
    });

    test('messages that people got', { skip: !existsSync(CORPUS) && 'the corpus is not here' }, async () => {
      await compare(partsOf(CORPUS));
    });
  });
}
