// What goes to the stores: dist/briefgeheim-VERSION-{chrome,firefox}.zip, and the source they ask for beside it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, TARGETS, filesBelow, version } from './files.mjs';
import { zip } from './zip.mjs';

/** @param {string[]} parameters */
const git = (...parameters) => execFileSync('git', parameters, { cwd: ROOT, encoding: 'utf8' }).trim();

/** @param {string} kind */
const archive = (kind) => `dist/briefgeheim-${version()}-${kind}.zip`;

if (git('status', '--porcelain')) console.log('Some changes are not committed: the source archive is without them.');

const time = new Date(Number(git('log', '-1', '--format=%ct')) * 1000);
for (const target of TARGETS) {
  const folder = join(ROOT, 'dist', target);
  const entries = new Map(filesBelow(folder).map((path) => [path, readFileSync(join(folder, path))]));
  writeFileSync(join(ROOT, archive(target)), zip(entries, time));
}
git('archive', '--format=zip', `--prefix=briefgeheim-${version()}/`, '-o', archive('source'), 'HEAD');

for (const kind of [...TARGETS, 'source']) {
  const bytes = readFileSync(join(ROOT, archive(kind)));
  console.log(`${createHash('sha256').update(bytes).digest('hex')}  ${archive(kind)}  ${bytes.length} bytes`);
}
