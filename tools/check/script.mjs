// Rules for the JavaScript that ships, on its syntax tree: comments and JSDoc types may say what code may not do.
import ts from 'typescript';

/** Turns text into markup or code, or talks to somebody. */
const NEVER = new Set([
  ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'createContextualFragment', 'setHTMLUnsafe', 'eval', 'execScript'],
  ...['XMLHttpRequest', 'WebSocket', 'WebTransport', 'EventSource', 'RTCPeerConnection', 'sendBeacon', 'importScripts'],
]);
/** Namespaces are names, not addresses. */
const NAMESPACE = 'http://www.w3.org/';
const ADDRESS = /^\s*(?:https?|wss?):\/\/[a-z0-9]/iu;
const HOST = /(?:^|[^\w.])(?:[a-z0-9-]+\.)+(?:com|net|org|io|eu|de|nl|fr|be|ch|at|uk|microsoft|google|goog)(?![\w-])/iu;
const IN_CONTENT = /^extension\/content\/(?!adapters\/)/u;

/** @param {string} path @param {string} text @returns {string[]} */
export function breaches(path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  /** @type {string[]} */
  const found = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    const what = breach(node, IN_CONTENT.test(path));
    if (what) found.push(`${path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${what}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  // They share one scope, with one another and with the copy that an update leaves behind: a second `const` of a name throws.
  if (path.startsWith('extension/content/') && !source.statements.every(ts.isExpressionStatement)) found.push(`${path}: declares something at its top level`);
  return found;
}

/** @param {ts.Node} node @param {boolean} inContent @returns {string | null} */
function breach(node, inContent) {
  if (ts.isIdentifier(node) && NEVER.has(node.text)) return node.text;
  if (ts.isNewExpression(node) && node.expression.getText() === 'Function') return 'new Function';
  if (ts.isCallExpression(node)) return call(node);
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return specifier(node.moduleSpecifier);
  if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) return literal(node.text, inContent);
  if (ts.isRegularExpressionLiteral(node) && inContent && HOST.test(node.text.replaceAll('\\', ''))) return 'a host outside the adapters';
  return null;
}

/** @param {ts.CallExpression} node @returns {string | null} */
function call(node) {
  const callee = node.expression.getText();
  if (node.expression.kind === ts.SyntaxKind.ImportKeyword) return 'dynamic import';
  if (callee === 'Function') return 'Function()';
  if (/^document\.write(?:ln)?$/u.test(callee)) return callee;
  if (/^(?:(?:window|self|globalThis)\.)?fetch$/u.test(callee) && !isOwnFile(node.arguments[0])) return 'fetch of something that is not plainly our own file';
  return null;
}

/** `getURL(…)` or a `const` made of it, `new URL('file', import.meta.url)`, or a relative address as it stands. @param {ts.Expression | undefined} node */
function isOwnFile(node) {
  if (!node) return false;
  const text = node.getText();
  if (ts.isStringLiteralLike(node)) return !/^(?:[a-z][a-z0-9+.-]*:|\/\/)/iu.test(node.text);
  if (ts.isIdentifier(node)) return new RegExp(`\\bconst ${text} = (?:\\w+\\.)*getURL\\(`, 'u').test(node.getSourceFile().text);
  return /^(?:\w+\.)*getURL\(/u.test(text) || /^new URL\((['"])(?![a-z][a-z0-9+.-]*:|\/\/)[^'"]*\1, import\.meta\.url\)$/iu.test(text);
}

/** A browser needs the whole file name. @param {ts.Expression | undefined} node @returns {string | null} */
function specifier(node) {
  if (!node || !ts.isStringLiteral(node)) return null;
  return /^\.\.?\/.*\.js$/u.test(node.text) ? null : `imports ${node.text}: no relative path of a .js file`;
}

/** @param {string} text @param {boolean} inContent @returns {string | null} */
function literal(text, inContent) {
  if (text.startsWith(NAMESPACE)) return null;
  if (ADDRESS.test(text)) return `the address ${text.slice(0, 60)}`;
  return inContent && HOST.test(text) ? `a host outside the adapters: ${text.slice(0, 60)}` : null;
}
