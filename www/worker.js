/**
 * Reads files away from the page, so that a large one never makes it stutter. `{id, file, skip}` gives an answer a message,
 * `{id, name, read, report}` or `{id, name, read, failed: CODE}`, and `{id, isDone: true}` at the end. `read` is how much of the
 * file has been read, from 0 to 1. Of a mailbox, the first `skip` messages are passed over.
 */

import init, { Mailbox, audit } from './wasm/briefgeheim.js';

/** @typedef {import('./wasm/briefgeheim.js').Report} Report */
/** @typedef {{id: number, file: File, skip: number}} Request */
/** @typedef {{name: string, report?: Report, failed?: string}} Outcome */
/** @typedef {{id: number, isDone: true} | ({id: number, read: number, isDone?: false} & Outcome)} Answer */

/** The largest single message that is read. Large mail providers take 25 to 50 MB. */
const LARGEST_BYTES = 100e6;

// What arrives while the engine loads waits in this promise.
const started = init();

/** @param {Answer} answer */
const send = (answer) => self.postMessage(answer);

/** @param {Uint8Array} bytes @param {string} name @returns {Outcome} */
function audited(bytes, name) {
  try {
    return { name, report: audit(bytes, name) };
  } catch (error) {
    const code = error instanceof Error && error.name === 'NotMail' && 'code' in error ? String(error.code) : 'engine';
    if (code === 'engine') console.error(error);
    return { name, failed: code };
  }
}

/** @param {File} file @param {number} skip @returns {Generator<Outcome & {read: number}>} */
function* outcomes(file, skip) {
  const reader = new FileReaderSync();
  let at = 0;
  const slice = (/** @type {number} */ from, /** @type {number} */ to) => {
    at = Math.min(to, file.size);
    return new Uint8Array(reader.readAsArrayBuffer(file.slice(from, to)));
  };
  // A message taken out of a mailbox may start like one, but is called .eml.
  const isMailbox = new TextDecoder().decode(slice(0, 5)) === 'From ' && !file.name.toLowerCase().endsWith('.eml');
  if (!isMailbox) {
    yield { read: 1, ...(file.size > LARGEST_BYTES ? { name: file.name, failed: 'too-large' } : audited(slice(0, file.size), file.name)) };
    return;
  }
  const mailbox = new Mailbox(slice);
  for (let number = 1; ; number++) {
    const message = mailbox.nextMessage();
    if (!message) return;
    if (number > skip) yield { read: at / file.size, ...audited(message, `${file.name} ${number}`) };
  }
}

self.addEventListener('message', async (event) => {
  /** @type {Request} */
  const { id, file, skip } = event.data;
  try {
    await started;
  } catch (error) {
    console.error(error);
    send({ id, read: 0, name: file.name, failed: 'start' });
    send({ id, isDone: true });
    return;
  }
  try {
    for (const outcome of outcomes(file, skip)) {
      send({ id, ...outcome });
      // After a trap the engine's memory cannot be trusted: the page starts a fresh worker, which goes on from here.
      if (outcome.failed === 'engine') return;
    }
  } catch (error) {
    console.error(error);
    send({ id, read: 0, name: file.name, failed: 'unreadable' });
  }
  send({ id, isDone: true });
});
