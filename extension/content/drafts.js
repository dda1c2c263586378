'use strict';
// Where people write. What they quote is shown to them without touching it, since a token of ours must not be sent along; and
// what would track those they write to is taken out of the quoted part.
briefgeheim.drafts = (() => {
  /**
   * Quoted parts, as webmails and mail programs mark them. What people write themselves, and their signature, stands outside.
   * SOGo's editor closes the quote at once when the message has a head, and leaves all of the message behind it.
   */
  const QUOTES = 'blockquote, blockquote[type="cite"]:has(> br:only-child) ~ *, .gmail_quote, [id^="replybody"], [id^="forwardbody"], #divRplyFwdMsg ~ *, [data-olk-copy-source], [class*="yahoo_quoted"], [id*="yahoo_quoted"], [id^="ydp"], .protonmail_quote, #isReplyContent, [name="quote"]';
  /** A token of ours that the webmail copied from the open message. */
  const TOKEN = /#[0-9a-f]{32}$/;
  /** What cannot be part of an address in a list or a style. */
  const ENDS = /[\s"'(]/;
  /** @type {WeakMap<Document, HTMLStyleElement>} */
  const sheets = new WeakMap();

  /** Text inside quotes in CSS. @param {string} text */
  const quoted = (text) => `"${text.replace(/["\\\n\r\f]/g, (sign) => `\\${sign.codePointAt(0)?.toString(16)} `)}"`;

  /** @param {Document} page */
  const sheetOf = (page) => {
    let style = sheets.get(page);
    if (!style?.isConnected) {
      style = page.createElement('style');
      // In the head: what is sent is taken from the body, or from a part of it.
      (page.head ?? page.documentElement).append(style);
      sheets.set(page, style);
    }
    return style.sheet;
  };

  /** Shows a quoted picture by a style, so that the draft itself stays as it is. @param {Slot} slot @param {string} suffix */
  const paint = (slot, suffix) => {
    const { element, text } = slot;
    if (!(element instanceof HTMLImageElement) || !URL.canParse(text.trim(), document.baseURI)) return;
    const address = new URL(text.trim(), document.baseURI).href + suffix;
    const show = () => sheetOf(element.ownerDocument)?.insertRule(`img[src=${quoted(text)}]{content:url(${quoted(address)})}`);
    briefgeheim.release.afterFailure(element, () => briefgeheim.release.afterArrival(address, show));
  };

  /** Takes out what would report on the next reader. @param {Slot} slot @param {Verdict[]} trackers */
  const remove = (slot, trackers) => {
    const { element, attribute, text } = slot;
    if (slot.vector === 'img' || slot.vector === 'srcset') return element.remove();
    const isBlock = attribute === null;
    if ((isBlock ? element.textContent : element.getAttribute(attribute)) !== text) return;
    let left = '';
    let done = 0;
    for (const at of trackers.map((verdict) => verdict.at).sort((a, b) => a - b)) {
      let start = at;
      while (start > done && !ENDS.test(text[start - 1] ?? '')) start--;
      left += text.slice(done, start);
      done = at;
      const address = text.slice(start, at);
      // Editors keep a copy of what they were given, and write that.
      for (const { name, value } of [...element.attributes]) if (name !== attribute && address && value.includes(address)) element.removeAttribute(name);
    }
    left += text.slice(done);
    if (isBlock) element.textContent = left;
    else if (attribute === 'style') element.setAttribute(attribute, left);
    else element.removeAttribute(attribute);
  };

  return {
    apply(slots, suffix, isCleaned) {
      const found = new Map();
      for (const slot of slots) {
        if (!briefgeheim.page.isDraft(slot.element, found)) continue;
        // What is taken out or painted may be around others.
        found.clear();
        const trackers = (slot.verdicts ?? []).filter((verdict) => verdict.kind === 'open');
        if (slot.attribute === 'src' && TOKEN.test(slot.text)) slot.element.setAttribute('src', slot.text.replace(TOKEN, ''));
        else if (trackers.length && isCleaned && slot.element.closest(QUOTES)) remove(slot, trackers);
        else if (slot.vector === 'img' && slot.verdicts?.some((verdict) => verdict.act === 'release')) paint(slot, suffix);
      }
    },
  };
})();
