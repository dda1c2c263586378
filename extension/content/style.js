'use strict';
// How marks and the card look, on light paper and on dark. Nothing here is taken from the page, and nothing reaches it.
briefgeheim.style = (() => {
  const STYLE = `
    :host{--sheet:#fffdf8;--ink:#1d2a47;--soft:#5b647c;--rule:#e2d6be;--wax:#ab2620;--ring:#ab262059;--on-ink:#fffaf0;--calm:#4a5a80;--calm-ring:#4a5a8059;--focus:#2f5fd0;--shadow:#1e190a}
    :host([data-dark]){--sheet:#1d2537;--ink:#f0e8d8;--soft:#b0b5c4;--rule:#3d4966;--wax:#ff9d8d;--ring:#ff9d8d66;--on-ink:#1d2537;--calm:#b4c2e6;--calm-ring:#b4c2e659;--focus:#9dbbff;--shadow:#000}
    *{box-sizing:border-box}
    .mark{all:unset;box-sizing:border-box;position:absolute;inset-inline-start:var(--x,0);top:var(--y,0);width:15px;height:15px;display:block;cursor:help;color:var(--wax);touch-action:manipulation}
    .mark[data-look=calm]{color:var(--calm)}
    .mark svg{display:block;width:11px;height:11px;margin:2px;border-radius:50%;background:var(--sheet);box-shadow:0 0 0 1px var(--ring);overflow:visible}
    .mark[data-look=calm] svg{box-shadow:0 0 0 1px var(--calm-ring)}
    .mark:hover svg,.mark[aria-expanded=true] svg{box-shadow:0 0 0 1.5px currentcolor}
    .mark:focus-visible svg{outline:2px solid var(--focus);outline-offset:2px}
    /* A finger is wider than the mark. */
    @media (pointer:coarse){.mark::before{content:"";position:absolute;inset:-5px}}
    .card{all:unset;box-sizing:border-box;position:fixed;display:none;flex-direction:column;gap:8px;width:max-content;max-width:min(396px,calc(100vw - 16px));max-height:calc(100vh - 16px);overflow:auto;overscroll-behavior:contain;padding:12px 14px;
      border:1px solid var(--rule);border-radius:10px;background:var(--sheet);color:var(--ink);box-shadow:0 6px 24px color-mix(in srgb,var(--shadow) 22%,transparent);
      font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;text-align:start;overflow-wrap:anywhere;cursor:default;user-select:text}
    .card,.rest{color-scheme:light;scrollbar-width:thin;scrollbar-color:var(--rule) transparent}
    :host([data-dark]) .card,:host([data-dark]) .rest{color-scheme:dark}
    .card:popover-open{display:flex}
    .card>*{flex:none}
    p{margin:0}
    .who{font-weight:600}
    .label,.note,.rest,.question{color:var(--soft);font-size:13px}
    .place{font-size:17px;line-height:1.3;color:var(--soft)}
    .place b{font-weight:700;color:var(--ink)}
    .rest{display:block;max-height:3.9em;overflow:auto;font-size:12px;line-height:1.3}
    .warning{padding:6px 10px;border-inline-start:3px solid var(--wax);background:color-mix(in srgb,var(--wax) 9%,transparent);border-radius:4px}
    .acts{display:flex;flex-wrap:wrap;gap:6px;margin-top:2px}
    .question{display:flex;flex-wrap:wrap;align-items:center;gap:6px 10px;padding-top:9px;border-top:1px solid var(--rule)}
    .question>span{flex:1 1 150px}
    button:not(.mark){all:unset;box-sizing:border-box;min-height:30px;padding:4px 10px;border:1px solid color-mix(in srgb,var(--ink) 45%,transparent);border-radius:7px;color:var(--ink);font-weight:500;font-size:13px;text-align:center;cursor:pointer;touch-action:manipulation}
    button:not(.mark):hover{border-color:var(--ink)}
    button.first{background:var(--ink);border-color:var(--ink);color:var(--on-ink);font-weight:600}
    button:not(.mark):focus-visible{outline:2px solid var(--focus);outline-offset:2px}
    @media (forced-colors:active){.mark svg,.card,button:not(.mark){border:1px solid CanvasText}}`;

  /** @type {CSSStyleSheet | null} */
  let sheet = null;

  // https://bugzilla.mozilla.org/show_bug.cgi?id=1751346: before Firefox 153 a content script cannot adopt a sheet. Can go when
  // strict_min_version is 153.
  const patchForBug1751346 = (/** @type {ShadowRoot} */ root) => {
    const style = document.createElement('style');
    style.textContent = STYLE;
    root.prepend(style);
  };

  return (root) => {
    try {
      if (!sheet) {
        sheet = new CSSStyleSheet();
        sheet.replaceSync(STYLE);
      }
      root.adoptedStyleSheets = [sheet];
    } catch {
      patchForBug1751346(root);
    }
  };
})();
