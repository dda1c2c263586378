'use strict';
// The walker: which attributes of which elements may hold addresses, and what the engine needs to know about each.
briefgeheim.walk = (() => {
  const XLINK = 'http://www.w3.org/1999/xlink';
  /** Relations of `link` that fetch or connect. */
  const FETCHING_LINK = /\b(stylesheet|preload|prefetch|modulepreload|icon|preconnect|dns-prefetch|prerender|manifest|apple-touch-icon)\b/i;
  /** How far up a hidden ancestor is looked for when the message body is not known. */
  const MOST_ANCESTORS = 12;
  const HIDING = /(^|;)\s*(display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(\.0+)?\s*(!|;|$)|mso-hide\s*:\s*all)/i;
  const COLLAPSED = /(^|;)\s*(max-)?(height|width)\s*:\s*0(px)?\s*(!|;|$)/i;

  /** @type {[selector: string, attribute: string, vector: string][]} */
  const PLACES = [
    ['img', 'src', 'img'],
    ['img, source', 'srcset', 'srcset'],
    ['img', 'lowsrc', 'legacy'],
    ['img', 'dynsrc', 'legacy'],
    ['bgsound', 'src', 'legacy'],
    ['input', 'src', 'input-image'],
    ['video', 'poster', 'poster'],
    ['video, audio, source', 'src', 'media'],
    ['track', 'src', 'track'],
    ['object', 'data', 'object'],
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
    ['form', 'action', 'form-action'],
    ['button, input', 'formaction', 'form-action'],
  ];
  const ANY = [...new Set(PLACES.flatMap(([selector]) => selector.split(', '))), 'style', '[style]'].join(', ');

  let lastId = 0;
  /** @type {WeakMap<Element, Map<string, Slot>>} */
  const known = new WeakMap();

  /** @param {Element} element @param {Element | null} body */
  const isHiddenByAncestor = (element, body) => {
    let left = MOST_ANCESTORS;
    for (let node = element.parentElement; node && node !== body && (body || left-- > 0); node = node.parentElement) {
      if (node.hasAttribute('hidden')) return true;
      const style = node.getAttribute('style');
      if (style && (HIDING.test(style) || (COLLAPSED.test(style) && /overflow\s*:\s*hidden/i.test(style)))) return true;
    }
    return false;
  };

  /**
   * Makes or renews the slot of one attribute. Gives it back when the engine has not yet seen it like this.
   * @param {Element} element @param {string | null} attribute @param {string} vector @param {string} text
   * @returns {Slot | null}
   */
  const slotOf = (element, attribute, vector, text) => {
    const key = attribute ?? '';
    const slots = known.get(element) ?? new Map();
    const slot = slots.get(key);
    if (slot?.released === text) return null;
    const body = briefgeheim.page.bodyOf(element);
    /** @type {Fact} */
    const fact = { id: slot?.fact.id ?? ++lastId, vector, text };
    if (vector !== 'link-href' && vector !== 'form-action') {
      const [width, height, style] = ['width', 'height', 'style'].map((name) => element.getAttribute(name));
      if (width) fact.width = width;
      if (height) fact.height = height;
      if (style && attribute !== 'style') fact.style = style;
      if (element.hasAttribute('hidden') || isHiddenByAncestor(element, body)) fact.hidden = true;
      if (!body && briefgeheim.page.isOutside(element)) fact.outside = true;
    }
    // A released slot that reads as it was written has been put back by the page: it is judged and released again.
    if (slot && slot.released === null && JSON.stringify(slot.fact) === JSON.stringify(fact)) return null;
    /** @type {Slot} */
    const fresh = { id: fact.id, element, attribute, namespace: attribute?.startsWith('xlink:') ? XLINK : null, vector, text, released: null, verdicts: null, fact, message: slot?.message ?? null, marks: slot?.marks ?? [] };
    if (slot) slot.message?.slots.delete(slot);
    slots.set(key, fresh);
    known.set(element, slots);
    return fresh;
  };

  /** @param {Element} element @param {Slot[]} out */
  const visit = (element, out) => {
    /** @param {string | null} attribute @param {string} vector @param {string | null} text */
    const add = (attribute, vector, text) => {
      const slot = text && slotOf(element, attribute, vector, text);
      if (slot) out.push(slot);
    };
    for (const [selector, attribute, vector] of PLACES) {
      const text = element.getAttribute(attribute);
      if (!text || !element.matches(selector)) continue;
      if (vector === 'link-rel' && !FETCHING_LINK.test(element.getAttribute('rel') ?? '')) continue;
      // A link to the page's own host leads nowhere new.
      if (vector === 'link-href' && /** @type {HTMLAnchorElement} */ (element).hostname === location.hostname) continue;
      add(attribute, vector, text);
    }
    const style = element.getAttribute('style');
    // Escapes may hide the word `url`, so a backslash counts too.
    if (style && /url|image-set|src\(|\\/i.test(style)) add('style', 'css-attr', style);
    if (element.localName === 'style') add(null, 'style-block', element.textContent);
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
    return out;
  };
})();
