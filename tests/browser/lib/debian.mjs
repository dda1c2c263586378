// What Debian has and a test needs: installed once, by name.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Another program may be installing. */
const WAIT_FOR_LOCK = ['-o', 'DPkg::Lock::Timeout=300'];
/** Two test files may want to install at the same time. Of its locks apt waits for one only, so we wait for each other. */
const OURS = join(tmpdir(), 'briefgeheim-install.lock');

/**
 * Why a program is not there, or null. Installs it where apt can, once.
 * @param {string} what @param {string[]} packages @param {() => string[]} files  what the packages must have brought
 * @returns {Promise<string | null>}
 */
export async function missing(what, packages, files) {
  const isThere = () => files().every((path) => existsSync(path));
  if (isThere()) return null;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return `${what} is not installed (apt-get install ${packages.join(' ')})`;
  console.log(`installing ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (/** @type {string[]} */ ...words) => run('flock', [OURS, 'apt-get', ...WAIT_FOR_LOCK, ...words], { env, maxBuffer: 1 << 26 });
  const install = () => apt('install', '-y', '--no-install-recommends', ...packages);
  try {
    // The lists of packages may be missing or old.
    await install().catch(() => apt('update').then(install));
  } catch (error) {
    return `apt-get could not install ${what}: ${/** @type {Error} */ (error).message.split('\n')[0]}`;
  }
  return isThere() ? null : `the packages of ${what} did not bring its files`;
}
