// A web of our own on loopback. One HTTPS server answers for every host name; browsers reach it through an HTTP proxy on
// the same server object (CONNECT is handed straight to TLS, no second socket), so no port 443, no root, no DNS.
import { execFile } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflateSync } from 'node:zlib';

const run = promisify(execFile);

/**
 * One request as the server saw it.
 * @typedef {object} Seen
 * @property {number} at      milliseconds since the web was opened
 * @property {string} host    without port
 * @property {string} path    with the query; a fragment never arrives here
 * @property {string} url     scheme, host and path together
 * @property {string} method
 * @property {string} dest    sec-fetch-dest, or ''
 * @property {string} mode    sec-fetch-mode, or ''
 * @property {string} referer
 * @property {http.IncomingHttpHeaders} headers
 * @property {Buffer} body    what the browser sent
 *
 * @typedef {object} Reply
 * @property {number} [status]                 200 unless told
 * @property {Record<string, string>} [headers]
 * @property {string | Buffer} [body]
 * @property {Promise<string>} [rest]           what follows the body when it is known: a page that arrives in parts
 *
 * What a handler gives back; nothing means "the asset for this file extension, else 404".
 * @typedef {(req: Seen) => Reply | null | undefined | void | Promise<Reply | null | undefined | void>} Handler
 *
 * @typedef {string | RegExp} Pattern  a host name ("*.x.example" covers x.example and all below it) or a RegExp on the URL
 */

/** Errands of the browsers themselves (updates, sign-in state): answered 404, not recorded. */
const ERRANDS = /^https?:\/\/(firefox\.settings\.services\.mozilla\.com|[a-z0-9-]+\.cdn\.mozilla\.net|aus5\.mozilla\.org|update\.googleapis\.com|clients2\.google\.com|(optimizationguide-pa|safebrowsing|content-autofill)\.googleapis\.com|accounts\.google\.com\/ListAccounts|www\.google\.com\/async)/;

/** @type {Promise<{key: string, cert: string, spki: string}> | undefined} */
let identity;

/** One self-signed certificate a process; the browsers are told to accept this key (Chromium) or any (Firefox). */
export function identityOfTheWeb() {
  identity ??= (async () => {
    const dir = await mkdtemp(join(tmpdir(), 'bg-cert-'));
    try {
      const [keyFile, certFile] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
      await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
        '-days', '30', '-subj', '/CN=loopback.test', '-addext', 'subjectAltName=DNS:loopback.test',
        '-keyout', keyFile, '-out', certFile]);
      const [key, cert] = await Promise.all([readFile(keyFile, 'utf8'), readFile(certFile, 'utf8')]);
      const der = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
      return { key, cert, spki: createHash('sha256').update(der).digest('base64') };
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  })();
  return identity;
}

/** @param {Pattern} pattern @param {Seen} seen */
function matches(pattern, seen) {
  if (pattern instanceof RegExp) return pattern.test(seen.url);
  if (!pattern.startsWith('*.')) return seen.host === pattern;
  return seen.host === pattern.slice(2) || seen.host.endsWith(pattern.slice(1));
}

export class Web {
  /** @type {Seen[]} */
  #log = [];
  /** @type {string[]} */
  #connects = [];
  /** @type {Set<() => void>} */
  #watchers = new Set();
  /** @type {Map<string, Handler | Reply>} */
  #routes = new Map();
  /** @type {Set<import('node:stream').Duplex>} */
  #sockets = new Set();
  #born = performance.now();
  /** @type {https.Server} */ #tls;
  /** @type {http.Server} */ #proxy;
  /** @type {Handler} */ #handler;

  /** The loopback port of the proxy: give it to `launch({web})`. */
  port = 0;
  /** sha256 of the public key, base64, for Chromium. */
  spki;

