/**
 * Reads messages away from the page, so that a large one never makes it stutter. One message in, one answer out:
 * `{id, name, bytes}` gives `{id, report}` or `{id, failed: CODE}`.
 */

import init, { audit } from './wasm/briefgeheim.js';

/** @typedef {import('./wasm/briefgeheim.js').Report} Report */
/** @typedef {{id: number, name: string, bytes: ArrayBuffer}} Request */
/** @typedef {{id: number, report: Report} | {id: number, failed: string}} Answer */

// What arrives while the engine loads waits in this promise.
const started = init();

/** @param {Answer} answer */
const send = (answer) => self.postMessage(answer);

self.addEventListener('message', async (event) => {
  /** @type {Request} */
  const { id, name, bytes } = event.data;
  try {
    await started;
  } catch (error) {
    console.error(error);
    send({ id, failed: 'start' });
    return;
  }
  try {
    send({ id, report: audit(new Uint8Array(bytes), name) });
  } catch (error) {
    const code = error instanceof Error && error.name === 'NotMail' && 'code' in error ? String(error.code) : 'engine';
    if (code === 'engine') console.error(error);
    // After a trap the engine's memory cannot be trusted: the page starts a fresh worker.
    send({ id, failed: code });
  }
});
