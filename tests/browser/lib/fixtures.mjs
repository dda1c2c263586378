// What is expected of each page in `tests/fixtures/webmails`.
import { SHAPES } from './shapes.mjs';

/**
 * @typedef {object} Fixture
 * @property {string} kind        the adapter
 * @property {string} page        its address
 * @property {string} [file]      where it is not named like the fixture
 * @property {Record<string, string>} [frames]  address → file of what stands in frames of a host or path of its own
 * @property {(url: string) => string} picture  what the webmail makes of a picture's address
 * @property {boolean} [passes]   its own servers fetch pictures
 * @property {{sender: string | null, subject: string | null, blocked: number, passed: number}[]} reported  what the popup says
 * @property {object[]} messages  what is read of each message that is open
 * @property {string | null} recipient
 * @property {(string | null)[]} [rows]  senders in the list
 */

/** A webmail under a host of the reader's own. */
export const OWN = 'https://mail.club.example';

/** Those that the reader adds, with the further hosts that they ask for. */
export const WEBMAILS = [
  { page: `${OWN}/`, others: [] },
  { page: 'https://mail.proton.me/u/0/inbox', others: [] },
  { page: 'https://app.fastmail.com/mail/Inbox/T1.M1', others: [] },
  { page: 'https://navigator.gmx.net/mail', others: ['webmailer.gmx.net', '*.mailbody-ui.de'] },
  { page: 'https://www.icloud.com/mail/', others: ['www-mail.icloud-sandbox.com'] },
];

const gmail = { kind: 'gmail', picture: SHAPES.gmail.picture, recipient: 'ana@example.org' };
const outlook = { kind: 'outlook', picture: SHAPES.outlook.picture, recipient: 'ana@example.org' };
const yahoo = { kind: 'yahoo', picture: SHAPES.yahoo.picture, recipient: 'ana@yahoo.example' };
const direct = (/** @type {string} */ url) => url;
const SHOP = { address: 'news@shop.example', name: 'Shop Example' };
const told = (/** @type {string | null} */ sender, /** @type {string | null} */ subject, /** @type {number} */ blocked, passed = 0) => ({ sender, subject, blocked, passed });

const YAHOO = { messages: [{ ...SHOP, id: 'A1', subject: 'Your order' }], reported: [told(SHOP.address, 'Your order', 5)], rows: [SHOP.address, 'bob@friends.example'] };
const YAHOO_PRINT = { file: 'yahoo-print', messages: [{ ...SHOP, id: null, subject: 'Your order' }], reported: [told(SHOP.address, 'Your order', 3)] };