  /** @param {{key: string, cert: string, spki: string}} id @param {Handler} handler */
  constructor(id, handler) {
    this.spki = id.spki;
    this.#handler = handler;
    this.#tls = https.createServer({ key: id.key, cert: id.cert }, (req, res) => void this.#serve('https', req, res));
    this.#proxy = http.createServer((req, res) => void this.#serve('http', req, res));
    this.#proxy.on('connect', (req, socket) => {
      if (!ERRANDS.test(`https://${req.url ?? ''}`.replace(/:\d+$/, '/'))) this.#connects.push((req.url ?? '').replace(/:\d+$/, ''));
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      this.#tls.emit('connection', socket);
    });
    const keep = (/** @type {import('node:stream').Duplex} */ socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#sockets.delete(socket));
    };
    this.#proxy.on('connection', keep);
    this.#tls.on('secureConnection', keep);
    this.#tls.on('tlsClientError', () => {});
    this.#proxy.on('clientError', (_e, socket) => socket.destroy());
    this.#tls.on('clientError', (_e, socket) => socket.destroy());
  }

  /** @returns {Promise<this>} */
  listen() {
    return new Promise((resolve, reject) => {
      this.#proxy.once('error', reject);
      this.#proxy.listen(0, '127.0.0.1', () => {
        const address = this.#proxy.address();
        if (address && typeof address === 'object') this.port = address.port;
        resolve(this);
      });
    });
  }

  /**
   * Answer for one place: "host/path" (path with or without its query) or "host" for all of a host.
   * @param {string} place @param {Handler | Reply} reply
   */
  on(place, reply) {
    this.#routes.set(place, reply);
    return this;
  }

  /** Every request so far, oldest first. @param {Pattern} [pattern] */
  requests(pattern) {
    return pattern === undefined ? [...this.#log] : this.#log.filter((seen) => matches(pattern, seen));
  }

  /** Every host that a browser connected to over TLS, also without asking it for anything. */
  connects() {
    return [...this.#connects];
  }

  /** Forget what was seen (routes stay). */
  clear() {
    this.#log = [];
    this.#connects = [];
  }

  /**
   * Resolves with the first truthy answer of `predicate`, asked now and after each request; rejects after the bound.
   * @template T @param {(log: Seen[]) => T} predicate @param {number} [boundMs] @param {string} [what]
   * @returns {Promise<NonNullable<T>>}
   */
  waitFor(predicate, boundMs = 5000, what = 'the expected requests') {
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        this.#watchers.delete(look);
      };
      const look = () => {
        try {
          const answer = predicate(this.#log);
          if (!answer) return;
          done();
          resolve(answer);
        } catch (error) {
          done();
          reject(error);
        }
      };
      const timer = setTimeout(() => {
        done();
        const seen = this.#log.map((r) => r.url).join('\n  ') || '(none)';
        reject(new Error(`${what} did not come within ${boundMs} ms; seen:\n  ${seen}`));
      }, boundMs);
      this.#watchers.add(look);
      look();
    });
  }

  /** @returns {Promise<void>} */
  close() {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#proxy.close(() => resolve()));
  }

  /** @param {'http' | 'https'} scheme @param {http.IncomingMessage} req @param {http.ServerResponse} res */
  async #serve(scheme, req, res) {
    /** @type {Buffer[]} */
    const chunks = [];
    try {
      for await (const chunk of req) chunks.push(chunk);
    } catch {
      return; // the browser went away
    }
    // Through a plain-HTTP proxy the request line carries the whole URL.
    const target = new URL(req.url ?? '/', `${scheme}://${req.headers.host ?? 'unknown.invalid'}`);
    const one = (/** @type {string | string[] | undefined} */ value) => (Array.isArray(value) ? value.join() : value ?? '');
    /** @type {Seen} */
    const seen = {
      at: performance.now() - this.#born,
      host: target.hostname,
      path: target.pathname + target.search,
      url: target.origin + target.pathname + target.search,
      method: req.method ?? '',
      dest: one(req.headers['sec-fetch-dest']),
      mode: one(req.headers['sec-fetch-mode']),
      referer: one(req.headers.referer),
      headers: req.headers,
      body: Buffer.concat(chunks),
    };
    if (ERRANDS.test(seen.url)) {
      res.writeHead(404).end();
      return;
    }
    this.#log.push(seen);
    for (const look of [...this.#watchers]) look();

    /** @type {Reply} */
    let reply;
    try {
      const route = this.#routes.get(seen.host + seen.path) ?? this.#routes.get(seen.host + target.pathname) ??
        this.#routes.get(seen.host);
      reply = (typeof route === 'function' ? await route(seen) : route) || (await this.#handler(seen)) ||
        asset(target.pathname) || { status: 404, headers: { 'content-type': 'text/plain' }, body: 'not found' };
    } catch (error) {
      reply = { status: 500, headers: { 'content-type': 'text/plain' }, body: String(error) };
    }
    if (res.destroyed) return;
    res.writeHead(reply.status ?? 200, reply.headers ?? { 'content-type': 'text/html; charset=utf-8' });
    if (reply.rest) {
      res.write(reply.body ?? '');
      reply.body = await reply.rest;
    }
    res.end(seen.method === 'HEAD' ? undefined : reply.body ?? '');
  }
}

/** Open a web. `handler` answers what no `on()` route does. @param {Handler} [handler] */
export async function openWeb(handler = () => null) {
  return new Web(await identityOfTheWeb(), handler).listen();
}

/** @param {string} body @param {Record<string, string>} [headers] @returns {Reply} */
export const html = (body, headers = {}) => ({
  headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', ...headers }, body,
});

/** @param {string} body @param {Record<string, string>} [headers] @returns {Reply} */
export const script = (body, headers = {}) => ({
  headers: { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-store', ...headers }, body,
});

/** @param {string} location @param {number} [status] @returns {Reply} */
export const redirect = (location, status = 302) => ({ status, headers: { location, 'cache-control': 'no-store' } });

/** A valid answer for a file extension, open to any origin, or null. @param {string} path @returns {Reply | null} */
export function asset(path) {
  const extension = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  const found = ASSETS[extension];
  if (!found) return null;
  const [type, body] = found;
  return { headers: { 'content-type': type, 'access-control-allow-origin': '*', 'cache-control': 'no-store' }, body };
}

/** A PNG of one colour. @param {number} width @param {number} height @param {[number, number, number]} [rgb] */
export function png(width, height, rgb = [46, 125, 50]) {
  const row = Buffer.alloc(1 + width * 3);
  for (let x = 0; x < width; x++) row.set(rgb, 1 + x * 3);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: height }, () => row)))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** @param {string} type @param {Buffer} data */
