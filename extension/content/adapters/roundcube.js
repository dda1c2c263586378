'use strict';
// Roundcube on any host, 1.4 to 1.7, skins Elastic and Larry. The message stands in the page, or in a frame of the same host;
// ids and classes inside it are prefixed by the server.
briefgeheim.adapters.roundcube = (() => {
  /** @param {string | null | undefined} text */
  const addressIn = (text) => text?.match(/[^\s<>():;,"']+@[^\s<>():;,"']+/)?.[0] ?? null;
  /** @param {Document} page @param {string} header @param {Element | null} body */
  const person = (page, header, body) => {
    for (const element of page.querySelectorAll(`${header} .rcmContactAddress, ${header} a[href^="mailto:"], ${header}`)) {
      if (body?.contains(element)) continue;
      const address = addressIn(element.getAttribute('title')) ?? addressIn(element.getAttribute('href')?.replace(/^mailto:/, '')) ?? addressIn(element.textContent);
      if (address) return { address, name: (element.textContent ?? '').split('<')[0]?.trim() ?? '' };
    }
    return null;
  };
  return /** @type {Adapter} */ ({
    hosts: [],
    recognised: 'head script[src*="program/js/app"], body.task-mail',
    bodies: '#messagebody',
    drafts: '[contenteditable="true"], #composebody',
    sender: (body) => person(body.ownerDocument, 'td.header.from', body) ?? person(body.ownerDocument, '.header-summary .adr', body),
    // The account's name is the address on most servers; a line "To" may name a list.
    recipient: (page) => addressIn(page.querySelector('.header-title.username, #topline .username, #taskmenu .username')?.textContent) ?? person(page, 'td.header.to', null)?.address ?? null,
  });
})();
