// Every way in which HTML makes a browser fetch something, as far as it is known to us: DESIGN's list, HTTPLeaks, and CSS.
// `dead` names browsers that do not fetch it at all, as seen when the suite runs without the extension.

/**
 * @typedef {object} Vector
 * @property {string} name
 * @property {(url: string) => string} [html]     what stands in the message
 * @property {(url: string) => string} [script]   what the page's own script does (frames and requests that HTML cannot make)
 * @property {('chromium' | 'firefox')[]} [dead]
 */

const PIXEL = 'width="1" height="1"';
/** @param {string} css */
const block = (css) => `<style>${css}</style>`;
/** Text inside an attribute. @param {string} text */
const attr = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
/** @param {string} inner @param {string} sandbox */
const srcdoc = (inner, sandbox) => `<iframe ${sandbox} srcdoc="${attr(inner)}" width="40" height="20"></iframe>`;
/** @param {string} inner */
const frameOf = (inner) => `<!DOCTYPE html><body>${inner}`;
/** @param {string} source @param {string} [sandbox] */
const addFrame = (source, sandbox) => `{ const f = document.createElement('iframe'); ${sandbox === undefined ? '' : `f.setAttribute('sandbox', '${sandbox}');`} f.width = 40; f.height = 20; f.src = ${source}; document.getElementById('list').append(f); }`;
/** @param {string} html */
const blob = (html) => `URL.createObjectURL(new Blob([${JSON.stringify(html)}], { type: 'text/html' }))`;

let n = 0;
/** A style rule that applies to one fresh element. @param {(url: string) => string} declarations @returns {(url: string) => string} */
const styled = (declarations) => (url) => {
  const name = `v${++n}`;
  return `${block(`.${name}{${declarations(url)}}`)}<div class="${name}" style="width:9px;height:9px">x</div>`;
};

