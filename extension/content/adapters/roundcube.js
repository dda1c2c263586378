'use strict';
// Roundcube on any host, 1.4 to 1.7, skins Elastic and Larry. The message stands in the page, or in a frame of the same host;
// ids and classes inside it are prefixed by the server.
briefgeheim.adapters.roundcube = /** @type {Adapter} */ ({
  hosts: [],
  recognised: 'head script[src*="program/js/app"], body.task-mail',
  bodies: ['#messagebody'],
  drafts: ['[contenteditable="true"]', '#composebody'],
  containers: ['body'],
  senders: [['td.header.from .rcmContactAddress', 'title'], ['td.header.from a[href^="mailto:"]', 'href', /^mailto:(.+)$/], ['td.header.from'], ['.header-summary .adr .rcmContactAddress', 'title'], ['.header-summary .adr a[href^="mailto:"]', 'href', /^mailto:(.+)$/], ['.header-summary .adr']],
  names: [['td.header.from .rcmContactAddress'], ['.header-summary .adr']],
  // The account's name is the address on most servers; a line "To" may name a list.
  recipients: [['.header-title.username'], ['#topline .username'], ['#taskmenu .username'], ['td.header.to .rcmContactAddress', 'title'], ['td.header.to']],
  ids: [[':address', '', /^(?=.*[?&]_mbox=([^&#]+))(?=.*[?&]_uid=(\d+))/]],
  subjects: [['#message-header h2.subject', '#text'], ['h2.subject', '#text'], [':title', '', /^(?:.* :: )?(.+)$/]],
  rows: ['#messagelist tr.message'],
  rowSenders: [['td.subject .fromto .rcmContactAddress', 'title'], ['.rcmContactAddress', 'title']],
  views: { print: /[?&]_action=print\b/, popout: /[?&]_extwin=1\b/ },
});
