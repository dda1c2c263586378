// A real Roundcube over a real Dovecot, on loopback: mail is delivered as files, and the browsers reach it under a host name of
// its own through the counting web.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import * as debian from './debian.mjs';
import { PACKAGES as OF_DOVECOT, PROGRAM as DOVECOT, Dovecot } from './dovecot.mjs';
import { forward } from './forward.mjs';
import { Keeper, freePort } from './keeper.mjs';

const run = promisify(execFile);

/** What Debian calls the parts. */
const PACKAGES = ['roundcube', 'roundcube-sqlite3', 'roundcube-plugins', ...OF_DOVECOT, 'php-cli', 'php-sqlite3', 'php-intl', 'php-mbstring', 'php-xml', 'php-gd'];
const DOCROOT = '/var/lib/roundcube';
const SCHEMA = '/usr/share/roundcube/SQL/sqlite.initial.sql';
const DEFAULTS = '/etc/roundcube/defaults.inc.php';
export const HOST = 'mail.club.example';

/** Why there is no Roundcube here, or null. Installs it where apt can, once. */
export const missing = () => debian.missing('Roundcube', PACKAGES, () => [SCHEMA, DEFAULTS, DOVECOT, '/usr/bin/php']);

export class Roundcube {
  #php = 0;

  /** @param {Keeper} keeper @param {Dovecot} mail */
  constructor(keeper, mail) {
    this.keeper = keeper;
    this.mail = mail;
  }

  /** @param {{images: 0 | 2}} setting  remote pictures: never unless asked (its default), or always */
  static async open({ images }) {
    const keeper = await Keeper.open('roundcube');
    try {
      const cube = new Roundcube(keeper, await Dovecot.start(keeper, HOST));
      await cube.#start(images);
      return cube;
    } catch (error) {
      await keeper.close();
      throw error;
    }
  }

  /** @param {number} images */
  async #start(images) {
    const { keeper, mail } = this;
    this.#php = await freePort();
    await Promise.all(['config', 'logs', 'temp', 'sessions'].map((name) => mkdir(keeper.at(name))));
    await copyFile(DEFAULTS, keeper.at('config/defaults.inc.php'));
    await writeFile(keeper.at('config/config.inc.php'), `<?php
$config = [];
$config['db_dsnw'] = 'sqlite:///${keeper.at('rc.db')}?mode=0646';
$config['imap_host'] = '127.0.0.1:${mail.port}';
$config['des_key'] = '${randomBytes(12).toString('hex')}';
$config['skin'] = 'elastic';
$config['plugins'] = [];
$config['log_dir'] = '${keeper.at('logs')}';
$config['temp_dir'] = '${keeper.at('temp')}';
$config['show_images'] = ${images};
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
    await run('php', ['-r', '$db = new PDO("sqlite:" . $argv[1]); $db->exec(file_get_contents($argv[2]));', keeper.at('rc.db'), SCHEMA]);
    const env = { ROUNDCUBE_CONFIG_DIR: keeper.at('config'), PHP_CLI_SERVER_WORKERS: '4' };
    keeper.start('php', '/usr/bin/php', ['-d', `session.save_path=${keeper.at('sessions')}`, '-S', `127.0.0.1:${this.#php}`, '-t', DOCROOT], { env });
    await keeper.answers('php', this.#php);
  }

  close() {
    return this.keeper.close();
  }

  /** Puts a message into somebody's inbox; gives its number there. @param {string} user @param {import('./dovecot.mjs').Letter} letter */
  deliver(user, letter) {
    return this.mail.deliver(user, letter);
  }

  /** Answers a request of the counting web. @type {import('./net.mjs').Handler} */
  serve = (seen) => forward(seen, this.#php, { host: HOST, 'x-forwarded-proto': 'https' });
}
