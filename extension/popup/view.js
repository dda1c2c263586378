/** Draws the popup. Gets everything it needs, asks nobody. */

import { t } from '../shared/platform.js';
import { byId, listNames, make, plural } from '../shared/page.js';
import { addSection, missingSection, removeSection } from './add.js';
import { countLinks, countTrackers, groupBlocked, redirectorNames, trackerNames } from './report.js';

/** @typedef {import('./report.js').Report} Report */
/** @typedef {import('./report.js').Message} Message */
/** @typedef {import('./report.js').Group} Group */

/**
 * @typedef {object} Actions  what the reader can do here
 * @property {(address: string, allowed: boolean) => void} allow
 * @property {(key: string, isShown: boolean) => void} showMessage  of which nobody knows the sender
 * @property {() => void} showTab
 * @property {() => void} retry
 * @property {(host: string, origins: string[]) => void} add  protects the webmail of this page from now on
 * @property {(host: string, origins: string[]) => void} remove
 */

/** Above this the seal says "99+". */
const SEAL_MAX = 99;
/** Web addresses listed under one company; more would bury the reasons. */
const URLS_SHOWN = 3;
/** Characters of a web address; the rest is the code made for the reader. */
const URL_MAX_CHARS = 110;

/**
 * Shows a report in place of what was there. Unfolded parts stay unfolded, the focus stays where it was.
 * @param {Report} report
 * @param {Actions} actions
 * @returns {void}
 */
export function draw(report, actions) {
  const content = byId('content', HTMLElement);
  /** @type {Map<string, boolean>} */
  const unfolded = new Map();
  for (const details of content.querySelectorAll('details')) {
    unfolded.set(details.dataset.key ?? '', details.open);
  }
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : undefined;

  const { seal, number, headline, subline } = heading(report);
  byId('hero', HTMLElement).dataset.seal = seal;
  const sealNumber = document.getElementById('seal-number');
  if (sealNumber) {
    sealNumber.textContent = number > SEAL_MAX ? `${SEAL_MAX}+` : number > 0 ? String(number) : '';
    sealNumber.setAttribute('class', `seal-number digits-${String(sealNumber.textContent.length)}`);
  }
  byId('headline', HTMLElement).textContent = headline;
  const sub = byId('subline', HTMLElement);
  sub.textContent = subline;
  sub.hidden = subline === '';
  content.replaceChildren(...parts(report, actions));

  for (const details of content.querySelectorAll('details')) {
    details.open = unfolded.get(details.dataset.key ?? '') ?? details.open;
  }
  for (const element of content.querySelectorAll('[data-key]')) {
    if (element instanceof HTMLElement && focused !== undefined && element.dataset.key === focused) {
      element.focus();
    }
  }
}

/**
 * Says that the pictures of this tab are shown after all.
 * @param {string} headline
 * @returns {void}
 */
export function drawShown(headline) {
  byId('hero', HTMLElement).dataset.seal = 'open';
  byId('headline', HTMLElement).textContent = headline;
  byId('subline', HTMLElement).hidden = true;
  byId('content', HTMLElement).replaceChildren();
  byId('main', HTMLElement).focus();
}

/**
 * @param {Report} report
 * @returns {{seal: 'whole' | 'open' | 'waiting', number: number, headline: string, subline: string}}
 */
function heading({ state, messages, passes }) {
  if (state === 'unreachable') {
    return { seal: 'whole', number: 0, headline: t('unreachable_title'), subline: t('unreachable_text') };
  }
  if (state === 'not-webmail') {
    return { seal: 'waiting', number: 0, headline: t('not_webmail_title'), subline: t('not_webmail_text') };
  }
  const [first] = messages;
  if (first === undefined) {
    return { seal: 'waiting', number: 0, headline: t('headline_no_message'), subline: t('headline_no_message_hint') };
  }
  const trackers = messages.reduce((total, message) => total + countTrackers(message), 0);
  if (trackers > 0) {
    const headline =
      messages.length > 1
        ? plural('headline_messages', trackers, messages.length)
        : plural('headline_blocked', trackers);
    return { seal: 'whole', number: trackers, headline, subline: messages.length > 1 ? '' : learned(first) };
  }
  if (messages.every(({ allowed }) => allowed)) {
    const isKnown = messages.some(({ sender }) => sender !== null);
    return { seal: 'open', number: 0, headline: t(isKnown ? 'headline_allowed' : 'headline_shown'), subline: t(isKnown ? 'headline_allowed_hint' : 'headline_shown_hint') };
  }
  const hasCode = (/** @type {string} */ wanted) => messages.some(({ blocked }) => blocked.some(({ evidence }) => evidence.some(({ code }) => code === wanted)));
  const isStrict = hasCode('strict-personal');
  if (isStrict || hasCode('sealed')) {
    return { seal: 'whole', number: 0, headline: t('headline_held'), subline: t(isStrict ? 'evidence_strict_personal' : 'evidence_sealed') };
  }
  if (messages.some(({ held }) => held > 0)) {
    return { seal: 'waiting', number: 0, headline: t('headline_checking'), subline: '' };
  }
  const passed = messages.reduce((total, message) => total + sumOf(message.passed), 0);
  if (passed > 0) {
    return { seal: 'open', number: 0, headline: plural('headline_passed', passed), subline: t('headline_passed_hint') };
  }
  if (messages.some((message) => countLinks(message) > 0)) {
    return { seal: 'whole', number: 0, headline: t('headline_links'), subline: t('headline_links_hint') };
  }
  return { seal: 'whole', number: 0, headline: t('headline_none'), subline: t(passes ? 'headline_none_passes' : 'headline_none_hint') };
}

