// The network rules in the browser itself: `testMatchOutcome` says what each browser does with them, example by example.
// A stub extension carries the built rule sets and the product's own `network.js`, and may ask (the product may not).
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { parse } from 'smol-toml';
import { launch } from './lib/browser.mjs';
import { dist, ROOT } from './lib/dist.mjs';

/** @typedef {{url: string, type: string, initiator?: string, tabId?: number}} Request */
/** @typedef {{kind: string, match: string, hits: string[], misses: string[], keep?: boolean, tiny?: boolean}} Rule */
/** @typedef {{set: string, id: number}} Decision */
/** @typedef {{name: string, optional?: boolean, pages: string[], own: string[], services?: string[]}} Webmail */

/** Of many wrong answers, so many are told. */
const SHOWN = 12;
const SETS = ['hold', 'known'];
/** What the stub takes over from the product besides its rule sets. */
const PRODUCT = ['background/network.js', 'background/kinds.js', 'shared/platform.js', 'rules/session.js'];
const ELSEWHERE = 'https://forum.example';
const HELD_TYPES = ['image', 'stylesheet', 'font', 'media', 'object', 'sub_frame', 'ping', 'other'];
const FREE_TYPES = ['main_frame', 'script', 'websocket'];
/** How each webmail's proxies write an address. */
const PROXIED = {
  gmail: (/** @type {string} */ url) => `https://ci3.googleusercontent.com/meips/ADKq_N1=s0-d-e1-ft#${url}`,
  outlook: (/** @type {string} */ url) => `https://imgproxy-prod.services.web.outlook.com/proxy/?u=${encodeURIComponent(url)}&t=eyJ.e30.s&r=p&s=c`,
  yahoo: (/** @type {string} */ url) => `https://ecp.yusercontent.com/mail?url=${encodeURIComponent(url)}&t=1789000000&ymreqid=d41d&sig=Abc--~D`,
};

/** @type {Rule[]} */
const rules = [];
/** @type {Webmail[]} */
const webmails = [];
for (const name of (await readdir(join(ROOT, 'rules'))).filter((file) => file.endsWith('.toml'))) {
  const file = /** @type {{vendor?: {rule: Rule[]}[], webmail?: Webmail[]}} */ (/** @type {unknown} */ (parse(await readFile(join(ROOT, 'rules', name), 'utf8'))));
  rules.push(...(file.vendor ?? []).flatMap((vendor) => vendor.rule));
  // Those that the reader adds have rules of their own then: `origins.test.mjs`.
  webmails.push(...(file.webmail ?? []).filter(({ optional }) => !optional));
}

const hostOf = (/** @type {Rule} */ { match }) => match.slice(0, match.indexOf('/'));
const isBelow = (/** @type {string} */ host, /** @type {string} */ name) => host === name || host.endsWith(`.${name}`);
const assetHosts = rules.filter(({ kind }) => kind === 'asset').map(hostOf);

