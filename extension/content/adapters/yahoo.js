'use strict';
// Yahoo Mail and AOL Mail: one application, `data-test-id` since 2022. Ids inside a message begin with `yiv`.
briefgeheim.adapters.yahoo = /** @type {Adapter} */ ({
  hosts: ['mail.yahoo.com', 'mail.aol.com'],
  bodies: ['[data-test-id="message-view-body"]', '[data-test-id="message-view-body-content"]', '.msg-body', '[id^="yiv"]'],
  drafts: ['[contenteditable="true"]', '[data-test-id="rte"]', '[data-test-id="editorWrapper"]', '.compose-header'],
  containers: ['[data-test-id="message-view"]', '.ir_n'],
  senders: [['[data-test-id="message-from"] [title*="@"]', 'title'], ['[data-test-id="message-from"]']],
  names: [['[data-test-id="message-from"] [data-test-id="email-pill"]']],
  recipients: [['[data-test-id="message-to"] [title*="@"]', 'title'], ['[data-test-id="message-recipients"] [title*="@"]', 'title'], [':title', '', / - ([^\s@]+@[^\s@]+) - /]],
  ids: [['[data-test-mid]', 'data-test-mid'], [':address', '', /\/messages\/([^/?#]+)/]],
  subjects: [['[data-test-id="message-group-subject-text"]', 'title'], ['[data-test-id="message-group-subject-text"]']],
  rows: ['[data-test-id="message-list-item"]'],
  rowSenders: [['[id^="email-sender-"][title*="@"]', 'title'], ['[title*="@"]', 'title']],
  views: { print: '.ir_n' },
});
