'use strict';
// iCloud Mail: the mail program is a frame of the page's own origin, each message one of another; people write in a frame of that
// other origin, too. Where the sender stands is a guess by words, and counts only where it is not the reader.
briefgeheim.adapters.icloud = /** @type {Adapter} */ ({
  hosts: ['www.icloud.com'],
  bodyHosts: ['www-mail.icloud-sandbox.com'],
  draftPaths: ['/mail2-rte/'],
  bodies: ['iframe[src*="/mail2-message/"]'],
  drafts: ['[contenteditable="true"]', 'iframe[src*="/mail2-rte/"]'],
  containers: ['[role="listitem"]', 'article', '.thread-detail-pane'],
  senders: [['[class*="sender" i] [title*="@"]', 'title', undefined, 'weak'], ['[class*="from" i] [title*="@"]', 'title', undefined, 'weak'], ['[class*="sender" i]', '', undefined, 'weak'], ['[class*="from" i]', '', undefined, 'weak']],
  recipients: [['[class*="account" i] [title*="@"]', 'title']],
  ids: [['[data-message-id]', 'data-message-id'], ['[data-guid]', 'data-guid']],
  subjects: [['[class*="subject" i]']],
  rows: ['.thread-list-item'],
  rowSenders: [['.thread-participants [title*="@"]', 'title']],
  views: {},
});
