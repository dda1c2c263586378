// The first thing that anybody tries: `./build.sh run` shows the extension at work on letters of our own, and says what it saw.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { ROOT, dist } from './lib/dist.mjs';

const BOUND_MS = 120_000;
const RUN = join(ROOT, 'tools/run/run.mjs');
/** @type {[browser: 'chromium' | 'firefox', shape: string][]} */
const KINDS = [['chromium', 'gmail'], ['firefox', 'outlook']];

describe('the demonstration', () => {
  for (const [browser, shape] of KINDS) {
    it(`opens every letter in ${browser}, blocks what tracks and shows the rest`, async () => {
      const out = await mkdtemp(join(tmpdir(), 'bg-run-'));
      try {
        const words = [RUN, '--json', '--browser', browser, '--shape', shape, '--out', out, '--dist', dirname(dist(browser))];
        const { stdout } = await promisify(execFile)(process.execPath, words, { timeout: BOUND_MS });
        /** @type {import('../../tools/run/check.mjs').Result[]} */
        const results = stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
        assert.ok(results.length > 5);
        assert.deepEqual(results.filter((one) => one.leaked.length || one.missing.length || one.unreported.length || one.twice.length || one.links !== one.expectedLinks), []);
        assert.ok(results.some((one) => one.blocked.length > 0) && results.some((one) => one.shown.length > 0) && results.some((one) => one.links > 0));
        assert.ok(results.every((one) => one.labels && one.labels.reached.length === 0 && one.labels.missingClean.length === 0));
        assert.deepEqual((await readdir(out)).sort(), [`${browser}-${shape}-popup.png`, `${browser}-${shape}.png`]);
      } finally {
        await rm(out, { recursive: true, force: true });
      }
    });
  }
});
