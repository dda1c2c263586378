'use strict';
// What the content scripts share. They run in a world of their own: the page sees neither this global nor its functions.
// No rule, vendor or tracker is known here; hosts stand in the adapters only.

// After an update a fresh copy is injected beside the old one: the old one stops.
globalThis.briefgeheim?.stop?.();

globalThis.briefgeheim = (() => {
  /** @type {Record<string, Adapter>} */
  const adapters = {};

  /** The element that holds this frame, when the page around it may be read. */
  const frameElement = () => {
    try {
      return window.frameElement;
    } catch {
      return null;
    }
  };

  /** The webmail's own page around this frame, as far as it may be read: what a frame says of itself the sender may have written. */
  const outer = () => {
    let view = window;
    try {
      while (view.frameElement) view = /** @type {Window & typeof globalThis} */ (view.parent);
    } catch {
      // The frame around is another site's.
    }
    return view.document;
  };

  /** @type {Adapter | null} */
  let chosen = null;

  /** @param {Element | null} element @param {string} selector */
  const outermost = (element, selector) => {
    let found = null;
    for (let node = element?.closest(selector); node; node = node.parentElement?.closest(selector)) found = node;
    return found ?? null;
  };

  const self = {
    // @ts-ignore `browser` is Firefox's name for it.
    api: /** @type {typeof chrome} */ (globalThis.browser ?? globalThis.chrome),
    adapters,
    get adapter() {
      return (chosen ??= self.recognise());
    },
    /** Looks which webmail this is. A host of the reader's own may show itself late, by what its page is made of. */
    recognise() {
      const page = outer();
      const host = page.location?.hostname ?? '';
      const named = Object.values(adapters).find((adapter) => adapter.hosts.includes(host));
      const found = named ?? Object.values(adapters).find(({ recognised }) => recognised && page.querySelector(recognised) !== null);
      chosen = found ?? adapters.generic ?? null;
      return chosen;
    },
    page: {
      /** The message body that an element stands in. A message may contain a copy of a whole webmail page, so the outermost. */
      bodyOf(/** @type {Element} */ element) {
        const { bodies } = self.adapter;
        if (!bodies) return null;
        return outermost(element, bodies) ?? outermost(frameElement(), bodies);
      },
      /** True only when the page shows message bodies and the element is in none. */
      isOutside(/** @type {Element} */ element) {
        const { bodies } = self.adapter;
        if (!bodies || window !== window.top) return false;
        return document.querySelector(bodies) !== null && !self.page.bodyOf(element) && !self.page.isDraft(element);
      },
      /** Stands where people write. */
      isDraft(/** @type {Element} */ element) {
        const { drafts } = self.adapter;
        return element.closest(drafts) !== null || (frameElement()?.closest(drafts) ?? null) !== null;
      },
      /** @param {Element | null} body */
      sender(body) {
        return body ? self.adapter.sender(body) : null;
      },
      recipient() {
        return self.adapter.recipient(outer());
      },
    },
  };
  return /** @type {Briefgeheim} */ (/** @type {unknown} */ (self));
})();
