// Thumbs, with a word on why.

import * as api from './api.js';
import { el, iconButton } from './dom.js';
import { tell } from './state.js';
import { attempt, toast } from './toast.js';
import { t } from './i18n.js';

/** Two buttons for an answer; where they were pressed, the turn asks for a comment. */
export function ratingButtons(message, turn) {
    return [['up', 1, t('rate.good')], ['down', -1, t('rate.bad')]].map(([name, value, label]) =>
        iconButton(name, label, () => rate(message, turn, value), { 'aria-pressed': String(message.rating === value) }));
}

async function rate(message, turn, value) {
    turn.querySelector('.comment')?.remove();
    const rating = message.rating === value ? 0 : value;
    const done = await attempt(() => send(message, { rating }));
    if (done && rating !== 0) turn.append(commentForm(message, rating));
}

async function send(message, body) {
    const { rating } = await api.put(`/messages/${message.id}/rating`, body);
    message.rating = rating;
    tell('message', message);
    return true;
}

function commentForm(message, rating) {
    const field = el('input', { type: 'text', class: 'field', maxlength: '1000', 'aria-label': t('rate.comment'), placeholder: rating > 0 ? t('rate.why.good') : t('rate.why.bad') });
    const form = el('form', { class: 'comment', onsubmit: async event => {
        event.preventDefault();
        const comment = field.value.trim();
        form.remove();
        if (comment && await attempt(() => send(message, { rating, comment }))) toast(t('rate.thanks'));
    } }, field, el('button', { type: 'submit', class: 'button small' }, t('send')), iconButton('close', t('close'), () => form.remove()));
    return form;
}
