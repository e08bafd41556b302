// Conversations as JSON files, out and in.

import * as api from './api.js';
import { el, download } from './dom.js';
import { tell } from './state.js';
import { attempt, toast } from './toast.js';
import { t, tn } from './i18n.js';

/** A name that every file system takes. */
export function fileName(title, ending) {
    const plain = (title || t('untitled')).replace(/[\\/:*?"<>|\p{Cc}]+/gu, ' ').trim().slice(0, 60).trim();
    return `${plain || 'parley'}.${ending}`;
}

export async function exportOne(conversation) {
    const found = await api.get(`/conversations/${conversation.id}/export`);
    download(fileName(conversation.title, 'json'), 'application/json', JSON.stringify(found, null, 2));
}

export async function exportAll() {
    download('parley.json', 'application/json', JSON.stringify(await api.get('/export'), null, 2));
}

/** Lets the reader choose a file and brings in what is in it. */
export function importFile() {
    const chooser = el('input', { type: 'file', accept: '.json,application/json', class: 'out-of-sight', 'aria-label': t('import'), onchange: () => attempt(async () => {
        const file = chooser.files[0];
        chooser.remove();
        let found;
        try {
            found = JSON.parse(await file.text());
        } catch {
            toast(t('import.unreadable', { name: file.name }));
            return;
        }
        const { conversations } = await api.post('/import', found);
        tell('list');
        toast(tn('import.done', conversations.length));
        if (conversations.length === 1) location.hash = `#/c/${conversations[0].id}`;
    }) });
    document.body.append(chooser);
    chooser.click();
}
