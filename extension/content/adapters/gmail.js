'use strict';
// Gmail. Facts: `data-legacy-message-id` and `span.gD[email]` have stood since 2018, `.a3s` since 2016.
briefgeheim.adapters.gmail = /** @type {Adapter} */ ({
  hosts: ['mail.google.com'],
  bodies: ['.ii.gt .a3s', '[data-message-id] .ii', '.a3s', '.maincontent table.message td > div[style*="overflow"]'],
  drafts: ['[contenteditable="true"]', '[g_editable="true"]', '.M9', '.ip.adB', '.aSs'],
  containers: ['[data-legacy-message-id]', '[data-message-id]', '[role="list"] > [role="listitem"]', 'table.message'],
  // The print view has plain text in its first row: "Name <address>".
  senders: [['span.gD[email]', 'email'], ['h3 span[email]', 'email'], ['.gD[data-hovercard-id*="@"]', 'data-hovercard-id'], ['img[data-hovercard-id*="@"]', 'data-hovercard-id', undefined, 'weak'], ['.go'], ['table.message > tbody > tr:first-child > td:first-child > font']],
  names: [['span.gD[name]', 'name'], ['h3 span[name]', 'name']],
  recipients: [['header [aria-label*="@"]', 'aria-label'], ['[role="banner"] [aria-label*="@"]', 'aria-label'], ['.bodycontainer > table font > b'], ['.hb span[email]', 'email'], ['span.g2[email]', 'email']],
  // A reply that was just sent has only the second.
  ids: [['[data-legacy-message-id]', 'data-legacy-message-id'], ['[data-message-id]', 'data-message-id', /(msg-[af]:[\w-]+)/], [':address', '', /[?&]permmsgid=(msg-[af]:[\w-]+)/]],
  canonical(id) {
    const [, decimal] = /^msg-f:(\d+)$/.exec(id) ?? [];
    return decimal ? BigInt(decimal).toString(16) : id;
  },
  subjects: [['h2[data-legacy-thread-id]'], ['h2[data-thread-perm-id]'], ['h2.hP'], ['.maincontent font[size="+1"] > b'], [':title', '', /^Gmail - (.+)$/], [':title', '', /^(.+) - [^\s@]+@[^\s@]+ - [^-]+$/]],
  rows: ['tr.zA[role="row"]', '[role="grid"] tr.zA', 'tr.zA'],
  rowSenders: [['.yW span[email]', 'email'], ['span[email]', 'email']],
  views: { popout: /\/popout\?/, print: /[?&]view=pt\b/, entire: /[?&]view=lg\b/ },
});
