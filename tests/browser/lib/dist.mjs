// Where the built extension lies: made by `./build.sh`, or named by the environment variable DIST.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const NAMES = { chromium: 'chrome', firefox: 'firefox' };

/** @param {'chromium' | 'firefox'} browser the folder of its unpacked extension */
export const dist = (browser) => resolve(process.env.DIST ?? resolve(ROOT, 'dist'), NAMES[browser]);
