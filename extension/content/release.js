'use strict';
// Lets through what the engine found clean: the same address with a token in its fragment, which servers never see.
briefgeheim.release = (() => {
  /** Vectors that show one picture and do not say reliably when it failed. */
  const PROBED = ['poster', 'input-image', 'svg-image'];
  /** Vectors whose pictures a style draws. */
  const STYLES = ['style-block', 'css-attr', 'background-attr'];
  /** Vectors that are fetched when they are first seen, and then do not say that they failed. */
  const QUIET = ['css-attr', 'background-attr', 'poster'];

  /** Chromium joins a second request for an address to the one in flight, fragment or not, so that both fail; Firefox does not. */
  const JOINS_REQUESTS = !briefgeheim.api.runtime.getURL('').startsWith('moz-');

  /** @param {Slot} slot */
  const current = (slot) => (slot.attribute === null ? slot.element.textContent : slot.element.getAttribute(slot.attribute));

  /** @param {Slot} slot @param {string} text */
  const write = (slot, text) => {
    if (slot.attribute === null) slot.element.textContent = text;
    else if (slot.namespace) slot.element.setAttributeNS(slot.namespace, slot.attribute, text);
    else slot.element.setAttribute(slot.attribute, text);
  };

  /** @param {Slot} slot @param {string} suffix */
  const withSuffix = (slot, suffix) => {
    const places = (slot.verdicts ?? []).filter((verdict) => verdict.act === 'release').map((verdict) => verdict.at).sort((a, b) => a - b);
    // A style may name forty thousand: they are put together once, not the whole text anew for each.
    const pieces = places.map((at, index) => slot.text.slice(places[index - 1] ?? 0, at));
    return [...pieces, slot.text.slice(places.at(-1) ?? 0)].join(suffix);
  };

  /** The element whose pictures an attribute decides: for `source` the `img` beside it. @param {Element} element */
  const shower = (element) => (element.localName === 'source' ? (element.parentElement?.querySelector('img') ?? element) : element);

  /** What to do with a picture that failed although it was released. @type {(slot: Slot) => void} */
  let onFailure = () => {};

  /** @param {Slot} slot @param {string} suffix */
  const put = (slot, suffix) => {
    const now = current(slot);
    // The page may have changed it while the engine thought; then there is a newer slot.
    if (now !== slot.text && now !== slot.released) return;
    const text = withSuffix(slot, suffix);
    // With this token it was asked for before: it is not there.
    if (text === now) return;
    slot.released = text;
    slot.suffix = suffix;
    write(slot, text);
    // Out of view, a picture may be fetched when its token is no longer valid.
    shower(slot.element).addEventListener('error', () => current(slot) === text && slot.released === text && onFailure(slot), { once: true });
  };

  /** @param {Element} element */
  const hasFailed = (element) => element instanceof HTMLImageElement && element.complete && element.naturalWidth === 0;

  /**
   * Runs when the held request of a picture has failed: before, its release would fail with it.
   * @param {Element} element @param {() => void} then
   */
  const afterFailure = (element, then) => {
    if (hasFailed(element)) return then();
    if (element instanceof HTMLImageElement && element.complete && element.naturalWidth > 0 && element.currentSrc) return;
    if (!JOINS_REQUESTS) return then();
    element.addEventListener('error', then, { once: true });
  };

  /**
   * Releases where a failure goes unnoticed (a poster) or may have been missed: a picture of our own asks first. It either
   * joins the held request and fails with it, or brings the picture, which is then shown without another request.
   * @param {Slot} slot @param {string} suffix
   */
  const afterProbe = (slot, suffix) => {
    const probe = new Image();
    const settle = () => put(slot, suffix);
    probe.onload = settle;
    probe.onerror = settle;
    probe.src = new URL(slot.text.trim(), document.baseURI).href + suffix;
  };

  /** Addresses of one text that are asked for before it is written: of thousands nearly all have been refused by then. */
  const MOST_ASKED = 40;

  /**
   * Releases a style, which does not say when its held requests have failed: in Chromium its release would fail with one that is
   * still in flight. A picture of our own asks for the same address as it stands; held, it fails with that one, or at once.
   * @param {Slot} slot @param {string} suffix
   */
  const afterRefusals = async (slot, suffix) => {
    if (JOINS_REQUESTS) {
      const urls = new Set((slot.verdicts ?? []).filter(({ act }) => act === 'release').map(({ url }) => url));
      await Promise.all([...urls].slice(0, MOST_ASKED).map((url) => new Promise((done) => {
        const probe = new Image();
        probe.onload = probe.onerror = done;
        probe.src = url;
      })));
    }
    put(slot, suffix);
  };

  /** How often a picture that joined held requests is asked for again: an editor may draw it anew several times in a row. */
  const MOST_TRIES = 5;

  /**
   * Runs when a picture has come that a style will show, without another request: a style does not say that it failed. In Chromium
   * it would fail with a held request for the same address, of another copy of the picture that is drawn meanwhile.
   * @param {string} address @param {() => void} then
   */
  const afterArrival = (address, then, tries = MOST_TRIES) => {
    if (!JOINS_REQUESTS) return then();
    const probe = new Image();
    probe.onload = then;
    probe.onerror = () => tries > 1 && afterArrival(address, then, tries - 1);
    probe.src = address;
  };

  return {
    afterFailure,
    afterArrival,
    /** Says what happens to a picture that fails although it was released. */
    whenFailed(then) {
      onFailure = then;
    },
    /** Releases what may be released in these slots. */
    apply(slots, suffix) {
      // Asked before anything is written, or each writing would cost a look at all styles.
      for (const slot of slots) slot.isUnseen = QUIET.includes(slot.vector) && !slot.element.checkVisibility();
      /** @type {Map<Element, Slot[]>} */
      const pictures = new Map();
      const drafts = new Map();
      for (const slot of slots) {
        if (!slot.verdicts?.some((verdict) => verdict.act === 'release') || briefgeheim.page.isDraft(slot.element, drafts)) continue;
        if (slot.vector === 'img' || slot.vector === 'srcset') {
          const element = shower(slot.element);
          pictures.set(element, [...(pictures.get(element) ?? []), slot]);
        } else if (PROBED.includes(slot.vector)) {
          afterProbe(slot, suffix);
        } else if (STYLES.includes(slot.vector)) {
          void afterRefusals(slot, suffix);
        } else {
          put(slot, suffix);
        }
      }
      for (const [element, group] of pictures) afterFailure(element, () => group.forEach((slot) => put(slot, suffix)));
    },
    /** Puts back what the page wrote, so that it is held again. */
    withdraw(slots) {
      for (const slot of slots) {
        if (slot.released === null) continue;
        const { released } = slot;
        slot.released = null;
        if (current(slot) === released) write(slot, slot.text);
      }
    },
    /** Asks again for what was held, as the page wrote it: after the reader chose to show everything in this tab. */
    again(slots) {
      const held = slots.filter((slot) => current(slot) === slot.text);
      // A style that is written again as it was is not fetched again: it has to go first.
      for (const slot of held) write(slot, '');
      // Reading a size makes the browser notice; a frame to wait for may never come in a tab that is not in view.
      document.documentElement.getBoundingClientRect();
      for (const slot of held) if (current(slot) === '') write(slot, slot.text);
    },
  };
})();
