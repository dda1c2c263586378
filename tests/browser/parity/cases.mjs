// Shapes of HTML in which two parsers might see different things, and every vector that fetches.
import { VECTORS } from '../lib/vectors.mjs';

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {string} html
 * @property {boolean} [isEmpty]      nothing is to be found in it
 * @property {string[]} [onlyInText]  beginnings of what the string walker alone says, with the reason above
 */

const U = 'https://t.example/o/0123456789abcdef0123456789abcdef.gif';
const V = 'https://v.example/o/fedcba9876543210fedcba9876543210.gif';
/** A dot: its verdict changes with its size and with who is hidden around it. */
const DOT = `<img src=${U} width=1 height=1>`;
/** Its verdict changes when something around it is hidden. */
const BARE = `<img src=https://t.example/seen/4711>`;
const BARE_2 = `<img src=https://v.example/seen/4712>`;

/** @type {[string, string][]} */
const ALIKE = [
  // Broken nesting.
  ['unclosed everything', `<div><table><td>${DOT}<p><b><i>${BARE}<style>a{b:url(${V})`],
  ['cut in a tag', `<p>${DOT}<img src=${V}`],
  ['cut in an attribute', `${DOT}<a href="${V}`],
  ['cut in a comment', `${DOT}<!-- <img src=${V}>`],
  ['stray end tags', `</div></p></table>${DOT}</body></html>${BARE_2}`],
  ['crossed formatting', `<b><i>${DOT}</b>${BARE_2}</i><a href=${U}><b><a href=${V}>x</b></a>`],
  ['link around blocks', `<a href=${U}><div><a href=${V}>x</a></div></a>`],
  ['picture between table and row', `<table>${DOT}<tr>${BARE}<td>x</td></tr></table>`],
  ['picture that is a dot', `<picture><source srcset=${U}><source srcset=${V} width=90 height=40><img width=1 height=1></picture>`],
  ['picture that is hidden', `<picture><source srcset=${U}><img style=display:none src=${V}></picture>`],
  ['form in a table', `<table><form action=${U}><tr><td><input type=image src=${V}></td></tr></form></table>`],
  ['hidden cells left open', `<table><tr><td style=display:none>${BARE}<td>${BARE_2}</table>`],
  ['hidden row left open', `<table><tr style=display:none><td>${BARE}<tr><td>${BARE_2}</table>`],
  ['hidden cell without a row', `<table><td style=display:none>${BARE}<tr><td>${BARE_2}</table>`],
  ['hidden body of a table', `<table><tbody style=display:none><tr><td>${BARE}</tbody><tbody><tr><td>${BARE_2}</table>`],
  ['hidden paragraph left open', `<p style=display:none>${BARE}<p>${BARE_2}`],
  ['table after a hidden paragraph', `<p style=display:none>${BARE}<table><tr><td>${BARE_2}</table>`],
  ['hidden item left open', `<ul><li style=display:none>${BARE}<li>${BARE_2}</ul>`],
  ['item in a hidden item', `<ul><li style=display:none><ul><li>${BARE}</ul>${BARE_2}</ul>`],
  ['hidden span left open in a block', `<div><span style=display:none>${BARE}</div>${BARE_2}`],
  ['table in a hidden cell', `<table><tr><td style=display:none><table><tr><td>${BARE}</table>${BARE_2}</table>`],
  ['void elements hide nothing', `<br style=display:none><hr hidden>${BARE}`],
  ['deep', `${'<div>'.repeat(300)}<p style=display:none>${BARE}${'</div>'.repeat(300)}`],
  // What hides.
  ...['display:none', 'display:none!important', 'DISPLAY:NONE', 'display:/**/none', 'd\\isplay:none', 'visibility:hidden', 'visibility:collapse', 'opacity:0', 'opacity:0.0', 'opacity:0%', 'opacity:.0;', 'mso-hide:all', 'max-height:0;overflow:hidden', 'overflow:hidden;height:0px', 'overflow-y:clip;max-width:0', 'width:0em;overflow:hidden auto', 'font-size:0', 'max-height:0', 'height:0%;overflow:hidden', 'overflow:visible;height:0', 'display:none;display:block', 'display:block;display:none', 'display:none!important;display:block', 'color:red;;display : none ; x', 'background:url(x;display:none', 'content:";display:none"', '{display:none}', 'opacity:1e-9'].flatMap((style) => [
    /** @type {[string, string]} */ ([`around: ${style}`, `<div style='${style}'><p>${BARE}</div>${BARE_2}`]),
    /** @type {[string, string]} */ ([`itself: ${style}`, `<img style='${style}' src=https://t.example/seen/4711>`]),
  ]),
  ['a style block in a hidden block', `<div style=display:none><style>a{background:url(https://t.example/seen/4711)}</style></div>`],
  ['one address many times', `${DOT.repeat(6)}${BARE}<img src=https://t.example/seen/4711 width=1 height=1><img src=https://t.example/seen/4711 width=100 height=40>`],
  ['the attribute hidden', `<div hidden>${BARE}</div><img hidden src=https://v.example/seen/4712>`],
  ['a style with an address says its size', `<div style="background:url(${U});width:1px;height:1px"></div>`],
  ['a hidden style with an address', `<td style="display:none;background:url(https://t.example/seen/4711)"></td><div style="display:none;background:url(https://t.example/seen/4711)"></div>`],
  ['sizes that are none', `<img src=${U} width='' height=x><img src=${V} width='100%' height=' 1px '>`],
  ['frames have no size', `<iframe src=https://open.t.example/open?id=0123456789 width=1 height=1></iframe><object data=https://open.t.example/open?id=1123456789 width=1 height=1 style=display:none></object>`],
  // References.
  ['references in attributes', `<a href="https://shop.example/?a=1&amp;b=2&copy=3&reg=4&amp;amp=5&notit;&not;">x</a><a href="&#104;ttps&colon;&sol;&#x2F;u.example&#47x?&eacute;&#128;&#0;&Tab;y">x</a>`],
  ['references in a style block', `<style>a{b:url(https://a.example/?x&amp;y)}</style>`],
  ['references in a style attribute', `<p style="background:url(&quot;${U}?a&amp;b&quot;)">`],
  ['references that break out', `<img src="${U}&quot; onerror=x"><a href='${V}&apos;&gt;&lt;img src=x&gt;'>x</a>`],
  ['NUL and other controls', `<img src="https://t.example/\0o/0123456789abcdef\x01.gif" width=1 height=1><a href="\x1f ${V}\x7f">x</a>\0`],
  ['line ends', `<img\r\nsrc\r=\r\n"https://t.example/o/\r\n0123456789abcdef0123.gif"\rwidth=1\r\nheight=1>`],
  ['characters beyond ASCII', `<img src="https://bücher.example/ö/0123456789abcdef0123.gif?é=😀" width=1 height=1><a href="https://xn--bcher-kva.example/%C3%B6">x</a>`],
  // Spellings of addresses.
  ...['//t.example/x', '\\\\t.example/x', 'https:\\\\t.example\\x', 'https:///t.example/x', 'ht\ttps://t.exa\nmple/x', 'HTTPS://T.EXAMPLE/X', 'http://0x7f.1/x', 'http://017700000001/x', 'http://2130706433/x', 'http://[::1]/x', 'https://user:pass@t.example/x', 'https://t.example:8443/x', 'https://t%2Eexample/x', 'https://t.example./x', 'https://t。example/x', 'https://t.example/%zz%', 'ftp://t.example/x', 'https://t.example/a b\u00a0c', 'https://t.example/x#https://v.example/y', 'https://t.example?x', ' \f\n https://t.example/x \u3000', 'https://\u00adt.example/x', 'https://t.example/../../x/./y', 'https://t.example/x?y=\u{1f4e7}'].map(
    (text) => /** @type {[string, string]} */ ([`spelling ${JSON.stringify(text)}`, `<img src="${text}" width=1 height=1><a href="${text}">x</a><div style="background:url('${text.replaceAll('\\', '\\\\').replaceAll('\n', '')}')"></div>`]),
  ),
  ['a candidate list', `<img srcset="${U} 1x, ${V}, https://w.example/x,y.png 2x,https://x.example/z.png 100w (,), ,,">`],
  // Base.
  ['base', `<base href=https://base.example/a/><img src=o/0123456789abcdef0123.gif width=1 height=1><a href=../x>x</a><a href="?y">x</a><a href="//v.example/z">x</a>`],
  ['the first base with an address counts', `<base target=_top><base href=https://one.example/><base href=https://two.example/><img src=x>`],
  ['base late in the text', `<p><img src=x.gif width=1 height=1><div><base href=https://base.example/></div>`],
  ['base over http', `<base href=http://base.example/><img src=//t.example/x>`],
  ['base of no use', `<base href="https://["><img src=${U}>`],
  ['base in a template and in SVG', `<template><base href=https://no.example/></template><svg><base href=https://no.example/ /></svg><base href=https://yes.example/><img src=x>`],
  ['base in a conditional comment', `<!--[if mso]><base href=https://no.example/><![endif]--><base href=https://yes.example/><img src=x>`],
  // Text that is no HTML.
  ['comments', `<!-- <img src=${U}> --><!--><img src=${V}>--><!---><img src=https://w.example/x><!-- --!><img src=https://x.example/x>`],
  ['raw text', `<textarea><img src=${U}></textarea><title><img src=${U}></title><xmp><img src=${U}></xmp><noembed><img src=${U}></noembed><noframes><img src=${U}></noframes><script>"<img src=${U}>"</script><iframe><img src=${U}></iframe>${BARE_2}`],
  ['script that is not over', `<script><!-- <script> </script> --></script><img src=${V}>`],
  ['plaintext', `${DOT}<plaintext><img src=${V}></plaintext>`],
  ['CDATA in HTML', `<![CDATA[<img src=${U}>]]>${BARE_2}`],
  ['CDATA in SVG', `<svg><![CDATA[<image href=${U} />]]></svg>${BARE_2}`],
  ['processing instructions and doctypes', `<?xml version="1.0"?><!doctype html><!DOCTYPE x [ <!ENTITY y "z"> ]><?php echo "<img src=${U}>"; ?>${BARE_2}`],
  ['end tags with attributes', `</p style="background:url(${U})"></br src=${U}>${BARE_2}`],
  ['odd tags', `<img/src=${U}/width=1/height=1><img src=${V}/><IMG SRC="https://w.example/x"id=y><img =x src='https://x.example/y'><img "src=https://no.example/x" src=https://y.example/z>`],
  ['two attributes of one name', `<img src=${U} SRC=${V} src=x>`],
  // Conditional comments.
  ['conditional', `<!--[if mso]>${DOT}<a href=${V}>x</a><table background=https://w.example/x><tr><td style="background:url(https://x.example/y)"></table><![endif]-->`],
  ['conditional, hidden around it', `<div style=display:none><!--[if gte mso 9]>${BARE}<![endif]--></div><div hidden><p><!--[if IE]>${BARE_2}<![endif]--></div>`],
  ['conditional, in pieces', `<!--[if mso]><table><tr><td><![endif]-->${DOT}<!--[if mso]></td></tr></table><img src=${V}><![endif]-->`],
  ['conditional, shown to all others', `<!--[if !mso]><!-->${DOT}<!--<![endif]--><![if !mso]><img src=${V}><![endif]>`],
  ['conditional, not closed', `<!--[if mso]>${DOT}-->${BARE_2}`],
  ['conditional, empty or none', `<!--[if mso]><![endif]--><!--[if mso]>x<![endif]--><!--[if mso <img src=${U}>--><!-- if mso]><img src=${U}>-->${BARE_2}`],
  ['VML', `<!--[if mso]><v:rect xmlns:v="x" fill=t><v:fill type=tile src="${U}" color="#fff"/><v:roundrect href="${V}"></v:roundrect></v:rect><v:image src=https://w.example/x width=1 height=1 /><![endif]-->`],
  ['VML outside a comment', `<v:image src=${U}></v:image>${BARE_2}`],
  // Parts of documents.
  ['style blocks', `<style>@import "${U}";@import url(${V}) print;@font-face{src:url(https://w.example/f.woff2)}.a{background:url(https://x.example/o/0123456789abcdef0123)}/* url(https://no.example) */</style><style type="text/css"><!-- .b{background:url(https://y.example/z)} --></style><style></style>`],
  ['style in the body and in SVG', `<div><style>a{b:url(${U})}</style></div><svg><style>c{d:url(&quot;${V}&quot;)}</style></svg>`],
  ['style with a tag in it', `<style>a{b:url("${U}?</styl>")}</style><style>c{d:url('${V}?<p>')}</style>`],
  ['escapes in CSS', `<p style="background:\\75\\72\\6c(${U})"><p style="background:u\\rl(&quot;https\\3a //v.example/\\78&quot;)"><p style="BACKGROUND:URL(https://w.example/x)">`],
  ['functions of CSS', `<p style="background:image-set('${U}' 1x, url(${V}) 2x)"><p style="background:image('https://w.example/x')"><p style="background:src('https://x.example/y')"><p style="background:-webkit-image-set(url(https://y.example/z) 1x)"><p style="background:cross-fade(url(https://z.example/1), url(https://z.example/2))">`],
  ['broken CSS', `<p style="background:url(${U}"><p style="background:url('${V}"><p style="}{background:url(https://w.example/x)"><p style="background:url(https://x.exa mple/y)">`],
  ['template', `<template>${DOT}<style>a{b:url(${U})}</style><!--[if mso]>${DOT}<![endif]--><template>${DOT}</template><img src=${U}></template>${BARE_2}`],
  ['noscript', `<noscript>${DOT}<style>a{b:url(${V})}</style><!-- <img src=https://no.example/x> --></noscript>`],
  ['noscript, hidden around it', `<div style=display:none><noscript>${BARE}</noscript></div>${BARE_2}`],
  ['noscript in the head', `<head><noscript><link rel=stylesheet href=${U}></noscript></head>${BARE_2}`],
  ['srcdoc', `<iframe srcdoc="<img src=${U} width=1 height=1><style>a{b:url(${V})}</style>" src=https://w.example/x></iframe>`],
  ['srcdoc in srcdoc', `<iframe srcdoc="<iframe srcdoc='<img src=&amp;quot;${U}&amp;quot; width=1 height=1>'></iframe><a href=${V}>x</a>"></iframe>`],
  ['srcdoc in a hidden block', `<div style=display:none><iframe srcdoc="${BARE}"></iframe></div>`],
  ['srcdoc and base', `<base href=https://base.example/><iframe srcdoc="<img src=x/0123456789abcdef0123.gif width=1 height=1>"></iframe>`],
  ['AMP', `<amp-img src=${U} width=1 height=1 srcset="${V} 1x"></amp-img><amp-anim src=https://w.example/x></amp-anim><amp-pixel src=https://x.example/y></amp-pixel>`],
  ['object parameters', `<object data=${U}><param name=Movie value=${V}><param name=quality value=https://no.example/x></object>`],
  ['kinds of link', ['stylesheet', 'Icon', 'shortcut icon', 'apple-touch-icon', 'mask-icon', 'alternate stylesheet', 'preload', 'prefetch', 'dns-prefetch', 'preconnect', 'manifest', 'canonical', 'alternate-icon', 'iconic', 'next', ''].map((rel, n) => `<link rel="${rel}" href=https://l${n}.example/x imagesrcset="https://m${n}.example/x 1x">`).join('')],
  ['kinds of input', ['image', 'IMAGE', ' image', 'image ', 'text', 'imag&#101;'].map((type, n) => `<input type="${type}" src=https://i${n}.example/x formaction=https://f${n}.example/y>`).join('')],
  ['kinds of meta', ['refresh', 'REFRESH', ' refresh', 'content-type'].map((kind, n) => `<meta http-equiv="${kind}" content="0; url='https://m${n}.example/x'">`).join('')],
  ['media', `<video src=${U} poster=${V}><source src=https://w.example/x srcset=https://x.example/y><track src=https://y.example/z></video><audio src=https://z.example/a></audio><bgsound src=https://b.example/c><embed src=https://c.example/d>`],
  ['body and table backgrounds', `<body background=${U}><table background=${V}><tr background=https://w.example/x><td background=" https://x.example/y ">x</table>`],
  ['frameset', `<frameset><frame src=${U}><noframes><img src=${V}></noframes></frameset>`],
  // Foreign content.
  ['SVG', `<svg><image href=${U} xlink:href=https://no.example/x /><image xlink:href=${V} /><image src=https://no.example/y /><use href=https://w.example/x#a /><use xlink:href=https://w.example/y#b /><a href=https://x.example/y><text>x</text></a><a xlink:href=https://y.example/z></a><filter><feImage href=https://z.example/1 /></filter></svg>`],
  ['SVG paint', `<svg><rect fill="url(${U})" stroke='url("${V}#x") red' mask="none" filter="url(#local)"/><g clip-path="url(https://w.example/x#c)" style="cursor:url(https://x.example/y),auto"></g></svg><p fill="url(https://no.example/x)">`],
  ['HTML breaks out of SVG', `<svg><g><img src=${U} width=1 height=1></g></svg><svg><foreignObject><img src=${V} width=1 height=1><image src=https://w.example/x></foreignObject><desc><p background=https://x.example/y></desc></svg>`],
  ['old spelling of references outside SVG', `<a xlink:href=${U}>x</a><image xlink:href=${U} src=${V}>`],
  ['MathML', `<math><mtext><img src=${U} width=1 height=1></mtext><annotation-xml encoding=text/html><img src=${V}></annotation-xml><maction href=https://no.example/x></maction></math>`],
  ['elements that nobody knows', `<x-picture src=https://no.example/x background=${U}><o:p style="background:url(${V})"></o:p></x-picture>`],
  ['links that act', `<form action=${U}><button formaction=${V}></button><input type=submit formaction=https://w.example/x></form><map><area href=https://x.example/y></map><a href=mailto:ann@example.net>x</a><a href=javascript:x>x</a><a href=#top>x</a>`],
  ['pings', `<a href=${U} ping="${V} \n\thttps://w.example/x">x</a><a ping=https://x.example/y>x</a><map><area href=https://y.example/z ping=/relative></map><svg><a href=https://z.example/1 ping=https://z.example/2></a></svg><p ping=https://no.example/1></p><a ping=" ">x</a><a href=https://a.example/1 ping="not an address,https://b.example/2">x</a>`],
  ['inside the message', `<img src=cid:logo@1><img src=data:image/gif;base64,AAAA><img src=blob:x><img src=relative.png><a href=/relative>x</a>${BARE_2}`],
];

