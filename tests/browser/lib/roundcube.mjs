// A real Roundcube over a real Dovecot, on loopback: mail is delivered as files, and the browsers reach it under a host name of
// its own through the counting web.
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What Debian calls the parts. */
const PACKAGES = ['roundcube', 'roundcube-sqlite3', 'roundcube-plugins', 'dovecot-imapd', 'php-cli', 'php-sqlite3', 'php-intl', 'php-mbstring', 'php-xml', 'php-gd'];
const DOCROOT = '/var/lib/roundcube';
const SCHEMA = '/usr/share/roundcube/SQL/sqlite.initial.sql';
const DEFAULTS = '/etc/roundcube/defaults.inc.php';
export const HOST = 'mail.club.example';
export const PASSWORD = 'test';
const BOUND_MS = 20_000;

/** Why there is no Roundcube here, or null. Installs it where apt can, once. @returns {Promise<string | null>} */
export async function missing() {
  const isThere = () => [SCHEMA, DEFAULTS, '/usr/sbin/dovecot', '/usr/bin/php'].every((path) => existsSync(path));
  if (isThere()) return null;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return `Roundcube and Dovecot are not installed (apt-get install ${PACKAGES.join(' ')})`;
  console.log(`installing ${PACKAGES.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (/** @type {string[]} */ ...words) => run('apt-get', words, { env, maxBuffer: 1 << 26 });
  const install = () => apt('install', '-y', '--no-install-recommends', ...PACKAGES);
  try {
    // The lists of packages may be missing or old.
    await install().catch(() => apt('update').then(install));
  } catch (error) {
    return `apt-get could not install Roundcube: ${/** @type {Error} */ (error).message.split('\n')[0]}`;
  }
  return isThere() ? null : 'the packages of Roundcube did not bring its files';
}

/** A port that is free now. @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Waits until a port answers. @param {number} port @param {number} [until] @returns {Promise<void>} */
async function answers(port, until = Date.now() + BOUND_MS) {
  const isOpen = await new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
    socket.once('error', () => resolve(false));
  });
  if (isOpen) return;
  if (Date.now() > until) throw new Error(`nothing answers on port ${port}`);
  await new Promise((done) => setTimeout(done, 50));
  return answers(port, until);
}

export class Roundcube {
  #letters = 0;
  /** @type {import('node:child_process').ChildProcess[]} */
  #children = [];
  #php = 0;
  #user = { uid: 0, gid: 0 };

  /** @param {string} folder @param {number} images  Roundcube's `show_images` */
  constructor(folder, images) {
    this.folder = folder;
    this.images = images;
  }

  /** @param {{images: 0 | 2}} setting  remote pictures: never unless asked (its default), or always */
  static async open({ images }) {
    const folder = await mkdtemp(join(tmpdir(), 'bg-roundcube-'));
    const cube = new Roundcube(folder, images);
    try {
      await cube.#start();
    } catch (error) {
      await cube.close();
      throw error;
    }
    return cube;
  }

  async #start() {
    await chmod(this.folder, 0o755);
    this.#user = await mailUser();
    const [imap, php] = [await freePort(), await freePort()];
    this.#php = php;
    await this.#dovecot(imap);
    await this.#roundcube(imap);
    await Promise.all([answers(imap), answers(php)]);
  }

  /** @param {number} port */
  async #dovecot(port) {
    const at = (/** @type {string} */ name) => join(this.folder, name);
    await mkdir(at('mail'));
    await chown(at('mail'), this.#user.uid, this.#user.gid);
    await Promise.all(['dovecot', 'state'].map((name) => mkdir(at(name))));
    // Dovecot wants each setting of a block on a line of its own.
    await writeFile(at('dovecot.conf'), `protocols = imap
ssl = no
disable_plaintext_auth = no
listen = 127.0.0.1
base_dir = ${at('dovecot')}
state_dir = ${at('state')}
log_path = ${at('dovecot.log')}
mail_location = maildir:~/Maildir
first_valid_uid = 1
default_internal_user = dovecot
passdb {
  driver = static
  args = password=${PASSWORD}
}
userdb {
  driver = static
  args = uid=${this.#user.uid} gid=${this.#user.gid} home=${at('mail')}/%u
}
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
`);
    this.#child('/usr/sbin/dovecot', ['-F', '-c', at('dovecot.conf')], {});
  }

  /** @param {number} imap */
  async #roundcube(imap) {
    const at = (/** @type {string} */ name) => join(this.folder, name);
    await Promise.all(['config', 'logs', 'temp', 'sessions'].map((name) => mkdir(at(name))));
    await copyFile(DEFAULTS, at('config/defaults.inc.php'));
    await writeFile(at('config/config.inc.php'), `<?php
$config = [];
$config['db_dsnw'] = 'sqlite:///${at('rc.db')}?mode=0646';
$config['imap_host'] = '127.0.0.1:${imap}';
$config['des_key'] = '${randomBytes(12).toString('hex')}';
$config['skin'] = 'elastic';
$config['plugins'] = [];
$config['log_dir'] = '${at('logs')}';
$config['temp_dir'] = '${at('temp')}';
$config['show_images'] = ${this.images};
$config['language'] = 'en_US';
$config['mail_domain'] = '${HOST}';
$config['drafts_mbox'] = 'Drafts';
$config['create_default_folders'] = true;
$config['draft_autosave'] = 0;
$config['refresh_interval'] = 3600;
$config['smtp_host'] = '';
$config['htmleditor'] = 4;
$config['reply_mode'] = 1;
`);
    await run('php', ['-r', '$db = new PDO("sqlite:" . $argv[1]); $db->exec(file_get_contents($argv[2]));', at('rc.db'), SCHEMA]);
    const env = { ROUNDCUBE_CONFIG_DIR: at('config'), PHP_CLI_SERVER_WORKERS: '4' };
    this.#child('php', ['-d', `session.save_path=${at('sessions')}`, '-S', `127.0.0.1:${this.#php}`, '-t', DOCROOT], env);
  }

  /** @param {string} command @param {string[]} parameters @param {Record<string, string>} env */
  #child(command, parameters, env) {
    this.#children.push(spawn(command, parameters, { env: { ...process.env, ...env }, stdio: 'ignore', detached: true }));
  }

  async close() {
    const gone = this.#children.map((child) => new Promise((done) => (child.exitCode === null ? child.once('exit', done) : done(null))));
    // Both have children of their own, in a group that bears their number.
    for (const { pid, exitCode } of this.#children) if (pid && exitCode === null) process.kill(-pid, 'SIGTERM');
    await Promise.all(gone);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /**
   * Puts a message into somebody's inbox, as the server does.
   * @param {string} user @param {{from: string, subject: string, html: string}} letter
   */
  async deliver(user, { from, subject, html }) {
    const home = join(this.folder, 'mail', user);
    const box = join(home, 'Maildir');
    for (const path of [home, box, join(box, 'new'), join(box, 'cur'), join(box, 'tmp')]) {
      await mkdir(path, { recursive: true });
      await chown(path, this.#user.uid, this.#user.gid);
    }
    const number = ++this.#letters;
    const text = ['MIME-Version: 1.0', `From: ${from}`, `To: Ana <${user}@${HOST}>`, `Subject: ${subject}`, `Date: ${new Date().toUTCString()}`, `Message-ID: <${number}.${Date.now()}@sender.example>`,
      'Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: base64', '', Buffer.from(html).toString('base64').replace(/(.{76})/g, '$1\r\n'), ''].join('\r\n');
    const name = `${Math.floor(Date.now() / 1000)}.M${number}P1.loopback`;
    await writeFile(join(box, 'tmp', name), text);
    await chown(join(box, 'tmp', name), this.#user.uid, this.#user.gid);
    // Whole at once: Dovecot takes what it sees.
    await rename(join(box, 'tmp', name), join(box, 'new', name));
  }

  /** Answers a request of the counting web. @type {import('./net.mjs').Handler} */
  serve = (seen) => new Promise((resolve, reject) => {
    const headers = { ...seen.headers, host: HOST, 'accept-encoding': 'identity', 'x-forwarded-proto': 'https' };
    delete headers.connection;
    const request = http.request({ host: '127.0.0.1', port: this.#php, method: seen.method, path: seen.path, headers }, (answer) => {
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

/** Who owns the mail: Dovecot's own unprivileged user, which its package makes. */
async function mailUser() {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((entry) => entry.startsWith('dovenull:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (!uid || !gid) throw new Error('the user dovenull is missing: is Dovecot installed?');
  return { uid: Number(uid), gid: Number(gid) };
}
