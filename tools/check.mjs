// What no linter knows about this project: `node tools/check.mjs`, after a build. Prints each breach with its place.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { breaches as inDist } from './check/dist.mjs';
import { breaches as inScript } from './check/script.mjs';
import { breaches as inText } from './check/text.mjs';
import { ROOT, filesBelow } from './files.mjs';

const SOURCES = ['.ci', 'benches', 'docs', 'extension', 'fuzz', 'rules', 'src', 'tests', 'tools', 'www'];
const ALONE = ['build.rs', 'build.sh', 'Cargo.toml', 'package.json', 'package-lock.json', 'tsconfig.json', 'README.md', 'DEVELOPING.md', 'CHANGELOG.md'];
const BINARY = /\.(?:png|ico|woff2|wasm|gz|mbox|eml)$/u;
const GENERATED = /^fuzz\/(?:target|corpus|artifacts)\//u;

const below = SOURCES.flatMap((folder) => filesBelow(join(ROOT, folder)).map((path) => `${folder}/${path}`));
const paths = [...below, ...ALONE].filter((path) => !BINARY.test(path) && !GENERATED.test(path));

/** @type {string[]} */
const breaches = [];
for (const path of paths) {
  const text = read(path);
  if (text === null) continue;
  breaches.push(...inText(path, text));
  if (/^(?:extension|www)\/.*\.js$/u.test(path)) breaches.push(...inScript(path, text));
}
breaches.push(...(await inDist()));

for (const breach of breaches) console.log(breach);
console.log(`${paths.length} files, ${breaches.length} breaches`);
process.exitCode = breaches.length > 0 ? 1 : 0;

/** @param {string} path @returns {string | null} */
function read(path) {
  try {
    return readFileSync(join(ROOT, path), 'utf8');
  } catch {
    // Not every file that stands alone is there from the first day.
    return null;
  }
}
