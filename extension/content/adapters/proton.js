'use strict';
// Proton Mail, by its own test ids. The message stands in a frame without an address, filled by script; Proton's servers fetch
// its pictures.
briefgeheim.adapters.proton = /** @type {Adapter} */ ({
  hosts: ['mail.proton.me'],
  bodies: ['[data-testid="message-content:body"]', 'iframe[data-testid="content-iframe"]', '.message-content'],
  drafts: ['[contenteditable="true"]', '[data-testid^="composer"]', '.composer'],
  containers: ['[data-message-id]', '[data-shortcut-target="message-container"]', 'article.message-container'],
  senders: [['[data-testid="recipients:sender"] [data-testid="recipient-address"]'], ['[data-testid="recipients:sender"] [title*="@"]', 'title'], ['[data-testid="recipients:sender"]']],
  names: [['[data-testid="recipients:sender"] [data-testid="recipient-label"]']],
  recipients: [['[data-testid="heading:userdropdown"] [title*="@"]', 'title'], ['[data-testid="heading:userdropdown"]']],
  ids: [['[data-message-id]', 'data-message-id']],
  subjects: [['[data-testid="conversation-header:subject"]'], ['iframe[data-subject]', 'data-subject']],
  rows: ['[data-testid^="message-item:"]', '[data-shortcut-target="item-container"]'],
  rowSenders: [['[data-testid*="sender-address"]', 'title'], ['[title*="@"]', 'title']],
  views: {},
});