/** @type {Case[]} */
export const CASES = [
  ...VECTORS.flatMap(({ name, html }) => (html ? [{ name: `vector ${name}`, html: html(U) }] : [])),
  ...ALIKE.map(([name, html]) => ({ name, html })),
  // The string walker builds no tree: it reports what a browser's parser drops because it stands in the wrong place. A message
  // that means to be shown does not do so, and an audit may say too much.
  { name: 'parts of tables outside tables', html: `<td background=${U}>x</td><tr style="background:url(${V})"><td>y</td></tr>`, onlyInText: ['background-attr', 'css-attr'] },
  { name: 'a frame in a body', html: `<p>x</p><frame src=${U}>`, onlyInText: ['iframe'] },
  { name: 'a form in a form', html: `<form action=${U}><form action=${V}></form></form>`, onlyInText: [`form-action clean ${V}`] },
  // In an https page these are relative to it; a saved message has no address to be relative to.
  { name: 'a scheme without slashes', html: '<img src=https:t.example/x width=1 height=1><a href=https:u.example/x>x</a><a href=https:/v.example/x>x</a>', onlyInText: ['link-href clean https://u.example/x', 'link-href clean https://v.example/x'] },
  // Only a page that is loaded as such makes a shadow of it, and no webmail shows mail so.
  { name: 'a shadow written in HTML', html: `<div><template shadowrootmode=open>${DOT}</template></div>`, onlyInText: ['img open'] },
];
