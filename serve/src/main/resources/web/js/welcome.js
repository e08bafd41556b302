// What is shown where nothing was said yet.

import { el } from './dom.js';
import { setup, modelNamed } from './state.js';
import { displayName, inReadersLanguage, isAssistant, openingQuestions } from './assistants.js';
import { language, t } from './i18n.js';

const IDEAS = ['idea.1', 'idea.2', 'idea.3', 'idea.4'];
const MOST = 6;

export function welcome() {
    const model = modelNamed(setup().model);
    const assistant = isAssistant(model);
    return el('div', { class: 'welcome' },
        el('h1', {}, assistant ? displayName(model.id) : t('welcome')),
        assistant ? el('p', {}, inReadersLanguage(model.description)) : null,
        el('p', { class: assistant ? 'hint' : null }, model ? t('welcome.model', { model: assistant ? model.model : model.id }) : t('welcome.none')),
        assistant && inReadersLanguage(model.notice) ? el('p', { class: 'notice', role: 'note' }, inReadersLanguage(model.notice)) : null,
        model && !model.chat ? el('p', { class: 'hint' }, t('welcome.base')) : null,
        el('div', { class: 'ideas' }, ideas(model).map(idea => el('button', { type: 'button', class: 'idea', onclick: () => dispatchEvent(new CustomEvent('parley-idea', { detail: idea })) }, idea))));
}

/** What an assistant is there for; or what the model's folder suggests, in the reader's language if it can; else questions for any model. */
function ideas(model) {
    if (isAssistant(model)) return openingQuestions(model).slice(0, MOST);
    const own = model?.suggestions || [];
    const readable = own.filter(s => !s.language || s.language === language);
    const shown = (readable.length ? readable : own).slice(0, MOST).map(s => s.text);
    return shown.length ? shown : IDEAS.map(key => t(key));
}
