// What runs in the page: the content script's walker over a document that the browser's own parser made of a message, and what
// is known to differ from the string walker, put in.

/**
 * @typedef {{id: number, vector: string, text: string, width?: string, height?: string, style?: string, hidden?: boolean}} Fact
 * @typedef {{base: string | undefined, facts: Fact[]}} Seen
 */

/**
 * The justified differences. Each is walked here by the same code, or is named with the element that makes it, so that after
 * this nothing may differ.
 * `comments`: a conditional comment is dead in a DOM; Outlook on the desktop reads it as HTML, and the audit must know.
 * `srcdoc`: a frame is a document of its own, and in the browser a content script of its own walks it.
 * `elements`: no browser draws these by itself, other readers do: Outlook draws VML; AMP's script makes pictures of its parts.
 */
export const DIFFERENCES = {
  comments: { img: 'mso-img', 'link-href': 'mso-link' },
  srcdoc: 'iframe[srcdoc]',
  elements: [
    { prefix: 'v:', places: [['src', 'mso-img'], ['href', 'mso-link']] },
    { prefix: 'amp-img', places: [['src', 'img'], ['srcset', 'srcset']] },
    { prefix: 'amp-anim', places: [['src', 'img'], ['srcset', 'srcset']] },
    { prefix: 'amp-pixel', places: [['src', 'img']] },
  ],
};

/**
 * Walks messages, each in a frame without scripts, as webmails in frames show them. It is sent to the page as text, so it uses
 * nothing from outside.
 * @param {string[]} messages @param {typeof DIFFERENCES} differences @returns {Promise<Seen[]>}
 */
export async function walkAll(messages, differences) {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-same-origin');
  // A page with an address: in Firefox an empty one has none to resolve others against.
  frame.src = location.href;
  await new Promise((done) => {
    frame.addEventListener('load', done, { once: true });
    document.body.append(frame);
  });
  const page = () => /** @type {Document} */ (frame.contentDocument);
  let last = 0;

  /** @param {string} html */
  const parse = (html) => new DOMParser().parseFromString(`<!doctype html>${html}`, 'text/html');

  /** Asks the walker itself, by a picture in the same place. @param {Element | null} around @param {Node | null} before */
  const isHidden = (around, before) => {
    if (!around) return false;
    const probe = around.ownerDocument.createElement('img');
    probe.setAttribute('src', 'probe');
    around.insertBefore(probe, before);
    const slot = briefgeheim.walk(around).find(({ element }) => element === probe);
    probe.remove();
    return slot?.fact.hidden === true;
  };

  /** What Outlook reads in a comment. @param {Comment} comment */
  const conditional = ({ data }) => {
    const [, content] = /^\s*\[if[^]*?\]>([^]*)$/i.exec(data) ?? [];
    const end = content?.lastIndexOf('<![endif]') ?? -1;
    return content && (end < 0 ? content : content.slice(0, end));
  };

  /** @param {Document} doc @param {boolean} isMso @param {boolean} isWithinHidden @returns {Fact[]} */
  const walk = (doc, isMso, isWithinHidden) => {
    /** @type {Fact[]} */
    const facts = briefgeheim.walk(doc).map((slot) => ({ ...slot.fact }));
    for (const element of doc.querySelectorAll('*')) {
      for (const { prefix, places } of differences.elements) {
        if (!element.localName.startsWith(prefix)) continue;
        for (const [name, vector] of places) {
          const text = element.getAttribute(/** @type {string} */ (name));
          const get = (/** @type {string} */ attribute) => element.getAttribute(attribute) ?? undefined;
          if (text) facts.push({ id: 0, vector: /** @type {string} */ (vector), text, width: get('width'), height: get('height'), style: get('style'), hidden: isHidden(element, null) });
        }
      }
    }
    if (isMso) for (const fact of facts) fact.vector = /** @type {Record<string, string>} */ (differences.comments)[fact.vector] ?? fact.vector;
    if (isWithinHidden) for (const fact of facts) fact.hidden = true;
    for (const frame of doc.querySelectorAll(differences.srcdoc)) facts.push(...walk(parse(frame.getAttribute('srcdoc') ?? ''), isMso, false));
    const comments = doc.createTreeWalker(doc, NodeFilter.SHOW_COMMENT);
    for (let comment = comments.nextNode(); comment; comment = comments.nextNode()) {
      const content = conditional(/** @type {Comment} */ (comment));
      if (content?.includes('<')) facts.push(...walk(parse(content), true, isWithinHidden || isHidden(comment.parentElement, comment)));
    }
    return facts;
  };

  const seen = messages.map((html) => {
    page().open();
    page().write(`<!doctype html>${html}`);
    page().close();
    const facts = walk(page(), false, false).map((fact) => ({ ...fact, id: ++last }));
    // A saved message has no address of its own, a page has.
    return { base: new URL(page().baseURI).host === location.host ? undefined : page().baseURI, facts };
  });
  frame.remove();
  return seen;
}
