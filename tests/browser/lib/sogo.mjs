// A real SOGo over a real Dovecot, PostgreSQL and memcached, on loopback: mail is delivered as files, and the browsers reach it
// under a host name of its own through the counting web, which serves its files as a front server does.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import * as debian from './debian.mjs';
import { PACKAGES as OF_DOVECOT, PASSWORD, PROGRAM as DOVECOT, Dovecot } from './dovecot.mjs';
import { forward } from './forward.mjs';
import { Keeper, freePort, userNamed } from './keeper.mjs';

const run = promisify(execFile);

const PACKAGES = ['sogo', 'postgresql', 'memcached', ...OF_DOVECOT];
const SOGOD = '/usr/sbin/sogod';
const MEMCACHED = '/usr/bin/memcached';
const POSTGRES = '/usr/lib/postgresql';
const FILES = '/usr/lib/GNUstep/SOGo/WebServerResources';
const FILE = /^\/SOGo(?:\.woa)?\/WebServerResources\/((?:[\w-][\w.-]*\/)*[\w-][\w.-]*)(?:\?|$)/u;
/** @type {Record<string, string>} */
const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png', '.gif': 'image/gif', '.ico': 'image/x-icon', '.woff2': 'font/woff2', '.woff': 'font/woff', '.html': 'text/html' };
export const HOST = 'groupware.club.example';
/** People who can log in. */
const USERS = ['ana'];

/** The folder of PostgreSQL's programs, of its newest version here; '' where there is none. */
function programs() {
  const versions = existsSync(POSTGRES) ? readdirSync(POSTGRES).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(POSTGRES, version, 'bin')).find((folder) => existsSync(join(folder, 'initdb'))) ?? '';
}

/** Why there is no SOGo here, or null. Installs it where apt can, once. */
export const missing = () => debian.missing('SOGo', PACKAGES, () => [SOGOD, MEMCACHED, DOVECOT, FILES, join(programs(), 'initdb')]);

export class Sogo {
  #port = 0;

  /** @param {Keeper} keeper @param {Dovecot} mail @param {import('./keeper.mjs').User} user */
  constructor(keeper, mail, user) {
    this.keeper = keeper;
    this.mail = mail;
    this.user = user;
  }

  static async open() {
    const keeper = await Keeper.open('sogo');
    try {
      const sogo = new Sogo(keeper, await Dovecot.start(keeper, HOST), await userNamed('sogo'));
      await sogo.#start();
      return sogo;
    } catch (error) {
      await keeper.close();
      throw error;
    }
  }

  async #start() {
    const { keeper, mail, user } = this;
    const [store, cache, sogo] = [await freePort(), await freePort(), await freePort()];
    this.#port = sogo;
    for (const name of ['db', 'socket', 'home']) {
      await mkdir(keeper.at(name));
      await chown(keeper.at(name), user.uid, user.gid);
    }
    keeper.start('memcached', MEMCACHED, ['-l', '127.0.0.1', '-p', String(cache), '-U', '0', '-m', '16'], { user });
    await this.#database(store);

    const base = `postgresql://sogo:none@127.0.0.1:${store}/postgres`;
    const people = `({type=sql;id=people;viewURL="${base}/people";canAuthenticate=YES;isAddressBook=NO;userPasswordAlgorithm=plain;})`;
    const settings = {
      WOPort: `127.0.0.1:${sogo}`, WOPidFile: keeper.at('home/pid'), WOLogFile: keeper.at('home/log'), WOWorkersCount: '3', WONoDetach: 'YES',
      SOGoProfileURL: `${base}/profile`, OCSFolderInfoURL: `${base}/folders`, OCSSessionsFolderURL: `${base}/sessions`, OCSEMailAlarmsFolderURL: `${base}/alarms`,
      SOGoUserSources: people, SOGoMemcachedHost: `127.0.0.1:${cache}`, SOGoIMAPServer: `imap://127.0.0.1:${mail.port}/?tls=NO`,
      SOGoMailDomain: HOST, SOGoMailMessageCheck: 'manually', SOGoLoginModule: 'Mail', SOGoLanguage: 'English', SOGoTimeZone: 'UTC',
      SOGoMailComposeMessageType: 'html', SOGoDraftsFolderName: 'Drafts', SOGoSentFolderName: 'Sent', SOGoTrashFolderName: 'Trash',
    };
    // Asked to end it waits for its children, and they for their visitors' connections.
    keeper.start('sogo', SOGOD, Object.entries(settings).flatMap(([name, value]) => [`-${name}`, value]), { env: { HOME: keeper.at('home') }, user, signal: 'SIGKILL' });
    await keeper.answers('sogo', sogo);
  }

  /** @param {number} port */
  async #database(port) {
    const { keeper, user } = this;
    const folder = keeper.at('db/data');
    const env = { ...process.env, HOME: keeper.at('home') };
    await run(join(programs(), 'initdb'), ['-D', folder, '-A', 'trust', '-U', 'sogo', '-E', 'UTF8', '--locale=C', '--no-sync'], { ...user, env, cwd: keeper.folder });
    keeper.start('postgres', join(programs(), 'postgres'), ['-D', folder, '-p', String(port), '-h', '127.0.0.1', '-k', keeper.at('socket'), '-c', 'fsync=off'], { env, user });
    // It answers before it is ready, saying so.
    const at = ['-h', '127.0.0.1', '-p', String(port), '-U', 'sogo', '-d', 'postgres'];
    await keeper.ready('postgres', () => run(join(programs(), 'pg_isready'), at).then(() => true, () => false));
    const rows = USERS.map((name) => `('${name}', '${name}', '${PASSWORD}', '${name}', '${name}@${HOST}')`);
    const sql = `CREATE TABLE people (c_uid text PRIMARY KEY, c_name text, c_password text, c_cn text, mail text); INSERT INTO people VALUES ${rows}`;
    await run(join(programs(), 'psql'), [...at, '-c', sql], { ...user, env, cwd: keeper.folder });
  }

  close() {
    return this.keeper.close();
  }

  /** Puts a message into somebody's inbox; gives its number there. @param {string} user @param {import('./dovecot.mjs').Letter} letter */
  deliver(user, letter) {
    return this.mail.deliver(user, letter);
  }

  /** Answers a request of the counting web. @type {import('./net.mjs').Handler} */
  serve = async (seen) => {
    const file = FILE.exec(seen.path)?.[1];
    if (file) {
      const body = await readFile(join(FILES, file)).catch(() => null);
      return body ? { headers: { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'cache-control': 'max-age=3600' }, body } : { status: 404, body: '' };
    }
    return forward(seen, this.#port, {
      host: HOST, 'x-webobjects-server-protocol': 'HTTP/1.0', 'x-webobjects-server-port': '443', 'x-webobjects-server-name': HOST, 'x-webobjects-server-url': `https://${HOST}`,
    });
  };
}
