'use strict';
// Fastmail. Only `.v-Message` and `.v-Message-body` are known from others' code; where the sender stands is a guess by words, and
// counts only where it is not the reader. Fastmail's servers fetch its pictures.
briefgeheim.adapters.fastmail = /** @type {Adapter} */ ({
  hosts: ['app.fastmail.com'],
  bodies: ['.v-Message-body'],
  drafts: ['[contenteditable="true"]', '.v-Compose'],
  containers: ['.v-Message'],
  senders: [['[class*="-from"] [title*="@"]', 'title', undefined, 'weak'], ['[class*="-sender"] [title*="@"]', 'title', undefined, 'weak'], ['[class*="-from"]', '', undefined, 'weak'], ['[class*="-sender"]', '', undefined, 'weak']],
  recipients: [['[class*="-account"] [title*="@"]', 'title'], ['[class*="v-MainNavToolbar"] [title*="@"]', 'title']],
  ids: [[':address', '', /\/mail\/[^/?#]+\/([^/?#]+)/]],
  subjects: [['.v-Thread-title'], ['.v-Thread h1']],
  rows: ['.v-MailboxItem'],
  rowSenders: [['[title*="@"]', 'title']],
  views: {},
});
