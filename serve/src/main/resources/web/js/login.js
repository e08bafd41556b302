// The form that is there while nobody has logged in.

import * as api from './api.js';
import { el } from './dom.js';
import { words } from './toast.js';
import { t } from './i18n.js';

/** Shows the form in the whole page; gives the session when it has worked. */
export function showLogin(root) {
    return new Promise(resolve => {
        const name = el('input', { type: 'text', class: 'field', id: 'login-name', autocomplete: 'username', required: true, autocapitalize: 'none', spellcheck: 'false' });
        const password = el('input', { type: 'password', class: 'field', id: 'login-password', autocomplete: 'current-password', required: true });
        const problem = el('p', { class: 'problem', role: 'alert' });
        const button = el('button', { type: 'submit', class: 'button primary wide' }, t('login'));
        const form = el('form', { class: 'login', onsubmit: async event => {
            event.preventDefault();
            button.disabled = true;
            problem.textContent = '';
            try {
                resolve(await api.login(name.value, password.value));
            } catch (e) {
                problem.textContent = words(e);
                password.select();
            } finally {
                button.disabled = false;
            }
        } }, el('h1', { class: 'brand' }, 'Parley'), el('p', { class: 'hint' }, t('login.hint')),
        el('label', { class: 'labelled', for: name.id }, t('login.name'), name),
        el('label', { class: 'labelled', for: password.id }, t('login.password'), password), problem, button);
        root.replaceChildren(el('main', { class: 'login-page' }, form));
        name.focus();
    });
}
