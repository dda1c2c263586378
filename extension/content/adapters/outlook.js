'use strict';
// Outlook on the web, all four hosts. Class names change about yearly; ids, roles and aria structure have stood since 2022.
briefgeheim.adapters.outlook = /** @type {Adapter} */ ({
  hosts: ['outlook.live.com', 'outlook.office.com', 'outlook.office365.com', 'outlook.cloud.microsoft'],
  bodies: ['[id^="UniqueMessageBody"]:not([contenteditable="true"])', '[role="main"] [role="document"]', '#ItemReadingPaneContainer [role="document"]', '[role="main"] .allowTextSelection', '.r4JeH [class*="rps_"]', '#Item\\.MessageNormalizedBody'],
  drafts: ['[contenteditable="true"]', '[id^="editorParent_"]', '[id^="docking_InitVisiblePart"]'],
  containers: ['[aria-expanded="true"]', '.wide-content-host', '#ItemReadingPaneContainer', '.Q8TCC', '.r4JeH'],
  senders: [['[id^="MSG_"][id$="_FROM"]'], ['[aria-label*="@"]:has([id^="MSG_"][id$="_FROM"])', 'aria-label'], ['[aria-label*="@"]:not([data-testid="RecipientWell"])', 'aria-label', undefined, 'weak']],
  names: [['[id^="MSG_"][id$="_FROM"]']],
  recipients: [['[id^="primaryMailboxRoot_"]', 'id', /^primaryMailboxRoot_(.+)$/], ['[data-testid="RecipientWell"][aria-label*="@"]', 'aria-label']],
  ids: [['[id^="MSG_"][id$="_FROM"]', 'id', /^MSG_(.+)_FROM$/], [':address', '', /[?&]ItemID=([^&#]+)/], [':address', '', /\/(?:id|read)\/([^/?#]+)/]],
  subjects: [['[role="heading"][id^="CONV_"][id$="_SUBJECT"]', 'title'], ['[id^="CONV_"][id$="_SUBJECT"]'], ['[id^="MSG_"][id$="_SUBJECT"]:not(input)'], ['[role="heading"][aria-level="2"][title]', 'title']],
  rows: ['[data-app-section="MessageList"] [role="option"]', '#MailList [role="option"]', '[role="option"][data-convid]'],
  rowSenders: [['span[title*="@"]', 'title']],
  views: { popout: /\/deeplink\/read\//, print: '.r4JeH' },
});