/** @type {Record<string, Fixture>} */
export const FIXTURES = {
  gmail: {
    ...gmail, page: 'https://mail.google.com/mail/u/0/', rows: [SHOP.address, 'bob@friends.example'],
    messages: [{ ...SHOP, id: '17b0000000000003', subject: 'Your order has shipped' }, { address: 'list@group.example', name: "'Cara' via Group", id: '17b0000000000004', subject: 'Your order has shipped' }],
    reported: [told(SHOP.address, 'Your order has shipped', 6)],
  },
  'gmail-popout': {
    ...gmail, page: 'https://mail.google.com/mail/u/0/popout?ver=1&search=inbox&th=%23thread-f:1700000000000000001&cvid=1',
    messages: [{ ...SHOP, id: '17979cfe362a0003', subject: 'Your order has shipped' }], reported: [told(SHOP.address, 'Your order has shipped', 3)],
  },
  'gmail-print': {
    ...gmail, page: 'https://mail.google.com/mail/u/0/?ik=0123456789&view=pt&search=all&permmsgid=msg-f:1700000000000000003',
    messages: [{ ...SHOP, id: '17979cfe362a0003', subject: 'Your order has shipped' }], reported: [told(SHOP.address, 'Your order has shipped', 4)],
  },
  'gmail-entire': {
    ...gmail, page: 'https://mail.google.com/mail/u/0/?ui=2&ik=0123456789&view=lg&permmsgid=msg-f:1700000000000000003&th=17979cfe362a0001', recipient: null,
    messages: [{ id: '17979cfe362a0003', subject: 'Your order has shipped' }], reported: [told(null, 'Your order has shipped', 3)],
  },
  'gmail-list': { ...gmail, page: 'https://mail.google.com/mail/u/0/', messages: [], reported: [], rows: [SHOP.address, 'bob@friends.example'] },
  outlook: {
    ...outlook, page: 'https://outlook.live.com/mail/0/inbox/', rows: [SHOP.address, 'bob@friends.example'],
    messages: [{ ...SHOP, id: 'AAA1', subject: 'Your invoice' }, { address: 'promo@other.example', name: 'Other Shop', id: 'AAA2', subject: 'Your invoice' }],
    reported: [told(SHOP.address, 'Your invoice', 5)],
  },
  'outlook-popout': {
    ...outlook, page: 'https://outlook.office.com/mail/0/deeplink/read/AAkALg?ItemID=AAkALg&ispopout=0',
    messages: [{ ...SHOP, id: 'AAA1', subject: 'Your invoice' }], reported: [told(SHOP.address, 'Your invoice', 3)],
  },
  'outlook-print': {
    ...outlook, page: 'https://outlook.cloud.microsoft/mail/inbox/print', messages: [{ ...SHOP, id: 'AAA1', subject: 'Your invoice' }], reported: [told(SHOP.address, 'Your invoice', 3)],
  },
  'outlook-blocked': {
    ...outlook, page: 'https://outlook.office365.com/mail/inbox/id/AAQkADAwConv1',
    messages: [{ address: 'promo@other.example', name: 'Other Shop', id: 'AAA2', subject: 'Your invoice' }], reported: [told('promo@other.example', 'Your invoice', 4)],
  },
  yahoo: { ...yahoo, ...YAHOO, page: 'https://mail.yahoo.com/d/folders/1/messages/A1' },
  aol: { ...yahoo, ...YAHOO, page: 'https://mail.aol.com/d/folders/1/messages/A1', file: 'yahoo' },
  'yahoo-print': { ...yahoo, ...YAHOO_PRINT, page: 'https://mail.yahoo.com/d/print' },
  'aol-print': { ...yahoo, ...YAHOO_PRINT, page: 'https://mail.aol.com/d/print' },
  roundcube: {
    kind: 'roundcube', picture: direct, page: `${OWN}/rc/?_task=mail&_uid=12&_mbox=INBOX&_action=show`, recipient: 'ana@example.org',
    messages: [{ ...SHOP, id: 'INBOX/12', subject: 'Your order' }], reported: [told(SHOP.address, 'Your order', 4)],
  },
  'roundcube-print': {
    kind: 'roundcube', picture: direct, page: `${OWN}/rc/?_task=mail&_mbox=INBOX&_uid=12&_action=print`, recipient: 'ana@example.org',
    messages: [{ ...SHOP, id: 'INBOX/12', subject: 'Your order' }], reported: [told(SHOP.address, 'Your order', 3)],
  },
  'roundcube-list': {
    kind: 'roundcube', picture: direct, page: `${OWN}/rc/?_task=mail&_mbox=INBOX`, frames: { [`${OWN}/rc/preview`]: 'roundcube' }, recipient: 'ana@example.org', rows: [SHOP.address],
    messages: [{ ...SHOP, id: 'INBOX/12', subject: 'Your order' }], reported: [told(SHOP.address, 'Your order', 4)],
  },
  sogo: {
    kind: 'sogo', picture: direct, page: `${OWN}/SOGo/so/ana@example.org/Mail/view#!/Mail/0/INBOX/12`, recipient: 'ana@club.example', rows: [null],
    messages: [{ ...SHOP, id: '0/INBOX/12', subject: 'Your order' }], reported: [told(SHOP.address, 'Your order', 5)],
  },
  ox: {
    kind: 'ox', picture: direct, page: `${OWN}/appsuite/`, recipient: null, rows: [SHOP.address],
    messages: [{ ...SHOP, id: 'default0/INBOX.12', subject: 'Your order' }], reported: [told(SHOP.address, 'Your order', 4)],
  },
  proton: {
    kind: 'proton', picture: (url) => `https://mail.proton.me/api/core/v4/images?Url=${encodeURIComponent(url)}&DryRun=0&UID=exampleuid`, passes: true, page: 'https://mail.proton.me/u/0/inbox', recipient: 'ana@example.org',
    rows: [SHOP.address], messages: [{ ...SHOP, id: 'MsgIdExample==', subject: 'Your order' }], reported: [told(SHOP.address, 'Your order', 1, 3)],
  },
  fastmail: {
    kind: 'fastmail', picture: direct, page: 'https://app.fastmail.com/mail/Inbox/T1.M1', recipient: 'ana@example.org', rows: [SHOP.address],
    messages: [{ ...SHOP, id: 'T1.M1', subject: 'Your order' }], reported: [told(SHOP.address, 'Your order', 3, 1)],
  },
  gmx: {
    kind: 'gmx', picture: direct, page: 'https://navigator.gmx.net/mail', recipient: 'ana@example.org', rows: [SHOP.address],
    frames: { 'https://webmailer.gmx.net/': 'gmx-program', 'https://gmxnet.mailbody-ui.de/': 'gmx-body' },
    messages: [{ ...SHOP, id: '1700', subject: 'Your order' }], reported: [told(SHOP.address, 'Your order', 6)],
  },
  icloud: {
    kind: 'icloud', picture: direct, page: 'https://www.icloud.com/mail/', recipient: 'ana@example.org', rows: [SHOP.address],
    frames: {
      'https://www.icloud.com/applications/mail2/current/en-us/index.html': 'icloud-program',
      'https://www-mail.icloud-sandbox.com/applications/mail2-message/current/en-us/index.html': 'icloud-body',
      'https://www-mail.icloud-sandbox.com/applications/mail2-rte/current/en-us/index.html': 'icloud-draft',
    },
    messages: [{ ...SHOP, id: 'G-1700', subject: 'Your order' }, { address: 'bob@friends.example', name: 'Bob', id: 'G-1701', subject: 'Your order' }], reported: [told(SHOP.address, 'Your order', 3)],
  },
};
