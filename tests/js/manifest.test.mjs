/** What the built manifests may reach: the webmails we name, and others only when the reader asks. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const ROOT = new URL('../../', import.meta.url);
const read = (/** @type {string} */ path) => readFileSync(new URL(path, ROOT), 'utf8');

/** The pages of `rules/webmails.toml`, read without the code that made the manifests. */
const pages = [...read('rules/webmails.toml').matchAll(/^(?:pages|around) = \[([^\]]*)\]/gmu)].flatMap(([, list]) => [...(list ?? '').matchAll(/"([^"]+)"/gu)].map(([, host]) => String(host)));

for (const target of ['chrome', 'firefox']) {
  test(`${target}: the named webmails, and others only when asked for`, () => {
    assert.ok(pages.length >= 7, 'the expression above still finds the pages');
    const manifest = JSON.parse(read(`dist/${target}/manifest.json`));
    const expected = pages.map((host) => `https://${host}/*`).sort();
    assert.deepEqual(manifest.host_permissions, expected);
    assert.deepEqual(manifest.content_scripts.map((/** @type {{matches: string[]}} */ { matches }) => matches), [expected]);
    assert.deepEqual(manifest.optional_host_permissions, ['https://*/*']);
    assert.deepEqual(manifest.permissions, ['activeTab', 'declarativeNetRequest', 'scripting', 'storage']);
    assert.deepEqual(manifest.optional_permissions, ['privacy']);
    assert.deepEqual([manifest.externally_connectable, manifest.web_accessible_resources], [undefined, undefined]);
  });
}
