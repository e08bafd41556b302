// What keys do, and the dialog that lists it.

import { el } from './dom.js';
import { openDialog } from './dialog.js';
import { t } from './i18n.js';

const onMac = /Mac|iPhone|iPad/.test(navigator.platform);
const COMMAND = onMac ? '⌘' : 'Ctrl';
const SHIFT = onMac ? '⇧' : 'Shift';

// The name of what is done, the key, and whether shift is held; all with the command key.
const COMMANDS = [
    ['search', 'k', false],
    ['new', 'o', true],
    ['sidebar', 's', true],
    ['panel', '.', false],
    ['look', 'l', true],
    ['compare', 'y', true],
    ['copy', ';', true],
    ['shortcuts', '/', false],
];

/** @param actions what is done, by name */
export function listenToKeys(actions) {
    addEventListener('keydown', event => {
        if (event.isComposing || document.querySelector('dialog[open]')) return;
        if (event.key === 'Escape' && event.shiftKey) act(event, actions.write);
        else if (event.key === 'Escape') act(event, actions.stop);
        if (!(onMac ? event.metaKey : event.ctrlKey) || event.altKey) return;
        const found = COMMANDS.find(([, key, shift]) => (event.key.toLowerCase() === key || (key === ';' && event.key === ':')) && event.shiftKey === shift);
        if (found) act(event, actions[found[0]]);
    });
}

function act(event, action) {
    event.preventDefault();
    action();
}

export function openShortcuts() {
    const rows = [
        ...COMMANDS.map(([name, key, shift]) => [t(`key.${name}`), [COMMAND, ...(shift ? [SHIFT] : []), key.toUpperCase()]]),
        [t('key.write'), [SHIFT, 'Esc']], [t('key.stop'), ['Esc']], [t('key.send'), ['Enter']], [t('key.line'), [SHIFT, 'Enter']],
        [t('key.edit'), ['↑']], [t('key.words'), ['←', '→']], [t('key.word'), ['Enter']],
    ];
    openDialog(t('shortcuts'), el('div', { class: 'dialog-body' }, el('dl', { class: 'keys' }, rows.map(([label, keys]) =>
        el('div', {}, el('dt', {}, label), el('dd', {}, keys.map(key => el('kbd', {}, key))))))), { name: 'narrow' });
}