/**
 * @param {{count: number}[]} parts
 * @returns {number}
 */
const sumOf = (parts) => parts.reduce((total, { count }) => total + count, 0);

/**
 * Who would have learned that the reader opened this.
 * @param {Message} message
 * @returns {string}
 */
function learned(message) {
  const known = message.blocked.some(({ vendor }) => vendor !== null);
  const names = trackerNames(message);
  return known && names.length > 0
    ? t(names.length === 1 ? 'learned_one' : 'learned_other', listNames(names))
    : t('learned_sender');
}

/**
 * @param {Report} report
 * @param {Actions} actions
 * @returns {Node[]}
 */
function parts({ state, messages, addable, added }, actions) {
  if (state === 'not-webmail') {
    return [
      make('ul', { class: 'webmails' },
        make('li', {}, t('webmail_gmail')),
        make('li', {}, t('webmail_outlook')),
        make('li', {}, t('webmail_yahoo'))),
      ...(addable === null ? [] : [addSection(addable, actions.add)]),
    ];
  }
  if (state === 'unreachable') {
    const show = make('button', {
      type: 'button',
      class: 'main-action',
      'data-key': 'show-tab',
      'aria-describedby': 'show-tab-cost',
    }, t('held_button'));
    show.addEventListener('click', () => actions.showTab());
    const retry = make('button', { type: 'button', class: 'quiet', 'data-key': 'retry' }, t('unreachable_retry'));
    retry.addEventListener('click', () => actions.retry());
    return [
      make('div', { class: 'actions' },
        show,
        make('p', { class: 'cost', id: 'show-tab-cost' }, t('unreachable_cost')),
        retry),
    ];
  }
  const canSave = state !== 'storage-broken';
  const isOnly = messages.length === 1;
  const sections = messages.map((message, index) =>
    isOnly ? onlySection(message, canSave, actions) : foldedSection(message, index, canSave, actions));
  const removal = added === null ? [] : [removeSection(added, actions.remove)];
  const missing = added !== null && added.missing.length > 0 ? [missingSection(added, actions.add)] : [];
  return [...(canSave ? [] : [storageNotice()]), ...missing, ...sections, ...removal];
}

/**
 * Says that choices cannot be kept.
 * @returns {HTMLElement}
 */
function storageNotice() {
  return make('div', { class: 'notice' },
    make('p', { class: 'notice-title' }, t('storage_title')),
    make('p', {}, t('storage_text')));
}

/**
 * @param {Message} message
 * @param {boolean} canSave
 * @param {Actions} actions
 * @returns {HTMLElement}
 */
function onlySection(message, canSave, actions) {
  return make('section', { class: 'card' },
    make('h2', { class: 'sender' }, ...senderLines(message)),
    ...body(message, 0, canSave, actions));
}

/**
 * One of several messages; all but the first begin folded.
 * @param {Message} message
 * @param {number} index
 * @param {boolean} canSave
 * @param {Actions} actions
 * @returns {HTMLElement}
 */
function foldedSection(message, index, canSave, actions) {
  const count = countTrackers(message);
  const summary = make('summary', { 'data-key': `summary ${index}` },
    make('h2', { class: 'sender' }, ...senderLines(message),
      ...(message.subject === null ? [] : [make('bdi', { class: 'subject' }, message.subject)])));
  if (count > 0) {
    summary.append(
      make('span', { class: 'pill', 'aria-hidden': 'true' }, String(count)),
      make('span', { class: 'unseen' }, plural('section_count', count)));
  }
  const section = make('details', { class: 'card', 'data-key': `message ${index}` }, summary);
  section.open = index === 0;
  if (message.allowed) {
    section.append(make('p', { class: 'line' }, t(message.sender === null ? 'headline_shown_hint' : 'headline_allowed_hint')));
  } else if (count > 0) {
    section.append(make('p', { class: 'line' }, learned(message)));
  } else if (message.blocked.length === 0 && message.held === 0) {
    section.append(make('p', { class: 'line' }, t('blocked_none')));
  }
  section.append(...body(message, index, canSave, actions));
  return section;
}

/**
 * @param {Message} message
 * @returns {Node[]}
 */
function senderLines({ sender }) {
  if (sender === null) {
    return [make('span', { class: 'sender-name' }, t('sender_unknown'))];
  }
  // <bdi>: a sender's name in another script, or with tricks in it, must not turn our own text around.
  const address = make('bdi', { class: sender.name ? 'sender-address' : 'sender-name' }, sender.address);
  return sender.name ? [make('bdi', { class: 'sender-name' }, sender.name), address] : [address];
}

