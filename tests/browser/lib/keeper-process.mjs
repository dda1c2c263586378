// The process behind `Keeper`: starts what it is told to, one JSON object a line, and ends all of it when nobody tells it
// anything any more. `node keeper-process.mjs FOLDER`.
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** How long a program may take to end by itself. */
const PATIENCE_MS = 5000;
const LOOK_MS = 20;

const folder = String(process.argv[2]);
/** Each program leads a group of its own, which bears its number. @type {{group: number, signal: NodeJS.Signals}[]} */
const programs = [];

/** @param {{name: string, command: string, parameters: string[], env: Record<string, string>, signal: NodeJS.Signals, uid?: number, gid?: number}} order */
function start({ name, command, parameters, env, signal, uid, gid }) {
  const log = openSync(join(folder, `${name}.out`), 'a');
  const child = spawn(command, parameters, { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', log, log], detached: true, ...(uid === undefined ? {} : { uid, gid }) });
  // A program that cannot be started is seen by whoever waits for its port.
  child.on('error', (error) => console.error(`${command}: ${error.message}`));
  if (child.pid) programs.push({ group: child.pid, signal });
}

/** @param {number} group @param {NodeJS.Signals | 0} signal */
function reach(group, signal) {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}

/** @param {number} group @param {NodeJS.Signals} signal */
async function end(group, signal) {
  reach(group, signal);
  for (const until = Date.now() + PATIENCE_MS; reach(group, 0); await new Promise((done) => setTimeout(done, LOOK_MS))) {
    if (Date.now() > until) reach(group, 'SIGKILL');
  }
}

let isEnding = false;
async function endAll() {
  if (isEnding) return;
  isEnding = true;
  // What was started last leans on what was started first.
  for (const { group, signal } of programs.reverse()) await end(group, signal);
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  process.exit();
}

createInterface({ input: process.stdin }).on('line', (line) => start(JSON.parse(line))).on('close', endAll);
for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT', 'SIGHUP'])) process.on(signal, endAll);
