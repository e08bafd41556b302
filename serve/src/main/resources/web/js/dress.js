// What clean Markdown gets on top: code is highlighted and can be copied, formulas are set, wide things can be scrolled
// by keyboard. The two libraries come when the first answer needs them.

import { el, icon, copyText } from './dom.js';
import { cleanSpans } from './markdown.js';
import { t } from './i18n.js';

/** Longer code is shown plain: highlighting it would hold up the page. */
const LONGEST_CODE = 40_000;
const here = import.meta.url;
let highlighter = null; // a promise, then the library
let typesetter = null;

export function script(name) {
    return new Promise((resolve, reject) => document.head.append(el('script', { src: new URL(`../lib/${name}`, here).href, onload: resolve, onerror: reject })));
}

export function style(name) {
    return new Promise((resolve, reject) => document.head.append(el('link', { rel: 'stylesheet', href: new URL(`../lib/${name}`, here).href, onload: resolve, onerror: reject })));
}

export function loadHighlighter() {
    return highlighter ??= script('highlight.js').then(() => globalThis.hljs);
}

export function loadTypesetter() {
    return typesetter ??= Promise.all([script('katex.js'), style('katex.css')]).then(() => globalThis.katex);
}

/** Gives the element dressed; what waits for a library calls again when it is there. */
export function dress(element, again) {
    const all = selector => [...(element.matches(selector) ? [element] : []), ...element.querySelectorAll(selector)];
    const formulas = all('[data-tex]');
    if (formulas.length && globalThis.katex) formulas.forEach(setFormula);
    else if (formulas.length) loadTypesetter().then(again, () => { typesetter = null; });
    for (const table of all('table')) element = wrapped(element, table, 'table-frame', t('table'));
    for (const pre of all('pre')) element = dressCode(element, pre, again);
    for (const box of all('input')) box.setAttribute('aria-label', t('checkbox'));
    return element;
}

function wrapped(root, inner, name, label) {
    const frame = el('div', { class: name, tabindex: '0', role: 'group', 'aria-label': label });
    if (inner !== root) inner.replaceWith(frame);
    frame.append(inner);
    return inner === root ? frame : root;
}

function dressCode(root, pre, again) {
    const language = pre.dataset.language;
    const code = pre.firstElementChild;
    if (language && globalThis.hljs) highlight(code, language);
    else if (language) loadHighlighter().then(again, () => { highlighter = null; });
    pre.setAttribute('tabindex', '0');
    pre.setAttribute('role', 'group');
    pre.setAttribute('aria-label', language ? t('code.in', { language }) : t('code'));
    const frame = el('div', { class: 'code' });
    if (pre !== root) pre.replaceWith(frame);
    frame.append(el('div', { class: 'code-head' }, el('span', {}, language || t('code.plain')), el('button', { type: 'button', class: 'copy-code' }, icon('copy'), el('span', {}, t('copy')))), pre);
    return pre === root ? frame : root;
}

function highlight(code, language) {
    const text = code.textContent;
    if (text.length > LONGEST_CODE || !globalThis.hljs.getLanguage(language)) return;
    code.replaceChildren(cleanSpans(globalThis.hljs.highlight(text, { language, ignoreIllegals: true }).value));
}

/** KaTeX makes elements itself and trusts no link or picture in them; a formula that it cannot read stays as it was written. */
function setFormula(element) {
    const { tex, display } = element.dataset;
    try {
        globalThis.katex.render(tex, element, { displayMode: display === 'true', throwOnError: true, trust: false, strict: 'ignore', maxSize: 30, maxExpand: 300 });
    } catch {
        return;
    }
    if (display === 'true') {
        element.setAttribute('tabindex', '0');
        element.setAttribute('role', 'group');
        element.setAttribute('aria-label', t('formula'));
    }
}

/** One listener for all copy buttons, so that morphing keeps them whole. */
export function listenToCopies(root) {
    root.addEventListener('click', async event => {
        const button = event.target.closest('.copy-code');
        if (!button) return;
        await copyText(button.closest('.code').querySelector('pre').textContent.replace(/\n$/, ''));
        const label = button.querySelector('span');
        label.textContent = t('copied');
        setTimeout(() => { label.textContent = t('copy'); }, 1_600);
    });
}