/** @type {Vector[]} */
export const VECTORS = [
  { name: 'img', html: (u) => `<img src="${attr(u)}" ${PIXEL}>` },
  { name: 'img-hidden', html: (u) => `<div style="display:none"><img src="${attr(u)}"></div>` },
  { name: 'img-srcset', html: (u) => `<img srcset="${attr(u)} 1x" ${PIXEL}>` },
  { name: 'picture', html: (u) => `<picture><source srcset="${attr(u)}"><img ${PIXEL}></picture>` },
  { name: 'input-image', html: (u) => `<input type="image" src="${attr(u)}" ${PIXEL}>` },
  { name: 'video', html: (u) => `<video src="${attr(u)}" preload="auto" muted></video>` },
  { name: 'video-source', html: (u) => `<video preload="auto" muted><source src="${attr(u)}" type="video/mp4"></video>` },
  { name: 'poster', html: (u) => `<video poster="${attr(u)}" ${PIXEL}></video>` },
  { name: 'audio', html: (u) => `<audio src="${attr(u)}" preload="auto"></audio>` },
  { name: 'track', html: (u) => `<video crossorigin="anonymous" src="data:video/mp4;base64,AAAA" muted><track default kind="captions" src="${attr(u)}"></video>` },
  { name: 'object', html: (u) => `<object data="${attr(u)}" width="9" height="9"></object>` },
  { name: 'embed', html: (u) => `<embed src="${attr(u)}" width="9" height="9">` },
  { name: 'iframe', html: (u) => `<iframe src="${attr(u)}" width="9" height="9"></iframe>` },
  { name: 'link-stylesheet', html: (u) => `<link rel="stylesheet" href="${attr(u)}">` },
  { name: 'link-preload', html: (u) => `<link rel="preload" as="image" href="${attr(u)}">` },
  { name: 'link-prefetch', html: (u) => `<link rel="prefetch" href="${attr(u)}">`, dead: ['firefox'] },
  { name: 'background-attr-table', html: (u) => `<table background="${attr(u)}"><tr><td>x</td></tr></table>` },
  { name: 'background-attr-td', html: (u) => `<table><tr><td background="${attr(u)}">x</td></tr></table>` },
  { name: 'css-attr', html: (u) => `<div style="background-image:url('${attr(u)}');width:9px;height:9px"></div>` },
  { name: 'css-attr-escaped', html: (u) => `<div style="background-image:\\75 rl('${attr(u)}');width:9px;height:9px"></div>` },
  { name: 'css-list-style', html: (u) => `<ul><li style="list-style:url('${attr(u)}')">x</li></ul>` },
  { name: 'css-cursor', html: (u) => `<div style="cursor:url('${attr(u)}'),auto">x</div>` },
  { name: 'css-content', html: (u) => `<div style="content:url('${attr(u)}')"></div>` },
  { name: 'css-border-image', html: (u) => `<div style="border:3px solid;border-image:url('${attr(u)}') 1">x</div>` },
  { name: 'css-mask', html: (u) => `<div style="-webkit-mask-image:url('${attr(u)}');mask-image:url('${attr(u)}')">x</div>` },
  { name: 'css-image-set', html: (u) => `<div style="background-image:image-set('${attr(u)}' 1x);width:9px;height:9px">x</div>` },
  { name: 'css-filter', html: (u) => `<div style="filter:url('${attr(u)}#f')">x</div>`, dead: ['chromium', 'firefox'] },
  { name: 'css-shape-outside', html: (u) => `<div style="float:left;shape-outside:url('${attr(u)}');width:9px;height:9px"></div>` },
  { name: 'style-block', html: styled((u) => `background:url("${u}")`) },
  { name: 'style-block-image-set', html: styled((u) => `background-image:-webkit-image-set(url("${u}") 1x)`) },
  { name: 'style-block-variable', html: styled((u) => `--x:url("${u}");background:var(--x)`) },
  { name: 'style-block-media', html: (u) => `${block(`@media screen{.vm${++n}{background:url("${u}")}}`)}<div class="vm${n}" style="width:9px;height:9px">x</div>` },
  { name: 'css-import', html: (u) => block(`@import url("${u}");`) },
  { name: 'font-face', html: (u) => `${block(`@font-face{font-family:F${++n};src:url("${u}")}`)}<p style="font-family:F${n}">x</p>` },
  { name: 'svg-image', html: (u) => `<svg width="9" height="9"><image href="${attr(u)}" width="1" height="1"/></svg>` },
  { name: 'svg-image-xlink', html: (u) => `<svg width="9" height="9"><image xlink:href="${attr(u)}" width="1" height="1"/></svg>` },
  { name: 'svg-feimage', html: (u) => `<svg width="9" height="9"><filter id="fe${++n}"><feImage href="${attr(u)}"/></filter><rect width="9" height="9" filter="url(#fe${n})"/></svg>` },
  { name: 'svg-use', html: (u) => `<svg width="9" height="9"><use href="${attr(u)}#a"/></svg>`, dead: ['chromium', 'firefox'] },
  { name: 'bgsound', html: (u) => `<bgsound src="${attr(u)}">`, dead: ['chromium', 'firefox'] },
  { name: 'lowsrc', html: (u) => `<img lowsrc="${attr(u)}" ${PIXEL}>`, dead: ['chromium', 'firefox'] },
  { name: 'dynsrc', html: (u) => `<img dynsrc="${attr(u)}" ${PIXEL}>`, dead: ['chromium', 'firefox'] },
  { name: 'srcdoc', html: (u) => srcdoc(`<img src="${attr(u)}" ${PIXEL}>`, '') },
  { name: 'srcdoc-sandbox', html: (u) => srcdoc(`<img src="${attr(u)}" ${PIXEL}>`, 'sandbox') },
  { name: 'srcdoc-sandbox-same-origin', html: (u) => srcdoc(`<img src="${attr(u)}" ${PIXEL}>`, 'sandbox="allow-same-origin"') },
  { name: 'srcdoc-css-sandbox', html: (u) => srcdoc(`<div style="background:url('${attr(u)}')">x</div>`, 'sandbox') },
  { name: 'srcdoc-refresh', html: (u) => srcdoc(`<meta http-equiv="refresh" content="0;url=${attr(u)}">`, '') },
  { name: 'data-frame', script: (u) => addFrame(JSON.stringify(`data:text/html,${encodeURIComponent(frameOf(`<img src="${u}" ${PIXEL}>`))}`)) },
  { name: 'blob-frame', script: (u) => addFrame(blob(frameOf(`<img src="${u}" ${PIXEL}>`))) },
  { name: 'blob-frame-sandbox', script: (u) => addFrame(blob(frameOf(`<img src="${u}" ${PIXEL}>`)), '') },
  { name: 'blank-frame-written', script: (u) => `{ const f = document.createElement('iframe'); document.getElementById('list').append(f); f.contentDocument.open(); f.contentDocument.write(${JSON.stringify(`<img src="${u}" ${PIXEL}>`)}); f.contentDocument.close(); }` },
  { name: 'new-image', script: (u) => `new Image().src = ${JSON.stringify(u)};` },
  { name: 'late-src', script: (u) => `{ const i = document.createElement('img'); i.width = i.height = 1; document.getElementById('list').append(i); setTimeout(() => (i.src = ${JSON.stringify(u)})); }` },
  { name: 'beacon', script: (u) => `navigator.sendBeacon(${JSON.stringify(u)});` },
  { name: 'ping', script: (u) => `{ const a = document.createElement('a'); a.href = '#ping'; a.ping = ${JSON.stringify(u)}; document.getElementById('list').append(a); a.click(); }`, dead: ['firefox'] },
];

/** Vectors that a page's own data requests make. Where the webmail's data may go anywhere, they are not held. @type {Vector[]} */
export const DATA_VECTORS = [
  { name: 'fetch', script: (u) => `fetch(${JSON.stringify(u)}, { mode: 'no-cors' }).catch(() => {});` },
];
