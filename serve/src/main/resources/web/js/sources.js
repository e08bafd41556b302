// What an answer stands on: numbers in it that open the passage, the list under it, and the passage marked in its document.

import * as api from './api.js';
import { el, icon, iconButton } from './dom.js';
import { openDialog } from './dialog.js';
import { words } from './toast.js';
import { t } from './i18n.js';

const NUMBER = /\[(\d{1,3})\]/g;
const NO_CITATIONS = 'a, code, pre, .math';

/** Makes links of the numbers in brackets that passages have. */
export function linkCitations(element, message) {
    const known = new Map((message.turn?.passages || []).map(p => [p.number, p]));
    if (known.size === 0) return;
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) if (texts.currentNode.data.includes('[') && !texts.currentNode.parentElement?.closest(NO_CITATIONS)) found.push(texts.currentNode);
    for (const text of found) {
        const parts = linked(text.data, known);
        if (parts.length > 1) text.replaceWith(...parts);
    }
}

function linked(text, known) {
    const parts = [];
    let at = 0;
    for (const { 0: found, 1: digits, index } of text.matchAll(NUMBER)) {
        const passage = known.get(Number(digits));
        if (!passage) continue;
        if (index > at) parts.push(text.slice(at, index));
        parts.push(citation(passage, found));
        at = index + found.length;
    }
    return at < text.length ? [...parts, text.slice(at)] : parts.length === 1 ? [...parts, ''] : parts;
}

/** It leads where we are already; a click opens the passage. */
function citation(passage, text) {
    return el('a', { class: 'cite', href: location.hash || '#/', 'data-passage': passage.number, title: place(passage), 'aria-label': t('source.open', { n: passage.number, place: place(passage) }) }, text);
}

/** Opens the passages of the citations in an answer. */
export function listenToCitations(body, message) {
    body.addEventListener('click', event => {
        const cite = event.target.closest('.cite');
        if (!cite) return;
        event.preventDefault();
        openPassage(message(), Number(cite.dataset.passage));
    });
}

/** Where a passage stands, in words. */
export function place({ source = '', title = '', page = 0 }) {
    return [title || source, title && source, page ? t('source.page', { n: page }) : ''].filter(Boolean).join(' · ');
}

/** The passages that an answer stands on, or that the model was given where it names none; null where there are none. */
export function sourceList(message) {
    const { passages = [], sources = [], cited } = message.turn;
    const shown = passages.filter(p => sources.includes(p.number));
    if (shown.length === 0) return null;
    return el('section', { class: 'sources', 'aria-label': t('sources') }, el('h3', {}, t(cited ? 'sources' : 'sources.given')),
        el('ol', {}, shown.map(p => el('li', {}, el('button', { type: 'button', class: 'source', onclick: () => openPassage(message, p.number) },
            el('span', { class: 'source-number' }, String(p.number)), el('span', { class: 'source-name' }, p.title || p.source, el('small', {}, placeInFile(p))))))));
}

function placeInFile({ source = '', title = '', page = 0 }) {
    return [title && source, page ? t('source.page', { n: page }) : ''].filter(Boolean).join(' · ');
}

/** Shows a passage in its document. */
export async function openPassage(message, number) {
    const body = el('div', { class: 'dialog-body passage' });
    openDialog(t('source.title', { n: number }), body, { name: 'broad' });
    await show(message, number, body);
}

async function show(message, number, body) {
    body.replaceChildren(el('p', { class: 'hint' }, t('loading')));
    try {
        const passage = await api.get(`/messages/${encodeURIComponent(message.id)}/passages/${number}`);
        const mark = el('mark', {}, passage.text);
        body.replaceChildren(...head(message, passage, body), el('div', { class: 'document', tabindex: '0', role: 'group', 'aria-label': t('source.document', { source: passage.source }) }, passage.before, mark, passage.after));
        mark.scrollIntoView({ block: 'center' });
    } catch (e) {
        if (e.status === undefined) throw e;
        body.replaceChildren(el('p', { role: 'alert' }, words(e)));
    }
}

function head(message, passage, body) {
    const numbers = message.turn.passages.map(p => p.number);
    const at = numbers.indexOf(passage.number);
    const step = (by, name, label) => iconButton(name, label, () => {
        body.closest('dialog').querySelector('h2').textContent = t('source.title', { n: numbers[at + by] });
        show(message, numbers[at + by], body);
    }, { disabled: numbers[at + by] === undefined });
    return [el('div', { class: 'passage-head' }, icon('book'), el('p', {}, el('strong', {}, passage.title || passage.source), el('small', {}, placeInFile(passage))),
        numbers.length > 1 ? el('span', { class: 'passage-steps' }, step(-1, 'left', t('source.previous')), step(1, 'right', t('source.next'))) : null),
    passage.changed ? el('p', { class: 'hint' }, t('source.changed')) : null].filter(Boolean);
}
