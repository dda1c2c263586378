'use strict';
// What the content scripts share. They run in a world of their own: the page sees neither this global nor its functions.
// No rule, vendor or tracker is known here; hosts stand in the adapters only.

// After an update a fresh copy is injected beside the old one: the old one stops.
globalThis.briefgeheim?.stop?.();

globalThis.briefgeheim = (() => {
  /** @type {Record<string, Adapter>} */
  const adapters = {};
  /** @type {Adapter | null} */
  let chosen = null;

  /** The elements that hold this frame, as far as the page around may be read; the innermost first. @type {Element[]} */
  const holders = [];
  try {
    for (let view = /** @type {Window} */ (window); view.frameElement; view = view.parent) holders.push(view.frameElement);
  } catch {
    // The frame around is another site's.
  }

  /** The outermost page around this frame that may be read: what a frame says of itself the sender may have written. */
  const outer = holders.at(-1)?.ownerDocument ?? document;

  /** @param {string} host @param {string[]} [names] */
  const isBelow = (host, names) => names?.some((name) => host === name || host.endsWith(`.${name}`)) === true;

  const self = {
    // @ts-ignore `browser` is Firefox's name for it.
    api: /** @type {typeof chrome} */ (globalThis.browser ?? globalThis.chrome),
    adapters,
    holders,
    outer,
    isBelow,
    get adapter() {
      return (chosen ??= self.recognise());
    },
    get kind() {
      return Object.keys(adapters).find((name) => adapters[name] === self.adapter) ?? '';
    },
    /** Looks which webmail this is. A host of the reader's own may show itself late, by what its page is made of. */
    recognise() {
      const { hostname = '', protocol = '' } = outer.location ?? {};
      const all = Object.values(adapters);
      const named = all.find(({ hosts, bodyHosts }) => isBelow(hostname, hosts) || isBelow(hostname, bodyHosts));
      // A frame without a host may be a message, and a message may look like any webmail.
      const shown = protocol === 'https:' ? all.find(({ recognised }) => recognised && outer.querySelector(recognised) !== null) : undefined;
      chosen = named ?? shown ?? adapters.generic ?? null;
      return chosen;
    },
  };
  return /** @type {Briefgeheim} */ (/** @type {unknown} */ (self));
})();
