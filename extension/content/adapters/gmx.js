'use strict';
// GMX, WEB.DE and mail.com: trees within trees, and each message in a frame of another origin. Its address holds the message's
// id; where the sender stands is a guess by words, and counts only where it is not the reader.
briefgeheim.adapters.gmx = /** @type {Adapter} */ ({
  hosts: ['gmx.net', 'gmx.com', 'gmx.co.uk', 'gmx.fr', 'gmx.es', 'gmx.at', 'gmx.ch', 'web.de', 'mail.com'],
  bodyHosts: ['mailbody-ui.de'],
  isDeep: true,
  bodies: ['iframe[src*=".mailbody-ui.de/"]', 'iframe.detail-body--full-height', 'detail-body iframe'],
  drafts: ['[contenteditable="true"]'],
  containers: ['webmailer-mail-detail', 'list-mail-detail', '[role="main"]'],
  senders: [['[class*="sender" i] [title*="@"]', 'title', undefined, 'weak'], ['[class*="from" i] [title*="@"]', 'title', undefined, 'weak'], ['[class*="sender" i]', '', undefined, 'weak'], ['[class*="from" i]', '', undefined, 'weak']],
  recipients: [['[class*="account" i] [title*="@"]', 'title'], ['[class*="recipient" i] [title*="@"]', 'title']],
  ids: [['iframe[src*="/Body/"]', 'src', /\/Mail\/([^/?#]+)\/Body\//]],
  subjects: [['[class*="subject" i]']],
  rows: ['list-mail-item[id^="id"]', 'list-mail-item'],
  rowSenders: [['[title*="@"]', 'title']],
  views: {},
});
