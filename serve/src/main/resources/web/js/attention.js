// Where the model looked when it wrote a word: the weights of its heads, painted over all that stood before.

import * as api from './api.js';
import { el } from './dom.js';
import { openDialog } from './dialog.js';
import { attempt } from './toast.js';
import { visible } from './tokens.js';
import { percent, t } from './i18n.js';

const MOST = 5;
const ALL = -1;

/** Shows it for the token at an index of an answer. */
export async function openAttention(message, index, token) {
    const body = el('div', { class: 'dialog-body attention' }, el('p', { class: 'hint' }, t('loading')));
    const opened = openDialog(t('attention.title', { token: visible(token.text) }), body, { name: 'broad' });
    const found = await attempt(() => api.get(`/messages/${message.id}/attention?token=${index}`));
    if (!found) opened.close();
    else if (opened.dialog.isConnected) body.replaceChildren(...view(found, token));
}

function view(found, token) {
    const layer = select(t('attention.layer'), t('attention.layers'), found.layers);
    const head = select(t('attention.head'), t('attention.heads'), found.heads);
    const first = el('input', { type: 'checkbox', checked: true });
    const text = el('div', { class: 'attention-text', tabindex: '0', role: 'group', 'aria-label': t('attention.text') });
    const list = el('ol', { class: 'attention-list' });
    const draw = () => paint(found, token, { layer: Number(layer.value), head: Number(head.value), withoutFirst: first.checked }, text, list);
    for (const input of [layer, head, first]) input.addEventListener('change', draw);
    draw();
    return [el('p', { class: 'hint' }, t('attention.hint')),
        el('div', { class: 'attention-choices' }, el('label', { class: 'labelled' }, t('attention.layer'), layer), el('label', { class: 'labelled' }, t('attention.head'), head),
            el('label', { class: 'check' }, first, el('span', {}, t('attention.first')))),
        text, el('section', { 'aria-live': 'polite' }, el('h3', {}, t('attention.most')), list)];
}

function select(label, all, count) {
    return el('select', { class: 'field', 'aria-label': label }, el('option', { value: ALL }, all), Array.from({ length: count }, (_, i) => el('option', { value: i }, String(i + 1))));
}

/** The mean of the chosen heads at each token. */
export function mean(weights, layer, head) {
    const rows = (layer === ALL ? weights : [weights[layer]]).flatMap(heads => head === ALL ? heads : [heads[head]]);
    return rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i], 0) / rows.length);
}

function paint(found, token, { layer, head, withoutFirst }, text, list) {
    const weights = mean(found.weights, layer, head);
    const from = withoutFirst && weights.length > 1 ? 1 : 0;
    const highest = Math.max(...weights.slice(from), 1e-6);
    text.replaceChildren(...found.tokens.map((word, i) => {
        const span = el('span', { class: i === found.answer_from ? 'weighed answer-begins' : 'weighed', title: `${visible(word)}  ${percent(weights[i])}` }, word);
        span.style.setProperty('--weight', i < from ? '0' : (Math.sqrt(weights[i] / highest)).toFixed(3));
        return span;
    }), el('span', { class: 'weighed written' }, token.text));
    const most = weights.map((weight, i) => ({ weight, i })).slice(from).sort((a, b) => b.weight - a.weight).slice(0, MOST);
    list.replaceChildren(...most.map(({ weight, i }) => el('li', {}, el('span', { class: 'attention-word' }, visible(found.tokens[i])), el('span', { class: 'attention-context' }, around(found.tokens, i)), el('span', {}, percent(weight)))));
}

/** A token among its neighbours, so that it can be told from others that read alike. */
function around(tokens, i) {
    return `…${tokens.slice(Math.max(0, i - 4), i + 4).join('').replace(/\s+/g, ' ').trim()}…`;
}
