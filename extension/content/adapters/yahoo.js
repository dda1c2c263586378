'use strict';
// Yahoo Mail and AOL Mail: one application, `data-test-id` since 2022.
briefgeheim.adapters.yahoo = /** @type {Adapter} */ ({
  hosts: ['mail.yahoo.com', 'mail.aol.com'],
  bodies: '[data-test-id="message-view-body"], [data-test-id="message-view-body-content"]',
  drafts: '[contenteditable="true"], [data-test-id="rte"], [data-test-id="editorWrapper"]',
  sender(body) {
    const from = body.closest('[data-test-id="message-view"]')?.querySelector('[data-test-id="message-from"]');
    if (!from || body.contains(from)) return null;
    const titled = from.querySelector('[title*="@"]')?.getAttribute('title');
    const address = titled ?? from.textContent?.match(/[^\s<>]+@[^\s<>]+/)?.[0];
    return address ? { address, name: from.querySelector('[data-test-id="email-pill"]')?.textContent?.trim() ?? '' } : null;
  },
  recipient(document) {
    return document.querySelector('[data-test-id="message-to"] [title*="@"]')?.getAttribute('title') ?? null;
  },
});
