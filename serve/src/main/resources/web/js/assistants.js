// Assistants among the models: what they are called, what they say of themselves, and what one can ask them first.

import { el } from './dom.js';
import { modelNamed } from './state.js';
import { language, t } from './i18n.js';

/** A text that the server has in several languages, in the reader's; one for all stands under ''. */
export function inReadersLanguage(texts = {}) {
    return texts[language] ?? texts[''] ?? texts.en ?? Object.values(texts)[0] ?? '';
}

export function isAssistant(model) {
    return model?.kind === 'assistant';
}

/** What a reader calls a model or an assistant; its own name where it is not served any more. A lesson stands behind its model's name. */
export function displayName(id) {
    const [, taught, lesson] = /^(.+):lesson-(\d+)$/.exec(id || '') ?? [];
    if (lesson) return t('model.lesson', { model: displayName(taught), n: lesson });
    const model = modelNamed(id);
    return isAssistant(model) ? inReadersLanguage(model.title) || model.id : model?.id || id;
}

/** What to ask an assistant first, in the reader's language if it can. */
export function openingQuestions(assistant) {
    const all = assistant.opening_questions;
    return all[language] ?? all[''] ?? Object.values(all)[0] ?? [];
}

/** What the panel shows of an assistant in the place of settings, which it has of its own. */
export function aboutAssistant(assistant) {
    return [el('h3', {}, displayName(assistant.id)), el('p', {}, inReadersLanguage(assistant.description)),
        el('p', { class: 'hint' }, t('assistant.settings', { model: assistant.model }))];
}
