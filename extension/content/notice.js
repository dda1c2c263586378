'use strict';
// Says in the page that pictures are held back, and offers the way out. One bar, in the frame where it happened.
briefgeheim.notice = (() => {
  /** @type {HTMLElement | null} */
  let bar = null;
  const TEXTS = { held: ['held_notice', 'held_button'], updated: ['reload_notice', 'reload_button'] };
  const STYLE = `
    div{position:fixed;inset-inline-end:16px;bottom:16px;z-index:2147483647;max-width:min(26rem,calc(100vw - 32px));box-sizing:border-box;padding:14px 16px;
      border-radius:10px;background:#fffdf8;color:#1d2a44;border:1px solid #d9cfbd;box-shadow:0 6px 24px #0003;font:14px/1.45 system-ui,sans-serif}
    p{margin:0 0 10px}
    button{font:inherit;font-weight:600;padding:6px 12px;border-radius:7px;border:1px solid #1d2a44;background:#1d2a44;color:#fff;cursor:pointer}
    button:focus-visible{outline:3px solid #b3402e;outline-offset:2px}
    @media (prefers-color-scheme:dark){div{background:#1b2233;color:#f3ede0;border-color:#3a4560}button{background:#f3ede0;color:#1b2233;border-color:#f3ede0}}`;
  return {
    show(kind, act) {
      if (bar?.isConnected) return;
      const texts = TEXTS[kind].map((key) => {
        try {
          return briefgeheim.api.i18n.getMessage(key);
        } catch {
          // The extension was replaced under us: its texts are gone.
          return '';
        }
      });
      if (!texts[0]) return;
      bar = document.createElement('div');
      const root = bar.attachShadow({ mode: 'closed' });
      const style = document.createElement('style');
      style.textContent = STYLE;
      const box = document.createElement('div');
      box.setAttribute('role', 'status');
      const text = document.createElement('p');
      text.textContent = texts[0];
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = texts[1] ?? '';
      button.addEventListener('click', (event) => {
        // Only a person may ask; a script in the page cannot reach into the closed root, but let us not depend on it.
        if (event.isTrusted) act();
      });
      box.append(text, button);
      root.append(style, box);
      (document.body ?? document.documentElement).append(bar);
    },
    hide() {
      bar?.remove();
      bar = null;
    },
  };
})();
