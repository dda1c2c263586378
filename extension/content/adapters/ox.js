'use strict';
// Open-Xchange App Suite 7.10 and 8 on any host. The message stands in a frame without an address of its own, filled by script.
briefgeheim.adapters.ox = /** @type {Adapter} */ ({
  hosts: [],
  recognised: 'body > #io-ox-core, body > #io-ox-appcontrol, html > body#io-ox',
  bodies: ['.mail-detail section.body', 'iframe.mail-detail-frame', '.mail-detail .mail-detail-content'],
  drafts: ['[contenteditable="true"]', '.io-ox-mail-compose', '.io-ox-mail-compose-window'],
  containers: ['article[data-cid]', '.mail-detail'],
  senders: [['header .from .address'], ['header .from .person-link', 'title'], ['header .from .person', 'title'], ['header .from .person-link'], ['.detail-view-header .from']],
  names: [['header .from .person-link'], ['header .from .person']],
  recipients: [],
  ids: [['article[data-cid]', 'data-cid'], ['.mail-detail[data-cid]', 'data-cid']],
  subjects: [['h1.subject'], ['.thread-view-control .subject']],
  rows: ['li.list-item[data-cid].selectable', '.list-view > li.list-item[data-cid]'],
  rowSenders: [['.from .person', 'title'], ['.person', 'title']],
  views: { popout: '.io-ox-mail-detail-window' },
});
