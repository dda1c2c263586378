'use strict';
// The walker: which attributes of which elements may hold addresses, and what the engine needs to know about each.
briefgeheim.walk = (() => {
  const XLINK = 'http://www.w3.org/1999/xlink';
  const SVG = 'http://www.w3.org/2000/svg';
  /** Relations of `link` that fetch or connect. */
  const FETCHING_LINKS = ['stylesheet', 'icon', 'apple-touch-icon', 'apple-touch-icon-precomposed', 'mask-icon', 'fluid-icon', 'preload', 'prefetch', 'modulepreload', 'prerender', 'dns-prefetch', 'preconnect', 'manifest'];
  /** SVG attributes that may hold a `url()`, as a style would. */
  const PAINT_ATTRIBUTES = ['fill', 'stroke', 'filter', 'mask', 'clip-path', 'marker', 'marker-start', 'marker-mid', 'marker-end', 'cursor'];
  /** Names of an object's parameters that hold what it plays. */
  const OBJECT_PARAMETERS = ['movie', 'src', 'data', 'url', 'filename'];
  /** Vectors of which the engine asks how large they are drawn. A style block that is hidden works all the same. */
  const PICTURES = ['img', 'srcset', 'input-image', 'poster', 'background-attr', 'css-attr', 'svg-image'];
  /** CSS that could name an address. Escapes may hide the words, so a backslash counts too. */
  const HOLDS_ADDRESS = /url\(|src\(|image\(|image-set\(|\\/i;

  /** @type {[selector: string, attribute: string, vector: string][]} */
  const PLACES = [
    ['img', 'src', 'img'],
    ['img, source', 'srcset', 'srcset'],
    ['img', 'lowsrc', 'legacy'],
    ['img', 'dynsrc', 'legacy'],
    ['bgsound', 'src', 'legacy'],
    ['input[type="image" i]', 'src', 'input-image'],
    ['video', 'poster', 'poster'],
    ['video, audio, source', 'src', 'media'],
    ['track', 'src', 'track'],
    ['object', 'data', 'object'],
    [OBJECT_PARAMETERS.map((name) => `param[name="${name}" i]`).join(', '), 'value', 'object'],
    ['embed', 'src', 'embed'],
    ['iframe, frame', 'src', 'iframe'],
    ['link', 'href', 'link-rel'],
    ['link', 'imagesrcset', 'srcset'],
    ['image, feImage', 'href', 'svg-image'],
    ['image, feImage', 'xlink:href', 'svg-image'],
    ['use', 'href', 'svg-use'],
    ['use', 'xlink:href', 'svg-use'],
    ['[background]', 'background', 'background-attr'],
    ['meta[http-equiv="refresh" i]', 'content', 'meta-refresh'],
    ['a, area', 'href', 'link-href'],
    ['a', 'xlink:href', 'link-href'],
    ['a, area', 'ping', 'ping'],
    ['form', 'action', 'form-action'],
    ['button, input', 'formaction', 'form-action'],
  ];
  const ANY = [...new Set(PLACES.flatMap(([selector]) => selector.split(', '))), 'style', '[style]', ...PAINT_ATTRIBUTES.map((name) => `[${name}]`)].join(', ');

  /** Of which elements those are by name, so that each is asked for what it can have. @type {Map<string, typeof PLACES>} */
  const placesOf = new Map();

  /** @param {string} name */
  const placesFor = (name) => {
    const known = placesOf.get(name);
    if (known) return known;
    const places = PLACES.filter(([selector]) => selector.split(', ').some((one) => one.startsWith('[') || one.split('[')[0] === name));
    placesOf.set(name, places);
    return places;
  };

  let lastId = 0;
  /** @type {WeakMap<Element, Map<string, Slot>>} */
  const known = new WeakMap();

  /** What one walk knows of who is hidden: tables in mail are deep and share their ancestors. @type {Map<Element, boolean>} */
  const hidden = new Map();
  /** And of whose message the parents of links and pictures stand in. @type {Map<Element, Element | null>} */
  const bodies = new Map();

  /** Hides everything in it, as its own attributes say. @param {Element} element */
  const hides = (element) => {
    if (element.hasAttribute('hidden')) return true;
    const text = element.getAttribute('style');
    if (!text || !('style' in element)) return false;
    const style = /** @type {HTMLElement} */ (element).style;
    const isNone = (/** @type {string} */ length) => parseFloat(length) === 0 && !length.endsWith('%');
    return (
      style.display === 'none' || ['hidden', 'collapse'].includes(style.visibility) || parseFloat(style.opacity) === 0 ||
      // No browser knows it, so none has parsed it.
      /(^|;)\s*mso-hide\s*:\s*all\s*(!\s*important\s*)?(;|$)/i.test(text) ||
      ([style.overflowX, style.overflowY].some((word) => word === 'hidden' || word === 'clip') && [style.width, style.height, style.maxWidth, style.maxHeight].some(isNone))
    );
  };

  /** It or something around it, within its message, is hidden. @param {Element} element @param {Element | null} body */
  const isHidden = (element, body) => {
    const passed = [];
    let answer = false;
    for (let node = /** @type {Element | null} */ (element); node && node !== body && !answer; node = node.parentElement) {
      const known = hidden.get(node);
      if (known === undefined) passed.push(node);
      answer = known ?? hides(node);
      if (known === false) break;
    }
    for (const node of passed) hidden.set(node, answer);
    return answer;
  };

  /** @param {Element} element */
  const isInPicture = (element) => element.parentElement?.localName === 'picture';

  /** The `img` that draws what a `source` beside it names. @param {Element} element */
  const drawnBy = (element) => (element.localName === 'source' && isInPicture(element) ? element.parentElement?.querySelector('img') : null);

  /**
   * Makes or renews the slot of one attribute. Gives it back when the engine has not yet seen it like this.
   * @param {Element} element @param {string | null} attribute @param {string} vector @param {string} now
   * @returns {Slot | null}
   */
  const slotOf = (element, attribute, vector, now) => {
    const key = attribute ?? '';
    const slots = known.get(element) ?? new Map();
    const slot = slots.get(key);
    if (slot?.released === now) return null;
    // A page may add to what was released, as scripts do to a style.
    const text = slot?.suffix ? now.replaceAll(slot.suffix, '') : now;
    const body = briefgeheim.page.bodyOf(element, bodies);
    /** @type {Fact} */
    const fact = { id: slot?.fact.id ?? ++lastId, vector, text };
    if (PICTURES.includes(vector)) {
      const drawn = drawnBy(element) ?? element;
      const sized = ['width', 'height'].some((name) => element.hasAttribute(name)) ? element : drawn;
      const [width, height, style] = [sized.getAttribute('width'), sized.getAttribute('height'), drawn.getAttribute('style')];
      if (width) fact.width = width;
      if (height) fact.height = height;
      if (style && attribute !== 'style') fact.style = style;
      if (isHidden(drawn, body)) fact.hidden = true;
    }
    if (!['link-href', 'form-action', 'ping'].includes(vector) && !body && briefgeheim.page.isOutside(element)) fact.outside = true;
    // A released slot that reads as it was written has been put back by the page: it is judged and released again.
    if (slot && slot.released === null && JSON.stringify(slot.fact) === JSON.stringify(fact)) return null;
    /** @type {Slot} */
    const fresh = { id: fact.id, element, attribute, namespace: attribute?.startsWith('xlink:') ? XLINK : null, vector, text, released: text === now ? null : now, suffix: slot?.suffix ?? null, isUnseen: false, verdicts: null, fact, message: slot?.message ?? null, marks: slot?.marks ?? [] };
    if (slot?.message) {
      slot.message.slots.delete(slot);
      slot.message.record = null;
    }
    slots.set(key, fresh);
    known.set(element, slots);
    return fresh;
  };

  /** The parser is still filling it: what stands there may end within an address, and nothing is fetched yet. @param {Element} style */
  const isUnfinished = (style) => document.readyState === 'loading' && !(/** @type {HTMLStyleElement} */ (style).sheet);

  /** @param {Element} link */
  const isFetching = (link) => (link.getAttribute('rel') ?? '').toLowerCase().split(/[\t\n\f\r ]+/).some((kind) => FETCHING_LINKS.includes(kind));

  /** @param {Element} element @param {Slot[]} out */
  const visit = (element, out) => {
    /** @param {string | null} attribute @param {string} vector @param {string | null} text */
    const add = (attribute, vector, text) => {
      const slot = text && slotOf(element, attribute, vector, text);
      if (slot) out.push(slot);
    };
    if (element.localName === 'source' && isInPicture(element) && !drawnBy(element)) return;
    const isSvg = element.namespaceURI === SVG;
    for (const [selector, attribute, vector] of placesFor(element.localName)) {
      const text = element.getAttribute(attribute);
      if (!text || !element.matches(selector)) continue;
      // SVG alone knows the old spelling of a reference, and the new one wins.
      if (attribute === 'xlink:href' && (!isSvg || element.hasAttribute('href'))) continue;
      if (element.localName === 'link' && !isFetching(element)) continue;
      // A link to the page's own host leads nowhere new.
      if (vector === 'link-href' && briefgeheim.links.isSwapped(element)) continue;
      if (vector === 'link-href' && /** @type {HTMLAnchorElement} */ (element).hostname === location.hostname) continue;
      add(attribute, vector, text);
    }
    for (const name of isSvg ? ['style', ...PAINT_ATTRIBUTES] : ['style']) {
      const css = element.getAttribute(name);
      if (css && HOLDS_ADDRESS.test(css)) add(name, 'css-attr', css);
    }
    if (element.localName === 'style' && !isUnfinished(element)) add(null, 'style-block', element.textContent);
    // How large its sources are drawn is known, and nothing is fetched, only when the picture itself is there.
    if (element.localName === 'img' && isInPicture(element)) for (const source of element.parentElement?.querySelectorAll('source') ?? []) visit(source, out);
  };

  return (root, isAlone) => {
    /** @type {Slot[]} */
    const out = [];
    /** @param {ParentNode | Element} node */
    const walk = (node) => {
      if (briefgeheim.mark.isOurs(/** @type {Node} */ (node))) return;
      if (node instanceof Element && node.matches(ANY)) visit(node, out);
      if (!isAlone) for (const element of node.querySelectorAll(ANY)) visit(element, out);
    };
    walk(root);
    hidden.clear();
    bodies.clear();
    return out;
  };
})();