/**
 * @param {Message} message
 * @param {number} index
 * @param {boolean} canSave
 * @param {Actions} actions
 * @returns {Node[]}
 */
function body(message, index, canSave, actions) {
  /** @type {Node[]} */
  const nodes = [];
  const groups = groupBlocked(message);
  if (groups.length > 0) {
    nodes.push(make('ul', { class: 'groups', 'aria-label': t('blocked_title') },
      ...groups.map((group) => make('li', {}, groupDetails(group, index)))));
  }
  if (message.held > 0) {
    nodes.push(make('p', { class: 'line' }, plural('held', message.held)));
  }
  const passed = sumOf(message.passed);
  if (passed > 0) {
    const names = listNames([...new Set(message.passed.map(({ vendor, host }) => vendor ?? host))]);
    nodes.push(make('p', { class: 'line passed' }, plural('passed', passed, names)));
  }
  const links = countLinks(message);
  if (links > 0) {
    nodes.push(make('p', { class: 'line links' }, plural('links', links, listNames(redirectorNames(message)))));
  }
  nodes.push(allowSwitch(message, index, canSave, actions));
  return nodes;
}

/**
 * One company: its name, how often it tried, and behind it why we say so.
 * @param {Group} group
 * @param {number} index
 * @returns {HTMLElement}
 */
function groupDetails(group, index) {
  const name = group.isTracker ? group.name || t('group_receipt') : t(group.id === 'parts' ? 'group_parts' : 'group_pictures');
  const summary = make('summary', { 'data-key': `why ${index} ${group.id}` },
    make('bdi', { class: 'group-name' }, name));
  if (group.count > 1) {
    summary.append(
      make('span', { class: 'group-count', 'aria-hidden': 'true' }, `×\u202f${String(group.count)}`),
      make('span', { class: 'unseen' }, plural('group_times', group.count)));
  }
  summary.append(make('span', { class: 'group-why' }, t('group_why')));
  const details = make('details', { class: 'group', 'data-key': `group ${index} ${group.id}` }, summary);
  const sentences = group.codes
    .map((code) => t(`evidence_${code.replaceAll('-', '_')}`, name, group.host))
    .filter(Boolean);
  details.append(make('ul', { class: 'reasons' }, ...sentences.map((sentence) => make('li', {}, sentence))));
  if (group.urls.length > 0) {
    const addresses = make('div', { class: 'addresses' }, make('p', { class: 'addresses-title' }, t('group_address')),
      ...group.urls.slice(0, URLS_SHOWN).map((url) => make('code', {}, shorten(url))));
    const rest = group.urls.length - URLS_SHOWN;
    if (rest > 0) {
      addresses.append(make('p', {}, plural('group_address_more', rest)));
    }
    details.append(addresses);
  }
  return details;
}

/**
 * @param {string} url
 * @returns {string}
 */
function shorten(url) {
  const characters = [...url.replace(/^https?:\/\//u, '')];
  return characters.length > URL_MAX_CHARS ? `${characters.slice(0, URL_MAX_CHARS).join('')}…` : characters.join('');
}

/**
 * Says something beside the switch of a sender, where the reader is looking.
 * @param {string} address
 * @param {string} sentence
 * @returns {void}
 */
export function explainSwitch(address, sentence) {
  for (const cost of document.querySelectorAll('.allow > .cost')) {
    if (cost instanceof HTMLElement && cost.dataset.address === address) {
      cost.textContent = sentence;
    }
  }
}

/**
 * The switch that shows everything from a sender, or in this one message where nobody knows the sender, and what that costs.
 * @param {Message} message
 * @param {number} index
 * @param {boolean} canSave
 * @param {Actions} actions
 * @returns {HTMLElement}
 */
function allowSwitch({ sender, key, isPage, allowed }, index, canSave, actions) {
  // What holds for this session only needs no storage that lasts.
  const reason = sender !== null && !canSave ? t('allow_no_storage') : '';
  const cost = sender === null ? t(allowed ? 'show_message_cost_on' : isPage ? 'show_page_cost' : 'show_message_cost') : reason || (allowed ? t('allow_cost_on') : t('allow_cost'));
  const button = make('button', {
    type: 'button',
    class: 'switch',
    role: 'switch',
    'aria-checked': String(allowed),
    'aria-describedby': `cost-${index}`,
    'data-key': `allow ${index}`,
  },
  make('span', { class: 'switch-label' }, t(sender !== null ? 'allow_label' : isPage ? 'show_page_label' : 'show_message_label')),
  make('span', { class: 'switch-track', 'aria-hidden': 'true' }, make('span', { class: 'switch-knob' })));
  if (reason) {
    // Not `disabled`: the reason must stay reachable for who uses the keyboard or a screen reader.
    button.setAttribute('aria-disabled', 'true');
  } else {
    button.addEventListener('click', () => (sender === null ? actions.showMessage(key, !allowed) : actions.allow(sender.address, !allowed)));
  }
  return make('div', { class: 'allow' },
    button,
    make('p', { class: 'cost', id: `cost-${index}`, 'data-address': sender?.address ?? key }, cost));
}
