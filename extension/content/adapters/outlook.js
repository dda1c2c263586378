'use strict';
// Outlook on the web, all four hosts. Class names change about yearly; ids, roles and aria structure have stood since 2022.
briefgeheim.adapters.outlook = (() => {
  /** @param {string | null | undefined} text */
  const addressIn = (text) => text?.match(/[^\s<>():;,"']+@[^\s<>():;,"']+/)?.[0] ?? null;
  return /** @type {Adapter} */ ({
    hosts: ['outlook.live.com', 'outlook.office.com', 'outlook.office365.com', 'outlook.cloud.microsoft'],
    bodies: '[id^="UniqueMessageBody"]:not([contenteditable="true"]), [role="main"] [role="document"]',
    drafts: '[contenteditable="true"], [id^="editorParent_"]',
    sender(body) {
      const card = body.closest('[aria-expanded="true"], .wide-content-host, #ItemReadingPaneContainer') ?? body.parentElement;
      for (const element of card?.querySelectorAll('[id^="MSG_"][id$="_FROM"]') ?? []) {
        if (body.contains(element)) continue;
        const text = element.textContent ?? '';
        const address = addressIn(text) ?? addressIn(element.closest('[aria-label*="@"]')?.getAttribute('aria-label'));
        if (address) return { address, name: (text.split('<')[0] ?? '').trim() };
      }
      for (const element of card?.querySelectorAll('[aria-label*="@"]:not([data-testid="RecipientWell"])') ?? []) {
        const address = addressIn(element.getAttribute('aria-label'));
        if (address && !body.contains(element)) return { address, name: '' };
      }
      return null;
    },
    recipient(document) {
      return addressIn(document.querySelector('[id^="primaryMailboxRoot_"]')?.id.slice('primaryMailboxRoot_'.length));
    },
  });
})();