function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(named.length + 8);
  out.writeUInt32BE(data.length, 0);
  named.copy(out, 4);
  let crc = 0xffffffff;
  for (const byte of named) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  out.writeUInt32BE((crc ^ 0xffffffff) >>> 0, named.length + 4);
  return out;
}

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24"><rect width="24" height="24" fill="#2e7d32"/></svg>';
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
// Enough for a browser to ask for it and to give up quietly: what counts here is the request.
const FONT = Buffer.concat([Buffer.from('wOF2OTTO', 'latin1'), Buffer.alloc(40)]);
const MP4 = Buffer.from('000000186674797069736f6d0000020069736f6d69736f32', 'hex');

/** @type {Record<string, [string, string | Buffer]>} */
const ASSETS = {
  png: ['image/png', png(24, 24)],
  jpg: ['image/png', png(24, 24)],
  gif: ['image/gif', GIF],
  svg: ['image/svg+xml', SVG],
  css: ['text/css', '/* empty */'],
  js: ['text/javascript', ''],
  json: ['application/json', '{}'],
  html: ['text/html; charset=utf-8', '<!doctype html><title>page</title>'],
  txt: ['text/plain', 'text'],
  woff2: ['font/woff2', FONT],
  mp4: ['video/mp4', MP4],
  mp3: ['audio/mpeg', Buffer.from('fffb9000', 'hex')],
};
