'use strict';
// SOGo 5 on any host. The server renames what is remote (`unsafe-src`) until the reader asks for pictures; in some attributes,
// in style blocks and in replies it does not.
briefgeheim.adapters.sogo = (() => {
  /** @param {string | null | undefined} text */
  const addressIn = (text) => text?.match(/[^\s<>():;,"']+@[^\s<>():;,"']+/)?.[0] ?? null;
  return /** @type {Adapter} */ ({
    hosts: [],
    recognised: 'html[ng-app^="SOGo"], body[ng-app^="SOGo"], head script[src*="/SOGo.woa/"], body > script[src*="/SOGo.woa/"]',
    bodies: '.msg-body, .mailer_mailcontent',
    drafts: '[contenteditable="true"], .cke_contents, sg-ckeditor',
    sender(body) {
      const message = body.closest('md-card, [ui-view="message"], #detailView') ?? body.ownerDocument.body;
      const outside = (/** @type {string} */ selector) => [...message.querySelectorAll(selector)].filter((element) => !body.contains(element));
      // Bindings say what stands where; should they go, the first address above the message is the sender's.
      const from = [...outside('[ng-bind*="message.from["][ng-bind*="email"]'), ...outside('a.md-caption')].find((element) => addressIn(element.textContent));
      const name = [...outside('[ng-bind*="message.from["][ng-bind*="name"]'), ...(from?.parentElement?.querySelectorAll('span') ?? [])][0];
      const address = addressIn(from?.textContent);
      return address ? { address, name: name?.textContent?.trim() ?? '' } : null;
    },
    // Beside the folders stands the reader's address; in /SOGo/so/USER/Mail/view, on many servers, too.
    recipient: (page) => addressIn(page.querySelector('md-sidenav [ng-bind*="activeUser.email"]')?.textContent) ?? addressIn(decodeURIComponent(page.location.pathname.split('/')[3] ?? '')),
  });
})();
