// Pictures for the demonstration's messages, drawn here; every other picture gets a placeholder.

/** @param {number} width @param {number} height @param {string} inner */
const svg = (width, height, inner) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" preserveAspectRatio="xMidYMid slice">${inner}</svg>`;

/** @param {string} id @param {string} top @param {string} bottom */
const sky = (id, top, bottom) =>
  `<defs><linearGradient id="${id}" x2="0" y2="1"><stop stop-color="${top}"/><stop offset="1" stop-color="${bottom}"/></linearGradient></defs><rect width="100%" height="100%" fill="url(#${id})"/>`;

/** @param {number} count @param {(index: number) => string} draw */
const row = (count, draw) => Array.from({ length: count }, (_, index) => draw(index)).join('');

const SPINES = ['#8c3b2e', '#2f4b6e', '#c99a3b', '#51705a', '#6b4668', '#b5653a', '#33415c', '#a3403c'];

/** @type {Record<string, string>} by the file's name without its ending */
const ART = {
  shelf: svg(600, 240, sky('a', '#f3e4c9', '#e6cfa4') + row(24, (i) => {
    const height = 110 + ((i * 37) % 60);
    return `<rect x="${18 + i * 23.5}" y="${200 - height}" width="19" height="${height}" rx="2" fill="${SPINES[i % 8]}"/><rect x="${20 + i * 23.5}" y="${214 - height}" width="15" height="4" fill="#fff" opacity=".45"/>`;
  }) + '<rect y="200" width="600" height="14" fill="#7b5532"/><rect y="214" width="600" height="26" fill="#5f4025"/>'),
  novel: svg(140, 200, '<rect width="140" height="200" rx="4" fill="#2f4b6e"/><circle cx="70" cy="78" r="34" fill="#e9c46a"/><path d="M0 130q35-26 70 0t70 0v70H0z" fill="#1f3550"/><rect x="28" y="24" width="84" height="6" fill="#fff" opacity=".8"/>'),
  poems: svg(140, 200, '<rect width="140" height="200" rx="4" fill="#51705a"/><path d="M70 160V70M70 100q-30-6-34-34 30 2 34 34M70 122q30-6 34-34-30 2-34 34" stroke="#f3e4c9" fill="none" stroke-width="4"/><rect x="28" y="24" width="84" height="6" fill="#fff" opacity=".8"/>'),
  parcel: svg(600, 200, `${sky('b', '#dcebf5', '#f6fafc')}<rect y="160" width="600" height="40" fill="#c5d5df"/><path d="M236 76l64-26 64 26v76l-64 22-64-22z" fill="#c8955a"/><path d="M300 100v74l64-22V76z" fill="#a97742"/><path d="M236 76l64 24 64-24-64-26z" fill="#dcae76"/><path d="M268 63l64 25v22l-16 6V94l-64-25z" fill="#efd9b4"/>`),
  coast: svg(600, 260, `${sky('c', '#f7b267', '#fde8cd')}<circle cx="440" cy="92" r="40" fill="#fff3dc"/><path d="M0 170q150-30 300 0t300 0v90H0z" fill="#2a7f9e"/><path d="M0 196q150-24 300 0t300 0v64H0z" fill="#1f6480"/><path d="M60 180l40-96 30 50 26-32 50 78z" fill="#5a4a5f"/><path d="M330 176h70l-12 20h-46z" fill="#fff"/><path d="M362 172V112l34 60z" fill="#f4f1de"/>`),
  island: svg(280, 160, `${sky('d', '#9ad0ec', '#e7f5fb')}<path d="M0 110h280v50H0z" fill="#2a7f9e"/><path d="M50 112q60-70 120-16 40-20 70 16z" fill="#5f8d4e"/>`),
  town: svg(280, 160, `${sky('e', '#f9d5a7', '#fff3e0')}${row(7, (i) => `<path d="M${10 + i * 38} 160V${70 + ((i * 23) % 30)}l17-16 17 16v${90 - ((i * 23) % 30)}z" fill="${SPINES[i]}"/><rect x="${20 + i * 38}" y="${92 + ((i * 23) % 30)}" width="14" height="16" fill="#fff6d8"/>`)}`),
  chart: svg(560, 200, `<rect width="560" height="200" fill="#f5f8fa"/>${row(9, (i) => `<rect x="${40 + i * 55}" y="${160 - (30 + i * 11 + ((i * 29) % 23))}" width="30" height="${30 + i * 11 + ((i * 29) % 23)}" rx="3" fill="${i === 8 ? '#ff7a59' : '#9fb3c2'}"/>`)}<path d="M30 160h500" stroke="#506a7c" stroke-width="2"/>`),
  lamp: svg(260, 200, '<rect width="260" height="200" fill="#eee8dd"/><path d="M130 0v60" stroke="#3a3a3a" stroke-width="3"/><path d="M86 120q4-60 44-60t44 60z" fill="#c2573a"/><ellipse cx="130" cy="122" rx="44" ry="9" fill="#ffe9a8"/><path d="M92 130l-40 70h156l-40-70z" fill="#fff3c4" opacity=".6"/>'),
  chair: svg(260, 200, '<rect width="260" height="200" fill="#e4ebe6"/><path d="M88 40q42-16 84 0l-6 70H94z" fill="#3f6b57"/><rect x="84" y="108" width="92" height="18" rx="9" fill="#345a49"/><path d="M96 126l-12 54M164 126l12 54" stroke="#7b5532" stroke-width="7"/>'),
  stage: svg(600, 260, `${sky('f', '#241a4d', '#7b2f6b')}<path d="M120 260L180 40l90 220zM330 260l90-220 60 220z" fill="#ffd166" opacity=".35"/><path d="M0 220h600v40H0z" fill="#150f30"/>${row(40, (i) => `<circle cx="${8 + i * 15}" cy="${226 + ((i * 7) % 9)}" r="9" fill="#0c0820"/>`)}`),
  canal: svg(560, 300, `${sky('g', '#bfd9ea', '#eef5f8')}${row(9, (i) => `<path d="M${i * 63} 190V${70 + ((i * 31) % 34)}l14-18h32l14 18v${120 - ((i * 31) % 34)}z" fill="${SPINES[(i * 3) % 8]}"/>${row(6, (k) => `<rect x="${12 + i * 63 + (k % 2) * 24}" y="${100 + Math.floor(k / 2) * 28}" width="13" height="17" fill="#fdf6e3"/>`)}`)}<rect y="190" width="560" height="12" fill="#6d6459"/><rect y="202" width="560" height="98" fill="#4f7f8f"/><path d="M180 236h170l-20 26H204z" fill="#2d3a44"/><path d="M0 250h560M0 280h560" stroke="#fff" opacity=".15" stroke-width="3"/>`),
  insurer: svg(180, 44, '<rect x="2" y="6" width="32" height="32" rx="10" fill="#0a7a6c"/><path d="M18 14v16M10 22h16" stroke="#fff" stroke-width="5" stroke-linecap="round"/><rect x="46" y="14" width="124" height="7" rx="3.5" fill="#0a7a6c"/><rect x="46" y="26" width="82" height="5" rx="2.5" fill="#7db8b0"/>'),
  school: svg(200, 44, '<path d="M22 8l20 10-20 10L2 18z" fill="#1b4f8a"/><path d="M10 24v8q12 8 24 0v-8" fill="none" stroke="#1b4f8a" stroke-width="3"/><rect x="54" y="14" width="136" height="7" rx="3.5" fill="#1b4f8a"/><rect x="54" y="26" width="96" height="5" rx="2.5" fill="#8fb0d6"/>'),
  logo: svg(150, 40, '<circle cx="20" cy="20" r="16" fill="#3d5a80"/><path d="M12 22l6 6 11-14" fill="none" stroke="#fff" stroke-width="4"/><rect x="46" y="13" width="96" height="14" rx="4" fill="#3d5a80"/>'),
  avatar: svg(32, 32, '<rect width="32" height="32" rx="16" fill="#7b5ea7"/><circle cx="16" cy="12.5" r="5.5" fill="#fff"/><path d="M5 30q2-10 11-10t11 10z" fill="#fff"/>'),
};

const PLACEHOLDER = svg(160, 90, '<rect width="160" height="90" fill="#cfd8e3"/><circle cx="118" cy="26" r="9" fill="#eef2f6"/><path d="M0 90l46-46 34 30 26-22 54 38z" fill="#a9b8c9"/>');

/**
 * @param {string} path  of the address that was asked for
 * @returns {import('../../tests/browser/lib/net.mjs').Reply}
 */
export function pictureFor(path) {
  const stem = /([^/]+?)(\.\w+)?$/.exec(path)?.[1] ?? '';
  return {
    headers: { 'content-type': 'image/svg+xml', 'cache-control': 'no-store', 'access-control-allow-origin': '*' },
    body: Object.hasOwn(ART, stem) ? ART[stem] : PLACEHOLDER,
  };
}
