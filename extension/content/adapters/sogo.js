'use strict';
// SOGo 5 on any host. The server renames what is remote (`unsafe-src`) until the reader asks for pictures.
briefgeheim.adapters.sogo = /** @type {Adapter} */ ({
  hosts: [],
  recognised: 'html[ng-app^="SOGo"], body[ng-app^="SOGo"], head script[src*="/SOGo.woa/"], body > script[src*="/SOGo.woa/"]',
  bodies: ['.msg-body', '.mailer_mailcontent'],
  drafts: ['[contenteditable="true"]', '.cke_contents', 'sg-ckeditor'],
  containers: ['.sg-message-detail', '#messageView', 'md-card', '[ui-view="message"]', 'body'],
  senders: [['sg-avatar-image[sg-email]', 'sg-email'], ['[sg-email]', 'sg-email'], ['.msg-sender a'], ['a.md-caption']],
  names: [['.msg-sender .md-title'], ['.msg-sender .sg-md-title']],
  // On most servers the user's name is the address.
  recipients: [[':address', '', /\/so\/([^/?#]+)\//]],
  ids: [[':address', '', /#!\/Mail\/(.+\/\d+)$/]],
  subjects: [['h5.sg-md-headline'], ['.sg-md-headline']],
  rows: ['.sg-message-list-item'],
  rowSenders: [['[sg-email]', 'sg-email']],
  views: { popout: /\/UIxMailPopupView\b/ },
});
