/** What a reader may copy for us when something is wrong. It holds no address, no subject, no host and nothing of a message. */

import { api, t } from '../shared/platform.js';
import { announce, ask, byId, isRecord } from '../shared/page.js';

/** @typedef {import('./report.js').Report} Report */
/** @typedef {Record<string, unknown> & {selectors: Record<string, number[]>}} Frame */

/** Answers of a frame, in the order to write them. */
const WORDS = ['isTop', 'isBodyFrame', 'isTold', 'isAnswered', 'view', 'messages', 'senders', 'ids', 'subjects', 'recipient', 'held', 'released', 'failed', 'waiting', 'passed'];
/** More frames than this say nothing new. */
const MOST_FRAMES = 12;

/**
 * Fills the text each time it is unfolded.
 * @param {number} tabId
 * @param {Report | null} report
 * @returns {Promise<void>}
 */
export async function drawDiagnosis(tabId, report) {
  if (byId('diagnosis', HTMLDetailsElement).open) {
    byId('diagnosis-report', HTMLTextAreaElement).value = await diagnose(tabId, report);
  }
}

/** @returns {Promise<void>} */
export async function copyDiagnosis() {
  const area = byId('diagnosis-report', HTMLTextAreaElement);
  // The reader's own gesture: no permission is needed for it.
  area.select();
  const isCopied = await navigator.clipboard.writeText(area.value).then(() => true, () => document.execCommand('copy'));
  const sentence = t(isCopied ? 'card_copied' : 'card_not_copied');
  byId('diagnosis-copy', HTMLButtonElement).textContent = sentence;
  announce(sentence);
}

/**
 * @param {number} tabId
 * @param {Report | null} report
 * @returns {Promise<string>}
 */
async function diagnose(tabId, report) {
  const started = performance.now();
  const settings = await ask({ kind: 'settings' });
  const waited = Math.round(performance.now() - started);
  const frames = await framesOf(tabId);
  const top = frames.find(({ isTop }) => isTop === true) ?? frames[0];
  const missing = report?.added?.missing.length ?? 0;
  return [
    `Briefgeheim ${api.runtime.getManifest().version}`,
    `Browser: ${browser()}`,
    `State: ${report?.state ?? 'unreachable'}; webmail: ${String(top?.kind ?? 'none')}${report?.added ? ', added by the reader' : ''}${missing > 0 ? `, ${missing} permissions missing` : ''}`,
    `Background: ${isRecord(settings) ? `answers after ${waited} ms, strictness ${String(settings.strictness)}` : 'does not answer'}`,
    `Frames: ${frames.length}`,
    ...frames.slice(0, MOST_FRAMES).map(frameText),
  ].join('\n');
}

/**
 * Asks our own scripts in the page.
 * @param {number} tabId
 * @returns {Promise<Frame[]>}
 */
async function framesOf(tabId) {
  const func = () => /** @type {{briefgeheim?: {diagnose?: () => unknown}}} */ (globalThis).briefgeheim?.diagnose?.() ?? null;
  const results = await api.scripting.executeScript({ target: { tabId, allFrames: true }, func }).catch(() => []);
  return results.flatMap(({ result }) => (isRecord(result) && isRecord(result.selectors) ? [/** @type {Frame} */ (result)] : []));
}

/**
 * @param {Frame} frame
 * @param {number} index
 * @returns {string}
 */
function frameText(frame, index) {
  const words = WORDS.map((word) => `${word} ${String(frame[word])}`).join(', ');
  // A selector that reads the page's address finds nothing to count.
  const counts = Object.entries(frame.selectors).map(([name, found]) => `${name} ${found.map((count) => (count < 0 ? '-' : String(count))).join(' ') || 'none'}`);
  return `Frame ${index + 1} (${String(frame.kind)}): ${words}\n  found: ${counts.join('; ')}`;
}

/**
 * Name and number alone: the rest of what a browser says of itself helps nobody here.
 * @returns {string}
 */
function browser() {
  const [, name, version] = /(Firefox|Edg|OPR|Chrome)\/(\d+)/u.exec(navigator.userAgent) ?? [];
  return name ? `${name} ${String(version)}` : 'unknown';
}
