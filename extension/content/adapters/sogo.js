'use strict';
// SOGo 5 on any host. The server renames what is remote (`unsafe-src`) until the reader asks for pictures.
briefgeheim.adapters.sogo = (() => {
  /** @param {string | null | undefined} text */
  const addressIn = (text) => text?.match(/[^\s<>():;,"']+@[^\s<>():;,"']+/)?.[0] ?? null;
  return /** @type {Adapter} */ ({
    hosts: [],
    recognised: 'html[ng-app^="SOGo"], body[ng-app^="SOGo"], head script[src*="/SOGo.woa/"], body > script[src*="/SOGo.woa/"]',
    bodies: '.msg-body, .mailer_mailcontent',
    drafts: '[contenteditable="true"], .cke_contents, sg-ckeditor',
    sender(body) {
      const message = body.closest('.sg-message-detail, #messageView, md-card, [ui-view="message"]') ?? body.ownerDocument.body;
      const inside = (/** @type {Element} */ element) => body.contains(element);
      const avatar = [...message.querySelectorAll('sg-avatar-image[sg-email], [sg-email]')].find((element) => !inside(element));
      const caption = [...message.querySelectorAll('.msg-sender a, a.md-caption')].find((element) => !inside(element) && addressIn(element.textContent));
      const address = addressIn(avatar?.getAttribute('sg-email')) ?? addressIn(caption?.textContent);
      const name = [...message.querySelectorAll('.msg-sender .md-title, .msg-sender .sg-md-title')].find((element) => !inside(element))?.textContent?.trim() ?? '';
      return address ? { address, name } : null;
    },
    // /SOGo/so/USER/Mail/view: on most servers the user's name is the address.
    recipient: (page) => addressIn(decodeURIComponent(page.location.pathname.split('/')[3] ?? '')),
  });
})();
