'use strict';
// Open-Xchange App Suite 7.10 and 8 on any host. The message stands in a frame without an address of its own, filled by script.
briefgeheim.adapters.ox = (() => {
  /** @param {string | null | undefined} text */
  const addressIn = (text) => text?.match(/[^\s<>():;,"']+@[^\s<>():;,"']+/)?.[0] ?? null;
  return /** @type {Adapter} */ ({
    hosts: [],
    recognised: 'body > #io-ox-core, body > #io-ox-appcontrol, html > body#io-ox',
    bodies: 'iframe.mail-detail-frame, .mail-detail section.body, .mail-detail .mail-detail-content',
    drafts: '[contenteditable="true"], .io-ox-mail-compose, .io-ox-mail-compose-window',
    sender(body) {
      const from = body.closest('.mail-detail, article[data-cid]')?.querySelector('header .from, .detail-view-header .from');
      if (!from || body.contains(from)) return null;
      const person = from.querySelector('.person-link, .person-from, .person');
      const address = addressIn(from.querySelector('.address')?.textContent) ?? addressIn(person?.getAttribute('title')) ?? addressIn(person?.textContent);
      return address ? { address, name: person?.textContent?.trim() ?? '' } : null;
    },
    recipient: () => null,
  });
})();
