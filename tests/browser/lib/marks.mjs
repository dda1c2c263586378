// Looks into marks and card as their reader does. Their shadow roots are closed to the page and to its scripts; what the
// debuggers of both browsers tell of them is brought into one form here.

/** @typedef {import('puppeteer-core').Page} Page */
/** @typedef {{x: number, y: number, width: number, height: number}} Box */
/**
 * @typedef {object} Node
 * @property {string} name            tag name, '#text' for text
 * @property {string} text
 * @property {Record<string, string>} attributes
 * @property {Node[]} children        those of the shadow root, where there is one
 * @property {() => Promise<Box>} box
 */
/**
 * @typedef {object} Mark
 * @property {string} label           what a screen reader says
 * @property {Node} button
 * @property {{lines: string[], buttons: Node[], node: Node} | null} card   null while it is closed
 */

const SELECTOR = 'span[data-briefgeheim]';

/** @param {Page} page @param {import('puppeteer-core').Frame} [frame] @returns {Promise<Mark[]>} */
export async function marksOf(page, frame = page.mainFrame()) {
  const hosts = page.browser().process()?.spawnfile.includes('firefox') ? await inFirefox(page, frame) : await inChromium(page, frame);
  return hosts.flatMap((host) => {
    const button = all(host, (node) => node.attributes.class === 'mark')[0];
    const card = all(host, (node) => node.attributes.class === 'card')[0];
    if (!button) return [];
    const lines = card ? all(card, (node) => ['p', 'bdi'].includes(node.name)).map(textOf) : [];
    return [{ label: button.attributes['aria-label'] ?? '', button, card: card ? { lines, buttons: all(card, (node) => node.name === 'button'), node: card } : null }];
  });
}

/** @param {Node} node @returns {string} */
export const textOf = (node) => (node.name === '#text' ? node.text : node.children.map(textOf).join(''));

/** @param {Node} node @param {(node: Node) => boolean} isWanted @returns {Node[]} */
function all(node, isWanted) {
  return [...(isWanted(node) ? [node] : []), ...node.children.flatMap((child) => all(child, isWanted))];
}

/** @param {Page} page @param {import('puppeteer-core').Frame} frame @returns {Promise<Node[]>} */
async function inChromium(page, frame) {
  // One session for as long as the page lives: a box is asked for later.
  const cdp = await page.createCDPSession();
  const { root } = await cdp.send('DOM.getDocument', { depth: -1, pierce: true });
  /** @param {any} raw @returns {Node} */
  const plain = (raw) => ({
    name: raw.nodeName.toLowerCase(),
    text: raw.nodeValue,
    attributes: Object.fromEntries((raw.attributes ?? []).flatMap((/** @type {string} */ name, /** @type {number} */ i, /** @type {string[]} */ list) => (i % 2 ? [] : [[name, list[i + 1]]]))),
    children: [...(raw.shadowRoots ?? []).flatMap((/** @type {any} */ shadow) => shadow.children ?? []), ...(raw.children ?? []), ...(frame !== page.mainFrame() && raw.contentDocument ? [raw.contentDocument] : [])].map(plain),
    box: async () => {
      const { model } = await cdp.send('DOM.getBoxModel', { backendNodeId: raw.backendNodeId });
      return { x: model.border[0] ?? 0, y: model.border[1] ?? 0, width: model.width, height: model.height };
    },
  });
  return all(plain(root), (node) => node.attributes['data-briefgeheim'] !== undefined);
}

/** @param {Page} page @param {import('puppeteer-core').Frame} frame @returns {Promise<Node[]>} */
async function inFirefox(page, frame) {
  // Neither the connection nor the number of a context is in puppeteer's types.
  const { connection } = /** @type {{connection: {send(method: string, params: object): Promise<any>}}} */ (/** @type {unknown} */ (page.browser()));
  const context = /** @type {{_id: string}} */ (/** @type {unknown} */ (frame))._id;
  /** @param {string} functionDeclaration @param {object[]} [args] */
  const call = async (functionDeclaration, args = []) => {
    const { result } = await connection.send('script.callFunction', { functionDeclaration, arguments: args, target: { context }, awaitPromise: false, serializationOptions: { includeShadowTree: 'all', maxDomDepth: 12 } });
    if (result.type !== 'success') throw new Error(result.exceptionDetails?.text ?? functionDeclaration);
    return result.result;
  };
  /** @param {any} raw @returns {Node} */
  const plain = (raw) => ({
    name: raw.value.nodeType === 3 ? '#text' : (raw.value.localName ?? ''),
    text: raw.value.nodeValue ?? '',
    attributes: raw.value.attributes ?? {},
    children: [...(raw.value.shadowRoot?.value.children ?? []), ...(raw.value.children ?? [])].map(plain),
    box: async () => {
      const { value } = await call('(element) => { const { x, y, width, height } = element.getBoundingClientRect(); return JSON.stringify({ x, y, width, height }); }', [{ sharedId: raw.sharedId }]);
      return JSON.parse(value);
    },
  });
  const { value } = await call(`() => [...document.querySelectorAll('${SELECTOR}')]`);
  return value.map(plain);
}

/** @param {Page} page @param {Node} node @param {Partial<import('puppeteer-core').MouseClickOptions>} [options] */
export async function clickOn(page, node, options = {}) {
  const { x, y, width, height } = await node.box();
  await page.mouse.click(x + width / 2, y + height / 2, options);
}
