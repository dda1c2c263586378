// Messages that nobody would write by hand, the same ones in every run: one seed, one message.

const HIDING = ['display:none', 'DISPLAY : none !important', 'visibility:hidden', 'opacity:0', 'mso-hide:all', 'max-height:0;overflow:hidden', 'overflow:hidden;height:0px', 'width:0;overflow:clip', 'display:none;display:block', 'display:block;display:none', 'display:none!important;display:block', 'display:/**/none', 'd\\69splay:none'];
const SHOWING = ['color:red', 'height:0', 'font-size:0', 'display:inline-block', 'overflow:hidden;height:9px', 'opacity:.5', 'max-width:600px', ''];
const SIZES = ['0', '1', '1px', '2', '3', '40', '600', '100%', '', ' 1 ', 'auto'];
const CONTAINERS = ['div', 'span', 'center', 'font', 'b', 'main', 'blockquote', 'i', 'h2', 'em', 'custom-part'];
/** A number takes the place of `#`: an address that stands twice would be judged by where it stands last. */
const PATHS = ['/o/0123456789abcdef0123456789abcd#.gif', '/logo-#.png', '/open?u=0123456789abcdef&amp;id=#', '/wf/open?upn=u001.AbCdEf0123456789AbCdEf0123456789#', '/spacer.gif?#', '/x#.gif?e=ann%40example.net', '/a b#.png', '/é#.png', '/track/click?u=0123456789abcdef01&id=4711#', '/page?utm_source=x&amp;utm_medium=email&copy=#', '/ls/click?upn=u001.AbCdEf0123456789AbCdEf0123456789#', '/pixel/4711#'];
const HOSTS = ['a.example', 'open.b.example', 'click.c.example', 'img.d.example', 'u1.ct.sendgrid.net', 'shop.us1.list-manage.com'];
const STARTS = ['https://', 'http://', '//', 'HTTPS://', 'https:\\\\', ' https://', 'ht&#9;tps://', '&#104;ttps&colon;//', 'https:/&#x2F;'];
const TEXTS = ['Hello', '&amp;', '&lt;img src=x&gt;', 'a < b', '\n', '<!-- <img src="https://no.example/1.gif"> -->', '<!>', '</nothing>', '<?xml version="1.0"?>', '&', '\u{1f600}'];

