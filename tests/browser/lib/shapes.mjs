// Pages in the shape of each webmail, hand-written from what is known of their structure, and the rewriting that each does to
// a message: Gmail and Yahoo send every picture through a proxy of theirs, Outlook through none (https) or one (http).

/**
 * @typedef {object} Mail
 * @property {string} id
 * @property {{name: string, address: string}} from
 * @property {string} subject
 * @property {string} html      the message as sent
 *
 * @typedef {object} Shape
 * @property {string} name
 * @property {string} page      address of the page
 * @property {string} reader    the reader's own address
 * @property {(url: string) => string} picture   what the webmail makes of a picture's address
 * @property {(mail: Mail, html: string) => string} message  one open message around its body
 * @property {(inner: string) => string} frame   the page around the open messages; holds an element with id "list"
 */

const READER = 'ana@example.org';
let proxied = 0;

/** @type {Record<string, Shape>} */
export const SHAPES = {
  gmail: {
    name: 'gmail',
    page: 'https://mail.google.com/mail/u/0/',
    reader: READER,
    picture: (url) => `https://ci3.googleusercontent.com/meips/ADKq_N${++proxied}=s0-d-e1-ft#${url}`,
    message: ({ id, from }, html) => `<div class="h7 ie" role="listitem" aria-expanded="true" tabindex="-1"><div class="Bk"><div class="adn ads" data-message-id="#msg-f:${id}" data-legacy-message-id="${id}">
      <div class="gs"><div class="gE iv gt"><h3 class="iw"><span class="qu"><span class="gD" email="${from.address}" name="${from.name}" data-hovercard-id="${from.address}"><span>${from.name}</span></span></span></h3>
      <span class="hb">to <span email="${READER}" name="me" class="g2">me</span></span></div>
      <div class="ii gt" id=":b${id}"><div class="a3s aiL msg${id}">${html}</div></div></div></div></div></div>`,
    frame: (inner) => `<header role="banner"><a aria-label="Google Account: Ana (${READER})"><img id="ui-avatar" src="https://lh3.googleusercontent.com/ogw/avatar.png" width="32" height="32"></a></header>
      <div role="main"><h2 class="hP">Inbox</h2><div role="list" id="list">${inner}</div></div>`,
  },
  outlook: {
    name: 'outlook',
    page: 'https://outlook.live.com/mail/0/inbox/',
    reader: READER,
    picture: (url) => (url.startsWith('https:') ? url : `https://imgproxy-prod.services.web.outlook.com/proxy/?u=${encodeURIComponent(url)}&t=eyJ.e30.s&r=p&s=c`),
    message: ({ id, from }, html) => `<div class="aVla3"><div aria-expanded="true"><div class="wide-content-host"><div aria-label="Email message" tabindex="-1" class="SlLx9">
      <div><div aria-label="From: ${from.address}"><span class="OZZZK" id="MSG_${id}_FROM">${from.name}&lt;${from.address}&gt;</span></div><div data-testid="RecipientWell" aria-label="To: ${READER}"><span>You</span></div></div>
      <div role="document"><div id="UniqueMessageBody_${id}" class="XbIp4 allowTextSelection" aria-label="Message body" tabindex="0"><div class="BIZfh"><div visibility="visible"><div class="rps_6972"><div>${html}</div></div></div></div></div></div></div></div></div></div>`,
    frame: (inner) => `<div id="app"><div id="primaryMailboxRoot_${READER}"></div><img id="ui-avatar" src="https://res.public.onecdn.static.microsoft/owamail/avatar.png" width="32" height="32">
      <div role="main" data-app-section="MailReadCompose"><div id="ReadingPaneContainerId"><div id="list">${inner}</div></div></div></div>`,
  },
  yahoo: {
    name: 'yahoo',
    page: 'https://mail.yahoo.com/d/folders/1/messages/A1',
    reader: READER,
    picture: (url) => `https://ecp.yusercontent.com/mail?url=${encodeURIComponent(url)}&t=1789000000&ymreqid=d41d8cd9-8f00-b204-1cff-ed006a01d7${++proxied}&sig=Abc--~D`,
    message: ({ id, from }, html) => `<div data-test-id="message-view" data-test-expanded="true" tabindex="-1"><header data-test-id="message-header">
      <span data-test-id="message-from"><span data-test-id="email-pill" title="${from.address}"><span>${from.name}</span></span><span>${from.address}</span></span>
      <span data-test-id="message-to"><span data-test-id="email-pill" title="${READER}">Me</span></span></header>
      <div data-test-id="message-view-body"><div class="msg-body" data-test-id="message-view-body-content"><div class="jb_0"><div id="yiv${id}">${html}</div></div></div></div></div>`,
    frame: (inner) => `<div id="app"><img id="ui-avatar" src="https://s.yimg.com/avatar.png" width="32" height="32"><div data-test-id="message-group-view-scroller" id="list">${inner}</div></div>`,
  },
};

/** A webmail that nobody knows: the reader has to add it. Its pictures come straight from the sender. @type {Shape} */
export const UNKNOWN = {
  name: 'unknown',
  page: 'https://mail.club.example/read',
  reader: READER,
  picture: (url) => url,
  message: ({ from, subject }, html) => `<article><h2>${subject}</h2><p>${from.name}</p><div>${html}</div></article>`,
  frame: (inner) => `<main><img id="ui-avatar" src="/avatar.png" width="32" height="32"><div id="list">${inner}</div></main>`,
};

/**
 * Replaces every class name, id, role and data attribute, as a redesign would: no selector finds anything any more.
 * @param {string} html
 */
export function scrambled(html) {
  let n = 0;
  return html
    .replace(/\b(class|aria-label|role|email|title|data-[a-z-]+|aria-expanded|name|visibility)="[^"]*"/g, () => `data-x${++n}="z${n}"`)
    .replace(/\bid="(?!list|ui-)[^"]*"/g, () => `id="q${++n}"`);
}

/** A script policy as strict as the strictest webmail's. @param {string} nonce */
export const strictCsp = (nonce) => `script-src 'nonce-${nonce}'; worker-src 'self'; object-src *; base-uri 'self'`;
