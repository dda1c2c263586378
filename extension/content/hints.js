'use strict';
// No host of a message is looked up before a click: browsers are told so before the page begins. Once off it stays off, also for
// frames within and whatever a message says, so nothing of ours has to stay in the page.
(() => {
  const tell = () => {
    const hint = document.createElement('meta');
    hint.httpEquiv = 'x-dns-prefetch-control';
    hint.content = 'off';
    (document.head ?? document.documentElement).append(hint);
    hint.remove();
  };
  if (document.documentElement) return tell();
  new MutationObserver((_, observer) => {
    if (!document.documentElement) return;
    observer.disconnect();
    tell();
  }).observe(document, { childList: true });
})();
