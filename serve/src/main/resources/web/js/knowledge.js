// Folders of documents that the server offers: which of them the open conversation answers from.

import * as api from './api.js';
import { el } from './dom.js';
import { on, setup } from './state.js';
import { change } from './conversation.js';
import { attempt } from './toast.js';
import { t, tn } from './i18n.js';

/** A section of the panel; hidden where the server offers none. */
export function knowledgeSection() {
    const rows = el('div', { class: 'offered' });
    const section = el('section', { hidden: true }, el('h3', {}, t('knowledge')), el('p', { class: 'hint' }, t('knowledge.hint')), rows);
    let folders = [];
    const draw = () => {
        section.hidden = folders.length === 0;
        const chosen = setup().knowledge;
        rows.replaceChildren(...folders.map(folder => offered(folder.name, tn('knowledge.files', folder.files), chosen.includes(folder.name),
            wanted => attempt(() => change({ knowledge: wanted ? [...setup().knowledge, folder.name] : setup().knowledge.filter(name => name !== folder.name) })))));
    };
    on('conversation', draw);
    api.get('/knowledge').then(found => { folders = found.knowledge; draw(); }, () => { /* the section stays away */ });
    return section;
}

/** A box to check, with a name and a line about it. */
export function offered(name, about, checked, onChange) {
    const box = el('input', { type: 'checkbox', checked });
    box.addEventListener('change', () => onChange(box.checked));
    return el('label', { class: 'offer' }, box, el('span', {}, el('span', { class: 'offer-name' }, name), el('small', {}, about)));
}
