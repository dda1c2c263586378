// Servers that tests start, and their scratch folder, are gone when they are closed, and also when the test run is killed.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Keeper } from '../browser/lib/keeper.mjs';

const BOUND_MS = 15_000;
/** Starts two programs: one that leaves when asked, and one with a child, which both do not hear. */
const SCRIPT = `
  import { Keeper } from '${new URL('../browser/lib/keeper.mjs', import.meta.url)}';
  const keeper = await Keeper.open('keeper');
  keeper.start('quiet', '/bin/sh', ['-c', 'echo $$ >quiet.pid; exec sleep 600'], {});
  keeper.start('deaf', '/bin/sh', ['-c', "trap '' TERM; sleep 600 & echo $! >deaf.pid; wait"], { signal: 'SIGKILL' });
  console.log(keeper.folder);
  setInterval(() => {}, 1000);`;

/** @param {() => unknown} condition @param {string} what */
async function until(condition, what) {
  for (const end = Date.now() + BOUND_MS; !(await condition()); await new Promise((done) => setTimeout(done, 20))) if (Date.now() > end) throw new Error(what);
}

/** @param {number} pid */
function runs(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The numbers of both programs, once they run. @param {string} folder */
async function pids(folder) {
  const read = (/** @type {string} */ name) => readFile(join(folder, `${name}.pid`), 'utf8').then(Number, () => 0);
  await until(async () => (await read('quiet')) && (await read('deaf')), 'the programs did not start');
  return [await read('quiet'), await read('deaf')];
}

test('closed, everything is gone', async () => {
  const keeper = await Keeper.open('keeper');
  keeper.start('quiet', '/bin/sh', ['-c', 'echo $$ >quiet.pid; exec sleep 600']);
  keeper.start('deaf', '/bin/sh', ['-c', "trap '' TERM; sleep 600 & echo $! >deaf.pid; wait"], { signal: 'SIGKILL' });
  const all = await pids(keeper.folder);
  assert.deepEqual(all.map(runs), [true, true]);
  await keeper.close();
  assert.deepEqual([...all.map(runs), existsSync(keeper.folder)], [false, false, false]);
});

for (const signal of /** @type {const} */ (['SIGKILL', 'SIGTERM'])) {
  test(`a run that is ended by ${signal} leaves nothing behind`, async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(child.stdout, 'data');
    const folder = String(line).trim();
    const all = await pids(folder);
    assert.deepEqual(all.map(runs), [true, true]);
    child.kill(signal);
    await once(child, 'exit');
    await until(() => !all.some(runs) && !existsSync(folder), 'something was left behind');
  });
}

test('a program that does not answer says why', async () => {
  const keeper = await Keeper.open('keeper');
  try {
    keeper.start('mute', '/bin/sh', ['-c', 'echo "no such table" >&2']);
    await until(() => readFile(keeper.at('mute.out'), 'utf8').catch(() => ''), 'the program said nothing');
    await assert.rejects(keeper.answers('mute', 1, 0), /no such table/u);
  } finally {
    await keeper.close();
  }
});
