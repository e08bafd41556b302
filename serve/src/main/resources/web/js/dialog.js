// Dialogs: the browser's own, which keep the focus inside and give it back.

import { el, iconButton } from './dom.js';
import { t } from './i18n.js';

/** Opens a dialog with a title and a body, and gives {dialog, close}. onClose hears when it is gone. */
export function openDialog(title, body, { name = '', onClose = () => {} } = {}) {
    const close = () => dialog.close();
    const heading = el('h2', { id: 'dialog-title' }, title);
    const dialog = el('dialog', { class: `dialog ${name}`, 'aria-labelledby': 'dialog-title' },
        el('header', { class: 'dialog-head' }, heading, iconButton('close', t('close'), close)), body);
    dialog.addEventListener('close', () => {
        dialog.remove();
        onClose();
    });
    dialog.addEventListener('click', event => { if (event.target === dialog) close(); });
    document.body.append(dialog);
    dialog.showModal();
    return { dialog, close };
}

/** Asks for one line; gives it, or null. */
export function ask(title, label, value = '') {
    return new Promise(resolve => {
        let answer = null;
        const input = el('input', { type: 'text', value, required: true, maxlength: '200', class: 'field', 'aria-label': label });
        const form = el('form', { class: 'dialog-body', onsubmit: event => {
            event.preventDefault();
            answer = input.value.trim() || null;
            opened.close();
        } }, input, el('div', { class: 'dialog-actions' },
            el('button', { type: 'button', class: 'button', onclick: () => opened.close() }, t('cancel')),
            el('button', { type: 'submit', class: 'button primary' }, t('save'))));
        const opened = openDialog(title, form, { onClose: () => resolve(answer) });
        input.focus();
        input.select();
    });
}
