'use strict';
// The card of a link: who learns of a click, where the link leads, and what to do instead. One card for all marks; it moves
// into the shadow root of the mark that shows it, so that Tab goes from the link to its mark, into the card and on.
briefgeheim.card = (() => {
  /** Long enough not to open while the pointer passes by; a link is passed more often than a mark. */
  const REST_ON_MARK_MS = 120;
  const REST_ON_LINK_MS = 600;
  /** Time to cross the gap between mark and card. */
  const LEAVE_MS = 300;
  const GAP_PX = 6;
  /** Evidence that says who the reader is. */
  const NAMING = ['recipient-address', 'personal-token'];
  /** Evidence that the card tells in other ways: as a warning, and by whose name it says. */
  const SAID = ['look-alike', 'gateway'];

  /** @typedef {{host: HTMLElement, root: ShadowRoot, button: HTMLElement, slot: Slot, verdict: Verdict}} Mark */
  /** @type {WeakMap<Node, Mark>} */
  const marks = new WeakMap();
  /** @type {WeakMap<Element, Mark>} */
  const byLink = new WeakMap();
  /** @type {WeakSet<ShadowRoot>} */
  const listening = new WeakSet();
  /** @type {HTMLElement | null} */
  let card = null;
  /** @type {Mark | null} */
  let shown = null;
  /** The reader asked for it, by click or key: it stays until they leave it. */
  let isPinned = false;
  let isReturning = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** Sentences that were put together before: a message has twenty links of one sender. @type {Map<string, string>} */
  const said = new Map();
  const MOST_SAID = 200;

  /** @param {string} key @param {...string} parts */
  const t = (key, ...parts) => {
    const name = [key, ...parts].join('\n');
    const known = said.get(name);
    if (known !== undefined) return known;
    const text = briefgeheim.api.i18n.getMessage(key, parts);
    if (said.size >= MOST_SAID) said.clear();
    said.set(name, text);
    return text;
  };

  /** @param {keyof HTMLElementTagNameMap} tag @param {string} className @param {...(Node | string)} children */
  const make = (tag, className, ...children) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children);
    return element;
  };

  /** The address tells where it leads. @param {Verdict} verdict */
  const isDecoded = ({ leads, destination, host, kind, evidence }) =>
    leads !== null && !evidence.some(({ code }) => code === 'gateway') && (destination !== null || leads.host !== host || kind !== 'click');

  /** Who learns of a click, in one sentence. @param {Verdict} verdict */
  const learns = ({ kind, vendor, host, personal, gateway, leads, evidence }) => {
    if (kind === 'click') return t(personal ? 'card_learns_you' : 'card_learns', vendor ?? host);
    if (kind === 'param') return t(evidence.some(({ code }) => NAMING.includes(code)) ? 'card_param_you' : 'card_param', host);
    return gateway === null ? t('card_imitation', leads?.unicode ?? host) : t('card_gateway', gateway);
  };

  /** Why we say so, where no name stands for it. @param {Verdict} verdict @returns {string[]} */
  const reasons = ({ kind, vendor, host, evidence }) => {
    const codes = kind === 'click' && vendor !== null ? [] : evidence.map(({ code }) => code).filter((code) => !SAID.includes(code));
    return codes.length ? [codes.map((code) => t(`evidence_${code.replaceAll('-', '_')}`, vendor ?? host, host)).join(' ')] : [];
  };

  /** A host with the part that somebody registered in bold. @param {string} host @param {number} labels */
  const place = (host, labels) => {
    const parts = host.split('.');
    const site = parts.slice(-labels).join('.');
    const before = host.slice(0, host.length - site.length);
    return make('bdi', '', before, make('b', '', site));
  };

  /** Who alone knows where a link leads. @param {Verdict} verdict */
  const keeper = ({ vendor, gateway, host, kind }) => (kind === 'click' ? vendor : gateway) ?? host;

  /** @param {Verdict} verdict @returns {Node[]} */
  const whereTo = (verdict) => {
    const { leads, destination } = verdict;
    if (!leads || !isDecoded(verdict)) return [make('p', 'note', t('card_hidden', keeper(verdict)))];
    // Of an imitation the honest form comes first.
    const isPlain = leads.lookalike || leads.unicode === null;
    const labels = leads.site.split('.').length;
    const line = make('p', 'place', place(isPlain ? leads.host : (leads.unicode ?? ''), labels));
    const out = [make('p', 'label', t('card_leads')), line];
    const url = destination === null ? null : new URL(destination);
    if (url?.protocol === 'http:') line.prepend('http://');
    if (url?.port) line.append(`:${url.port}`);
    const rest = url ? url.pathname + url.search + url.hash : '';
    if (rest.length > 1) out.push(make('bdi', 'rest', rest));
    if (leads.unicode !== null) out.push(make('p', 'note', `${t('card_other_form')} `, make('bdi', '', leads.lookalike ? leads.unicode : leads.host)));
    return out;
  };

  /** @param {Mark} mark @returns {string[]} */
  const notes = ({ slot, verdict }) => {
    const { kind, gateway, destination, leads } = verdict;
    const pings = briefgeheim.links.pingsOf(slot.element);
    const isBehind = gateway !== null && (kind === 'click' || kind === 'param');
    const ofGateway = [...(isBehind ? [t('card_gateway', gateway)] : []), ...(gateway !== null && destination !== null ? [t('card_gateway_skipped')] : [])];
    return [
      ...(ofGateway.length ? [ofGateway.join(' ')] : []),
      ...(destination === null && !leads?.lookalike && isDecoded(verdict) ? [t('card_functional')] : []),
      ...(pings.length ? [t('evidence_ping', '', pings.join(', '))] : []),
    ];
  };

  /** @param {string} label @param {boolean} isFirst @param {(event: Event) => void} act */
  const button = (label, isFirst, act) => {
    const element = make('button', isFirst ? 'first' : '', label);
    element.setAttribute('type', 'button');
    element.addEventListener('click', (event) => {
      // Only a person may act; a script in the page cannot reach into the closed root, but let us not depend on it.
      if (event.isTrusted) act(event);
    });
    return element;
  };

  /** Puts a text on the clipboard, also where the frame may not: without a permission, by the reader's own gesture. @param {string} text */
  const copy = (text) => {
    /** @param {ClipboardEvent} event */
    const fill = (event) => {
      event.clipboardData?.setData('text/plain', text);
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    window.addEventListener('copy', fill, { capture: true, once: true });
    const isDone = document.execCommand('copy');
    window.removeEventListener('copy', fill, true);
    return isDone;
  };

  /** @param {Mark} mark */
  const acts = ({ slot, verdict }) => {
    const { destination, gateway } = verdict;
    const row = make('div', 'acts');
    const go = (/** @type {string} */ url) => (/** @type {Event} */ event) => {
      const isAside = event instanceof MouseEvent && (event.ctrlKey || event.metaKey);
      briefgeheim.links.open(url, isAside ? 'back' : 'front');
      hide();
    };
    const sent = slot.element instanceof HTMLAnchorElement ? slot.element.href : '';
    if (destination !== null) row.append(button(t('card_open_direct'), gateway === null, go(destination)));
    row.append(button(t('card_open_sent'), gateway !== null && destination !== null, go(sent)));
    if (destination !== null) {
      const label = t('card_copy');
      const copier = button(label, false, () => {
        copier.textContent = copy(destination) ? t('card_copied') : t('card_not_copied');
      });
      copier.setAttribute('aria-live', 'polite');
      row.append(copier);
    }
    return row;
  };

  /** Asked until answered, and where the answer would count. @param {Mark} mark @returns {Node[]} */
  const question = ({ verdict }) => {
    if (briefgeheim.links.choice.links !== 'ask' || verdict.destination === null || !verdict.direct || verdict.gateway !== null) return [];
    const box = make('div', 'question');
    box.setAttribute('role', 'group');
    box.setAttribute('aria-label', t('card_ask'));
    const answer = (/** @type {'direct' | 'sent'} */ links) => async () => {
      const done = await briefgeheim.api.runtime.sendMessage({ kind: 'answer-links', links }).catch(() => null);
      if (done?.ok) briefgeheim.links.choose({ ...briefgeheim.links.choice, links });
      const outcome = make('span', '', t(done?.ok ? 'card_answered' : 'not_saved'));
      outcome.setAttribute('role', 'status');
      box.replaceChildren(outcome);
      shown?.button.focus();
    };
    box.append(make('span', '', t('card_ask')), button(t('card_yes'), false, answer('direct')), button(t('card_no'), false, answer('sent')));
    return [box];
  };

  /** Below the mark, or above it where there is more room, inside the window. */
  const position = () => {
    if (!card || !shown) return;
    const at = shown.button.getBoundingClientRect();
    const { width, height } = card.getBoundingClientRect();
    const [wide, high] = [document.documentElement.clientWidth, window.innerHeight];
    if (at.bottom < 0 || at.top > high) return hide();
    const isBelow = at.bottom + GAP_PX + height <= high || at.top < high - at.bottom;
    const top = isBelow ? at.bottom + GAP_PX : at.top - GAP_PX - height;
    const left = at.left - 24;
    card.style.left = `${Math.max(8, Math.min(left, wide - width - 8))}px`;
    card.style.top = `${Math.max(8, Math.min(top, high - height - 8))}px`;
  };

  /** @param {Mark} mark @param {boolean} pin */
  const show = (mark, pin) => {
    clearTimeout(timer);
    isPinned = pin || (shown === mark && isPinned);
    if (shown === mark) return;
    hide();
    card ??= make('div', 'card');
    card.popover = 'manual';
    card.lang = t('language_code');
    card.dir = 'ltr';
    card.setAttribute('role', 'dialog');
    card.setAttribute('aria-label', t('card_label'));
    const { verdict } = mark;
    const warning = verdict.leads?.lookalike ? [make('p', 'warning', t('evidence_look_alike'))] : [];
    const note = (/** @type {string} */ text) => make('p', 'note', text);
    card.replaceChildren(make('p', 'who', learns(verdict)), ...reasons(verdict).map(note), ...warning, ...whereTo(verdict), ...notes(mark).map(note), acts(mark), ...question(mark));
    listen(mark.root);
    mark.root.append(card);
    card.showPopover();
    shown = mark;
    isPinned = pin;
    mark.button.setAttribute('aria-expanded', 'true');
    position();
  };

  const hide = () => {
    clearTimeout(timer);
    if (!shown) return;
    const { root, button: back } = shown;
    const hadFocus = card?.contains(root.activeElement) === true;
    back.setAttribute('aria-expanded', 'false');
    shown = null;
    isPinned = false;
    card?.remove();
    if (!hadFocus) return;
    // Who was in the card goes on from its mark, without opening it anew.
    isReturning = true;
    back.focus({ preventScroll: true });
    isReturning = false;
  };

  /** @param {() => void} then @param {number} ms */
  const soon = (then, ms) => {
    clearTimeout(timer);
    timer = setTimeout(then, ms);
  };

  /** What happens inside a mark stays there: a webmail has shortcuts of its own. @param {ShadowRoot} root */
  const listen = (root) => {
    if (listening.has(root)) return;
    listening.add(root);
    for (const type of ['click', 'auxclick', 'dblclick', 'mousedown', 'mouseup', 'pointerdown', 'pointerup', 'contextmenu']) root.addEventListener(type, (event) => event.stopPropagation());
    root.addEventListener('click', (event) => {
      const mark = marks.get(root.host);
      if (!mark || !event.isTrusted || !(event.target instanceof Node) || !mark.button.contains(event.target)) return;
      event.preventDefault();
      // A key, or a screen reader, goes in; a pointer opens and closes.
      const isPointer = event instanceof MouseEvent && event.detail > 0;
      if (isPointer && shown === mark && isPinned) return hide();
      show(mark, true);
      if (!isPointer) card?.querySelector('button')?.focus();
    });
  };

  /** @param {Event} event @returns {{mark: Mark, isLink: boolean} | null} */
  const markOf = ({ target }) => {
    if (!(target instanceof Element)) return null;
    const mark = marks.get(target);
    if (mark) return { mark, isLink: false };
    const link = target.closest('a[href]');
    const linked = link && byLink.get(link);
    return linked ? { mark: linked, isLink: true } : null;
  };

  /** @param {PointerEvent} event */
  const onOver = (event) => {
    if (event.pointerType === 'touch') return;
    const found = markOf(event);
    if (found) {
      listen(found.mark.root);
      if (shown === found.mark) clearTimeout(timer);
      else soon(() => show(found.mark, false), found.isLink ? REST_ON_LINK_MS : REST_ON_MARK_MS);
    } else if (shown && !isPinned) soon(hide, LEAVE_MS);
    else clearTimeout(timer);
  };

  /** @param {FocusEvent} event */
  const onFocus = (event) => {
    if (isReturning) return;
    const mark = event.target instanceof Element ? marks.get(event.target) : undefined;
    if (mark) {
      listen(mark.root);
      // A press focuses, too, and the click that follows decides.
      if (mark.button.matches(':focus-visible')) show(mark, true);
    } else hide();
  };

  /** @param {PointerEvent} event */
  const onDown = (event) => {
    const mark = event.target instanceof Element ? marks.get(event.target) : undefined;
    if (mark) listen(mark.root);
    else hide();
  };

  /** Keys in a mark or its card are the reader's word to us, not to the webmail. @param {KeyboardEvent} event */
  const onKey = (event) => {
    const mark = event.target instanceof Element ? marks.get(event.target) : undefined;
    if (event.type === 'keydown' && event.key === 'Escape' && shown) {
      hide();
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (mark) event.stopImmediatePropagation();
  };

  const onMove = () => position();
  /** @type {[string, (event: any) => void][]} */
  const LISTENERS = [['pointerover', onOver], ['focusin', onFocus], ['pointerdown', onDown], ['keydown', onKey], ['keyup', onKey], ['keypress', onKey], ['scroll', onMove], ['resize', onMove]];
  for (const [type, listener] of LISTENERS) window.addEventListener(type, listener, true);

  return {
    summary(verdict) {
      const { leads } = verdict;
      const tail = leads && isDecoded(verdict) ? t('mark_leads', leads.lookalike ? leads.host : (leads.unicode ?? leads.host)) : t('card_hidden', keeper(verdict));
      return `${leads?.lookalike ? `${t('evidence_look_alike')} ` : ''}${learns(verdict)} ${tail}`;
    },
    know(host, root, button, slot, verdict) {
      const mark = { host, root, button, slot, verdict };
      button.setAttribute('aria-haspopup', 'dialog');
      button.setAttribute('aria-expanded', 'false');
      marks.set(host, mark);
      byLink.set(slot.element, mark);
    },
    forget(host) {
      const mark = marks.get(host);
      if (!mark) return;
      if (shown === mark) hide();
      marks.delete(host);
      byLink.delete(mark.slot.element);
    },
    stop() {
      hide();
      for (const [type, listener] of LISTENERS) window.removeEventListener(type, listener, true);
    },
  };
})();
