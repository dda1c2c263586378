// Hands requests of the counting web on to a server on loopback, as a front server hands them to a webmail.
import http from 'node:http';

/**
 * @param {import('./net.mjs').Seen} seen @param {number} port @param {Record<string, string>} headers
 * @returns {Promise<import('./net.mjs').Reply>}
 */
export function forward(seen, port, headers) {
  return new Promise((resolve, reject) => {
    const sent = { ...seen.headers, 'accept-encoding': 'identity', ...headers };
    delete sent.connection;
    // A connection of its own: some servers answer one connection after the other.
    const request = http.request({ host: '127.0.0.1', port, method: seen.method, path: seen.path, headers: sent, agent: false }, (answer) => {
      /** @type {Buffer[]} */
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
        /** @type {Record<string, any>} */
        const kept = { ...answer.headers };
        for (const hop of ['connection', 'transfer-encoding', 'content-length']) delete kept[hop];
        resolve({ status: answer.statusCode ?? 502, headers: kept, body: Buffer.concat(chunks) });
      }).on('error', reject);
    });
    request.on('error', reject);
    request.end(seen.body);
  });
}
