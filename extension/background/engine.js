// The engine: loaded when the first question comes, and afresh after it broke.

import init, { judge } from '../engine/briefgeheim.js';

/** @type {Promise<unknown> | null} */
let loading = null;

/**
 * Loads the engine. Called as soon as a question is expected, since loading takes longer than everything else.
 * @returns {Promise<unknown>}
 */
export function load() {
  loading ??= init().catch((error) => {
    // Perhaps the next try finds it: an update may be under way.
    loading = null;
    throw error;
  });
  return loading;
}

/**
 * Judges messages.
 * @param {{messages: {message: object, allowed: boolean}[], setting: object}} request
 * @returns {Promise<object[][]>} One list of verdicts a message.
 * @throws {Error} When the engine cannot be loaded or refuses the request.
 */
export async function ask(request) {
  await load();
  return judge(request);
}
