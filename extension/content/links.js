'use strict';
// What a link does when the reader acts on it. The page's `href` stays as the sender wrote it; where the reader chose so, a
// click is taken to the destination instead, and while a context menu is being built the link names the destination.
briefgeheim.links = (() => {
  /** @type {LinkChoice} */
  let choice = { links: 'ask', pastGateway: false };
  /** What the engine said of a link. @type {WeakMap<Element, {slot: Slot, verdict: Verdict}>} */
  const known = new WeakMap();
  /** Hosts to which the browser was told to report a click. @type {WeakMap<Element, string[]>} */
  const pings = new WeakMap();
  /** Links that name their destination for the length of one event. @type {WeakSet<Element>} */
  const swapped = new WeakSet();
  /** What the reader pressed on: a webmail may rewrite the link between press and click. @type {{link: Element, destination: string} | null} */
  let pressed = null;

  /** @param {Event} event */
  const linkOf = (event) => {
    const target = event.composedPath()[0];
    const element = target instanceof Element ? target : null;
    return element && !briefgeheim.mark.isOurs(element) ? element.closest('a[href], area[href]') : null;
  };

  /** Where a click on this link goes without having been asked for one by one. @param {Element} link @returns {string | null} */
  const unasked = (link) => {
    const entry = known.get(link);
    if (!entry || choice.links !== 'direct' || link.getAttribute('href') !== entry.slot.text || briefgeheim.page.isDraft(link)) return null;
    const { destination, direct, gateway } = entry.verdict;
    return destination !== null && direct && (gateway === null || choice.pastGateway) ? destination : null;
  };

  /** @param {string} url @param {'front' | 'back' | 'window'} where */
  const open = (url, where) => briefgeheim.api.runtime.sendMessage({ kind: 'open-link', url, where }).catch(() => {});

  /** @param {MouseEvent | KeyboardEvent} event */
  const onPress = (event) => {
    if (!event.isTrusted || (event instanceof KeyboardEvent && event.key !== 'Enter')) return;
    const link = linkOf(event);
    const destination = link && unasked(link);
    pressed = link && destination !== null ? { link, destination } : null;
  };

  /** Firefox connects to a link's host while it is pressed. Chromium does, too, before any script can hear of it. @param {MouseEvent} event */
  const onHold = (event) => {
    if (pressed !== null && pressed.link === linkOf(event)) event.preventDefault();
  };

  /** Left and middle click, with any key held, and Enter, which clicks. @param {MouseEvent} event */
  const onClick = (event) => {
    const link = event.isTrusted && event.button < 2 ? linkOf(event) : null;
    if (!link) return;
    const destination = pressed?.link === link ? pressed.destination : unasked(link);
    pressed = null;
    if (destination === null) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    open(destination, event.shiftKey && event.button === 0 ? 'window' : event.button === 1 || event.ctrlKey || event.metaKey ? 'back' : 'front');
  };

  /** The browser reads the link when its own menu is made, which is at the end of this event. @param {MouseEvent} event */
  const onMenu = (event) => {
    const link = event.isTrusted ? linkOf(event) : null;
    const destination = link && unasked(link);
    if (!link || destination === null || swapped.has(link)) return;
    const sent = link.getAttribute('href') ?? '';
    swapped.add(link);
    link.setAttribute('href', destination);
    setTimeout(() => {
      if (link.getAttribute('href') === destination) link.setAttribute('href', sent);
      swapped.delete(link);
    });
  };

  /** @type {[string, (event: any) => void][]} */
  const LISTENERS = [['pointerdown', onPress], ['mousedown', onHold], ['keydown', onPress], ['click', onClick], ['auxclick', onClick], ['contextmenu', onMenu]];
  for (const [type, listener] of LISTENERS) window.addEventListener(type, listener, true);

  return {
    note(slot, verdict) {
      if (verdict) known.set(slot.element, { slot, verdict });
      else known.delete(slot.element);
    },
    notePings(slot, verdicts) {
      pings.set(slot.element, [...new Set(verdicts.map(({ host }) => host))]);
    },
    pingsOf: (element) => (element.hasAttribute('ping') ? (pings.get(element) ?? []) : []),
    get choice() {
      return choice;
    },
    choose(now) {
      choice = now;
    },
    open,
    isSwapped: (element) => swapped.has(element),
    stop() {
      for (const [type, listener] of LISTENERS) window.removeEventListener(type, listener, true);
    },
  };
})();
