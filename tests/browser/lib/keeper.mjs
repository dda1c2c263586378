// Servers for a test, in a scratch folder of theirs. They and the folder are gone after `close()`, and also when the test run is
// killed: a process of its own keeps them and hears by the end of a pipe that nobody needs them any more.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROCESS = fileURLToPath(new URL('keeper-process.mjs', import.meta.url));
const BOUND_MS = 20_000;
const LOOK_MS = 50;

/** @typedef {{uid: number, gid: number}} User */

export class Keeper {
  #process;

  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
    // Out of the terminal's group: Ctrl+C is for the tests, and this has still to clean up.
    this.#process = spawn(process.execPath, [PROCESS, folder], { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
    // A run that forgets to close ends all the same, and the pipe with it.
    this.#process.unref();
  }

  /** @param {string} name */
  static async open(name) {
    const folder = await mkdtemp(join(tmpdir(), `bg-${name}-`));
    // Servers run as users of their own.
    await chmod(folder, 0o755);
    return new Keeper(folder);
  }

  /** A path in the scratch folder. @param {string} name */
  at(name) {
    return join(this.folder, name);
  }

  /**
   * Starts a program that stays in the foreground; what it says goes to NAME.out.
   * @param {string} name @param {string} command @param {string[]} parameters
   * @param {{env?: Record<string, string>, user?: User, signal?: NodeJS.Signals}} [options]  `signal` ends it
   */
  start(name, command, parameters, { env = {}, user, signal = 'SIGTERM' } = {}) {
    this.#process.stdin.write(`${JSON.stringify({ name, command, parameters, env, signal, ...user })}\n`);
  }

  /** Waits until a program answers on its port. @param {string} name @param {number} port @param {number} [boundMs] */
  answers(name, port, boundMs) {
    return this.ready(name, () => isOpen(port), boundMs);
  }

  /** Waits until a program is ready. @param {string} name @param {() => Promise<boolean>} isReady @param {number} [boundMs] */
  async ready(name, isReady, boundMs = BOUND_MS) {
    for (const until = Date.now() + boundMs; !(await isReady()); await new Promise((done) => setTimeout(done, LOOK_MS))) {
      if (Date.now() > until) throw new Error(`${name} does not answer; it said:\n${await readFile(this.at(`${name}.out`), 'utf8').catch(() => '')}`);
    }
  }

  async close() {
    if (this.#process.exitCode !== null) return;
    this.#process.ref();
    const gone = once(this.#process, 'exit');
    this.#process.stdin.end();
    await gone;
  }
}

/** @param {number} port @returns {Promise<boolean>} */
function isOpen(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
    socket.once('error', () => resolve(false));
  });
}

/** A port that is free now. @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** A user of this machine. @param {string} name @returns {Promise<User>} */
export async function userNamed(name) {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (!uid || !gid) throw new Error(`the user ${name} is missing: is its package installed?`);
  return { uid: Number(uid), gid: Number(gid) };
}
