// Loads a bound module and asks it one question: `node tools/try-engine.mjs FOLDER`. Fails when the answer is wrong.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve(process.argv[2]);
// Node would take a .js file without a package.json beside it for CommonJS, and .cache belongs to nobody.
const glue = readFileSync(join(folder, 'briefgeheim.js'), 'utf8');
const { initSync, judge } = await import(`data:text/javascript;base64,${Buffer.from(glue).toString('base64')}`);

initSync({ module: readFileSync(join(folder, 'briefgeheim_bg.wasm')) });
const pixel = { id: 7, vector: 'img', text: 'https://mail.example.org/seen/4711.gif', width: '1', height: '1' };
const answer = judge({ messages: [{ message: { facts: [pixel] }, allowed: false }], setting: {} });
assert.equal(answer.length, 1, 'one list a message');
const { fact, kind, act } = answer[0][0];
assert.deepEqual({ fact, kind, act }, { fact: 7, kind: 'open', act: 'hold' }, 'an invisible picture is held');
assert.throws(() => judge({ messages: 'none' }), Error, 'a wrong request is refused');
