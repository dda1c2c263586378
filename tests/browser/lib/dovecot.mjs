// A real Dovecot on loopback. Any name logs in with the one password, and mail is delivered as files.
import { chown, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, userNamed } from './keeper.mjs';

export const PACKAGES = ['dovecot-imapd'];
export const PROGRAM = '/usr/sbin/dovecot';
export const PASSWORD = 'test';

/**
 * @typedef {object} Letter
 * @property {string} from
 * @property {string} subject
 * @property {string} html
 * @property {{cid: string, type: string, body: Buffer}[]} [inline]   pictures that the message shows by `cid:`
 * @property {{name: string, type: string, body: Buffer}[]} [attached]
 */

export class Dovecot {
  port = 0;
  #letters = 0;

  /** @param {import('./keeper.mjs').Keeper} keeper @param {string} host  of the addresses @param {import('./keeper.mjs').User} user  who owns the mail */
  constructor(keeper, host, user) {
    this.keeper = keeper;
    this.host = host;
    this.user = user;
  }

  /** @param {import('./keeper.mjs').Keeper} keeper @param {string} host */
  static async start(keeper, host) {
    // Dovecot's own unprivileged user, which its package makes.
    const dovecot = new Dovecot(keeper, host, await userNamed('dovenull'));
    dovecot.port = await freePort();
    await dovecot.#start();
    await keeper.answers('dovecot', dovecot.port);
    return dovecot;
  }

  async #start() {
    const { keeper, user, port } = this;
    await Promise.all(['mail', 'run', 'state'].map((name) => mkdir(keeper.at(name))));
    await chown(keeper.at('mail'), user.uid, user.gid);
    // Dovecot wants each setting of a block on a line of its own.
    await writeFile(keeper.at('dovecot.conf'), `protocols = imap
ssl = no
disable_plaintext_auth = no
listen = 127.0.0.1
base_dir = ${keeper.at('run')}
state_dir = ${keeper.at('state')}
log_path = ${keeper.at('dovecot.log')}
mail_location = maildir:~/Maildir
first_valid_uid = 1
default_internal_user = dovecot
passdb {
  driver = static
  args = password=${PASSWORD}
}
userdb {
  driver = static
  args = uid=${user.uid} gid=${user.gid} home=${keeper.at('mail')}/%u
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
    keeper.start('dovecot', PROGRAM, ['-F', '-c', keeper.at('dovecot.conf')]);
  }

  /** Puts a message into somebody's inbox, as the server does; gives its number there. @param {string} user @param {Letter} letter */
  async deliver(user, letter) {
    const home = join(this.keeper.at('mail'), user);
    const box = join(home, 'Maildir');
    for (const path of [home, box, join(box, 'new'), join(box, 'cur'), join(box, 'tmp')]) {
      await mkdir(path, { recursive: true });
      await chown(path, this.user.uid, this.user.gid);
    }
    const number = ++this.#letters;
    const name = `${Math.floor(Date.now() / 1000)}.M${number}P1.loopback`;
    await writeFile(join(box, 'tmp', name), this.#text(user, number, letter));
    await chown(join(box, 'tmp', name), this.user.uid, this.user.gid);
    // Whole at once: Dovecot takes what it sees.
    await rename(join(box, 'tmp', name), join(box, 'new', name));
    return number;
  }

  /** @param {string} user @param {number} number @param {Letter} letter */
  #text(user, number, { from, subject, html, inline = [], attached = [] }) {
    const head = ['MIME-Version: 1.0', `From: ${from}`, `To: Ana <${user}@${this.host}>`, `Subject: ${subject}`, `Date: ${new Date().toUTCString()}`, `Message-ID: <${number}.${Date.now()}@sender.example>`];
    let whole = part(['Content-Type: text/html; charset=utf-8'], Buffer.from(html));
    if (inline.length) whole = parts('related', [whole, ...inline.map(({ cid, type, body }) => part([`Content-Type: ${type}`, `Content-ID: <${cid}>`, 'Content-Disposition: inline'], body))]);
    if (attached.length) whole = parts('mixed', [whole, ...attached.map(({ name, type, body }) => part([`Content-Type: ${type}; name="${name}"`, `Content-Disposition: attachment; filename="${name}"`], body))]);
    return [...head, whole].join('\r\n');
  }
}

/** @param {string[]} headers @param {Buffer} body */
const part = (headers, body) => [...headers, 'Content-Transfer-Encoding: base64', '', body.toString('base64').replace(/(.{76})/g, '$1\r\n'), ''].join('\r\n');

/** @param {string} kind @param {string[]} inner */
const parts = (kind, inner) => [`Content-Type: multipart/${kind}; boundary="${kind}-edge"`, '', ...inner.flatMap((one) => [`--${kind}-edge`, one]), `--${kind}-edge--`, ''].join('\r\n');
