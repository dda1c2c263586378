// What a webmail does to a message before it shows it: sanitises the HTML and writes its own addresses over the pictures'.
// Runs in the demonstration page. More is let through than real webmails do (frames, media, fonts): those must be held too.

/**
 * One attribute or style text that holds addresses, as the message had it: what an engine is asked about.
 * @typedef {{vector: string, text: string, width?: string, height?: string, style?: string, hidden?: boolean}} Place
 * @typedef {{html: string, places: Place[], pictures: [original: string, shown: string][]}} Prepared
 */

const DROPPED = 'script, noscript, base, meta, title, template, applet, dialog, [http-equiv]';
/** Only these of a message's own attributes are known to carry addresses of pictures. */
const PICTURES = [['img', 'src', 'img'], ['input[type="image" i]', 'src', 'input-image'], ['video', 'poster', 'poster'], ['[background]', 'background', 'background-attr'], ['image, feImage', 'href', 'svg-image'], ['image, feImage', 'xlink:href', 'svg-image']];
const OTHERS = [['video, audio, source', 'src', 'media'], ['track', 'src', 'track'], ['object', 'data', 'object'], ['embed', 'src', 'embed'], ['iframe, frame', 'src', 'iframe'], ['link', 'href', 'link-rel'], ['a, area', 'href', 'link-href'], ['form', 'action', 'form-action']];
const XLINK = 'http://www.w3.org/1999/xlink';
const HIDING = /display:\s*none|visibility:\s*hidden|opacity:\s*0(?![.\d])/i;

/**
 * @param {string} source  the message's HTML
 * @param {string} scope   a class that stands on the element around it
 * @param {(url: string) => string} picture  the webmail's own address for a picture
 * @param {(html: string) => string} trusted
 * @returns {Prepared}
 */
export function prepare(source, scope, picture, trusted) {
  const tree = new DOMParser().parseFromString(trusted(source), 'text/html');
  sanitise(tree);
  /** @type {Place[]} */
  const places = [];
  /** One address of ours for one of the sender's, however often it stands there. @type {Map<string, string>} */
  const shown = new Map();
  /** @param {string} url */
  const rewritten = (url) => {
    const original = url.trim().replace(/^\/\//, 'https://').replace(/[\t\n\r]/g, '');
    if (!/^https?:/i.test(original) || !URL.canParse(original)) return url;
    const ours = shown.get(original) ?? picture(original);
    shown.set(original, ours);
    return ours;
  };

  for (const [selector = '', name = '', vector = ''] of [...PICTURES, ...OTHERS]) {
    for (const element of tree.querySelectorAll(selector)) {
      const text = element.getAttribute(name);
      if (!text) continue;
      places.push(placeOf(element, name, vector, text));
      if (!PICTURES.some((known) => known[2] === vector)) continue;
      if (name === 'xlink:href') element.setAttributeNS(XLINK, name, rewritten(text));
      else element.setAttribute(name, rewritten(text));
    }
  }
  for (const element of tree.querySelectorAll('img[srcset], source[srcset]')) {
    const text = element.getAttribute('srcset') ?? '';
    places.push(placeOf(element, 'srcset', 'srcset', text));
    element.setAttribute('srcset', text.replace(/(^|,)(\s*)(\S+?)(?=,?\s|,?$)/g, (_, comma, space, url) => comma + space + rewritten(url)));
  }
  for (const element of tree.querySelectorAll('[style]')) {
    const text = element.getAttribute('style') ?? '';
    if (!/url|image-set|\\/i.test(text)) continue;
    places.push(placeOf(element, 'style', 'css-attr', text));
    element.setAttribute('style', inCss(/** @type {HTMLElement} */ (element).style?.cssText || text, rewritten));
  }
  for (const element of tree.querySelectorAll('style')) {
    const text = element.textContent ?? '';
    if (/url|image-set|@import|\\/i.test(text)) places.push({ vector: 'style-block', text });
    element.textContent = inCss(scoped(text, scope), rewritten);
  }
  const kept = [...tree.head.querySelectorAll('style, link')].map((element) => element.outerHTML).join('');
  const around = document.createElement('div');
  for (const name of ['style', 'bgcolor', 'background', 'dir']) {
    const value = tree.body.getAttribute(name);
    // Nothing but cells takes this attribute any more; on the body it was the picture behind all of it.
    if (value) around.setAttribute(name, value);
  }
  around.className = scope;
  const shell = around.outerHTML.replace(/<\/div>$/, '');
  return { html: `${kept}${shell}${tree.body.innerHTML}</div>`, places, pictures: [...shown] };
}

/** @param {Document} tree */
function sanitise(tree) {
  for (const element of tree.querySelectorAll(DROPPED)) element.remove();
  for (const element of tree.querySelectorAll('*')) {
    for (const { name, value } of [...element.attributes]) {
      const address = value.replace(/[\u0000-\u0020]/g, '');
      if (/^on|^srcdoc$|^loading$|^nonce$/i.test(name) || /^(javascript|vbscript|data:text\/html)/i.test(address)) element.removeAttribute(name);
    }
    if (element.matches('a, form')) element.setAttribute('target', '_blank');
    if (element.matches('a')) element.setAttribute('rel', 'noopener noreferrer');
    if (element.matches('iframe, frame')) element.setAttribute('sandbox', '');
  }
}

/** @param {Element} element @param {string} name @param {string} vector @param {string} text @returns {Place} */
function placeOf(element, name, vector, text) {
  /** @type {Place} */
  const place = { vector, text };
  for (const key of /** @type {const} */ (['width', 'height', 'style'])) {
    const value = element.getAttribute(key);
    if (value && key !== name) place[key] = value;
  }
  for (let node = element.parentElement; node && !place.hidden; node = node.parentElement) {
    if (node.hasAttribute('hidden') || HIDING.test(node.getAttribute('style') ?? '')) place.hidden = true;
  }
  return place;
}

/** Style sheets of a message hold for the message only. Ones the browser cannot read are lost. @param {string} text @param {string} scope */
function scoped(text, scope) {
  const imports = text.match(/@import\s+(?:url\([^)]*\)|"[^"]*"|'[^']*')[^;]*;/gi)?.join('\n') ?? '';
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text.replace(/<!--|-->/g, ''));
  /** @param {CSSRule} rule @returns {string} */
  const write = (rule) => {
    if (rule instanceof CSSStyleRule) {
      const selectors = rule.selectorText.split(/,(?![^(]*\))/).map((one) => {
        const inner = one.trim().replace(/^(html\s+)?(body|html|:root)(?![\w-])/i, '');
        return inner === one.trim() ? `.${scope} ${inner}` : `.${scope}${inner}`;
      });
      return `${selectors.join(', ')} { ${rule.style.cssText} }`;
    }
    if (rule instanceof CSSMediaRule) return `@media ${rule.conditionText} { ${[...rule.cssRules].map(write).join('\n')} }`;
    return rule.cssText;
  };
  return `${imports}\n${[...sheet.cssRules].map(write).join('\n')}`;
}

/** @param {string} css @param {(url: string) => string} rewritten */
function inCss(css, rewritten) {
  // As the browser writes it out, an address stands in double quotes; in what it keeps as it was, perhaps in others.
  return css.replace(/\burl\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s"')]*)\s*\)/gi, (_, written) => {
    const url = written.replace(/^["']|["']$/g, '').replace(/\\(.)/g, '$1');
    return `url("${rewritten(url).replace(/["\\\n]/g, (/** @type {string} */ c) => encodeURIComponent(c))}")`;
  });
}
