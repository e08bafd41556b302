// A conversation as one HTML file: no script, nothing from elsewhere, readable in twenty years.

import * as api from './api.js';
import { el, download } from './dom.js';
import { state } from './state.js';
import { displayName } from './assistants.js';
import { path, leafUnder, newestLeaf } from './tree.js';
import { blocks, render } from './markdown.js';
import { dress, loadHighlighter, loadTypesetter } from './dress.js';
import { inForm } from './forms.js';
import { place } from './sources.js';
import { fileName } from './transfer.js';
import { date, t } from './i18n.js';

export async function shareConversation(conversation) {
    const found = await api.get(`/conversations/${conversation.id}`);
    const messages = new Map(found.messages.map(m => [m.id, m]));
    const open = state.head?.id === conversation.id && state.leaf;
    const leaf = open || (messages.has(found.current) ? leafUnder(messages, found.current) : newestLeaf(messages));
    const shown = path(messages, leaf);
    await libraries(shown);
    download(fileName(found.title, 'html'), 'text/html', await page(found, shown));
}

async function libraries(shown) {
    const all = shown.map(m => m.text).join('\n');
    await Promise.all([/```|~~~/.test(all) && loadHighlighter(), /\$|\\\(|\\\[/.test(all) && loadTypesetter()]);
}

async function page(head, shown) {
    const title = head.title || t('untitled');
    const body = el('main', {}, el('h1', {}, title), el('p', { class: 'about' }, t('share.about', { date: date(head.updated, { dateStyle: 'long' }) })),
        head.system ? el('section', { class: 'turn system' }, el('h2', {}, t('system')), el('p', { class: 'plain' }, head.system)) : null, shown.map(turn));
    const style = await styles();
    const root = el('html', { lang: document.documentElement.lang }, el('head', {},
        el('meta', { charset: 'utf-8' }), el('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
        el('meta', { 'http-equiv': 'Content-Security-Policy', content: "default-src 'none'; style-src 'unsafe-inline'" }),
        el('meta', { name: 'color-scheme', content: 'light dark' }), el('title', {}, title)), el('body', {}, body));
    return `<!doctype html>\n${root.outerHTML.replace('</head>', () => `<style>\n${style}</style></head>`)}\n`;
}

function turn(message) {
    const body = message.role === 'user' ? el('p', { class: 'plain' }, message.text) : el('div', { class: 'prose' });
    if (message.role === 'assistant') body.append(...prose(message.turn ? inForm(message) : message.text));
    return el('section', { class: `turn ${message.role}` }, el('h2', {}, message.role === 'user' ? t('you.said') : displayName(message.model) || t('assistant')), body, sources(message));
}

/** What an answer stands on, without links: the documents remain on the server. */
function sources({ turn }) {
    const shown = (turn?.passages || []).filter(p => turn.sources.includes(p.number));
    return shown.length === 0 ? null : el('ul', { class: 'sources', 'aria-label': t('sources') }, shown.map(p => el('li', {}, `[${p.number}] ${place(p)}`)));
}

function prose(text) {
    const found = blocks(text);
    const elements = found.map(block => render(block, found.links)).filter(e => e !== null).map(e => dress(e, () => {}));
    for (const element of elements) {
        for (const button of element.querySelectorAll('.copy-code')) button.remove();
        for (const focusable of [element, ...element.querySelectorAll('[tabindex]')]) focusable.removeAttribute('tabindex');
        for (const formula of [...(element.matches('[data-tex]') ? [element] : []), ...element.querySelectorAll('[data-tex]')]) onlyMathMl(formula);
    }
    return elements;
}

/** Browsers set MathML with their own fonts; KaTeX's way would need its fonts in the file. */
function onlyMathMl(formula) {
    const math = formula.querySelector('math');
    if (math) formula.replaceChildren(math);
}

/** The page's own rules for text, with few of the file's. */
async function styles() {
    const here = new URL('../css/', import.meta.url);
    const [prose, own] = await Promise.all(['prose.css', 'shared.css'].map(async name => (await fetch(new URL(name, here))).text()));
    return own + prose;
}
