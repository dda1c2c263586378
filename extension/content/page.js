'use strict';
// Reads what an adapter names. Of nested message bodies the outermost counts, since mail holds copies of whole webmail pages;
// nothing inside a body, or where people write, tells anything about the message.
briefgeheim.page = (() => {
  const ADDRESS = /[^\s<>()[\]:;,"'?\\]+@[^\s<>()[\]:;,"'?\\]+/;
  /** Longest subject that is told on, in characters. */
  const LONGEST_SUBJECT = 200;

  /** What the page around told us, where we cannot see it ourselves. @type {Around | null} */
  let told = null;
  /** Names for what has no id: one for each body in this page view. @type {WeakMap<Node, {name: string, at: string}>} */
  const names = new WeakMap();

  /** @type {WeakMap<string[], string>} */
  const joined = new WeakMap();

  /** @param {string[]} selectors */
  const any = (selectors) => {
    const text = joined.get(selectors) ?? selectors.join(', ');
    joined.set(selectors, text);
    return text;
  };

  /** The tree inside an element, closed or not. @param {Element} element @returns {ShadowRoot | null} */
  const inside = (element) => {
    // @ts-ignore Firefox has it on the element, Chrome in an interface of its own.
    return element.openOrClosedShadowRoot ?? (element instanceof HTMLElement ? briefgeheim.api.dom?.openOrClosedShadowRoot?.(element) : null) ?? null;
  };

  /** All that a selector finds, for a webmail that is made of trees within trees also in those. @param {ParentNode} scope @param {string} selector @returns {Element[]} */
  const all = (scope, selector) => {
    const trees = briefgeheim.adapter.isDeep ? [scope, ...roots(scope)] : [scope];
    return trees.flatMap((tree) => [...tree.querySelectorAll(selector)]);
  };

  /** The element that a tree within a tree hangs on. @param {Node} node @returns {Element | null} */
  const hostOf = (node) => /** @type {Partial<ShadowRoot>} */ (node.getRootNode()).host ?? null;

  /** Every tree within the trees of a node. @param {ParentNode} scope @returns {ShadowRoot[]} */
  const roots = (scope) => {
    const hosts = scope instanceof Element ? [scope, ...scope.querySelectorAll('*')] : [...scope.querySelectorAll('*')];
    return hosts.flatMap((host) => {
      const root = briefgeheim.mark.isOurs(host) ? null : inside(host);
      return root ? [root, ...roots(root)] : [];
    });
  };

  /** What is around a node, out of trees within trees, too. @param {Node} node @returns {Element | null} */
  const up = (node) => node.parentElement ?? hostOf(node);

  /** @param {Element | null} element @param {string} selector */
  const closest = (element, selector) => {
    if (!briefgeheim.adapter.isDeep) return element?.closest(selector) ?? null;
    for (let node = element; node; node = hostOf(node)) {
      const found = node.closest(selector);
      if (found) return found;
    }
    return null;
  };

  /** @param {Element | null} element @param {string} selector */
  const outermost = (element, selector) => {
    let found = null;
    for (let node = closest(element, selector); node; node = closest(up(node), selector)) found = node;
    return found;
  };

  /** This frame holds one message and nothing else. */
  const isBodyFrame = () => {
    const { bodyHosts } = briefgeheim.adapter;
    return bodyHosts !== undefined && briefgeheim.isBelow(briefgeheim.outer.location?.hostname ?? '', bodyHosts);
  };

  /** No message body is one of these. */
  const LEAVES = ['a', 'area', 'img', 'source'];

  /**
   * The message body that an element stands in.
   * @param {Element} element @param {Map<Element, Element | null>} [found]  answers for parents, shared while nothing in the page changes
   * @returns {Element | null}
   */
  const bodyOf = (element, found) => {
    const { bodies } = briefgeheim.adapter;
    const parent = found && LEAVES.includes(element.localName) ? element.parentElement : null;
    if (found && parent) {
      const known = found.get(parent);
      if (known !== undefined) return known;
      const body = bodyOf(parent);
      found.set(parent, body);
      return body;
    }
    if (isBodyFrame()) return briefgeheim.outer.documentElement;
    if (!bodies.length) return null;
    const selector = any(bodies);
    return [element, ...briefgeheim.holders].reduce((found, node) => outermost(node, selector) ?? found, /** @type {Element | null} */ (null));
  };

  /**
   * @param {Element} element @param {Map<Element, boolean>} [found]  answers for parents, shared while nothing in the page changes
   * @returns {boolean}
   */
  const isDraft = (element, found) => {
    const parent = found && LEAVES.includes(element.localName) ? element.parentElement : null;
    if (found && parent) {
      const answer = found.get(parent) ?? isDraft(parent);
      found.set(parent, answer);
      return answer;
    }
    const { drafts, draftPaths = [] } = briefgeheim.adapter;
    const selector = any(drafts);
    return [element, ...briefgeheim.holders].some((node) => closest(node, selector) !== null) || (isBodyFrame() && draftPaths.some((part) => briefgeheim.outer.location.pathname.includes(part)));
  };

  /** What was found in the page since the last look: a hundred messages share it. */
  const seen = {
    /** @type {Map<Element, Element | null>} */
    containers: new Map(),
    /** @type {Map<Document, {element: Element, text: string}[]>} */
    subjects: new Map(),
    /** @type {Map<Document, Set<Element | null>>} */
    bodies: new Map(),
  };

  /** What is around one body and tells of it; none, if it is around others as well. @param {Element} body */
  const containerOf = (body) => {
    const { containers, bodies } = briefgeheim.adapter;
    const known = seen.containers.get(body);
    if (known !== undefined) return known;
    const container = containers.length ? closest(up(body), any(containers)) : null;
    const isShared = container !== null && all(container, any(bodies)).some((other) => outermost(other, any(bodies)) !== body && !isDraft(other));
    seen.containers.set(body, isShared ? null : container);
    return isShared ? null : container;
  };

  /**
   * The first answer that the places give, in their order.
   * @template T
   * @param {ParentNode[]} scopes @param {Place[]} places @param {Element | null} body @param {(text: string, element: Element | null, place: Place) => T | null} take
   * @returns {T | null}
   */
  const first = (scopes, places, body, take) => {
    const page = body?.ownerDocument ?? briefgeheim.outer;
    const decoded = () => {
      try {
        return decodeURIComponent(page.location.href);
      } catch {
        return page.location.href;
      }
    };
    const selector = any(briefgeheim.adapter.bodies);
    for (const place of places) {
      const [where, attribute, pattern] = place;
      const give = (/** @type {string | null | undefined} */ text, /** @type {Element | null} */ element) => {
        const match = pattern ? pattern.exec(text ?? '') : null;
        const value = (pattern ? match?.slice(1).join('/') : text)?.replace(/\s+/g, ' ').trim();
        return value ? take(value, element, place) : null;
      };
      if (where === ':address' || where === ':title') {
        const found = give(where === ':title' ? page.title : decoded(), null);
        if (found !== null) return found;
        continue;
      }
      for (const scope of scopes) {
        const own = [scope, body].filter((node) => node instanceof Element && node.matches(where));
        for (const element of /** @type {Element[]} */ ([...own, ...all(scope, where)])) {
          if (element !== body && ((selector && closest(element, selector)) || isDraft(element))) continue;
          const texts = () => [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.nodeValue).join(' ');
          const found = give(attribute === '#text' ? texts() : attribute ? element.getAttribute(attribute) : element.textContent, element);
          if (found !== null) return found;
        }
      }
    }
    return null;
  };

  /** @param {string | null | undefined} text */
  const addressIn = (text) => ADDRESS.exec(text ?? '')?.[0] ?? null;

  /** A name is what stands before the address. @param {string | null | undefined} text */
  const nameIn = (text) => {
    const name = (text ?? '').split('<')[0]?.replace(/\s+/g, ' ').trim() ?? '';
    return name.includes('@') ? '' : name;
  };

  const recipient = () => {
    if (told) return told.recipient;
    if (isBodyFrame()) return null;
    for (const place of briefgeheim.adapter.recipients) {
      /** @type {Set<string>} */
      const found = new Set();
      first([...new Set([briefgeheim.outer, document])], [place], null, (text) => {
        const address = addressIn(text);
        if (address) found.add(address.toLowerCase());
        return null;
      });
      // Of several nobody knows which is the reader.
      const [only] = found;
      if (found.size === 1 && only) return only;
    }
    return null;
  };

  /** @param {Element | null} body @returns {Sender | null} */
  const sender = (body) => {
    if (told?.sender) return told.sender;
    const { senders, names: places = [] } = briefgeheim.adapter;
    const container = body && !isBodyFrame() ? containerOf(body) : null;
    if (!container) return null;
    return first([container], senders, body, (text, element, place) => {
      const address = addressIn(text);
      if (!address) return null;
      // What is only likely to be the sender must not be the reader: allowing that would allow everybody.
      if (place[3] === 'weak' && (recipient() ?? address.toLowerCase()) === address.toLowerCase()) return null;
      const name = nameIn(element?.getAttribute('name')) || first([container], places, body, (label) => nameIn(label) || null) || nameIn(element?.textContent);
      return { address, name };
    });
  };

  /** No other message is open in the page. @param {Element} body */
  const isAlone = (body) => {
    const selector = any(briefgeheim.adapter.bodies);
    const page = body.ownerDocument;
    const open = seen.bodies.get(page) ?? new Set(all(page, selector).filter((other) => !isDraft(other) && other.getClientRects().length > 0).map((other) => outermost(other, selector)));
    seen.bodies.set(page, open);
    return [...open].every((other) => other === body);
  };

  /** @param {Element | null} body @returns {string | null} */
  const id = (body) => {
    if (!body || isBodyFrame()) return null;
    const { ids, canonical = (/** @type {string} */ text) => text } = briefgeheim.adapter;
    const container = containerOf(body);
    const of = (/** @type {boolean} */ isOfPage) => first(container ? [container] : [], ids.filter(([where]) => where.startsWith(':') === isOfPage), body, (text) => text);
    // What an address names is the message only where there is one.
    const found = of(false) ?? (isAlone(body) ? of(true) : null);
    return found === null ? null : canonical(found);
  };

  /** @param {Element | null} body @returns {string | null} */
  const subject = (body) => {
    if (told) return told.subject;
    if (!body || isBodyFrame()) return null;
    const { subjects } = briefgeheim.adapter;
    const page = body.ownerDocument;
    /** @type {{element: Element, text: string}[]} */
    const found = seen.subjects.get(page) ?? [];
    if (!seen.subjects.has(page)) first([page], subjects.filter(([where]) => !where.startsWith(':')), body, (text, element) => (element && found.push({ element, text }), null));
    seen.subjects.set(page, found);
    // A conversation has one for all of its messages: the nearest.
    const above = new Map();
    for (let node = /** @type {Element | null} */ (body); node; node = up(node)) above.set(node, above.size);
    const distance = (/** @type {Element} */ element) => {
      let node = /** @type {Element | null} */ (element);
      while (node && !above.has(node)) node = up(node);
      return node ? above.get(node) : Infinity;
    };
    const [nearest] = found.map(({ element, text }) => ({ text, far: distance(element) })).sort((a, b) => a.far - b.far);
    const text = nearest?.text ?? first([], subjects.filter(([where]) => where.startsWith(':')), body, (title) => title);
    return text?.slice(0, LONGEST_SUBJECT) ?? null;
  };

  /** A name for this view of a message; a page that goes elsewhere by script shows another. @param {Element | null} body */
  const view = (body) => {
    const owner = body ?? document;
    const at = briefgeheim.outer.location?.href ?? '';
    let known = names.get(owner);
    if (!known || (known.at !== at && !body)) {
      const bytes = crypto.getRandomValues(new Uint8Array(16));
      known = { name: [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(''), at };
      names.set(owner, known);
    }
    return `view:${known.name}`;
  };

  return {
    /** The page may have changed since the last look. */
    look() {
      for (const kept of Object.values(seen)) kept.clear();
    },
    bodyOf,
    isDraft,
    isBodyFrame,
    all,
    roots,
    sender,
    recipient,
    id,
    subject,
    /** What tells messages apart: the webmail's own id, or one of ours for as long as the page stands. @param {Element | null} body */
    keyOf(body) {
      if (told) return told.key;
      const own = id(body);
      return own === null ? view(body) : `id:${own}`;
    },
    /** True only when the page shows message bodies and the element is in none. @param {Element} element */
    isOutside(element) {
      const { bodies } = briefgeheim.adapter;
      if (!bodies.length || window !== window.top || isBodyFrame()) return false;
      return document.querySelector(any(bodies)) !== null && !bodyOf(element) && !isDraft(element);
    },
    /** Stands in the list of messages, which says nothing of what is open. @param {Element} element */
    isRow(element) {
      const { rows } = briefgeheim.adapter;
      return rows.length > 0 && closest(element, any(rows)) !== null && !bodyOf(element);
    },
    /** A page of a webmail whose messages stand in frames of their own. */
    isFrameOnly: () => briefgeheim.adapter.bodyHosts !== undefined && !isBodyFrame(),
    /** @param {Element} row @returns {Sender | null} */
    rowSender(row) {
      return first([row], briefgeheim.adapter.rowSenders, null, (text, element) => {
        const address = addressIn(text);
        return address ? { address, name: nameIn(element?.getAttribute('name')) || nameIn(element?.textContent) } : null;
      });
    },
    get told() {
      return told;
    },
    hear(around) {
      told = around;
    },
  };
})();
