// Reads a message as sent: headers, MIME parts, transfer encodings, character sets. Only what a webmail needs to show it.

/**
 * @typedef {{name: string, address: string}} Person
 * @typedef {object} Letter
 * @property {Person} from
 * @property {string} subject
 * @property {string} date     as its header has it, or ''
 * @property {string} html     the body; inline pictures are data: URLs
 *
 * @typedef {Map<string, string>} Headers  by lower-case name; of repeated ones the first
 * @typedef {{headers: Headers, body: string}} Part  `body` holds one byte a character
 * @typedef {{value: string, parameters: Record<string, string>}} Field
 */

/** Messages nest; no honest one nests deeper. */
const DEEPEST = 12;
const NOBODY = { name: 'Unknown sender', address: 'unknown@example.net' };

/**
 * @param {Buffer} bytes  one message
 * @returns {Letter}
 */
export function readMail(bytes) {
  const root = partOf(bytes.toString('latin1'));
  const leaves = leavesOf(root, 0);
  const shown = leaves.filter((part) => !/^attachment/i.test(part.headers.get('content-disposition') ?? ''));
  const html = shown.find((part) => typeOf(part).value === 'text/html');
  const plain = shown.find((part) => typeOf(part).value === 'text/plain');
  const body = html ? textOf(html) : plain ? `<pre style="white-space:pre-wrap;font:inherit">${escapeHtml(textOf(plain))}</pre>` : '';
  return {
    from: personOf(decodeWords(root.headers.get('from') ?? '')),
    subject: decodeWords(root.headers.get('subject') ?? '') || '(no subject)',
    date: root.headers.get('date') ?? '',
    html: withInlinePictures(body, leaves),
  };
}

/**
 * @param {Buffer} bytes  a saved HTML file: its sender is not known
 * @returns {Letter}
 */
export function readHtml(bytes) {
  const declared = /<meta[^>]+charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(bytes.toString('latin1', 0, 4096))?.[1];
  const html = decodeBytes(bytes, declared);
  const title = /<title[^>]*>([^<]*)/i.exec(html)?.[1]?.trim();
  return { from: NOBODY, subject: title || '(no subject)', date: '', html };
}

/**
 * Splits a mailbox into its messages: each begins with a line `From …` after an empty one.
 * @param {Buffer} bytes
 * @returns {Buffer[]}
 */
export function splitMbox(bytes) {
  const text = bytes.toString('latin1');
  const messages = text.split(/(?:^|\r?\n\r?\n|(?<=^\r?\n))From [^\r\n]*\r?\n(?=[!-9;-~]+:)/).slice(1);
  return messages.map((message) => Buffer.from(message.replace(/^>(>*From )/gm, '$1'), 'latin1'));
}

/** @param {string} text */
export const escapeHtml = (text) =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** @param {string} raw @returns {Part} */
function partOf(raw) {
  const end = /\r?\n\r?\n|^\r?\n/.exec(raw);
  const head = end ? raw.slice(0, end.index) : raw;
  /** @type {Headers} */
  const headers = new Map();
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const [, name, value] = /^([!-9;-~]+):\s*(.*)$/.exec(line) ?? [];
    if (name && value !== undefined && !headers.has(name.toLowerCase())) headers.set(name.toLowerCase(), value);
  }
  return { headers, body: end ? raw.slice(end.index + end[0].length) : '' };
}

/** The parts that hold something, in order. @param {Part} part @param {number} depth @returns {Part[]} */
function leavesOf(part, depth) {
  const { value, parameters } = typeOf(part);
  const boundary = parameters.boundary;
  if (!value.startsWith('multipart/') || !boundary || depth > DEEPEST) return [part];
  const line = new RegExp(`(?:^|\\r?\\n)--${boundary.replace(/[.*+?^$(){}|[\]\\]/g, '\\$&')}(--)?[ \\t]*(?=\\r?\\n|$)`);
  const pieces = [];
  let rest = part.body;
  for (let first = true; ; first = false) {
    const found = line.exec(rest);
    if (!first) pieces.push(found ? rest.slice(0, found.index) : rest);
    if (!found || found[1]) break;
    rest = rest.slice(found.index + found[0].length).replace(/^\r?\n/, '');
  }
  return pieces.flatMap((piece) => leavesOf(partOf(piece), depth + 1));
}