/** Which rules must have a network form: the other side of `CannotLower` in src/lower.rs. @param {Rule} rule */
function hasNetworkForm(rule) {
  const [path = '', query] = rule.match.slice(rule.match.indexOf('/')).split('?');
  const counted = [...rule.match.matchAll(/\{[a-z]+?(?:64)?(\d+)(?:-(\d+))?\+?\}/g)].reduce((sum, [, min, max]) => sum + Number(max ?? min), 0);
  return ['open', 'both'].includes(rule.kind) && !rule.keep && !rule.tiny && !hostOf(rule).split('.').some((label) => label === '**') && hostOf(rule) !== '*' &&
    (query !== undefined || /[^/*]/.test(path)) && counted <= 18 && !assetHosts.some((asset) => asset !== '*' && isBelow(hostOf(rule), asset));
}

/**
 * Addresses that look much like a tracker's and are none, or are another one's: what a loose network form would hit.
 * @param {string} hit
 */
function neighbours(hit) {
  const { protocol, host, pathname, search } = new URL(hit);
  const pairs = search.slice(1).split('&').filter(Boolean);
  const at = (/** @type {string} */ place, /** @type {string[]} */ query = pairs) => `${protocol}//${place}${query.length ? `?${query.join('&')}` : ''}`;
  return [
    at(`not${host}${pathname}`),
    at(`${host}.shop.example${pathname}`),
    at(`${host}${pathname}x`),
    at(`${host}${pathname}/logo.png`),
    at(`${host}/a${pathname}`),
    at(`${host}${pathname}`, []),
    at(`${host}${pathname}`, [...pairs].reverse()),
    at(`${host}${pathname}`, ['first=1', ...pairs, 'last=2']),
    ...pairs.map((_, left) => at(`${host}${pathname}`, pairs.filter((__, index) => index !== left))),
    ...pairs.map((_, other) => at(`${host}${pathname}`, pairs.map((pair, index) => (index === other ? `x${pair}` : pair)))),
    `${protocol}//shop.example/go?to=${host}${pathname}${search}`,
    `${protocol}//shop.example/go?to=${encodeURIComponent(hit)}`,
    `${protocol}//shop.example/${host}${pathname}${search}`,
    at(`${host.toUpperCase()}${pathname.toUpperCase()}`),
  ];
}

/** Every example of every rule, and what lies near those that the network rules speak of. */
const examples = [...new Set(rules.flatMap((rule) => [...rule.misses, ...rule.hits, ...(hasNetworkForm(rule) ? rule.hits.flatMap(neighbours) : [])]))].filter((url) => URL.canParse(url));

for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(`network rules in ${name}`, { timeout: 120_000 }, () => {
    /** @type {Awaited<ReturnType<typeof launch>>} */ let browser;
    /** @type {import('puppeteer-core').Page} */ let page;
    /** @type {string} */ let stub;
    /** @type {Record<string, {id: number, action: {type: string}, condition: {regexFilter?: string}}[]>} */ const sets = {};
    /** @type {{release: string, allow: string}} */ let token;
    /** @type {number} */ let tab;
    /** @type {(request: object) => {evidence: {code: string}[]}[][]} */ let judge;

    /** Which rule set decides about each request: its name, '_session', or '' when no rule matches. @param {Request[]} requests @returns {Promise<Decision[]>} */
    const ask = (requests) => page.evaluate((all) => Promise.all(all.map(async (request) => {
      const { matchedRules } = await chrome.declarativeNetRequest.testMatchOutcome(/** @type {any} */ (request));
      return { set: matchedRules[0]?.rulesetId ?? '', id: matchedRules[0]?.ruleId ?? 0 };
    })), requests);

    /** The requests for which the answer is not the expected one. @param {Request[]} requests @param {(decision: Decision, index: number) => boolean} isRight */
    const wrong = async (requests, isRight) => {
      assert.ok(requests.length, 'nothing was asked');
      const decisions = await ask(requests);
      const found = requests.flatMap(({ type, url, initiator, tabId }, index) => {
        const decision = decisions[index] ?? { set: 'no answer', id: 0 };
        return isRight(decision, index) ? [] : [`${type} ${url} from ${initiator ?? `tab ${tabId}`}: ${decision.set} ${decision.id || 'free'}`];
      });
      return found.length > SHOWN ? [...found.slice(0, SHOWN), `and ${found.length - SHOWN} more of ${requests.length}`] : found;
    };
    /** A page of its own, or a frame of the webmail's own, that is not held together with the tab. */
    const isSpared = (/** @type {Decision} */ { set, id }) => set === 'hold' && sets.hold?.find((rule) => rule.id === id)?.action.type === 'allowAllRequests';
    const isHeld = (/** @type {Decision} */ decision) => decision.set === 'hold' && !isSpared(decision);
    const isKnown = (/** @type {Decision} */ { set }) => set === 'known';
    const isFree = (/** @type {Decision} */ decision) => decision.set === '' || isSpared(decision);
    const isSession = (/** @type {Decision} */ { set }) => set === '_session';

    /** Whether the engine knows a tracker at this address. @param {string} url @param {string} [from] */
    const engineKnows = (url, from) => {
      const message = { facts: [{ id: 1, vector: 'img', text: url }] };
      const [verdicts] = judge({ messages: [{ message, allowed: false }], setting: { strictness: 'balanced', page: from } });
      return verdicts?.[0]?.evidence.some(({ code }) => code === 'known-endpoint') === true;
    };

    before(async () => {
      const built = dist(name);
      const engine = await import(pathToFileURL(join(built, 'engine/briefgeheim.js')).href);
      engine.initSync({ module: await readFile(join(built, 'engine/briefgeheim_bg.wasm')) });
      judge = engine.judge;
      stub = await mkdtemp(join(tmpdir(), 'bg-stub-'));
      for (const file of [...PRODUCT, ...SETS.map((set) => `rules/${set}.json`)]) {
        await mkdir(dirname(join(stub, file)), { recursive: true });
        await cp(join(built, file), join(stub, file));
      }
      await writeFile(join(stub, 'ask.html'), '<!doctype html><title>ask</title>');
      await writeFile(join(stub, 'manifest.json'), JSON.stringify({
        manifest_version: 3,
        name: 'stub',
        version: '1',
        permissions: ['declarativeNetRequest', 'declarativeNetRequestFeedback', 'storage'],
        browser_specific_settings: { gecko: { id: 'stub@briefgeheim.example' } },
        declarative_net_request: { rule_resources: SETS.map((id) => ({ id, enabled: true, path: `rules/${id}.json` })) },
      }));
      for (const set of SETS) sets[set] = JSON.parse(await readFile(join(stub, `rules/${set}.json`), 'utf8'));
      browser = await launch({ browser: name, extension: stub });
      page = await browser.extensionPage('ask.html');
      ({ token, tab } = await page.evaluate(async () => {
        // The specifier is kept from the type checker: it exists in the stub only.
        const network = await import(String('/background/network.js'));
        const current = await chrome.tabs.getCurrent();
        return { token: await network.token(), tab: current?.id ?? -1 };
      }));
    });

    after(async () => {
      await browser?.close();
      await rm(stub, { recursive: true, force: true });
    });

    it('takes every rule', async () => {
      const loaded = await page.evaluate(async (names) => {
        const { getAvailableStaticRuleCount: left, getEnabledRulesets, updateEnabledRulesets } = chrome.declarativeNetRequest;
        const enabled = await getEnabledRulesets();
        /** @type {Record<string, number>} */
        const counts = {};
        for (const set of names) {
          const before = await left();
          await updateEnabledRulesets({ disableRulesetIds: [set] });
          counts[set] = (await left()) - before;
        }
        await updateEnabledRulesets({ enableRulesetIds: names });
        return { enabled, counts };
      }, SETS);
      assert.deepEqual(loaded.enabled.sort(), SETS);
      assert.deepEqual(loaded.counts, Object.fromEntries(SETS.map((set) => [set, sets[set]?.length])));
      const regexes = SETS.flatMap((set) => sets[set] ?? []).flatMap(({ condition }) => condition.regexFilter ?? []);
      const refused = await page.evaluate(async (all) => {
        const answers = await Promise.all(all.map((regex) => chrome.declarativeNetRequest.isRegexSupported({ regex })));
        return all.flatMap((regex, index) => (answers[index]?.isSupported ? [] : [[regex, answers[index]?.reason]]));
      }, regexes);
      assert.deepEqual(refused, []);
    });

    describe('known endpoints', () => {
      const from = (/** @type {string} */ url) => ({ url, type: 'image', initiator: ELSEWHERE });

      it('are blocked wherever their rule has a network form', async () => {
        const hits = rules.filter(hasNetworkForm).flatMap((rule) => rule.hits);
        assert.ok(hits.length > 150, `${hits.length} hits are too few to prove anything`);
        assert.deepEqual(await wrong(hits.map(from), isKnown), []);
      });

      it('are blocked only where the engine knows a tracker too', async () => {
        const urls = examples;
        assert.deepEqual(await wrong(urls.map(from), (decision, index) => !isKnown(decision) || engineKnows(urls[index] ?? '')), []);
      });

      it('are nothing but pictures', async () => {
        const [hit = ''] = rules.filter(hasNetworkForm).flatMap((rule) => rule.hits);
        const types = [...HELD_TYPES, ...FREE_TYPES, 'xmlhttprequest'].filter((type) => type !== 'image');
        assert.deepEqual(await wrong(types.map((type) => ({ url: hit, type, initiator: ELSEWHERE })), isFree), []);
        if (name === 'firefox') assert.deepEqual(await wrong([{ ...from(hit), type: 'imageset' }], isKnown), []);
      });

      for (const webmail of webmails) {
        it(`are known behind the proxy of ${webmail.name}, and nothing else is`, async () => {
          const initiator = `https://${webmail.pages[0]}`;
          const wrap = PROXIED[/** @type {keyof typeof PROXIED} */ (webmail.name)];
          const urls = examples.map(wrap);
          // With a release token only what is known stays blocked.
          const requests = urls.map((url) => ({ url: `${url}#${token.release}`, type: 'image', initiator }));
          assert.deepEqual(await wrong(requests, (decision, index) => (isKnown(decision) ? engineKnows(urls[index] ?? '', `${initiator}/`) : isSession(decision))), []);
          const exact = rules.filter((rule) => hasNetworkForm(rule) && /^[a-z0-9.-]+(\/[\w.~-]+)+$/i.test(rule.match)).flatMap((rule) => rule.hits).map(wrap);
          assert.ok(exact.length > 40, `${exact.length} hits are too few to prove anything`);
          assert.deepEqual(await wrong(exact.map((url) => ({ url: `${url}#${token.release}`, type: 'image', initiator })), isKnown), []);
        });
      }
    });

    for (const webmail of webmails) {
      describe(`the hold of ${webmail.name}`, () => {
        const proxy = PROXIED[/** @type {keyof typeof PROXIED} */ (webmail.name)];
        const services = (webmail.services ?? []).filter((service) => service !== '*');
        /** @param {string[]} urls @param {string[]} types @returns {Request[]} */
        const fromPages = (urls, types) => webmail.pages.flatMap((host) => urls.flatMap((url) => types.map((type) => ({ url, type, initiator: `https://${host}` }))));
        const strangers = ['https://shop.example/logo.png', 'http://shop.example:8080/a?b=c', 'https://203.0.113.7/x.gif', 'https://mail.google.com.shop.example/x.png', 'https://notgoogle.com/x.png'];

        it('takes every kind of thing from other hosts', async () => {
          const types = name === 'firefox' ? [...HELD_TYPES, 'imageset'] : HELD_TYPES;
          assert.deepEqual(await wrong(fromPages(strangers, types), isHeld), []);
        });

        it('takes what comes through the proxies', async () => {
          const urls = [proxy('https://shop.example/logo.png'), proxy('http://shop.example/a?b=c')];
          if (webmail.name === 'outlook') {
            const indirect = webmail.pages.map((host) => `${host}/actions/ei?u=https%3A%2F%2Fshop.example%2Fx.png&d=1`);
            urls.push(...indirect.map((rest) => `https://${rest}`), ...indirect.map((rest) => `https://someone@${rest}`), ...indirect.map((rest) => `https://${rest.replace('/', './')}`));
          }
          assert.deepEqual(await wrong(fromPages(urls, HELD_TYPES), isHeld), []);
        });

        it('leaves its own hosts alone', async () => {
          const urls = webmail.own.flatMap((host) => [`https://${host}/picture.png`, `https://static.${host}/a/picture.png?v=1`]);
          assert.deepEqual(await wrong(fromPages(urls, [...HELD_TYPES, 'xmlhttprequest']), isFree), []);
        });

        it('takes data only where pictures could come that way', async () => {
          const own = services.flatMap((host) => [`https://${host}/api`, `https://eu.${host}/api`]);
          if (own.length) assert.deepEqual(await wrong(fromPages(own, ['xmlhttprequest']), isFree), []);
          assert.deepEqual(await wrong(fromPages(strangers, ['xmlhttprequest']), services.length ? isHeld : isFree), []);
          assert.deepEqual(await wrong(fromPages([proxy('https://shop.example/logo.png')], ['xmlhttprequest']), isHeld), []);
          const alien = services.filter((service) => !webmail.own.some((host) => isBelow(service, host))).map((host) => `https://pictures-of.${host}/x.png`);
          if (alien.length) assert.deepEqual(await wrong(fromPages(alien, ['image']), isHeld), []);
        });

        it('never takes pages, scripts and sockets', async () => {
          const urls = [...strangers, proxy('https://shop.example/logo.png')];
          assert.deepEqual(await wrong(fromPages(urls, FREE_TYPES), isFree), []);
        });

        it('takes nothing from other pages', async () => {
          const requests = [ELSEWHERE, 'https://www.google.com', 'https://www.office.com', 'https://news.yahoo.com'].flatMap((initiator) => [...strangers, proxy('https://shop.example/a.png')].map((url) => ({ url, type: 'image', initiator })));
          assert.deepEqual(await wrong(requests, isFree), []);
        });
      });
    }

    describe('session rules', () => {
      const gmail = 'https://mail.google.com';
      const clean = PROXIED.gmail('https://shop.example/logo.png');
      const outlook = { type: 'image', initiator: 'https://outlook.live.com' };
      const [bad = ''] = rules.filter(hasNetworkForm).flatMap((rule) => rule.hits);

      it('release what ends in a token of ours and nothing else', async () => {
        for (const mark of [token.release, token.allow]) {
          const right = [`${clean}#${mark}`, `https://shop.example/logo.png#${mark}`, `https://shop.example/a?b=c#x#${mark}`];
          assert.deepEqual(await wrong(right.map((url) => ({ ...outlook, url })), isSession), []);
          const other = mark.replace(/[a-f]/, (letter) => letter.toUpperCase());
          const false_ = [`https://shop.example/logo.png#${other}`, `https://shop.example/logo.png#${mark}x`, `https://shop.example/logo.png#x${mark}`,
            `https://shop.example/logo.png?${mark}`, `https://shop.example/${mark}`, `https://shop.example/logo.png?%23${mark}`, `https://shop.example/logo.png#${mark.slice(0, -1)}`];
          assert.deepEqual(await wrong(false_.map((url) => ({ ...outlook, url })), isHeld), []);
        }
      });

      it('leave a known tracker blocked though it carries the release token, and let it through when allowed', async () => {
        for (const [url, initiator] of [[bad, outlook.initiator], [PROXIED.gmail(bad), gmail], [bad, ELSEWHERE]]) {
          assert.deepEqual(await wrong([{ url: `${url}#${token.release}`, type: 'image', initiator }], isKnown), []);
          assert.deepEqual(await wrong([{ url: `${url}#${token.allow}`, type: 'image', initiator }], isSession), []);
        }
      });

      it('hold frames without an origin in a webmail tab, and only there', async () => {
        const request = { url: 'https://shop.example/logo.png', type: 'image' };
        assert.deepEqual(await wrong([{ ...request, tabId: tab }], isFree), []);
        await page.evaluate(async (id) => (await import(String('/background/network.js'))).holdTab(id, null), tab);
        assert.deepEqual(await wrong(HELD_TYPES.map((type) => ({ ...request, type, tabId: tab })), isSession), []);
        assert.deepEqual(await wrong([{ ...request, tabId: tab + 1000 }, request], isFree), []);
        const own = webmails.flatMap((webmail) => webmail.own.map((host) => ({ url: `https://${host}/x.png`, type: 'image', tabId: tab })));
        assert.deepEqual(await wrong(own, isFree), []);
        assert.deepEqual(await wrong(FREE_TYPES.slice(1).map((type) => ({ ...request, type, tabId: tab })), isFree), []);
      });

      it('hold no page of another site, even before the browser has noted that the tab shows another page', async () => {
        // Chromium notes it a moment after the page has begun to load; a sparing rule alone comes too late for its first pictures.
        const sites = ['https://forum.example.com', 'https://news.example.org', 'https://www.example.nl', 'https://shop.example.de', 'https://example.fr', 'https://www.example.co.uk', 'https://example.net'];
        assert.deepEqual(await wrong(sites.map((initiator) => ({ url: `${initiator}/logo.png`, type: 'image', initiator, tabId: tab })), isFree), []);
      });

      it('give a tab back that leaves the webmail', async () => {
        const away = ['https://shop.example/', 'https://www.google.com/', 'https://www.office.com/', 'https://login.live.com/'];
        assert.deepEqual(await wrong(away.map((url) => ({ url, type: 'main_frame', tabId: tab })), isSpared), []);
        const here = webmails.flatMap(({ pages }) => pages.map((host) => ({ url: `https://${host}/`, type: 'main_frame', tabId: tab })));
        assert.deepEqual(await wrong(here, ({ set }) => set === ''), []);
        // A frame of the webmail's own is another page; one of a stranger is held, and without a token stays so.
        assert.deepEqual(await wrong([{ url: 'https://ogs.google.com/widget', type: 'sub_frame', initiator: gmail, tabId: tab }], isSpared), []);
        assert.deepEqual(await wrong([{ url: 'https://shop.example/frame', type: 'sub_frame', initiator: gmail, tabId: tab }], isHeld), []);
        assert.deepEqual(await wrong([{ url: `https://shop.example/frame#${token.allow}`, type: 'sub_frame', initiator: gmail, tabId: tab }], isSession), []);
      });

      it('show a tab on request, known trackers left out', async () => {
        await page.evaluate(async (id) => (await import(String('/background/network.js'))).showTab(id), tab);
        assert.deepEqual(await wrong([{ ...outlook, url: 'https://shop.example/logo.png', tabId: tab }, { url: clean, type: 'image', initiator: gmail, tabId: tab }], isSession), []);
        assert.deepEqual(await wrong([{ ...outlook, url: bad, tabId: tab }, { url: PROXIED.gmail(bad), type: 'image', initiator: gmail, tabId: tab }], isKnown), []);
        assert.deepEqual(await wrong([{ ...outlook, url: 'https://shop.example/logo.png', tabId: tab + 1000 }], isHeld), []);
        // Loaded anew, it is held anew.
        await page.evaluate(async (id) => (await import(String('/background/network.js'))).holdTab(id, null), tab);
        assert.deepEqual(await wrong([{ ...outlook, url: 'https://shop.example/logo.png', tabId: tab }], isHeld), []);
      });
    });
  });
}
