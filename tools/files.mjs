// Files and folders: what several tools need.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const TARGETS = /** @type {const} */ (['chrome', 'firefox']);

/** Every file below a folder, as sorted paths with `/`, relative to it. @param {string} folder @returns {string[]} */
export function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => path.split(sep).join('/'))
    .sort();
}

/**
 * Makes a folder hold exactly these files. What is right already is not touched, so that nobody who reads the folder meanwhile
 * finds it empty.
 * @param {string} folder
 * @param {Map<string, Uint8Array | string>} files content by path
 * @param {(path: string) => boolean} [isKept] what somebody else puts there
 */
export function fill(folder, files, isKept = () => false) {
  for (const path of filesBelow(folder)) {
    if (!files.has(path) && !isKept(path)) rmSync(join(folder, path));
  }
  for (const [path, content] of files) {
    const file = join(folder, path);
    const bytes = Buffer.from(content);
    if (existsSync(file) && readFileSync(file).equals(bytes)) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}

/** The version, from the only place that has it. @returns {string} */
export function version() {
  const found = /^version = "(\d+\.\d+\.\d+)"$/mu.exec(readFileSync(join(ROOT, 'Cargo.toml'), 'utf8'));
  if (!found) throw new Error('Cargo.toml: no line `version = "N.N.N"`');
  return found[1];
}