/** @param {Part} part @returns {Field} */
function typeOf(part) {
  const field = part.headers.get('content-type') ?? 'text/plain';
  /** @type {Record<string, string>} */
  const parameters = {};
  for (const [, name, quoted, bare] of field.matchAll(/;\s*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/g)) {
    if (name) parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '';
  }
  return { value: (field.split(';')[0] ?? '').trim().toLowerCase(), parameters };
}

/** @param {Part} part @returns {Buffer} */
function bytesOf(part) {
  switch ((part.headers.get('content-transfer-encoding') ?? '').trim().toLowerCase()) {
    case 'base64':
      return Buffer.from(part.body, 'base64');
    case 'quoted-printable':
      return quotedPrintable(part.body);
    default:
      return Buffer.from(part.body, 'latin1');
  }
}

/** @param {string} text */
const quotedPrintable = (text) => Buffer.from(
  text.replace(/[ \t]+(?=\r?\n)/g, '').replace(/=\r?\n/g, '').replace(/=([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))),
  'latin1',
);

/** @param {Part} part */
const textOf = (part) => decodeBytes(bytesOf(part), typeOf(part).parameters.charset);

/** @param {Buffer} bytes @param {string} [charset]  as declared, which is often missing or wrong */
function decodeBytes(bytes, charset) {
  const declared = charset && !/^(us-)?ascii$/i.test(charset) ? charset : 'utf-8';
  for (const [label, fatal] of /** @type {const} */ ([[declared, true], ['utf-8', true], ['windows-1252', false]])) {
    try {
      return new TextDecoder(label, { fatal }).decode(bytes);
    } catch {
      // Not in that charset, or one that nobody knows: the next.
    }
  }
  return bytes.toString('latin1');
}

/** RFC 2047 words, and headers in raw UTF-8. @param {string} value */
function decodeWords(value) {
  const joined = value.replace(/(\?=)\s+(?==\?)/g, '$1');
  const decoded = joined.replace(/=\?([\w-]+)(?:\*[\w-]*)?\?([bq])\?([^?]*)\?=/gi, (_, charset, how, text) => {
    const bytes = /b/i.test(how) ? Buffer.from(text, 'base64') : quotedPrintable(text.replaceAll('_', ' '));
    return Buffer.from(decodeBytes(bytes, charset), 'utf8').toString('latin1');
  });
  return decodeBytes(Buffer.from(decoded, 'latin1')).trim();
}

/** @param {string} from @returns {Person} */
function personOf(from) {
  const address = /<([^<>@\s]+@[^<>\s]+)>/.exec(from)?.[1] ?? /[^\s<>"(),;:]+@[^\s<>"(),;:]+/.exec(from)?.[0];
  if (!address) return from ? { ...NOBODY, name: from } : NOBODY;
  const name = from.replace(/<[^<>]*>\s*$/, '').trim().replace(/^"(.*)"$/, '$1').replace(/\\(.)/g, '$1');
  return { address, name: name || address };
}

/** @param {string} html @param {Part[]} parts */
function withInlinePictures(html, parts) {
  const byId = new Map(parts.flatMap((part) => {
    const id = part.headers.get('content-id')?.trim().replace(/^<|>$/g, '');
    return id && typeOf(part).value.startsWith('image/') ? [[id, part]] : [];
  }));
  return html.replace(/\bcid:([^"'\s)>]+)/gi, (whole, id) => {
    const part = byId.get(id) ?? byId.get(safelyDecoded(id));
    return part ? `data:${typeOf(part).value};base64,${bytesOf(part).toString('base64')}` : whole;
  });
}

/** @param {string} text */
function safelyDecoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
