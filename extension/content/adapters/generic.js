'use strict';
// A page whose shape we do not know: everything is judged, no sender is known.
briefgeheim.adapters.generic = /** @type {Adapter} */ ({
  hosts: [],
  bodies: [],
  drafts: ['[contenteditable="true"]'],
  containers: [],
  senders: [],
  recipients: [],
  ids: [],
  subjects: [],
  rows: [],
  rowSenders: [],
  views: {},
});
