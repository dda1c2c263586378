// Runs every suite and sums up. The last line is `N passed, N failed, N skipped`. With CI=true a skipped test is a failure.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './files.mjs';

/** @typedef {{passed: number, failed: number, skipped: number}} Count */

/** Files run at the same time. Two would save a third of the time, but so loaded a machine delays refusals, which Chromium then shares. */
const AT_ONCE = 1;
const REPORTS = join(ROOT, '.cache/test');

/** @param {string} command @param {string[]} parameters @returns {Promise<{code: number, output: string}>} */
function run(command, parameters) {
  const child = spawn(command, parameters, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
    process.stdout.write(text);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Sums every number that an expression finds. @param {string} text @param {RegExp} expression */
const sum = (text, expression) => [...text.matchAll(expression)].reduce((total, [, number]) => total + Number(number), 0);

/** A suite that could not even start has failed, too. @param {Count} count @param {number} code @returns {Count} */
const withExit = (count, code) => (code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count);

/** @returns {Promise<Count>} */
async function cargo() {
  const { code, output } = await run('cargo', ['test', '--no-fail-fast']);
  const number = (/** @type {string} */ word) => sum(output, new RegExp(`^test result: .*?(\\d+) ${word}`, 'gmu'));
  return withExit({ passed: number('passed'), failed: number('failed'), skipped: number('ignored') }, code);
}

/** @param {string} folder @returns {Promise<Count>} */
async function node(folder) {
  const files = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.test.mjs')).sort();
  if (files.length === 0) return skip(`${folder} has no tests`);
  const report = join(REPORTS, `${folder.replaceAll('/', '-')}.tap`);
  rmSync(report, { force: true });
  const { code } = await run(process.execPath, [
    '--test',
    `--test-concurrency=${AT_ONCE}`,
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...['--test-reporter=tap', `--test-reporter-destination=${report}`],
    ...files.map((name) => join(folder, name)),
  ]);
  const tap = readFileSync(report, 'utf8');
  const number = (/** @type {string} */ word) => sum(tap, new RegExp(`^# ${word} (\\d+)$`, 'gmu'));
  const count = { passed: number('pass'), failed: number('fail') + number('cancelled'), skipped: number('skipped') + number('todo') };
  return withExit(count, code);
}

/** @returns {Promise<Count>} */
async function browsers() {
  const missing = ['CHROMIUM', 'FIREFOX'].filter((name) => !process.env[name]);
  if (missing.length > 0) return skip(`no ${missing.join(' and no ')} here: install it, or name its program in that variable`);
  return node('tests/browser');
}

/** @param {string} reason @returns {Count} */
function skip(reason) {
  console.log(`skipped: ${reason}`);
  return { passed: 0, failed: 0, skipped: 1 };
}

/** @param {Count} count */
const sentence = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

mkdirSync(REPORTS, { recursive: true });
/** @type {[string, () => Promise<Count>][]} */
const SUITES = [['Rust', cargo], ['JavaScript', () => node('tests/js')], ['browsers', browsers]];
const total = { passed: 0, failed: 0, skipped: 0 };
const lines = [];
for (const [name, suite] of SUITES) {
  const start = Date.now();
  const count = await suite();
  total.passed += count.passed;
  total.failed += count.failed;
  total.skipped += count.skipped;
  lines.push(`${name}: ${sentence(count)} (${Math.round((Date.now() - start) / 1000)} s)`);
}
const skipsFail = process.env.CI === 'true' && total.skipped > 0;
console.log(['', ...lines, ...(skipsFail ? ['With CI=true a skipped test is a failure.'] : []), sentence(total)].join('\n'));
process.exitCode = total.failed > 0 || skipsFail ? 1 : 0;