/** @param {number} seed */
export function generate(seed) {
  let state = seed * 2654435761;
  const random = () => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (/** @type {number} */ n) => Math.floor(random() * n);
  /** @template T @param {T[]} list @returns {T} */
  const one = (list) => /** @type {T} */ (list[below(list.length)]);
  const maybe = (/** @type {number} */ chance) => random() < chance;

  let count = 0;
  const url = () => `${maybe(0.7) ? 'https://' : one(STARTS)}${one(HOSTS)}${one(PATHS).replace('#', String(10 + ++count))}`;
  const cased = (/** @type {string} */ name) => (maybe(0.1) ? name.toUpperCase() : name);
  const style = (hide = 0.2) => (maybe(hide) ? one(HIDING) : one(SHOWING));
  /** @param {string} name @param {string} value */
  const attribute = (name, value) => {
    const quote = /[\s"'=<>`]|^$/u.test(value) || maybe(0.8) ? (value.includes('"') ? "'" : value.includes("'") ? '"' : one(['"', "'"])) : '';
    return ` ${cased(name)}${maybe(0.05) ? ' = ' : '='}${quote}${value}${quote}`;
  };
  const size = () => (maybe(0.6) ? attribute('width', one(SIZES)) + attribute('height', one(SIZES)) : '') + (maybe(0.3) ? attribute('style', style(0.3)) : '') + (maybe(0.03) ? ' hidden' : '');
  const css = () => one([`background:url(${url().replaceAll(/[ \\]/gu, '')})`, `background-image:url('${url().replaceAll('\\', '/')}');width:1px`, `list-style:url("${url().replaceAll('\\', '/')}")`, `background:image-set('${url().replaceAll('\\', '/')}' 1x)`, `background:\\75 rl('${url().replaceAll('\\', '/')}')`]);
  const rules = () => `${cased('style')}>${one([`.a{${css()}}`, `@import '${url().replaceAll('\\', '/')}';`, `@font-face{font-family:F;src:url(${url().replaceAll(/[ \\]/gu, '')})}`, `@media screen{.b{${css()}}}`, `/* ${css()} */`])}</style>`;

  /** Elements that fetch or lead somewhere. @type {(() => string)[]} */
  const leaves = [
    () => `<${cased(one(['img', 'img', 'img', 'image']))}${attribute('src', url())}${size()}>`,
    () => `<img${attribute('srcset', `${url().replaceAll(' ', '%20')} 1x, ${url().replaceAll(' ', '%20')} 2x`)}${size()}>`,
    () => `<img${attribute('src', url())}${attribute('src', url())}${size()}/>`,
    () => `<img${attribute('src', url())}${one(['', attribute('lowsrc', url()), attribute('dynsrc', url())])}>`,
    () => `<a${attribute('href', url())}>${one(['x', '<img src=https://a.example/logo.png width=40>', ''])}</a>`,
    () => `<map><area${attribute('href', url())}></map>`,
    () => `<input${attribute('type', one(['image', 'IMAGE', 'text', ' image']))}${attribute('src', url())}${size()}>`,
    () => `<video${attribute('src', url())}${attribute('poster', url())}${size()}><source${attribute('src', url())}><track${attribute('src', url())}></video>`,
    () => `<audio${attribute('src', url())}></audio>`,
    () => `<picture><source${attribute('srcset', url().replaceAll(' ', ''))}><img${attribute('src', url())}${size()}></picture>`,
    () => `<object${attribute('data', url())}><param${attribute('name', one(['movie', 'Movie', 'quality']))}${attribute('value', url())}></object>`,
    () => `<embed${attribute('src', url())}>`,
    () => `<iframe${attribute('src', url())}${size()}></iframe>`,
    () => `<bgsound${attribute('src', url())}>`,
    () => `<link${attribute('rel', one(['stylesheet', 'canonical', 'Shortcut ICON', 'alternate-icon', 'dns-prefetch', 'preload']))}${attribute('href', url())}>`,
    () => `<meta${attribute('http-equiv', one(['refresh', 'Refresh', 'content-type']))}${attribute('content', `5; url=${url()}`)}>`,
    () => `<form${attribute('action', url())}><button${attribute('formaction', url())}>x</button></form>`,
    () => `<p${attribute('style', `${css()};${style()}`)}>x</p>`,
    () => `<svg><image${attribute(one(['href', 'xlink:href']), url())}${size()}/><a${attribute('xlink:href', url())}><text>x</text></a><rect${attribute('fill', `url(${url().replaceAll(/[ \\]/gu, '')})`)}/></svg>`,
    () => `<svg><filter><feImage${attribute('href', url())}/></filter><use${attribute('href', `${url()}#a`)}/></svg>`,
    () => `<${rules()}`,
    () => `<template><img${attribute('src', url())}><${rules()}</template>`,
    () => `<noscript><img${attribute('src', url())}${size()}></noscript>`,
    () => `<textarea><img src=https://no.example/2.gif></textarea>`,
    () => `<!--[if ${one(['mso', 'gte mso 9', '!mso'])}]>${one([`<img${attribute('src', url())}${size()}>`, `<a${attribute('href', url())}>x</a>`, `<v:rect><v:fill${attribute('src', url())}/></v:rect>`])}<![endif]-->`,
    () => `<!--[if !mso]><!--><img${attribute('src', url())}${size()}><!--<![endif]-->`,
    () => `<![if !mso]><img${attribute('src', url())}${size()}><![endif]>`,
    () => `<iframe${attribute('srcdoc', `<img src=${one(HOSTS)}><img src="https://${one(HOSTS)}/o/0123456789abcdef0123.gif?${++count}" width=1 height=1>`.replaceAll('"', '&quot;'))}></iframe>`,
    () => `<amp-img${attribute('src', url())}${size()}></amp-img>`,
    () => `<math><mi><img${attribute('src', url())}></mi></math>`,
  ];

  /** @param {number} depth @returns {string} */
  const content = (depth) => {
    let text = '';
    for (let n = below(4) + 1; n > 0; n--) text += depth > 0 && maybe(0.45) ? one([container, container, table, list, paragraphs])(depth - 1) : maybe(0.15) ? one(TEXTS) : one(leaves)();
    return text;
  };
  /** Closed, or left open to the end of what is around it. @param {string} name @param {string} attributes @param {string} inner @param {number} open */
  const element = (name, attributes, inner, open) => `<${cased(name)}${attributes}>${inner}${maybe(open) ? '' : `</${cased(name)}>`}`;
  const dress = () => (maybe(0.4) ? attribute('style', style(0.35)) : maybe(0.05) ? ' hidden' : '');
  const container = (/** @type {number} */ depth) => element(one(CONTAINERS), dress(), content(depth), 0);
  const open = (/** @type {number} */ depth) => `<section${dress()}>${element('div', dress(), content(depth), 0.5)}</section>`;
  const paragraphs = (/** @type {number} */ depth) => `<div>${Array.from({ length: below(3) + 1 }, () => element('p', dress(), leaf(), 0.6)).join('')}${open(depth)}</div>`;
  const leaf = () => `<img${attribute('src', url())}${size()}>`;
  const list = (/** @type {number} */ depth) => `<ul>${Array.from({ length: below(3) + 1 }, () => element('li', dress(), content(depth), 0.6)).join('')}</ul>`;
  const cell = (/** @type {number} */ depth) => element(one(['td', 'td', 'th']), (maybe(0.2) ? attribute('background', url()) : '') + dress(), content(depth), 0.4);
  const row = (/** @type {number} */ depth) => element('tr', dress(), Array.from({ length: below(3) + 1 }, () => cell(depth)).join(''), 0.4);
  const table = (/** @type {number} */ depth) => `<table${maybe(0.2) ? attribute('background', url()) : ''}${dress()}>${maybe(0.3) ? element('tbody', '', row(depth), 0.5) : ''}${row(depth)}${maybe(0.4) ? row(depth) : ''}</table>`;

  const head = maybe(0.2) ? `<base${attribute('href', one(['https://base.example/x/', '//base.example', 'relative/']))}>` : '';
  return `${maybe(0.3) ? `<html><head>${head}<${rules()}</head><body${attribute('background', url())}>` : head}${content(4)}${content(3)}`;
}
