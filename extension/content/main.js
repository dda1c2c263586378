'use strict';
// Sees, asks, releases, shows. Everything is driven by what happens in the page: no polling, and a timer only while an answer
// is awaited.
(() => {
  const { api } = briefgeheim;
  /** Facts in one request at most: a message of thousands of pictures is asked for in parts. */
  const BATCH = 500;
  /** An answer takes 1 ms, 40 when the background has to wake. After this long the reader is told. */
  const PATIENCE_MS = 4000;
  /** The background may be stopped between question and answer; asking again wakes it. */
  const TRIES = 3;
  /** Of a message that was judged before, what is asked along with something new in it: things, and characters in all of them. */
  const MOST_CONTEXT = 500;
  const LONGEST_CONTEXT = 200_000;
  /** What the background hears of one message, in things and in characters of an address. It has 10 MB for all tabs together. */
  const MOST_TOLD = 1000;
  const LONGEST_TOLD = 2000;
  const WATCHED = ['src', 'srcset', 'style', 'background', 'poster', 'data', 'href', 'xlink:href', 'lowsrc', 'dynsrc', 'imagesrcset', 'width', 'height', 'hidden', 'content', 'action', 'formaction', 'rel', 'ping', 'contenteditable'];

  const OBSERVED = { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: WATCHED };

  /** @type {WeakSet<Node>} */
  const entered = new WeakSet();
  /** Pictures that were asked about: that they are refused until the answer comes is no news. @type {WeakSet<Element>} */
  const noted = new WeakSet();
  /** @type {Set<Slot>} */
  const waiting = new Set();
  /** @type {Map<Element | null, MessageState>} */
  const messages = new Map();
  let isAsking = false;
  let isStopped = false;
  let isAnswered = false;
  let isOutdated = false;
  /** What the background was told last, in that order. @type {string[] | null} */
  let lastTold = null;
  let isTelling = false;
  let isToldLate = false;
  /** Something was taken out of the page. */
  let isGone = false;

  /** A browser fetches it by itself. @param {Slot} slot */
  const isFetched = (slot) => !['link-href', 'form-action', 'ping'].includes(slot.vector);

  /** Stands in the list of messages: that says nothing of what is open. @param {Slot} slot */
  const isListed = (slot) => slot.message?.body === null && briefgeheim.page.isRow(slot.element);

  /**
   * A message that is shown or hidden, or a part of it, changes its size: the badge speaks of what can be seen, and what a style
   * fetches only now may need a token that is valid now.
   */
  const shown = new ResizeObserver((entries) => {
    const slots = entries.flatMap(({ target }) => [...(messages.get(target)?.slots ?? [])]);
    enqueue(slots.filter((slot) => slot.isUnseen && slot.released !== null && slot.element.checkVisibility()));
    tell();
  });

  /** @param {Slot} slot @param {Map<Element, Element | null>} found @returns {MessageState} */
  const messageOf = (slot, found) => {
    const body = briefgeheim.page.bodyOf(slot.element, found);
    let message = messages.get(body);
    if (!message) {
      message = { body, sender: null, key: '', subject: null, allowed: false, slots: new Set(), record: null };
      messages.set(body, message);
      if (body) shown.observe(body);
    }
    return message;
  };

  /** Looks anew whose message it is: a webmail may show another one in the same place. @param {MessageState} message */
  const know = (message) => {
    const { page } = briefgeheim;
    Object.assign(message, { sender: page.sender(message.body), key: page.keyOf(message.body), subject: page.subject(message.body) });
  };

  /** @param {object} request */
  const send = async (request) => {
    for (let attempt = 1; ; attempt++) {
      /** @type {ReturnType<typeof setTimeout> | undefined} */
      let timer;
      const tooLate = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error('late')), PATIENCE_MS)));
      try {
        const answer = await Promise.race([api.runtime.sendMessage(request), tooLate]);
        if (!answer || answer.error) throw new Error(answer?.error ?? 'no answer');
        return answer;
      } catch (error) {
        if (!api.runtime?.id) throw Object.assign(new Error('replaced'), { isReplaced: true });
        if (attempt === TRIES) throw error;
      } finally {
        clearTimeout(timer);
      }
    }
  };

  const flush = async () => {
    if (isAsking || isStopped) return;
    isAsking = true;
    try {
      while (waiting.size && !isStopped) {
        const batch = [...waiting].slice(0, BATCH);
        await judge(batch);
        batch.forEach((slot) => waiting.delete(slot));
        briefgeheim.notice.hide();
      }
    } catch (error) {
      unreachable(/** @type {{isReplaced?: boolean}} */ (error).isReplaced === true);
    } finally {
      isAsking = false;
    }
    tell();
    if (isOutdated) onNews();
  };

  /**
   * What else stands in a message: a dot that stands there ten times is a spacer, and one that is alone is none.
   * @param {MessageState} message @param {Slot[]} asked
   */
  const context = ({ slots }, asked) => {
    if (slots.size === asked.length) return [];
    const own = new Set(asked);
    const before = [...slots].filter((slot) => !own.has(slot) && slot.verdicts !== null && !slot.fact.outside && slot.element.isConnected);
    let left = LONGEST_CONTEXT;
    // A style may be megabytes long, and would be sent and read again for each picture that comes late.
    return before.slice(0, MOST_CONTEXT).map(({ fact }) => fact).filter(({ text }) => text.length <= left && (left -= text.length) >= 0);
  };

  /** @param {Slot[]} batch */
  const judge = async (batch) => {
    /** @type {Map<MessageState, Slot[]>} */
    const groups = new Map();
    const found = new Map();
    for (const slot of batch) {
      const message = messageOf(slot, found);
      message.record = null;
      if (slot.message) slot.message.record = null;
      slot.message?.slots.delete(slot);
      slot.message = message;
      message.slots.add(slot);
      groups.set(message, [...(groups.get(message) ?? []), slot]);
    }
    await briefgeheim.around.ask();
    briefgeheim.page.look();
    for (const message of groups.keys()) know(message);
    const recipient = briefgeheim.page.recipient();
    const asked = [...groups].map(([message, slots]) => ({
      sender: message.sender,
      key: message.key,
      recipient,
      base: document.baseURI,
      facts: [...slots.map((slot) => slot.fact), ...context(message, slots)],
    }));
    const { answers, choice, repliesCleaned } = await send({ kind: 'judge', messages: asked });
    isAnswered = true;
    if (isStopped) return;
    briefgeheim.links.choose(choice);
    [...groups].forEach(([message, slots], index) => {
      const { allowed, suffix, verdicts } = answers[index];
      message.allowed = allowed;
      message.record = null;
      /** @type {Map<number, Verdict[]>} */
      const byFact = new Map();
      for (const verdict of verdicts) {
        const known = byFact.get(verdict.fact);
        if (known) known.push(verdict);
        else byFact.set(verdict.fact, [verdict]);
      }
      for (const slot of slots) slot.verdicts = byFact.get(slot.id) ?? [];
      briefgeheim.release.apply(slots, suffix);
      briefgeheim.drafts.apply(slots, suffix, repliesCleaned);
      show(slots);
    });
  };

  /** @param {Slot[]} slots */
  const show = (slots) => {
    /** @type {{slot: Slot, verdict: Verdict}[]} */
    const links = [];
    /** @type {{slot: Slot, verdict: Verdict}[]} */
    const blocked = [];
    for (const slot of slots) {
      if (slot.fact.outside || isListed(slot)) continue;
      const open = slot.verdicts?.find((verdict) => verdict.kind === 'open' && verdict.act === 'hold');
      const telling = slot.vector === 'link-href' ? slot.verdicts?.find((verdict) => verdict.leads !== null) : undefined;
      if (slot.vector === 'link-href') briefgeheim.links.note(slot, telling ?? null);
      if (slot.vector === 'ping') briefgeheim.links.notePings(slot, slot.verdicts ?? []);
      if (open) blocked.push({ slot, verdict: open });
      else if (telling) links.push({ slot, verdict: telling });
      else briefgeheim.mark.clear([slot]);
    }
    briefgeheim.mark.show(blocked, links);
  };

  /** The engine gave no answer. Nothing has leaked; the page says so and offers a way out. @param {boolean} isReplaced */
  const unreachable = (isReplaced) => {
    const isMissing = [...waiting].some(isFetched);
    isAnswered = false;
    if (isReplaced) {
      stop();
      if (isMissing) briefgeheim.notice.show('updated', () => location.reload());
      return;
    }
    if (!isMissing) return;
    briefgeheim.notice.show('held', async () => {
      const answer = await send({ kind: 'show-tab' }).catch(() => null);
      if (answer?.ok) showAnyway();
    });
  };

  /** The reader chose to see the held pictures of this tab without a verdict; the network lets them through now. */
  const showAnyway = () => {
    const held = [...messages.values()].flatMap((message) => [...message.slots]).filter((slot) => slot.verdicts?.some((verdict) => verdict.act === 'hold'));
    briefgeheim.release.again([...waiting, ...held].filter((slot) => isFetched(slot) && slot.element.isConnected));
    briefgeheim.notice.hide();
  };

  /** What the background hears of one message; kept until something about it changes. @param {MessageState} message */
  const recordOf = (message) => {
    if (message.record) return message.record;
    const drafts = new Map();
    const slots = [...message.slots].filter((slot) => !slot.fact.outside && !briefgeheim.page.isDraft(slot.element, drafts) && !isListed(slot));
    const found = slots.flatMap((slot) => slot.verdicts ?? []);
    const blocked = found.filter((verdict) => verdict.act === 'hold').slice(0, MOST_TOLD).map(({ vendor, host, vector, kind, evidence, url }) => ({ vendor, host, vector, kind, evidence, url: url.slice(0, LONGEST_TOLD) }));
    // Fetched by the webmail's own servers.
    const passed = found.filter((verdict) => verdict.act === 'leave' && verdict.kind === 'open').slice(0, MOST_TOLD).map(({ vendor, host }) => ({ vendor, host }));
    // A report that the browser was told to send of itself is held, and no link goes through it.
    const links = found.filter((verdict) => verdict.kind === 'click' && verdict.vector !== 'ping').slice(0, MOST_TOLD).map(({ vendor, host }) => ({ vendor, host }));
    // What has no answer yet is still being looked at.
    const held = slots.filter((slot) => slot.verdicts === null && isFetched(slot)).length;
    const { body, sender, key, subject, allowed } = message;
    const isNothing = !message.slots.size || (!sender && !body && !blocked.length && !links.length && !held && !passed.length);
    const seen = isNothing ? null : { sender, key, subject, isPage: !body && !briefgeheim.page.told, allowed, blocked, links, passed, held };
    message.record = { seen, text: JSON.stringify(seen) };
    return message.record;
  };

  /** Forgets what is gone from the page. */
  const forget = () => {
    if (!isGone) return;
    isGone = false;
    for (const [body, message] of messages) {
      const gone = [...message.slots].filter((slot) => !slot.element.isConnected);
      if (gone.length) {
        briefgeheim.mark.clear(gone);
        for (const slot of gone) message.slots.delete(slot);
        message.record = null;
      }
      if (body && !body.isConnected) {
        messages.delete(body);
        shown.unobserve(body);
      }
    }
  };

  /** Tells the background what stands in this frame, for the badge and the popup; what changes meanwhile is told after that. */
  const tell = async () => {
    if (isStopped) return;
    forget();
    isToldLate = isTelling;
    if (isTelling) return;
    // Not by its size: the page would be laid out for it each time.
    const isShown = (/** @type {MessageState} */ { body }) => (body ? body.checkVisibility() || window !== window.top : !briefgeheim.page.isFrameOnly());
    const records = [...messages.values()].filter((message) => recordOf(message).seen && isShown(message)).map(recordOf);
    const before = lastTold ?? [];
    if (lastTold?.length === records.length && records.every(({ text }, index) => text === before[index])) return;
    // What is as it was is named by its place in what was told before: of a hundred messages one is new.
    const places = new Map(before.map((text, place) => [text, place]));
    lastTold = records.map(({ text }) => text);
    isTelling = true;
    try {
      const answer = await api.runtime.sendMessage({ kind: 'tell', messages: records.map(({ seen, text }) => places.get(text) ?? seen) });
      // The background no longer knows what was told before.
      if (!answer?.ok && places.size) isToldLate = true;
      if (!answer?.ok) lastTold = null;
    } catch {
      lastTold = null;
    }
    isTelling = false;
    if (isToldLate) tell();
  };

  /** @param {Iterable<Slot>} slots */
  const enqueue = (slots) => {
    let isAny = false;
    for (const slot of slots) {
      if (slot.vector === 'img') noted.add(slot.element);
      waiting.add(slot);
      isAny = true;
    }
    if (isAny) flush();
  };

  /** Inside a message, a style may hide or show everything below it. @param {Element} element @param {string | null} attribute */
  const mayHide = (element, attribute) =>
    (attribute === 'style' || attribute === 'hidden') && (!briefgeheim.adapter.bodies.length || briefgeheim.page.bodyOf(element) !== null);

  /** What was seen before the page showed which webmail it is belongs to a message now. */
  const recognise = () => {
    const before = briefgeheim.adapter;
    if (briefgeheim.recognise() !== before) enqueue([...messages.values()].flatMap((message) => [...message.slots]));
  };

  /** Trees within trees are seen as the page is, in webmails that are made of them. No browser says when one begins. */
  const enter = () => {
    if (!briefgeheim.adapter.isDeep || briefgeheim.page.isBodyFrame()) return;
    for (const tree of briefgeheim.page.roots(document).filter((one) => !entered.has(one))) {
      entered.add(tree);
      observer.observe(tree, OBSERVED);
      tree.addEventListener('error', onError, true);
      tree.addEventListener('load', onLoad, true);
      enqueue(briefgeheim.walk(tree));
    }
  };

  const observer = new MutationObserver((records) => {
    briefgeheim.around.review();
    enter();
    if (briefgeheim.adapter === briefgeheim.adapters.generic) recognise();
    /** @type {Set<Element>} */
    const roots = new Set();
    /** Elements of which an attribute changed: their insides did not. @type {Set<Element>} */
    const alone = new Set();
    let isRemoval = false;
    let mayBeWriting = false;
    for (const { type, target, addedNodes, removedNodes, attributeName } of records) {
      if (attributeName === 'contenteditable') mayBeWriting = true;
      if (type === 'attributes') (mayHide(/** @type {Element} */ (target), attributeName) ? roots : alone).add(/** @type {Element} */ (target));
      else if (type === 'characterData') target.parentElement?.localName === 'style' && roots.add(target.parentElement);
      else {
        isRemoval ||= removedNodes.length > 0;
        isGone ||= isRemoval;
        mayBeWriting ||= [...removedNodes].some((node) => node.isConnected);
        if (target instanceof Element && target.localName === 'style') roots.add(target);
        for (const node of addedNodes) if (node instanceof Element) roots.add(node);
      }
    }
    if (mayBeWriting) for (const message of messages.values()) message.record = null;
    for (const root of [...roots]) if (!root.isConnected || briefgeheim.mark.isOurs(root)) roots.delete(root);
    // Where a webmail copies what stands on the page, into a reply for one, our marks do not belong.
    for (const root of roots) briefgeheim.mark.sweep(root);
    if (isRemoval || mayBeWriting) briefgeheim.mark.tidy([...messages.values()].flatMap((message) => [...message.slots]), mayBeWriting);
    const found = new Set([...roots].flatMap((root) => briefgeheim.walk(root)));
    for (const element of alone) briefgeheim.walk(element, true).forEach((slot) => found.add(slot));
    if (found.size) return enqueue(found);
    // The sender may be written after the body.
    briefgeheim.page.look();
    const late = [...messages.values()].filter((message) => message.body?.isConnected && !message.sender && briefgeheim.page.sender(message.body));
    if (late.length) enqueue(late.flatMap((message) => [...message.slots]));
    else if (isRemoval || roots.size) tell();
  });

  /** Judges whole messages anew. @param {Iterable<MessageState>} group */
  const again = (group) => {
    const slots = [...group].flatMap((message) => [...message.slots]).filter((slot) => slot.element.isConnected);
    briefgeheim.release.withdraw(slots);
    briefgeheim.mark.clear(slots);
    enqueue(slots);
  };

  /** A picture that nobody judged has failed: look at it. @param {Event} event */
  const onError = (event) => {
    if (event.target instanceof Element && !noted.has(event.target)) enqueue(briefgeheim.walk(event.target));
  };

  /** A style that the page arrived with is whole. @param {Event} event */
  const onLoad = (event) => {
    if (event.target instanceof Element && event.target.localName === 'style') enqueue(briefgeheim.walk(event.target));
  };

  /** Whose this is has changed: judged anew without being fetched anew, so that what was shown stays. */
  const onNews = () => {
    isOutdated = isAsking;
    if (!isAsking) enqueue([...messages.values()].flatMap((message) => [...message.slots]));
  };

  /** @param {{kind?: string, choice?: LinkChoice, around?: {number: string, around: Around | null}}} message @param {unknown} _ @param {(answer: boolean) => void} respond */
  const onMessage = (message, _, respond) => {
    if (message.kind === 'ping') respond(true);
    if (message.kind === 'stop') {
      briefgeheim.stop?.();
      briefgeheim.mark.clear([...messages.values()].flatMap((message) => [...message.slots]));
    }
    if (message.kind === 'around' && message.around && briefgeheim.around.hear(message.around)) onNews();
    if (message.kind === 'settings-changed') again(messages.values());
    if (message.kind === 'choice-changed' && message.choice) briefgeheim.links.choose(message.choice);
    if (message.kind === 'shown') showAnyway();
  };

  /** A page that comes back from the back/forward cache runs on, but its tab's badge was cleared. @param {PageTransitionEvent} event */
  const onPageShow = (event) => {
    if (!event.persisted) return;
    lastTold = null;
    begin().then(tell);
  };

  const begin = async () => {
    if (window === window.top) await send({ kind: 'hello' }).catch(() => {});
  };

  const stop = () => {
    isStopped = true;
    observer.disconnect();
    shown.disconnect();
    window.removeEventListener('pageshow', onPageShow);
    for (const type of ['load', 'DOMContentLoaded']) window.removeEventListener(type, enter, true);
    document.removeEventListener('error', onError, true);
    document.removeEventListener('load', onLoad, true);
    briefgeheim.mark.stop();
    briefgeheim.links.stop();
    briefgeheim.card.stop();
    briefgeheim.around.stop();
    try {
      api.runtime.onMessage.removeListener(onMessage);
    } catch {
      // The extension is gone, and its listeners with it.
    }
  };
  briefgeheim.state = () => ({ messages: [...messages.values()], isAnswered });
  briefgeheim.stop = () => {
    stop();
    briefgeheim.notice.hide();
  };

  briefgeheim.mark.sweep(document);
  begin();
  window.addEventListener('pageshow', onPageShow);
  observer.observe(document, OBSERVED);
  document.addEventListener('error', onError, true);
  document.addEventListener('load', onLoad, true);
  // Asked again, it comes with the token that is valid now.
  briefgeheim.release.whenFailed((slot) => enqueue([slot]));
  api.runtime.onMessage.addListener(onMessage);
  enqueue(briefgeheim.walk(document));
  enter();
  // Scripts that were loaded may have made some.
  for (const type of ['load', 'DOMContentLoaded']) window.addEventListener(type, enter, true);
})();
