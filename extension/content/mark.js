'use strict';
// Marks in the message: a small seal where a tracker was blocked, another after a tracked link. Nodes of the message are never
// moved or replaced; ours stand beside them, with their insides in a closed shadow root.
briefgeheim.mark = (() => {
  /** More seals than this in one message would only disturb. The popup lists everything. */
  const MOST = 40;
  /** Tells the marks of an earlier version of us, which an update leaves behind. */
  const OURS = 'data-briefgeheim';
  const SVG = 'http://www.w3.org/2000/svg';
  const COLOR = '#b3402e';
  /** A letter with a seal; and an arrow that bends. */
  const SHAPES = { blocked: 'M1 3.5h12v8H1zM1 3.5l6 4.5 6-4.5M7 6.2', link: 'M2 11V7a3 3 0 0 1 3-3h6M8.5 1.5 11 4 8.5 6.5' };
  /** Parents in which a stray inline element would be moved or break the layout. */
  const STRUCTURE = 'table, tbody, thead, tfoot, tr, colgroup, picture, video, audio, object, svg, svg *, select, head, ul, ol';

  /** @type {WeakSet<Node>} */
  const ours = new WeakSet();
  /**
   * @param {'blocked' | 'link'} kind @param {string} text
   * @param {boolean} takesSpace  in running text; elsewhere the mark floats over its corner and moves nothing
   */
  const build = (kind, text, takesSpace) => {
    const host = document.createElement('span');
    host.setAttribute(OURS, '');
    ours.add(host);
    const set = (/** @type {string} */ name, /** @type {string} */ value) => host.style.setProperty(name, value, 'important');
    const side = takesSpace ? '14px' : '0';
    set('all', 'initial');
    set('display', takesSpace ? 'inline-block' : 'block');
    set('position', takesSpace ? 'relative' : 'absolute');
    set('width', side);
    set('height', side);
    set('margin', takesSpace ? '0 2px' : '0');
    set('vertical-align', 'middle');
    set('line-height', '0');
    const root = host.attachShadow({ mode: 'closed' });
    const icon = document.createElementNS(SVG, 'svg');
    for (const [name, value] of Object.entries({ viewBox: '-1.5 -1.5 17 17', width: '14', height: '14', role: 'img', 'aria-label': text })) icon.setAttribute(name, value);
    // A plate of its own: mail has every colour.
    icon.style.cssText = 'display:block;position:absolute;inset-inline-start:0;top:0;cursor:help;background:#fffdf8;border-radius:4px;box-shadow:0 0 0 1px #b3402e55;z-index:1';
    const title = document.createElementNS(SVG, 'title');
    title.textContent = text;
    const path = document.createElementNS(SVG, 'path');
    for (const [name, value] of Object.entries({ d: SHAPES[kind], fill: 'none', stroke: COLOR, 'stroke-width': '1.5', 'stroke-linejoin': 'round' })) path.setAttribute(name, value);
    icon.append(title, path);
    if (kind === 'blocked') {
      const seal = document.createElementNS(SVG, 'circle');
      for (const [name, value] of Object.entries({ cx: '7', cy: '8.2', r: '2.2', fill: COLOR })) seal.setAttribute(name, value);
      icon.append(seal);
    }
    root.append(icon);
    return host;
  };

  /** Whether an inline box beside the element would become a line or an item of its own. @param {Element} element */
  const isInText = (element) => {
    const parent = element.parentElement;
    return parent !== null && getComputedStyle(element).display === 'inline' && !/flex|grid/.test(getComputedStyle(parent).display);
  };

  /** Marks that stand in a message. @type {WeakMap<object, number>} */
  const counts = new WeakMap();

  /** @param {Slot} slot */
  const ownerOf = (slot) => slot.message ?? slot.element.ownerDocument;

  /** @param {Slot} slot */
  const isFull = (slot) => (counts.get(ownerOf(slot)) ?? 0) >= MOST;

  /** @param {Slot} slot @param {Element} mark */
  const keep = (slot, mark) => {
    slot.marks.push(mark);
    counts.set(ownerOf(slot), (counts.get(ownerOf(slot)) ?? 0) + 1);
  };

  /** Where a mark for a hidden thing can be seen: outside of what hides it, inside the message. @param {Slot} slot */
  const anchorOf = (slot) => {
    let anchor = slot.element;
    const body = slot.message?.body ?? slot.element.ownerDocument.body;
    if (!body || anchor === body || !body.contains(anchor)) return null;
    for (let node = anchor.parentElement; node && node !== body; node = node.parentElement) {
      if (node.matches(STRUCTURE) || node.matches('a') || getComputedStyle(node).display === 'none') anchor = node;
    }
    return anchor.parentElement?.matches(STRUCTURE) ? null : anchor;
  };

  /** @param {string} known @param {string} unknown @param {Verdict} verdict */
  const textOf = (known, unknown, verdict) =>
    verdict.vendor ? briefgeheim.api.i18n.getMessage(known, [verdict.vendor]) : briefgeheim.api.i18n.getMessage(unknown, [verdict.host]);

  return {
    blocked(slot, verdict) {
      if (slot.marks.length || briefgeheim.page.isDraft(slot.element)) return;
      const anchor = anchorOf(slot);
      if (!anchor || isFull(slot)) return;
      const mark = build('blocked', textOf('mark_blocked', 'mark_blocked_unknown', verdict), false);
      anchor.after(mark);
      keep(slot, mark);
    },
    link(slot, verdict) {
      if (slot.marks.length || !(slot.element instanceof HTMLAnchorElement) || briefgeheim.page.isDraft(slot.element)) return;
      const link = slot.element;
      const takesSpace = link.textContent?.trim() !== '' && !link.querySelector('img') && isInText(link);
      const mark = build('link', textOf('mark_link', 'mark_link_unknown', verdict), takesSpace);
      if (takesSpace || link.querySelector(STRUCTURE)) link.after(mark);
      else link.append(mark);
      keep(slot, mark);
    },
    clear(slots) {
      for (const slot of slots) {
        for (const mark of slot.marks) mark.remove();
        if (slot.marks.length) counts.set(ownerOf(slot), (counts.get(ownerOf(slot)) ?? 1) - slot.marks.length);
        slot.marks = [];
      }
    },
    sweep() {
      for (const mark of document.querySelectorAll(`span[${OURS}]`)) mark.remove();
    },
    isOurs: (node) => ours.has(node),
  };
})();
