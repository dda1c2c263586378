'use strict';
// Gmail. Facts: `data-legacy-message-id` and `span.gD[email]` have stood since 2018, `.a3s` since 2016.
briefgeheim.adapters.gmail = /** @type {Adapter} */ ({
  hosts: ['mail.google.com'],
  bodies: '.a3s, [data-message-id] .ii, .maincontent table.message td > div[style*="overflow"]',
  drafts: '[contenteditable="true"], [g_editable="true"], .M9, .aSs',
  sender(body) {
    const message = body.closest('[data-legacy-message-id], [data-message-id], [role="listitem"], table.message');
    for (const element of message?.querySelectorAll('span.gD[email], h3 span[email], [data-hovercard-id*="@"]') ?? []) {
      const address = element.getAttribute('email') ?? element.getAttribute('data-hovercard-id');
      if (address?.includes('@') && !body.contains(element)) return { address, name: element.getAttribute('name') ?? element.textContent?.trim() ?? '' };
    }
    // The print view has plain text: "Name <address>" in the first row.
    const first = message?.matches('table.message') ? message.querySelector('tr font') : null;
    const [, name = '', address] = /^([^<]*)<([^<>\s]+@[^<>\s]+)>/.exec(first?.textContent?.trim() ?? '') ?? [];
    return address && !body.contains(first) ? { address, name: name.trim() } : null;
  },
  recipient(document) {
    const account = document.querySelector('header [aria-label*="@"], [role="banner"] [aria-label*="@"]')?.getAttribute('aria-label');
    return account?.match(/[^\s()<>]+@[^\s()<>]+/)?.[0] ?? null;
  },
});
