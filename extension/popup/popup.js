/** The popup: asks what happened in the tab, draws it, passes on what the reader decides. */

import { api, t } from '../shared/platform.js';
import { announce, ask, byId, isDone, localise } from '../shared/page.js';
import { explainAdd } from './add.js';
import { copyDiagnosis, drawDiagnosis } from './diagnosis.js';
import { askReport } from './report.js';
import { draw, drawShown, explainSwitch } from './view.js';

/** @typedef {import('./report.js').Report} Report */

/** When to look again while pictures are still being judged. It ends there: an open popup does not poll. */
const LOOK_AGAIN_MS = [300, 900, 2500];

/** @type {{tabId: number, report: Report | null, round: number, isPressed: boolean, isDrawn: boolean}} */
const popup = { tabId: -1, report: null, round: 0, isPressed: false, isDrawn: true };

/**
 * The tab in view, or the one named in our own address: tests open the popup as a page of its own.
 * @returns {Promise<number>}
 */
async function findTab() {
  const named = Number(new URLSearchParams(location.search).get('tab') ?? NaN);
  if (Number.isInteger(named)) {
    document.documentElement.classList.add('is-page');
    return named;
  }
  const [tab] = await api.tabs.query({ active: true, currentWindow: true });
  return tab?.id ?? -1;
}

/**
 * Draws a report if it says something new.
 * @param {Report} report
 * @returns {void}
 */
function show(report) {
  const isNew = JSON.stringify(report) !== JSON.stringify(popup.report);
  popup.report = report;
  popup.isDrawn &&= !isNew;
  redraw();
}

/**
 * Not while something is pressed: drawn anew, a button would never hear that it was let go, and the press be lost.
 * @returns {void}
 */
function redraw() {
  if (popup.isPressed || popup.isDrawn || popup.report === null) {
    return;
  }
  popup.isDrawn = true;
  draw(popup.report, { allow, showMessage, showTab, retry: lookAfresh, add: (host, origins) => change(host, origins, true), remove: (host, origins) => change(host, origins, false) });
}

for (const type of ['keydown', 'pointerdown']) {
  document.addEventListener(type, () => (popup.isPressed = true), true);
}
for (const type of ['keyup', 'pointerup', 'pointercancel', 'blur']) {
  window.addEventListener(
    type,
    () => {
      popup.isPressed = false;
      // The click that belongs to it comes first.
      setTimeout(redraw);
    },
    true,
  );
}

/**
 * Asks and draws, and looks again a few times: after `again`, or while something is unjudged.
 * @param {boolean} again
 * @returns {Promise<void>}
 */
async function follow(again) {
  popup.round += 1;
  const { round } = popup;
  for (const wait of [0, ...LOOK_AGAIN_MS]) {
    await new Promise((resolve) => {
      setTimeout(resolve, wait);
    });
    const report = await askReport(popup.tabId);
    if (round !== popup.round) {
      return;
    }
    show(report);
    if (!again && !report.messages.some(({ held }) => held > 0)) {
      return;
    }
  }
}

/**
 * @param {string} address
 * @param {boolean} allowed
 * @returns {Promise<void>}
 */
function allow(address, allowed) {
  return choose({ kind: 'allow', address, allowed }, address, (message) => message.sender?.address === address, t(allowed ? 'allow_done' : 'allow_undone', address));
}

/**
 * Shows everything in one message of which nobody knows the sender, for this browser session.
 * @param {string} key
 * @param {boolean} allowed
 * @returns {Promise<void>}
 */
function showMessage(key, allowed) {
  return choose({ kind: 'allow', key, tabId: popup.tabId, allowed }, key, (message) => message.key === key, t(allowed ? 'show_message_done' : 'show_message_undone'));
}

/**
 * @param {{kind: string, allowed: boolean, [field: string]: unknown}} request
 * @param {string} name  of the switch
 * @param {(message: import('./report.js').Message) => boolean} isMeant
 * @param {string} done  what to say then
 * @returns {Promise<void>}
 */
async function choose(request, name, isMeant, done) {
  if (popup.report === null) {
    return;
  }
  popup.round += 1;
  const before = popup.report;
  show({ ...before, messages: before.messages.map((message) => (isMeant(message) ? { ...message, allowed: request.allowed } : message)) });
  if (isDone(await ask(request))) {
    announce(done);
    await follow(true);
  } else {
    show(before);
    explainSwitch(name, t('not_saved'));
    announce(t('not_saved'));
  }
}

/**
 * Adds or removes the webmail of this tab. The browser may ask the reader and close this popup over it: the background does
 * the rest by itself.
 * @param {string} host
 * @param {string[]} hosts  all that it needs
 * @param {boolean} isWanted
 * @returns {Promise<void>}
 */
async function change(host, hosts, isWanted) {
  const origins = hosts.map((one) => `https://${one}/*`);
  const change = isWanted ? api.permissions.request({ origins }) : api.permissions.remove({ origins });
  const done = (await change.catch(() => false)) && isDone(await ask({ kind: 'added-changed' }));
  if (done) {
    await follow(false);
    announce(t(isWanted ? 'add_done' : 'added_removed', host));
  } else {
    explainAdd(t(isWanted ? 'add_failed' : 'not_saved'));
    announce(t(isWanted ? 'add_failed' : 'not_saved'));
  }
}

/** @returns {Promise<void>} */
async function showTab() {
  const done = isDone(await ask({ kind: 'show-tab', tabId: popup.tabId }));
  const sentence = t(done ? 'show_tab_done' : 'show_tab_failed');
  if (done) {
    drawShown(sentence);
  } else {
    const subline = byId('subline', HTMLElement);
    subline.textContent = sentence;
    subline.hidden = false;
  }
  announce(sentence);
}

/**
 * Starts over, and has screen readers say what is shown first.
 * @returns {Promise<void>}
 */
async function lookAfresh() {
  await follow(false);
  announce(byId('headline', HTMLElement).textContent);
}

async function start() {
  localise();
  byId('settings', HTMLButtonElement).addEventListener('click', async () => {
    await api.runtime.openOptionsPage();
    window.close();
  });
  popup.tabId = await findTab();
  byId('diagnosis', HTMLDetailsElement).addEventListener('toggle', () => drawDiagnosis(popup.tabId, popup.report));
  byId('diagnosis-copy', HTMLButtonElement).addEventListener('click', copyDiagnosis);
  await lookAfresh();
}

void start();
