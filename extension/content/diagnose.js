'use strict';
// What a reader may copy for us when something is wrong: which selectors found how many elements, and numbers. No address, no
// subject, no host, nothing that a message or its sender wrote.
briefgeheim.diagnose = () => {
  const { adapter, page, outer } = briefgeheim;
  page.look();
  const { messages = [], isAnswered = false } = briefgeheim.state?.() ?? {};
  const count = (/** @type {string} */ selector) => (selector.startsWith(':') ? -1 : page.all(document, selector).length);
  const places = (/** @type {(Place | string)[]} */ list) => list.map((place) => count(typeof place === 'string' ? place : place[0]));
  const { bodies, drafts, containers, senders, recipients, ids, subjects, rows, rowSenders } = adapter;
  const lists = { bodies, drafts, containers, senders, recipients, ids, subjects, rows, rowSenders };
  const view = Object.entries(adapter.views).find(([, sign]) => (typeof sign === 'string' ? outer.querySelector(sign) !== null : sign.test(outer.location?.href ?? '')));
  const slots = messages.flatMap((message) => [...message.slots]).filter((slot) => slot.vector !== 'link-href' && slot.vector !== 'form-action');
  const acts = (/** @type {string} */ act) => slots.filter((slot) => slot.verdicts?.some((verdict) => verdict.act === act)).length;
  const hasFailed = (/** @type {Slot} */ { element, released }) => released !== null && element instanceof HTMLImageElement && element.complete && element.naturalWidth === 0;
  const known = messages.filter(({ body }) => body !== null);
  return {
    kind: briefgeheim.kind,
    isTop: window === window.top,
    isBodyFrame: page.isBodyFrame(),
    isTold: page.told !== null,
    view: view?.[0] ?? 'usual',
    isAnswered,
    messages: known.length,
    senders: known.filter(({ sender }) => sender !== null).length,
    ids: known.filter(({ key }) => key.startsWith('id:')).length,
    subjects: known.filter(({ subject }) => subject !== null).length,
    recipient: page.recipient() !== null,
    held: acts('hold'),
    released: acts('release'),
    failed: slots.filter(hasFailed).length,
    waiting: slots.filter(({ verdicts }) => verdicts === null).length,
    passed: acts('leave'),
    selectors: Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, places(list)])),
  };
};
