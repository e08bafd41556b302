// Theme, language, files, account: all that is not of one conversation.

import * as api from './api.js';
import { el } from './dom.js';
import { state } from './state.js';
import { chosen, choose } from './choices.js';
import { openDialog } from './dialog.js';
import { attempt, toast, words } from './toast.js';
import { exportAll, importFile } from './transfer.js';
import { openShortcuts } from './shortcuts.js';
import { language, t } from './i18n.js';

export function openPreferences() {
    const opened = openDialog(t('preferences'), el('div', { class: 'dialog-body' },
        choice('theme', t('theme'), [['auto', t('theme.auto')], ['light', t('theme.light')], ['dark', t('theme.dark')]], chosen('theme'), value => choose('theme', value)),
        choice('language', t('language'), [['en', 'English'], ['zh', '中文']], language, value => {
            choose('language', value);
            location.reload();
        }),
        el('section', { class: 'rows' }, el('h3', {}, t('files')),
            row(t('export.all'), () => attempt(exportAll)),
            row(t('import'), () => { opened.close(); importFile(); })),
        el('section', { class: 'rows' }, el('h3', {}, t('more.things')),
            row(t('shortcuts'), () => { opened.close(); openShortcuts(); }),
            state.session.user ? row(t('password.change'), () => { opened.close(); openPassword(); }) : null,
            state.session.user ? row(t('logout'), () => attempt(logout)) : null),
        el('p', { class: 'hint' }, t('version', { version: state.session.version }))), { name: 'narrow' });
}

function row(label, act) {
    return el('button', { type: 'button', class: 'row', onclick: act }, label);
}

function choice(name, label, options, current, act) {
    return el('fieldset', { class: 'choice' }, el('legend', {}, label), el('div', { class: 'segments' },
        options.map(([value, text]) => el('label', {}, el('input', { type: 'radio', name, value, checked: value === current, onchange: () => act(value) }), el('span', {}, text)))));
}

async function logout() {
    await api.post('/logout');
    location.reload();
}

function openPassword() {
    const [current, fresh, again] = ['current-password', 'new-password', 'new-password'].map((autocomplete, i) =>
        el('input', { type: 'password', class: 'field', required: true, autocomplete, id: `password-${i}` }));
    const problem = el('p', { class: 'problem', role: 'alert' });
    const form = el('form', { class: 'dialog-body', onsubmit: async event => {
        event.preventDefault();
        if (fresh.value !== again.value) {
            problem.textContent = t('password.differ');
            return;
        }
        try {
            await api.post('/password', { current: current.value, new: fresh.value });
            opened.close();
            toast(t('password.changed'));
        } catch (e) {
            problem.textContent = words(e);
        }
    } }, [[current, 'password.current'], [fresh, 'password.new'], [again, 'password.again']].map(([input, key]) => el('label', { class: 'labelled', for: input.id }, t(key), input)),
    problem, el('div', { class: 'dialog-actions' }, el('button', { type: 'submit', class: 'button primary' }, t('save'))));
    const opened = openDialog(t('password.change'), form, { name: 'narrow' });
    current.focus();
}
