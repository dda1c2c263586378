'use strict';
// Marks in the message: a small seal where a tracker was blocked, another after a link about which there is something to say.
// Nodes of the message are never moved, changed or replaced; ours stand beside them and take no room, with their insides in a
// closed shadow root.
briefgeheim.mark = (() => {
  /** More seals than this in one message would only disturb. The popup lists everything. */
  const MOST = 40;
  /** Tells the marks of an earlier version of us, which an update leaves behind, and copies of marks. */
  const OURS = 'data-briefgeheim';
  const SVG = 'http://www.w3.org/2000/svg';
  /** A letter; an arrow that bends; a tag; a shield; an exclamation mark. */
  const SHAPES = {
    blocked: 'M2.5 4h8v5.5h-8zM2.5 4l4 3 4-3',
    click: 'M3 9.5V7a2.5 2.5 0 0 1 2.500-2.500H9.500M7.500 2.300 9.800 4.500 7.500 6.700',
    param: 'M3.200 3.200H6.800L10 6.400 6.400 10 3.200 6.800zM5 5h.01',
    gateway: 'M6.500 2.500 9.800 3.700V6.300C9.800 8.300 8.400 9.800 6.500 10.500 4.600 9.800 3.200 8.300 3.200 6.300V3.700z',
    lookalike: 'M6.500 2.800V7.200M6.500 9.700h.01',
  };
  /** Parents in which a stray inline element would be moved or break the layout. */
  const STRUCTURE = 'table, tbody, thead, tfoot, tr, colgroup, picture, video, audio, object, svg, svg *, select, head, ul, ol';
  const SIDE_PX = 15;
  /** How far a mark stands out of the end of a text, and how low it hangs: down to the height of an x, in parts of the letters' size. */
  const OUT_PX = 11;
  const LOW = 0.42;

  /** @type {WeakSet<Node>} */
  const ours = new WeakSet();

  /** Drawn once and copied: a conversation has hundreds. @type {Map<string, Element>} */
  const drawn = new Map();

  /** @param {keyof SHAPES} shape */
  const drawing = (shape) => {
    const known = drawn.get(shape);
    if (known) return known.cloneNode(true);
    const icon = document.createElementNS(SVG, 'svg');
    for (const [name, value] of Object.entries({ viewBox: '0 0 13 13', 'aria-hidden': 'true' })) icon.setAttribute(name, value);
    const path = document.createElementNS(SVG, 'path');
    for (const [name, value] of Object.entries({ d: SHAPES[shape], fill: 'none', stroke: 'currentColor', 'stroke-width': '1.5', 'stroke-linejoin': 'round', 'stroke-linecap': 'round' })) path.setAttribute(name, value);
    icon.append(path);
    drawn.set(shape, icon);
    return icon.cloneNode(true);
  };

  /**
   * An element of ours without size. In running text it is an empty inline box; where every child becomes an item or a line
   * of its own it is taken out of the flow.
   * @param {keyof SHAPES} shape @param {string} text @param {boolean} inText @param {boolean} isDark
   */
  const build = (shape, text, inText, isDark) => {
    const host = document.createElement('span');
    host.setAttribute(OURS, '');
    host.toggleAttribute('data-dark', isDark);
    ours.add(host);
    host.style.cssText = `all:initial!important;position:${inText ? 'relative' : 'absolute'}!important;font-size:0!important;line-height:0!important;user-select:none!important`;
    const root = host.attachShadow({ mode: 'closed' });
    briefgeheim.style(root);
    const button = document.createElement(shape === 'blocked' ? 'span' : 'button');
    button.className = 'mark';
    button.setAttribute('aria-label', text);
    if (shape === 'blocked') button.setAttribute('role', 'img');
    if (shape === 'gateway' || shape === 'param') button.dataset.look = 'calm';
    button.append(drawing(shape));
    root.append(button);
    return { host, root, button };
  };

  /** Whether the paper under an element is dark: by what the page draws, whatever the reader's system prefers. */
  const paper = () => {
    /** @type {Map<Element, boolean | null>} */
    const seen = new Map();
    /** @param {Element} element @returns {boolean | null} */
    const own = (element) => {
      const [red = 0, green = 0, blue = 0, alpha = 1] = (getComputedStyle(element).backgroundColor.match(/^rgba?\(([^)]+)\)/)?.[1] ?? '0,0,0,0').split(/[\s,/]+/).map(Number);
      return alpha < 0.5 ? null : 0.299 * red + 0.587 * green + 0.114 * blue < 128;
    };
    /** @param {Element | null} element @returns {boolean} */
    const isDark = (element) => {
      if (!element) return getComputedStyle(document.documentElement).colorScheme.includes('dark') && matchMedia('(prefers-color-scheme: dark)').matches;
      const known = seen.get(element) ?? own(element) ?? isDark(element.parentElement);
      seen.set(element, known);
      return known;
    };
    return isDark;
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
    const page = slot.element.ownerDocument;
    // The body may be the frame that this page stands in.
    const body = slot.message?.body?.ownerDocument === page ? slot.message.body : page.body;
    if (!body || anchor === body || anchor === page.body || !body.contains(anchor)) return null;
    for (let node = anchor.parentElement; node && node !== body; node = node.parentElement) {
      if (node.matches(STRUCTURE) || node.matches('a') || getComputedStyle(node).display === 'none') anchor = node;
    }
    return anchor.parentElement?.matches(STRUCTURE) ? null : anchor;
  };

  /** Whether an element stands where people write. @param {Element} element */
  const isWriting = (element) => briefgeheim.page.isDraft(element) || (element instanceof HTMLElement && element.isContentEditable) || element.ownerDocument.designMode === 'on';

  /** How a link stands in the page, read before anything is written. @param {HTMLAnchorElement} link @param {Slot} slot @param {(element: Element | null) => boolean} isDark */
  const look = (link, slot, isDark) => {
    const own = getComputedStyle(link);
    const parent = link.parentElement;
    const inText = parent !== null && own.display.startsWith('inline') && !/flex|grid/.test(getComputedStyle(parent).display);
    const isText = link.textContent?.trim() !== '' && !link.querySelector('img, table');
    const isRunning = isText && own.display === 'inline' && inText;
    const content = document.createRange();
    content.selectNodeContents(link);
    // Around a picture that is a block of its own, a link ends below it, in an empty line.
    const picture = isText ? undefined : [...link.querySelectorAll('img')].filter((image) => image.getBoundingClientRect().width > SIDE_PX).at(-1);
    const end = [...(isText ? content : (picture ?? link)).getClientRects()].at(-1);
    const body = slot.message?.body;
    const edge = (body?.ownerDocument === document ? body : document.documentElement).getBoundingClientRect();
    // Standing out of the last letter at the edge of the message would make it wider.
    const isAtEdge = end !== undefined && (own.direction === 'rtl' ? end.left - edge.left : edge.right - end.right) <= OUT_PX;
    return { inText, isText, isRunning, isAtEdge, isDark: isDark(isRunning ? parent : link), end, isRightToLeft: own.direction === 'rtl', size: parseFloat(own.fontSize) || 16 };
  };

  /**
   * Puts a mark on its place, measured from our element: beside the end of a text, or in the last corner of a picture.
   * @param {HTMLElement} button @param {ReturnType<typeof look>} how @param {DOMRect | null} at  our element; in running text it is at the end
   */
  const place = (button, { end, isText, isAtEdge, isRightToLeft, size }, at) => {
    const set = (/** @type {number} */ x, /** @type {number} */ y) => {
      button.style.setProperty('--x', `${Math.round(x)}px`);
      button.style.setProperty('--y', `${Math.round(y)}px`);
    };
    const out = isText && !isAtEdge ? OUT_PX : -1;
    if (!at) return set(out - SIDE_PX, -LOW * size - SIDE_PX);
    // Not drawn at the moment: near enough.
    if (!end) return set(-SIDE_PX, -SIDE_PX);
    const x = isRightToLeft ? at.right - end.left : end.right - at.left;
    // Letters stand on about four fifths of the height of their line.
    const y = isText ? end.top + 0.8 * end.height - LOW * size : end.bottom - 1;
    set(x + out - SIDE_PX, y - at.top - SIDE_PX);
  };

  /** @typedef {{slot: Slot, verdict: Verdict}} Found */

  /** Links that get their mark when they come into view. @type {Map<Element, Found & {body: Element | null}>} */
  const expected = new Map();
  /** Those of messages that are themselves not yet near. @type {Map<Element, Set<Element>>} */
  const behind = new Map();
  /** What was blocked in messages that are not yet near. @type {WeakMap<Element, Found[]>} */
  const waiting = new WeakMap();
  /**
   * A message of 500 links shows 20 of them: the others cost nothing until the reader comes near. The browser looks at everything
   * that is observed whenever it draws, so that a message is observed first, and its links only when it is near.
   */
  const near = new IntersectionObserver((entries) => {
    const found = entries.flatMap(({ target, isIntersecting, boundingClientRect }) => {
      // A body without a box of its own, or with all that is in it outside of that, says nothing about its links.
      if ((behind.has(target) || waiting.has(target)) && (isIntersecting || boundingClientRect.height === 0)) approach(target);
      return isIntersecting ? (expected.get(target) ?? []) : [];
    });
    forLinks(found)();
  }, { rootMargin: '50% 0px' });

  /** @param {Element} body */
  const approach = (body) => {
    near.unobserve(body);
    for (const link of behind.get(body) ?? []) near.observe(link);
    behind.delete(body);
    // Judged anew, or gone, meanwhile.
    forBlocked((waiting.get(body) ?? []).filter(({ slot, verdict }) => slot.element.isConnected && slot.message?.slots.has(slot) && slot.verdicts?.includes(verdict)))();
    waiting.delete(body);
  };

  /** The message around an element, in this page. @param {Slot} slot */
  const around = ({ element, message }) => (message?.body && message.body !== element && message.body.contains(element) ? message.body : null);

  /** @param {Slot} slot @param {Verdict} verdict */
  const expect = (slot, verdict) => {
    const { element } = slot;
    const body = around(slot);
    expected.set(element, { slot, verdict, body });
    if (body) behind.set(body, (behind.get(body) ?? new Set()).add(element));
    near.observe(body ?? element);
  };

  /** @param {Element} body @param {Found} blocked */
  const wait = (body, blocked) => {
    const more = waiting.get(body) ?? [];
    more.push(blocked);
    waiting.set(body, more);
    near.observe(body);
  };

  /** @param {Element} link */
  const forget = (link) => {
    const body = expected.get(link)?.body;
    expected.delete(link);
    near.unobserve(link);
    const links = body ? behind.get(body) : undefined;
    if (!body || !links?.delete(link) || links.size) return;
    behind.delete(body);
    near.unobserve(body);
  };

  /** @param {Slot} slot */
  const remove = (slot) => {
    if (slot.vector === 'link-href') forget(slot.element);
    if (!slot.marks.length) return;
    for (const mark of slot.marks) {
      briefgeheim.card.forget(mark);
      mark.remove();
    }
    if (slot.vector !== 'link-href') counts.set(ownerOf(slot), (counts.get(ownerOf(slot)) ?? 1) - slot.marks.length);
    slot.marks = [];
  };

  /**
   * Reads where the marks of links go, and gives back what puts them there: all reading comes first, then all writing, so that the
   * message is laid out twice, not once for each link.
   * @param {Found[]} found
   */
  const forLinks = (found) => {
    const isDark = paper();
    const readings = found.flatMap(({ slot, verdict }) => {
      const link = slot.element;
      return link instanceof HTMLAnchorElement && !isWriting(link) ? [{ slot, verdict, link, how: look(link, slot, isDark) }] : [];
    });
    return () => {
      const written = readings.map(({ slot, verdict, link, how }) => {
        remove(slot);
        const shape = verdict.leads?.lookalike ? 'lookalike' : verdict.kind === 'click' || verdict.kind === 'param' ? verdict.kind : 'gateway';
        const { host, root, button } = build(shape, briefgeheim.card.summary(verdict), how.inText, how.isDark);
        link.after(host);
        slot.marks.push(host);
        briefgeheim.card.know(host, root, button, slot, verdict);
        return { slot, link, host, button, how };
      });
      const places = written.map(({ host, how }) => (how.isRunning ? null : host.getBoundingClientRect()));
      written.forEach(({ button, how }, index) => place(button, how, places[index] ?? null));
      for (const { slot, link, host, button, how } of written) {
        // A picture that is still to come moves the end of its link.
        for (const picture of how.isText ? [] : link.querySelectorAll('img')) {
          if (picture.complete && picture.naturalWidth) continue;
          picture.addEventListener('load', () => host.isConnected && place(button, look(link, slot, () => how.isDark), host.getBoundingClientRect()), { once: true });
        }
      }
    };
  };

  /** The same for what was blocked. @param {Found[]} found */
  const forBlocked = (found) => {
    const isDark = paper();
    const readings = found.flatMap(({ slot, verdict }) => {
      const anchor = slot.marks.length || isWriting(slot.element) ? null : anchorOf(slot);
      return anchor ? [{ slot, verdict, anchor, isDark: isDark(anchor.parentElement) }] : [];
    });
    return () => {
      for (const { slot, verdict, anchor, isDark } of readings) {
        if (isFull(slot)) continue;
        const name = verdict.vendor ?? verdict.host;
        const text = briefgeheim.api.i18n.getMessage(verdict.vendor ? 'mark_blocked' : 'mark_blocked_unknown', [name]);
        const { host, button } = build('blocked', text, false, isDark);
        button.title = text;
        anchor.after(host);
        keep(slot, host);
      }
    };
  };

  /**
   * The reader has it before the eyes, or nearly: it is marked at once, where the observer would have the page drawn for the message
   * and then for the link. What can be seen of a frame only the observer knows.
   * @param {Element} element
   */
  const isNear = (element) => {
    if (window !== window.top) return false;
    const { top, bottom, height } = element.getBoundingClientRect();
    return height > 0 && bottom > -innerHeight / 2 && top < 1.5 * innerHeight;
  };

  return {
    show(blocked, links) {
      for (const { slot } of links) remove(slot);
      const seen = new Set(links.filter(({ slot }) => isNear(slot.element)));
      const putLinks = forLinks([...seen]);
      /** @type {Found[]} */
      const now = [];
      for (const one of blocked) {
        const body = around(one.slot);
        if (body && !isNear(body)) wait(body, one);
        else now.push(one);
      }
      const putBlocked = forBlocked(now);
      putLinks();
      putBlocked();
      for (const one of links) if (!seen.has(one)) expect(one.slot, one.verdict);
    },
    clear(slots) {
      for (const slot of slots) remove(slot);
    },
    tidy(slots, mayBeWriting) {
      for (const slot of slots) {
        const [mark] = slot.marks;
        if (!mark || slot.vector !== 'link-href') continue;
        // A mark that the page took out stays out.
        if (!slot.element.isConnected || !mark.isConnected || (mayBeWriting && isWriting(slot.element))) remove(slot);
        else if (mark.previousSibling !== slot.element) slot.element.after(mark);
      }
    },
    sweep(root) {
      const inside = [...root.querySelectorAll(`span[${OURS}]`)];
      const all = root instanceof Element && root.matches(`span[${OURS}]`) ? [root, ...inside] : inside;
      for (const mark of all) if (!ours.has(mark)) mark.remove();
    },
    isOurs: (node) => ours.has(node),
    stop: () => near.disconnect(),
  };
})();
