'use strict';
// Who wrote what stands in a frame that cannot see the page around it: a body of another origin, or one without any. The frame
// shows itself to the page around it by a number that nobody else knows; that page finds its element, and the background carries
// the answer. The page itself sees nothing of it: we listen first, and stop the event.
briefgeheim.around = (() => {
  /** A page around us that we may not look into says nothing after this long, and is not waited for again. */
  const PATIENCE_MS = 400;
  /** 32 digits, and the same once more from behind: no webmail's own message looks like this. */
  const NUMBER = /^([0-9a-f]{32})([0-9a-f]{32})$/;

  /** This frame cannot see all that is around it. */
  const isInner = briefgeheim.outer.defaultView !== window.top;
  let isIgnored = false;
  let number = '';
  /** @type {((heard: boolean) => void) | null} */
  let heard = null;

  /** @param {string} text */
  const reversed = (text) => [...text].reverse().join('');

  const ask = async () => {
    if (!isInner || isIgnored) return;
    if (!number) {
      // Another site that shows a webmail in a frame shall not learn that we are there.
      const answer = await briefgeheim.api.runtime.sendMessage({ kind: 'tell' }).catch(() => null);
      isIgnored = answer?.isInside !== true;
      if (isIgnored) return;
      const half = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      number = half + reversed(half);
    }
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const answer = new Promise((resolve) => {
      heard = resolve;
      timer = setTimeout(resolve, PATIENCE_MS, false);
    });
    // It says nothing to anybody who cannot match it with what our own background carries.
    window.parent.postMessage(number, '*');
    isIgnored = !(await answer);
    clearTimeout(timer);
  };

  /** Frames that asked: their element, their number, and what they were told. @type {Map<Element, {number: string, isBody: boolean, told: string}>} */
  const asked = new Map();
  /** Trees within trees around them: what changes there no observer of the page sees. @type {WeakSet<Node>} */
  const watched = new WeakSet();
  const watcher = new MutationObserver(() => review());

  /** @param {Element} element */
  const watch = (element) => {
    for (let root = element.getRootNode(); root !== document && !watched.has(root); ) {
      watched.add(root);
      watcher.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
      const { host } = /** @type {Partial<ShadowRoot>} */ (root);
      if (!host) break;
      root = host.getRootNode();
    }
  };

  /** @param {Element} element @param {boolean} isBody @returns {Around | null} */
  const describe = (element, isBody) => {
    const { page } = briefgeheim;
    const body = page.bodyOf(element) ?? (isBody ? element : null);
    return body ? { sender: page.sender(body), recipient: page.recipient(), key: page.keyOf(body), subject: page.subject(body) } : null;
  };

  /** Tells the frames that asked what is new about them. */
  const review = () => {
    if (asked.size) briefgeheim.page.look();
    for (const [element, entry] of asked) {
      if (!element.isConnected) {
        asked.delete(element);
        continue;
      }
      const around = describe(element, entry.isBody);
      const text = JSON.stringify(around);
      if (text === entry.told) continue;
      entry.told = text;
      briefgeheim.api.runtime.sendMessage({ kind: 'tell', around: { number: entry.number, around } }).catch(() => (entry.told = ''));
    }
  };

  /** @param {MessageEvent} event */
  const onAsk = (event) => {
    const [, half, other] = (typeof event.data === 'string' && NUMBER.exec(event.data)) || [];
    if (!half || reversed(half) !== other) return;
    event.stopImmediatePropagation();
    const element = briefgeheim.page.all(document, 'iframe, frame, object, embed').find((frame) => /** @type {Partial<HTMLIFrameElement>} */ (frame).contentWindow === event.source);
    if (!element) return;
    const host = URL.canParse(event.origin) ? new URL(event.origin).hostname : '';
    asked.set(element, { number: event.data, isBody: briefgeheim.isBelow(host, briefgeheim.adapter.bodyHosts), told: '' });
    watch(element);
    review();
  };
  window.addEventListener('message', onAsk, true);

  return {
    ask,
    review,
    /** Gives back whether it is news, and no answer to a question. */
    hear({ number: to, around }) {
      if (!number || to !== number) return false;
      const isExpected = heard !== null;
      const isNew = JSON.stringify(around) !== JSON.stringify(briefgeheim.page.told);
      briefgeheim.page.hear(around);
      heard?.(true);
      heard = null;
      if (isNew) review();
      return isNew && !isExpected;
    },
    stop() {
      watcher.disconnect();
      window.removeEventListener('message', onAsk, true);
    },
  };
})();
