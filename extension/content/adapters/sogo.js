'use strict';
// SOGo 5 on any host. The server renames what is remote (`unsafe-src`) until the reader asks for pictures; in some attributes,
// in style blocks and in replies it does not. Bindings say what stands where; should they go, the first address above the message
// is the sender's.
briefgeheim.adapters.sogo = /** @type {Adapter} */ ({
  hosts: [],
  recognised: 'html[ng-app^="SOGo"], body[ng-app^="SOGo"], head script[src*="/SOGo.woa/"], body > script[src*="/SOGo.woa/"]',
  bodies: ['.msg-body', '.mailer_mailcontent'],
  drafts: ['[contenteditable="true"]', '.cke_contents', 'sg-ckeditor'],
  containers: ['md-card', '.sg-message-detail', '#messageView', '[ui-view="message"]', '#detailView', 'body'],
  senders: [['[ng-bind*="message.from["][ng-bind*="email"]'], ['sg-avatar-image[sg-email]', 'sg-email'], ['.msg-sender a'], ['a.md-caption']],
  names: [['[ng-bind*="message.from["][ng-bind*="name"]'], ['.msg-sender .md-title'], ['.msg-sender .sg-md-title']],
  // Beside the folders stands the reader's address; on most servers the user's name is the address, too.
  recipients: [['md-sidenav [ng-bind*="activeUser.email"]'], [':address', '', /\/so\/([^/?#]+)\//]],
  ids: [[':address', '', /#!\/Mail\/(.+\/\d+)$/]],
  subjects: [['[ng-bind$="message.subject"]'], ['h5.sg-md-headline'], ['.sg-md-headline']],
  rows: ['.sg-message-list-item'],
  rowSenders: [['[sg-email]', 'sg-email']],
  views: { popout: /\/UIxMailPopupView\b/ },
});
