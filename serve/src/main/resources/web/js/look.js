// Look inside: each word of an answer tells how likely it was, and what could have stood there instead.

import { el, iconButton } from './dom.js';
import { tell } from './state.js';
import { chosen, choose } from './choices.js';
import { tokensOf } from './conversation.js';
import { bits, isTold, tokenOfEach, wrapTokens } from './tokens.js';
import { openCard, closeCard, cardIsPinned } from './card.js';
import { t } from './i18n.js';

/** Bits of surprise from which a word has the next colour. */
const STEPS = [1, 2, 4, 7];
const HOVER = 90;

function step(logprob) {
    return STEPS.filter(s => bits(logprob) >= s).length;
}

/** Marks the tokens of a finished answer. */
export async function lookInto(message, body) {
    const tokens = await tokensOf(message);
    if (!chosen('look') || !body.isConnected) return;
    const text = message.text.replace(/\r\n?/g, '\n');
    const seen = wrapTokens(body, text, tokenOfEach(text, tokens), (index, element) => {
        element.classList.add('token');
        if (isTold(tokens[index])) element.classList.add(`s${step(tokens[index].logprob)}`);
        element.dataset.token = index;
    });
    if (seen > 0) listen(message, body, tokens);
    else body.prepend(el('p', { class: 'hint no-tokens' }, t('look.none')));
}

function listen(message, body, tokens) {
    const first = body.querySelector('.token');
    first.tabIndex = 0;
    if (body.dataset.listens) return;
    body.dataset.listens = 'true';
    const show = (element, pinned) => openCard({ message, tokens, index: Number(element.dataset.token), anchor: element, pinned });
    let timer;
    body.addEventListener('pointerover', event => {
        const token = event.target.closest('.token');
        clearTimeout(timer);
        if (token && event.pointerType === 'mouse' && !cardIsPinned()) timer = setTimeout(() => { if (token.isConnected) show(token, false); }, HOVER);
    });
    body.addEventListener('pointerout', () => clearTimeout(timer));
    body.addEventListener('click', event => {
        const token = event.target.closest('.token');
        if (!token || event.target.closest('a') || String(getSelection())) return;
        clearTimeout(timer);
        show(token, true);
    });
    body.addEventListener('focusin', event => {
        // a card or a dialog that closes gives the focus back: that is not to open the card again
        const given = !event.relatedTarget || event.relatedTarget.closest('dialog, .card');
        if (!given && event.target.classList.contains('token') && event.target.matches(':focus-visible')) show(event.target, false);
    });
    body.addEventListener('keydown', event => onKey(event, body, show));
}

/** The words of an answer are one stop of the tabulator; arrows go from word to word. */
function onKey(event, body, show) {
    const current = event.target;
    if (!current.classList?.contains('token')) return;
    const all = [...body.querySelectorAll('.token')];
    const at = all.indexOf(current);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined && all[to]) {
        event.preventDefault();
        current.tabIndex = -1;
        all[to].tabIndex = 0;
        all[to].focus();
    } else if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        show(current, true);
    } else if (event.key === 'Escape') {
        event.stopPropagation();
        closeCard();
    }
}

export function toggleLook() {
    choose('look', !chosen('look'));
    closeCard();
    tell('look');
}

/** The strip above the thread that says what the colours mean. */
export function lookBar() {
    const box = el('input', { type: 'checkbox', checked: chosen('surprise'), onchange: () => {
        choose('surprise', box.checked);
        draw();
    } });
    const scale = el('span', { class: 'surprise-scale' }, el('span', {}, t('look.expected')),
        el('span', { class: 'swatches', 'aria-hidden': 'true' }, [0, 1, 2, 3, 4].map(s => el('i', { class: `token s${s}` }))), el('span', {}, t('look.surprising')));
    const bar = el('div', { class: 'look-bar', role: 'region', 'aria-label': t('look') },
        el('span', { class: 'look-hint' }, t('look.hint')), el('label', {}, box, el('span', {}, t('look.colour'))), scale, iconButton('close', t('look.close'), toggleLook));

    function draw() {
        bar.hidden = !chosen('look');
        document.documentElement.classList.toggle('looking', chosen('look'));
        document.documentElement.classList.toggle('surprise', chosen('look') && chosen('surprise'));
        scale.hidden = !chosen('surprise');
    }

    draw();
    return { element: bar, draw };
}
