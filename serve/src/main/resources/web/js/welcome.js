// What is shown where nothing was said yet.

import { el } from './dom.js';
import { setup, modelNamed } from './state.js';
import { t } from './i18n.js';

const IDEAS = ['idea.1', 'idea.2', 'idea.3', 'idea.4'];

export function welcome() {
    const model = modelNamed(setup().model);
    return el('div', { class: 'welcome' },
        el('h1', {}, t('welcome')),
        el('p', {}, model ? t('welcome.model', { model: model.id }) : t('welcome.none')),
        model && !model.chat ? el('p', { class: 'hint' }, t('welcome.base')) : null,
        el('div', { class: 'ideas' }, IDEAS.map(key => el('button', { type: 'button', class: 'idea', onclick: () => dispatchEvent(new CustomEvent('parley-idea', { detail: t(key) })) }, t(key)))));
}
