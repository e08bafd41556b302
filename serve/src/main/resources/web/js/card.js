// What is told of one token: its probability, its surprise, and the others that could have come.

import { el } from './dom.js';
import { branchFrom } from './conversation.js';
import { attempt } from './toast.js';
import { openWhy } from './why.js';
import { bits, isTold, visible } from './tokens.js';
import { number, percent, t } from './i18n.js';

const AWAY = 260;
let open = null; // {element, anchor, pinned}

export function cardIsPinned() {
    return open?.pinned === true;
}

/** Opens the card of a token under its word. A pinned one takes the focus, and stays until it is left. */
export function openCard({ message, tokens, index, anchor, pinned }) {
    if (open?.anchor === anchor && open.pinned === pinned) return;
    closeCard();
    const token = tokens[index];
    const element = el('div', { class: 'card', role: 'dialog', 'aria-label': t('card.title', { token: visible(token.text) }) },
        el('p', { class: 'card-token' }, el('strong', {}, visible(token.text)), el('span', {}, facts(token))),
        isTold(token) ? others(message, token, index) : null,
        el('button', { type: 'button', class: 'button small wide', onclick: () => { closeCard(); openWhy(message, index); } }, t('card.why')));
    document.body.append(element);
    anchor.classList.add('open');
    open = { element, anchor, pinned };
    place(element, anchor.getBoundingClientRect());
    listen(element, anchor);
    if (pinned) (element.querySelector('button:not([disabled])')).focus({ preventScroll: true });
}

function facts(token) {
    if (!isTold(token)) return t('card.untold');
    return t('card.facts', { p: percent(Math.exp(token.logprob)), bits: number(bits(token.logprob), 1) });
}

function others(message, token, index) {
    return [el('p', { class: 'card-hint', id: 'card-hint' }, t('card.branch')),
        el('ul', { class: 'alternatives' }, choices(token).map(choice => alternative(choice, token, () => branch(message, index, choice.id))))];
}

/** The most likely, and the one that came. */
function choices(token) {
    const all = [...token.top];
    if (!all.some(a => a.id === token.id)) all.push({ id: token.id, text: token.text, logprob: token.logprob });
    return all;
}

function alternative(choice, token, act) {
    const came = choice.id === token.id;
    const p = Math.exp(choice.logprob);
    const bar = el('span', { class: 'bar', 'aria-hidden': 'true' });
    bar.style.setProperty('--share', String(Math.max(p, 0.004)));
    return el('li', {}, el('button', { type: 'button', disabled: came, class: came ? 'came' : null, 'aria-describedby': 'card-hint', onclick: act },
        el('span', { class: 'alternative-text' }, visible(choice.text), came ? el('small', {}, t('card.came')) : null), el('span', { class: 'alternative-p' }, percent(p)), bar));
}

function branch(message, index, token) {
    closeCard();
    attempt(() => branchFrom(message, index, token));
}

export function closeCard() {
    if (!open) return;
    const { element, anchor } = open;
    open = null;
    const inside = element.contains(document.activeElement);
    element.remove();
    anchor.classList.remove('open');
    if (inside && anchor.isConnected) {
        anchor.tabIndex = 0;
        anchor.focus({ preventScroll: true });
    }
}

function listen(element, anchor) {
    let timer;
    const leave = () => { timer = setTimeout(() => { if (open?.element === element && !open.pinned) closeCard(); }, AWAY); };
    const stay = () => clearTimeout(timer);
    for (const part of [element, anchor]) {
        part.addEventListener('pointerleave', leave);
        part.addEventListener('pointerenter', stay);
    }
    anchor.addEventListener('blur', () => { if (open?.element === element && !open.pinned) closeCard(); }, { once: true });
    element.addEventListener('keydown', event => {
        const all = [...element.querySelectorAll('button:not([disabled])')];
        const at = all.indexOf(document.activeElement);
        if (event.key === 'Escape') closeCard();
        else if (event.key === 'ArrowDown' || (event.key === 'Tab' && !event.shiftKey)) all[(at + 1) % all.length].focus();
        else if (event.key === 'ArrowUp' || event.key === 'Tab') all.at(at - 1).focus();
        else return;
        event.preventDefault();
        event.stopPropagation();
    });
}

document.addEventListener('pointerdown', event => {
    if (open && !open.element.contains(event.target) && !open.anchor.contains(event.target)) closeCard();
});
document.addEventListener('scroll', event => {
    if (!open || open.element.contains(event.target)) return;
    const at = open.anchor.getBoundingClientRect();
    if (at.bottom < 0 || at.top > innerHeight) closeCard();
    else place(open.element, at);
}, { capture: true, passive: true });

function place(element, at) {
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(8, Math.min(at.left + at.width / 2 - width / 2, innerWidth - width - 8))}px`;
    element.style.top = `${at.bottom + height + 8 <= innerHeight ? at.bottom + 6 : Math.max(8, at.top - height - 6)}px`;
}
